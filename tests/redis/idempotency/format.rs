//! Keys as format 1 wrote them are read for ever: `golden/idempotency.lua` was written by hand once and is never edited.

use streamcore::{
    Timestamp,
    idempotency::{Answer, Claim, Fingerprint, Idempotency, Limits, Ticket},
};

use super::{NEW, NOW, OLD, claim, key};
use crate::{hands::Hands, support::block_on};

const GOLDEN: &str = include_str!("../golden/idempotency.lua");

fn answer() -> Answer {
    Answer { status: 201, content_type: "application/json".into(), body: vec![0x7b, 0x0a, 0xff].into() }
}

#[test]
fn keys_of_format_1_are_read() {
    block_on(async {
        let hands = Hands::with(GOLDEN).await;
        let store = &hands.one;
        assert_eq!(claim(store, 1).await.unwrap(), Claim::Done(answer(), OLD));
        assert_eq!(claim(store, 2).await.unwrap(), Claim::InProgress);
        assert!(store.finish(Ticket(1_795_355_390_000_002), answer(), NOW).await.unwrap());
        assert_eq!(claim(store, 2).await.unwrap(), Claim::Done(answer(), OLD));
        let Claim::Fresh(ticket, origin) = claim(store, 3).await.unwrap() else { panic!("it was abandoned") };
        assert_eq!(origin, OLD);
        assert!(ticket > Ticket(1_795_355_390_000_003));
        assert!(matches!(claim(store, 4).await.unwrap(), Claim::Fresh(_, NEW)));
    });
}

/// What is written today are the same bytes, the tickets aside.
#[test]
fn what_is_written_is_format_1() {
    block_on(async {
        let (old, new) = (Hands::with(GOLDEN).await, Hands::new().await);
        let at = Timestamp::from_millis(NOW.as_millis() - 10_000);
        let mut written = Vec::new();
        for n in 1..=3 {
            let claim = new.one.claim(key(n), Fingerprint([1; 32]), OLD, Limits::default(), at).await.unwrap();
            let Claim::Fresh(ticket, _) = claim else { panic!("key {n} is new") };
            written.push((ticket, Ticket(1_795_355_390_000_000 + n)));
        }
        assert!(new.one.finish(written[0].0, answer(), Timestamp::from_millis(at.as_millis() + 1)).await.unwrap());
        new.one.abandon(written[2].0).await.unwrap();
        new.run("for _, key in ipairs(redis.call('KEYS', '*:calls:*')) do redis.call('DEL', key) end");
        let contents = written.iter().fold(new.contents(), |contents, (ticket, golden)| {
            contents.replace(&ticket.0.to_string(), &golden.0.to_string())
        });
        assert_eq!(contents, old.contents());
    });
}
