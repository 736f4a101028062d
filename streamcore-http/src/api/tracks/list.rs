//! `GET /api/v1/tracks?q&limit&cursor`: the tracks in which every word of `q` occurs, in the order of their titles.

use streamcore::library::Search;

use crate::{
    edge::{Answer, Call, respond},
    wire::TrackPage,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let text = call.query("q").unwrap_or_default().to_owned();
    let search = Search { text, after: call.cursor()?, limit: call.limit(50, 100)? };
    respond::json(&TrackPage::from(call.reading.search(search).await?))
}
