use std::{
    sync::atomic::{AtomicUsize, Ordering},
    task::{Poll, Wake},
};

use bytes::Bytes;
use futures::{StreamExt, executor::block_on, poll};
use proptest::prelude::*;
use streamcore::player::Reports;

use super::*;

/// What may happen to a mount.
#[derive(Debug, Clone)]
enum Step {
    Publish(u64),
    Listen,
    /// The listener at this place (modulo) reads this many chunks.
    Read(usize, usize),
    Leave(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1_u64..12).prop_map(Step::Publish),
        2 => Just(Step::Listen),
        4 => (any::<usize>(), 0_usize..6).prop_map(|(who, count)| Step::Read(who, count)),
        1 => any::<usize>().prop_map(Step::Leave),
    ];
    prop::collection::vec(step, 0..150)
}

/// A chunk that tells its own number.
fn chunk(number: u64) -> Wave {
    Wave { audio: Bytes::copy_from_slice(&number.to_le_bytes()), title: None, cut: false }
}

fn number(wave: &Wave) -> u64 {
    u64::from_le_bytes(wave.audio.as_ref().try_into().unwrap())
}

fn limits(burst_frames: u64, lag_frames: u64, max_listeners: usize) -> Limits {
    Limits { burst_frames, lag_frames, max_listeners, sample_rate: 44_100 }
}

fn read(cursor: &mut Cursor) -> Poll<Option<Wave>> {
    block_on(async { poll!(cursor.next()) })
}

proptest! {
    /// Promise A6.
    /// Against the plainest model: a list of all chunks for ever, and for each listener the number of the next.
    #[test]
    fn every_listener_hears_a_contiguous_run(steps in steps(), burst in 0_u64..30, lag in 30_u64..60, most in 1_usize..5) {
        let mount = Mount::new(limits(burst, lag, most));
        let mut all: Vec<u64> = Vec::new(); // the frames of each chunk
        let mut listeners: Vec<(Cursor, Option<usize>)> = Vec::new();
        let mut ever = 0;
        for step in steps {
            match step {
                Step::Publish(frames) => {
                    mount.publish(chunk(all.len() as u64), frames);
                    all.push(frames);
                }
                Step::Listen if listeners.len() < most => {
                    // As many chunks back as it takes to make up the burst.
                    let mut next = all.len();
                    while next > 0 && all[next..].iter().sum::<u64>() < burst {
                        next -= 1;
                    }
                    listeners.push((mount.listen().unwrap(), Some(next)));
                    ever += 1;
                }
                Step::Listen => prop_assert_eq!(mount.listen().err(), Some(ListenError::Full { limit: most })),
                Step::Read(who, count) if !listeners.is_empty() => {
                    let index = who % listeners.len();
                    let (cursor, next) = &mut listeners[index];
                    for _ in 0..count {
                        let Some(at) = *next else {
                            prop_assert_eq!(read(cursor), Poll::Ready(None), "an end is an end");
                            continue;
                        };
                        if at == all.len() {
                            prop_assert_eq!(read(cursor), Poll::Pending);
                        } else if all[at + 1..].iter().sum::<u64>() >= lag {
                            // The chunks behind it alone are as much as may be held.
                            prop_assert_eq!(read(cursor), Poll::Ready(None), "it lags");
                            *next = None;
                        } else {
                            let Poll::Ready(Some(bytes)) = read(cursor) else { panic!("chunk {at} is there") };
                            prop_assert_eq!(number(&bytes), at as u64);
                            *next = Some(at + 1);
                        }
                    }
                }
                Step::Leave(who) if !listeners.is_empty() => {
                    let index = who % listeners.len();
                    listeners.swap_remove(index);
                }
                Step::Read(..) | Step::Leave(_) => {}
            }
            prop_assert_eq!(mount.crowd(), Crowd { now: listeners.len() as u64, ever });
            if listeners.iter().all(|(_, next)| next.is_some()) {
                let behind = |next: &Option<usize>| next.map_or(0, |next| all[next..].iter().sum::<u64>());
                let most = listeners.iter().map(|(_, next)| behind(next)).max();
                let most = most.map(|frames| time_of(frames * BLOCK as u64, 44_100));
                prop_assert_eq!(mount.lag(), most, "how far the slowest is behind");
            }
        }
        mount.close();
        for (cursor, next) in &mut listeners {
            let mut left = next.map_or(0, |next| all.len() - next);
            if next.is_some_and(|at| at < all.len() && all[at + 1..].iter().sum::<u64>() >= lag) {
                left = 0;
            }
            for _ in 0..left {
                prop_assert!(matches!(read(cursor), Poll::Ready(Some(_))), "what was published is still heard");
            }
            prop_assert_eq!(read(cursor), Poll::Ready(None));
        }
    }
}

#[test]
fn who_waits_is_woken_by_a_chunk_and_by_the_end() {
    let mount = Mount::new(limits(10, 100, 10));
    let mut cursor = mount.listen().unwrap();
    let publisher = Arc::clone(&mount);
    let thread = std::thread::spawn(move || {
        publisher.publish(chunk(0), 10);
        publisher.publish(chunk(1), 10);
        publisher.close();
    });
    let heard: Vec<u64> = block_on(async {
        let mut heard = Vec::new();
        while let Some(bytes) = cursor.next().await {
            heard.push(number(&bytes));
        }
        heard
    });
    thread.join().unwrap();
    assert_eq!(heard, [0, 1]);
    assert_eq!(mount.listen().err(), Some(ListenError::NotRunning));
}

#[test]
fn listeners_share_one_chunk() {
    let mount = Mount::new(limits(10, 100, 10));
    mount.publish(chunk(7), 10);
    let (mut one, mut two) = (mount.listen().unwrap(), mount.listen().unwrap());
    let (Poll::Ready(Some(a)), Poll::Ready(Some(b))) = (read(&mut one), read(&mut two)) else { panic!("both hear it") };
    assert_eq!(a.audio.as_ptr(), b.audio.as_ptr());
}

/// Promise A15.
#[test]
fn one_that_fell_behind_is_told_with_how_far() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&told);
    let incidents = move |report| {
        if matches!(report, Report::Incident(_)) {
            into.lock().unwrap().push(report);
        }
    };
    let mount = Mount::new(limits(10, 100, 10));
    let outlet = Arc::new(Outlet::new(Reports::new(incidents), &mount));
    mount.reports_to(outlet);
    mount.publish(chunk(0), 10);
    let (mut slow, left) = (mount.listen().unwrap(), mount.listen().unwrap());
    (1..12).for_each(|number| mount.publish(chunk(number), 10));
    drop(left);
    assert_eq!(read(&mut slow), Poll::Ready(None));
    let behind = time_of(120 * BLOCK as u64, 44_100);
    assert_eq!(*told.lock().unwrap(), [Report::Incident(Incident::ListenerDropped { behind })], "who left is not told");
}

/// Counts how often it is woken.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_crowd_with_one_waker_is_woken_once_a_wave() {
    let mount = Mount::new(limits(10, 100, 100));
    let mut crowd: Vec<_> = (0..50).map(|_| mount.listen().unwrap()).collect();
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    let mut cx = Context::from_waker(&waker);
    for wave in 0..3 {
        for cursor in &mut crowd {
            while cursor.poll_next_unpin(&mut cx).is_ready() {}
        }
        mount.publish(chunk(wave), 10);
        assert_eq!(bell.0.load(Ordering::Relaxed), wave as usize + 1);
    }
}
