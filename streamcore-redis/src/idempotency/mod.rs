//! The idempotency port: one script for each of its calls; `docs/redis.md` describes the keys.
//!
//! The time is told and not the server's; what is old is forgotten by comparing moments, and cleared away little by little afterwards.

mod rows;

use async_trait::async_trait;
use fred::types::Value;
use streamcore::{
    Timestamp,
    idempotency::{Answer, Claim, Error, Fingerprint, Idempotency, Limits, Origin, Result, ScopedKey, Ticket},
};

use crate::{
    RedisStore,
    connection::Connection,
    error::{Failure, Fault},
    record::{Place, sortable},
    reply::Reply,
    script::{Lazy, Script},
};

/// What an operation inside the store answers with.
type Outcome<T> = std::result::Result<T, Fault<Error>>;

/// The keys, as `keys.lua` describes them.
const NAMES: &[&str] = &["keys", "tickets", ANSWERS, "order", "callers", "forgotten", "last"];
const ANSWERS: &str = "answers";

const SHARED: [&str; 2] = [include_str!("../scripts/checked.lua"), include_str!("../scripts/idempotency/keys.lua")];

static CLAIM: Lazy = Lazy::new(|| changing("idempotency/claim", include_str!("../scripts/idempotency/claim.lua")));
static FINISH: Lazy = Lazy::new(|| changing("idempotency/finish", include_str!("../scripts/idempotency/finish.lua")));
static ABANDON: Lazy =
    Lazy::new(|| changing("idempotency/abandon", include_str!("../scripts/idempotency/abandon.lua")));

fn changing(name: &'static str, body: &str) -> Script {
    Script::changing(name, &[SHARED[0], SHARED[1], body])
}

#[async_trait]
impl Idempotency for RedisStore {
    async fn claim(
        &self,
        key: ScopedKey,
        request: Fingerprint,
        origin: Origin,
        limits: Limits,
        now: Timestamp,
    ) -> Result<Claim> {
        key.check()?;
        claim(&self.connection, &key, request, origin, limits, now).await.map_err(Fault::into_port)
    }

    async fn finish(&self, ticket: Ticket, answer: Answer, now: Timestamp) -> Result<bool> {
        answer.check()?;
        finish(&self.connection, ticket, &answer, now).await.map_err(Fault::into_port)
    }

    async fn abandon(&self, ticket: Ticket) -> Result<()> {
        let args = vec![sortable(ticket.0).into()];
        run(&self.connection, &ABANDON, args).await.map_err(|failure| Fault::from(failure).into_port())?;
        Ok(())
    }
}

async fn run(connection: &Connection, script: &Script, args: Vec<Value>) -> std::result::Result<Reply, Failure> {
    connection.call(script, &connection.keys.idempotency(), NAMES, args).await
}

async fn claim(
    connection: &Connection,
    key: &ScopedKey,
    request: Fingerprint,
    origin: Origin,
    limits: Limits,
    now: Timestamp,
) -> Outcome<Claim> {
    let scoped = rows::scoped(key)?;
    let args = vec![
        scoped.as_str().into(),
        rows::hex(&request.0).into(),
        rows::hex(&origin.0).into(),
        rows::moment(now).into(),
        rows::ago(now, limits.keep_for).into(),
        rows::ago(now, limits.overdue_after).into(),
        limits.keys_per_caller.to_string().into(),
    ];
    let mut reply = run(connection, &CLAIM, args).await?;
    match reply.required()?.as_str() {
        "fresh" => {
            let ticket = Ticket(reply.parse()?);
            Ok(Claim::Fresh(ticket, origin_of(&mut reply)?))
        }
        "in progress" => Ok(Claim::InProgress),
        "done" => {
            let origin = origin_of(&mut reply)?;
            let at = Place { key: connection.keys.idempotency().key(ANSWERS), field: scoped };
            Ok(Claim::Done(rows::read_answer(&at, &reply.bytes().unwrap_or_default())?, origin))
        }
        "mismatch" => Ok(Claim::Mismatch),
        "limit" => Err(Fault::Refused(Error::LimitReached { limit: limits.keys_per_caller })),
        other => Err(reply.unexpected(other).into()),
    }
}

fn origin_of(reply: &mut Reply) -> Outcome<Origin> {
    let hex = reply.required()?;
    Ok(rows::origin(&hex).ok_or_else(|| reply.unexpected(format!("{hex} is no origin")))?)
}

async fn finish(connection: &Connection, ticket: Ticket, answer: &Answer, now: Timestamp) -> Outcome<bool> {
    let args = vec![sortable(ticket.0).into(), rows::moment(now).into(), rows::answer(answer)?.into()];
    Ok(run(connection, &FINISH, args).await?.parse::<u8>()? == 1)
}
