//! `POST /api/v1/streams/{stream}/seek`: on to another place in the current track.

use streamcore::ItemId;

use super::status;
use crate::{
    edge::{Answer, Call},
    error::{FieldError, Part, Problem},
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let mut fields = call.fields()?;
    let position = fields.seconds("position_seconds");
    let position = fields.require("position_seconds", position);
    let item = fields.uuid("item_id").map(ItemId::new);
    let position = fields.finish(position)?;
    let host = &call.app.host;
    // Behind the end is a mistake of who asks, as far as the end is known; of another item than the one named nothing is said.
    let current = host.view(stream).await?.current.filter(|current| item.is_none_or(|item| item == current.id));
    if let Some(length) = current.and_then(|current| current.duration).filter(|length| position > *length) {
        let problem = Problem::BeyondTheEnd { length: length.as_secs_f64() };
        return Err(FieldError::new(Part::Body, "position_seconds", problem).into());
    }
    let view = host.seek(stream, item, position).await?;
    status::respond_with(&call, stream, view).await
}
