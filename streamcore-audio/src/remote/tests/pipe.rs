use std::{sync::Arc, thread};

use super::*;
use crate::{remote::tests::block_on, source::out_of_means};

fn patience() -> (Arc<()>, Patience) {
    let wanted = Arc::new(());
    let patience = Patience::while_wanted(Arc::downgrade(&wanted));
    (wanted, patience)
}

#[test]
fn bytes_seams_and_ends_come_in_their_order() {
    let (_wanted, patience) = patience();
    let pipe = Pipe::new(100);
    pipe.push(b"abc");
    pipe.push(b"de");
    pipe.seam();
    pipe.push(b"fgh");
    pipe.end(Err(FailureReason::new(FailureKind::Stalled, "gone")));
    pipe.end(Ok(()));
    assert_eq!(pipe.peek(4, &patience).unwrap(), b"abcd");
    assert_eq!(pipe.peek(400, &patience).unwrap(), b"abcde");
    let mut into = [0; 10];
    assert_eq!(pipe.read(&mut into[..2], &patience).unwrap(), 2);
    assert!(!pipe.part_is_over());
    assert_eq!(pipe.read(&mut into[2..], &patience).unwrap(), 3);
    assert_eq!(&into[..5], b"abcde");
    assert!(pipe.part_is_over());
    for _ in 0..3 {
        assert_eq!(pipe.read(&mut into, &patience).unwrap(), 0, "a part stays over");
    }
    assert!(pipe.next_part(&patience).unwrap());
    assert_eq!(pipe.failure(), None, "not before it is read");
    assert_eq!(pipe.read(&mut into, &patience).unwrap(), 3);
    let error = pipe.read(&mut into, &patience).unwrap_err();
    assert_eq!(out_of_means(&error).unwrap().detail, "gone", "the error carries its reason");
    assert_eq!(pipe.failure().unwrap().detail, "gone");
    assert!(pipe.next_part(&patience).is_err());
}

#[test]
fn what_is_under_way_costs_what_it_holds_however_small_its_pieces_are() {
    let (_wanted, patience) = patience();
    let pipe = Pipe::new(1 << 20);
    let sent: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
    let kept = |pipe: &Pipe| {
        let state = pipe.state();
        let pieces = state.pieces.iter().map(|piece| match piece {
            Piece::Bytes(block) => block.capacity(),
            Piece::Seam => 0,
        });
        (pieces.sum::<usize>() + state.pieces.capacity() * size_of::<Piece>(), state.bytes)
    };
    let (mut read, mut into) = (Vec::new(), [0; 4]);
    for (n, byte) in sent.iter().enumerate() {
        pipe.push(&[*byte]);
        // Somebody reads, and slower.
        if n % 7 == 0 {
            let count = pipe.read(&mut into, &patience).unwrap();
            read.extend_from_slice(&into[..count]);
        }
        let (kept, holds) = kept(&pipe);
        assert!(kept <= holds * 11 / 10 + 2 * BLOCK, "{kept} bytes of memory for {holds}");
    }
    pipe.push(&sent); // one piece beyond a block
    pipe.end(Ok(()));
    loop {
        match pipe.read(&mut into, &patience).unwrap() {
            0 => break,
            count => read.extend_from_slice(&into[..count]),
        }
    }
    assert!(read == [&sent[..], &sent].concat(), "the bytes are the same, in their order");
}

#[test]
fn a_full_pipe_makes_the_writer_wait_for_the_reader() {
    let (_wanted, patience) = patience();
    let pipe = Arc::new(Pipe::new(10));
    let write = Arc::clone(&pipe);
    let most = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = Arc::clone(&most);
    let writer = thread::spawn(move || {
        for _ in 0..1_000 {
            block_on(write.room());
            write.push(b"0123456");
            seen.fetch_max(write.state().bytes, std::sync::atomic::Ordering::Relaxed);
        }
        write.end(Ok(()));
    });
    let (mut read, mut into) = (0, [0; 5]);
    loop {
        match pipe.read(&mut into, &patience).unwrap() {
            0 => break,
            count => read += count,
        }
    }
    writer.join().unwrap();
    assert_eq!(read, 7_000);
    let most = most.load(std::sync::atomic::Ordering::Relaxed);
    assert!(most <= 9 + 7, "{most} bytes were under way");
}

#[test]
fn who_waits_notices_that_nobody_wants_it_and_that_its_time_is_over() {
    let (wanted, patience) = patience();
    let pipe = Arc::new(Pipe::new(10));
    let read = Arc::clone(&pipe);
    let reader = thread::spawn(move || read.read(&mut [0; 5], &patience).unwrap_err());
    drop(wanted);
    let dropped = Instant::now();
    reader.join().unwrap();
    assert!(dropped.elapsed() < Duration::from_secs(1));

    let (_wanted, mut patience) = super::tests::patience();
    patience.until = Some(Instant::now());
    assert_eq!(pipe.peek(1, &patience).unwrap_err().kind, FailureKind::Stalled);
}
