//! Fifty people edit one queue at once: nothing lost, nothing doubled, one order, also while the server is killed under their hands.

use std::time::{Duration, Instant};

use streamcore_tests::{long, random::Random, replay::Order, wait};

use crate::load::{self, Board};

const CLIENTS: usize = 50;

fn explained(board: &Board, server: &streamcore_tests::Server) -> Order {
    let begin = Instant::now();
    let story = board.story(server);
    let order = story.explain().unwrap_or_else(|error| panic!("{error}"));
    println!("{}", board.record().counts());
    let [keyed, twice, again] = board.record().keyed();
    println!("under a key: {keyed} answered, {twice} of them sent twice at once, {again} sent again after a kill");
    println!(
        "one order of {} changes explains {} calls and {} lists seen ({} steps tried, {:?}); of {} cut off {} counted",
        order.steps.len(),
        story.calls.len(),
        story.sightings.len(),
        order.tried,
        begin.elapsed(),
        order.unknown_done + order.unknown_lost,
        order.unknown_done,
    );
    order
}

#[test]
fn fifty_clients_at_once_lose_nothing_and_double_nothing() {
    let requests = if long() { 40_000 } else { 10_000 };
    let seed = Random::seed();
    println!("seed {seed} (STREAMCORE_TEST_SEED repeats the choices, not the timing)");
    let server = load::server();
    let board = Board::new(&server, false);
    let begin = Instant::now();
    board.requests(requests, CLIENTS, seed);
    println!("{CLIENTS} clients, {requests} requests in {:?}", begin.elapsed());
    let order = explained(&board, &server);
    assert_eq!(order.unknown_done + order.unknown_lost, 0, "every request was answered");
    assert!(order.steps.len() > requests / 4, "too little happened: {}", order.steps.len());
}

#[test]
fn fifty_clients_and_a_kill_9_every_second_lose_nothing_that_was_acknowledged() {
    let kills = if long() { 120 } else { 8 };
    let seed = Random::seed();
    println!("seed {seed}");
    let mut server = load::server();
    let _ = server.call("POST", "/api/v1/streams/1/start", None).expect(200);
    let board = Board::new(&server, true);
    let mut random = Random::new(seed);
    let begin = Instant::now();
    board.meanwhile(CLIENTS, seed, || {
        for _ in 0..kills {
            wait::let_play(Duration::from_millis(700 + random.below(600) as u64));
            server.kill_9();
            board.restart(&mut server, load::assert_plays_its_current_item);
        }
    });
    println!("{kills} kills in {:?}; {} items were handed over", begin.elapsed(), board.record().finished());
    let order = explained(&board, &server);
    assert!(order.unknown_done + order.unknown_lost > 0, "no kill cut a request off");
}
