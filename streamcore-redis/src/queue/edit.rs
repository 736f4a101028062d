//! An edit as the arguments of its script.

use fred::types::Value;
use streamcore::{
    QueueItem,
    queue::{Duplicates, Error, Op, Placement, Rules},
};

use super::{Outcome, codec, count};
use crate::error::Fault;

/// The name of the operation, and what is its own.
pub(super) fn args(op: &Op) -> Outcome<Vec<Value>> {
    let text = |text: &str| Value::from(text);
    Ok(match op {
        Op::Add { items, placement, rules } => add(items, *placement, *rules)?,
        Op::Remove { id } => vec![text("remove"), Value::from(id.to_string())],
        Op::Move { id, to } => vec![text("move"), Value::from(id.to_string()), count(*to)],
        Op::Clear => vec![text("clear")],
        Op::Shuffle { seed } => {
            let limbs = [0, 16, 32, 48].map(|bits| Value::from((seed >> bits & 0xffff).cast_signed()));
            std::iter::once(text("shuffle")).chain(limbs).collect()
        }
        Op::SetMode { mode } => vec![text("set_mode"), text(mode.as_str())],
        Op::Migrate { from, to } => {
            vec![text("migrate"), text(from.map_or("", |from| from.as_str())), text(to.as_str())]
        }
        Op::SetRepeat { repeat } => vec![text("set_repeat"), text(repeat.as_str())],
        Op::Undo => vec![text("undo")],
        Op::Restore { max_items } => vec![text("restore"), count(*max_items)],
        _ => return Err(Fault::Refused(Error::NotSupported { operation: "an edit of a newer version" })),
    })
}

fn add(items: &[QueueItem], placement: Placement, rules: Rules) -> Outcome<Vec<Value>> {
    let flag = |flag: bool| Value::from(if flag { "1" } else { "0" });
    let mut args = vec![
        Value::from("add"),
        count(items.len()),
        flag(placement == Placement::Front),
        count(rules.max_items),
        rules.max_per_requester.map_or_else(|| Value::from(""), count),
        flag(rules.duplicates == Duplicates::Refuse),
        flag(rules.cooldown.is_some()),
    ];
    args.reserve(items.len() * 4);
    for item in items {
        // Too early, if the media was heard later than this. No moment is later than the end of time.
        let heard_after = rules.cooldown.map(|cooldown| {
            if item.added_at.as_millis() == u64::MAX {
                return format!("{:020}", u64::MAX);
            }
            let cooldown = u64::try_from(cooldown.as_millis()).unwrap_or(u64::MAX);
            let at = item.added_at.as_millis().checked_sub(cooldown);
            at.map_or_else(|| "any".to_owned(), |at| format!("{at:020}"))
        });
        args.push(Value::from(item.id.to_string()));
        args.push(Value::from(codec::record(item)?));
        args.push(flag(codec::is_for_nobody(item)));
        args.push(Value::from(heard_after.unwrap_or_default()));
    }
    Ok(args)
}
