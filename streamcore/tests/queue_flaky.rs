//! The wrapper that fails on purpose fails as its script says, and only so.

use std::sync::Arc;

use futures::{FutureExt, StreamExt, future};
use streamcore::{
    StreamId,
    queue::{Change, Error, MemoryQueue, Op, Page, Queue},
    registry::{MemoryRegistry, Registry},
    testing::{
        Flaky,
        flaky::{Fault, Gate},
        item,
    },
};

const STREAM: StreamId = StreamId::new(1);

fn add(n: u64) -> Change {
    Op::add(item(n)).into()
}

fn total(queue: &dyn Queue) -> usize {
    queue.view(STREAM, Page::ALL).now_or_never().expect("memory answers at once").expect("memory answers at once").total
}

#[test]
fn a_refused_call_is_not_done() {
    let queue = Flaky::listed(MemoryQueue::new(), [Fault::Refuse]);
    let refused = queue.apply(STREAM, add(1)).now_or_never().unwrap();
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    assert_eq!(total(queue.inner()), 0);
    assert!(queue.apply(STREAM, add(1)).now_or_never().unwrap().unwrap().changed, "the list is at its end");
    assert_eq!(queue.calls(), 2);
}

#[test]
fn a_call_whose_answer_is_lost_is_done() {
    let queue = Flaky::listed(MemoryQueue::new(), [Fault::LoseAnswer]);
    let lost = queue.apply(STREAM, add(1)).now_or_never().unwrap();
    assert!(lost.is_err_and(|error| error.is_retryable()));
    assert_eq!(total(queue.inner()), 1);
    assert!(!queue.apply(STREAM, add(1)).now_or_never().unwrap().unwrap().changed, "recognised when repeated");
}

#[test]
fn a_held_call_waits_for_its_gate_before_it_is_done() {
    let gate = Gate::new();
    let queue = Flaky::listed(MemoryQueue::new(), [Fault::Hold(gate.clone())]);
    let mut call = queue.apply(STREAM, add(1));
    assert!(call.as_mut().now_or_never().is_none());
    assert_eq!(total(queue.inner()), 0);
    gate.open();
    assert!(call.now_or_never().unwrap().unwrap().changed);
}

#[test]
fn a_held_answer_waits_after_it_is_done() {
    let gate = Gate::new();
    let queue = Flaky::listed(MemoryQueue::new(), [Fault::HoldAnswer(gate.clone())]);
    let mut call = queue.apply(STREAM, add(1));
    assert!(call.as_mut().now_or_never().is_none());
    assert_eq!(total(queue.inner()), 1);
    gate.open();
    assert!(call.now_or_never().unwrap().unwrap().changed);
}

#[test]
fn hints_can_be_muted_and_held() {
    let gate = Gate::new();
    let faults = [Fault::Refuse, Fault::Hold(gate.clone())];
    let queue = Flaky::listed(MemoryQueue::new(), faults);
    let (mut muted, mut held) = (queue.changes(), queue.changes());
    queue.apply(STREAM, add(1)).now_or_never().unwrap().unwrap();
    assert!(muted.next().now_or_never().is_none());
    assert!(held.next().now_or_never().is_none());
    gate.open();
    assert_eq!(held.next().now_or_never().unwrap(), Some(STREAM));
}

#[test]
fn a_script_sees_method_stream_and_number() {
    let registry = Flaky::by(MemoryRegistry::new(), |call| match (call.method, call.stream, call.nth) {
        ("running", None, 1) => Fault::Refuse,
        ("delete", Some(STREAM), _) => Fault::Refuse,
        _ => Fault::None,
    });
    assert!(registry.running().now_or_never().unwrap().is_ok());
    assert!(registry.running().now_or_never().unwrap().is_err());
    let deleted = registry.delete(STREAM).now_or_never().unwrap();
    assert!(matches!(deleted, Err(streamcore::registry::Error::Unavailable(_))), "{deleted:?}");
}

#[test]
fn one_gate_lets_all_through() {
    let gate = Gate::new();
    let same = gate.clone();
    let queue = Arc::new(Flaky::by(MemoryQueue::new(), move |_| Fault::Hold(same.clone())));
    let mut calls = Box::pin(future::join(queue.apply(STREAM, add(1)), queue.apply(STREAM, add(2))));
    assert!(calls.as_mut().now_or_never().is_none());
    gate.open();
    assert!(calls.now_or_never().is_some());
    assert_eq!(total(queue.inner()), 2);
}
