//! `GET /api/v1/queue/{stream}/stats`: how many items of which tier are listed.

use streamcore::queue::{Page, Tier};

use crate::{
    edge::{Answer, Call, respond},
    wire::QueueStats,
};

/// How many items are read at once: the memory of one request is bounded, however long the queue.
const PAGE: usize = 500;

pub(crate) async fn answer(call: Call) -> Answer {
    let channel_id = call.stream().await?;
    let queue = &call.reading;
    let mut page = queue.view(channel_id, Page { offset: 0, limit: PAGE }).await?;
    let mut stats = QueueStats { channel_id, mode: page.mode, total: 0, vip: 0, admin: 0, normal: 0 };
    // A queue may grow while it is read; as far as a queue can ever be long is far enough.
    while !page.items.is_empty() && stats.total <= call.app.settings.rules.max_items {
        for item in &page.items {
            stats.total += 1;
            match item.tier {
                Tier::Vip => stats.vip += 1,
                Tier::Admin => stats.admin += 1,
                Tier::Normal => stats.normal += 1,
            }
        }
        if stats.total >= page.total {
            break;
        }
        page = queue.view(channel_id, Page { offset: stats.total, limit: PAGE }).await?;
    }
    respond::json(&stats)
}
