//! Listeners that come and go at random while timers fire.

use std::time::Duration;

use streamcore::{StreamId, Timestamp};
use tokio::task::JoinSet;

use super::{Stage, ids};
use crate::random::Random;

/// What chance does to a stream goes on for at most so many timeouts.
const ACTS: usize = 6;
/// Two acts are further apart than this: of two reports that the stream reads at once only the later one counts.
const APART: Duration = Duration::from_millis(50);

/// What was done to a stream, and what became of it.
#[derive(Debug)]
struct Course {
    stream: StreamId,
    timeout: Duration,
    /// When it was last left, or kept alive; none while somebody listens.
    empty_from: Option<Timestamp>,
    /// The same before the last act, which may have come too late to count.
    before: Option<Timestamp>,
}

/// How a churn went.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How many streams ended, as they should.
    pub ended: usize,
    /// How many go on, as they should.
    pub heard: usize,
    /// How often a timer was set.
    pub armed: u32,
    /// How often one was stopped.
    pub cancelled: u32,
    /// What was wrong, of at most a few streams.
    pub wrong: Vec<String>,
}

/// Has the listeners of streams 1 to `count` come and go, and operators keep streams alive, at random moments around their deadlines; then waits for the ends
/// that are due, at most `patience` longer. Streams must be running, with this timeout and one listener each.
///
/// # Panics
/// If a task panics.
pub async fn churn(
    stage: &Stage,
    count: usize,
    seed: u64,
    timeout: fn(StreamId) -> Duration,
    patience: Duration,
) -> Verdict {
    let mut acting = JoinSet::new();
    for stream in ids(count) {
        let random = Random::new(seed.wrapping_add(stream.get().unsigned_abs().wrapping_mul(0x9E37_79B9)));
        acting.spawn(act(stage.clone(), stream, timeout(stream), random));
    }
    let courses = acting.join_all().await;
    let due = courses.iter().filter_map(|course| course.empty_from.map(|from| from + course.timeout)).max();
    if let Some(due) = due {
        stage.runtime.sleep_until(due).await;
    }
    let is_over = || {
        let open = |course: &Course| course.empty_from.is_some() && stage.ledger.fate(course.stream).end.is_none();
        !courses.iter().any(open)
    };
    let give_up = stage.runtime.now() + patience;
    while !is_over() && stage.runtime.now() < give_up {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut verdict = Verdict::default();
    for course in &courses {
        course.judge(stage, &mut verdict);
    }
    verdict
}

async fn act(stage: Stage, stream: StreamId, timeout: Duration, mut random: Random) -> Course {
    let mut course = Course { stream, timeout, empty_from: None, before: None };
    for _ in 0..=random.below(ACTS) {
        // Often close to the deadline, on both sides of it.
        let span = if random.percent(50) {
            timeout.mul_f64(0.95 + random.below(100) as f64 / 1_000.0)
        } else {
            timeout.mul_f64(random.below(100) as f64 / 100.0)
        };
        tokio::time::sleep(span.max(APART)).await;
        if !stage.player.is_open(stream) {
            break;
        }
        course.before = course.empty_from;
        let now = stage.runtime.now();
        if course.empty_from.is_none() {
            stage.player.listen(stream, 0);
            course.empty_from = Some(now);
        } else if random.percent(30) {
            // Refused if it has ended meanwhile.
            if stage.host.keep_alive(stream, "chance").await.is_ok() {
                course.empty_from = Some(now);
            }
        } else if stage.player.listen(stream, 1) {
            course.empty_from = None;
        }
    }
    course
}

impl Course {
    fn judge(&self, stage: &Stage, verdict: &mut Verdict) {
        let fate = stage.ledger.fate(self.stream);
        verdict.armed += fate.armed;
        verdict.cancelled += fate.cancelled;
        let fault = match (&fate.end, self.empty_from) {
            _ if fate.wrong.is_some() => fate.wrong.clone(),
            _ if fate.ends > 1 => Some(format!("it ended {} times", fate.ends)),
            (None, Some(_)) => Some("it should have ended and did not".to_owned()),
            (None, None) => None,
            // The last act came after all, as the one before it was to have its end.
            (Some(end), from) => {
                let possible = [from, self.before];
                let lawful = possible.into_iter().flatten().any(|from| from + self.timeout <= end.at);
                (!lawful).then(|| format!("it ended too early: empty from {:?}, before that {:?}", from, self.before))
            }
        };
        match (fault, &fate.end) {
            (Some(fault), _) if verdict.wrong.len() < 10 => verdict.wrong.push(format!("{self:?}: {fault}; {fate:?}")),
            (Some(_), _) => {}
            (None, Some(_)) => verdict.ended += 1,
            (None, None) => verdict.heard += 1,
        }
    }
}
