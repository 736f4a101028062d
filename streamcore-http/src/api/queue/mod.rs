//! `/api/v1/queue/{stream}`: what plays and what waits.

pub(crate) mod add;
pub(crate) mod clear;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod move_item;
pub(crate) mod remove;
pub(crate) mod skip;
pub(crate) mod state;

use streamcore::{StreamId, StreamView, driver::CommandError};

use crate::{error::ApiError, state::App};

/// What can be seen of a stream; none if nobody created it, which is no error for those who read its queue.
async fn view(app: &App, stream: StreamId) -> Result<Option<StreamView>, ApiError> {
    match app.host.view(stream).await {
        Ok(view) => Ok(Some(view)),
        Err(CommandError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
