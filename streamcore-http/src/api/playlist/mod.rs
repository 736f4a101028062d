//! `/api/playlist/`: the same queue for clients of the older playlist API. The stream is named by `channel_id` (its number or its UUID), in
//! the query or the body; without one it is the default stream of the settings.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod reorder;

use streamcore::StreamId;

use crate::{
    edge::Call,
    error::{ApiError, Part},
};

/// The stream that the query names.
async fn stream(call: &Call) -> Result<StreamId, ApiError> {
    match call.query("channel_id").filter(|text| !text.is_empty()) {
        Some(text) => call.stream_named(Part::Query, "channel_id", text).await,
        None => Ok(call.app.settings.default_stream),
    }
}
