//! `POST /api/v1/streams/{stream}/auto-end/keep-alive`: an empty stream counts as empty from now on, anew.

use super::auto_end;
use crate::edge::{Answer, Call};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = call.app.host.keep_alive(stream, call.by()).await?;
    auto_end::respond_with(&call, stream, &view).await
}
