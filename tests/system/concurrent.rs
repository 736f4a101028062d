//! Fifty people edit one queue at once: nothing lost, nothing doubled, one order, also while the server is killed under their hands.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use streamcore_tests::{Options, Server, http, long, media::ToneFile, random::Random, replay::Order, wait};

use crate::load::{self, Board};

const CLIENTS: usize = 50;

pub(crate) fn explained(board: &Board, server: &streamcore_tests::Server) -> Result<Order, String> {
    let begin = Instant::now();
    let story = board.story(server);
    let order = story.explain()?;
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
    Ok(order)
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
    let order = explained(&board, &server).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(order.unknown_done + order.unknown_lost, 0, "every request was answered");
    assert!(order.steps.len() > requests / 4, "too little happened: {}", order.steps.len());
}

/// What a kill cut off may have counted or not, at any moment: now and then so much is cut off at once that the search for an order has more ways
/// to try than anybody waits for. That shows nothing, so there is another campaign; that no order is found at all is an error at once.
#[test]
fn fifty_clients_and_a_kill_9_every_second_lose_nothing_that_was_acknowledged() {
    let kills = if long() { 120 } else { 8 };
    for _ in 0..3 {
        match killed_again_and_again(kills) {
            Ok(order) => {
                return assert!(order.unknown_done + order.unknown_lost > 0, "no kill cut a request off");
            }
            Err(error) if error.starts_with("gave up") => println!("another campaign: {error}"),
            Err(error) => panic!("{error}"),
        }
    }
    panic!("three campaigns, and no order was found for any of them");
}

fn killed_again_and_again(kills: usize) -> Result<Order, String> {
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
    explained(&board, &server)
}

/// Promise H9. With kills: what is asked again under its key until somebody answers is there once.
#[test]
fn what_is_asked_again_under_its_key_after_a_kill_9_is_done_once() {
    let kills = if long() { 20 } else { 4 };
    let config = Some(String::from("[queue]\nmax_items = 100000\n"));
    let mut server = Server::start_with(Options { config, ..Options::default() });
    ToneFile::wav("tone.wav", 400, 1).write(&server.media_dir());
    let _ = server.call("POST", "/api/v1/streams", Some(&json!({"id": 1, "name": "Test"}))).expect(201);
    let (mut titles, mut open, mut cut_off) = (Vec::new(), Vec::new(), 0);
    let ask = |address, token: &str, title: usize| -> Option<Value> {
        let authorization = format!("Bearer {token}");
        let key = format!("key-{title}");
        let headers = [("Authorization", authorization.as_str()), ("Idempotency-Key", key.as_str())];
        let body = json!({"url": "tone.wav", "title": title.to_string()});
        let body = json!({"items": [body, body]}).to_string();
        let answer =
            http::request(address, "POST", "/api/v1/queue/1/items/batch", &headers, Some(body.as_bytes())).ok()?;
        (answer.status == 201).then(|| answer.json())
    };
    for round in 0..kills {
        let (address, token) = (server.address(), server.token());
        // Twenty people who ask for one batch after the other until one is cut off.
        let ask_on = |person: usize| {
            let mut answers: Vec<(usize, bool)> = Vec::new();
            while answers.last().is_none_or(|(_, answered)| *answered) {
                let title = (round * 20 + person) * 1_000 + answers.len();
                answers.push((title, ask(address, token, title).is_some()));
            }
            answers
        };
        let answers: Vec<(usize, bool)> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..20).map(|person| scope.spawn(move || ask_on(person))).collect();
            wait::let_play(Duration::from_millis(60 + 35 * (round as u64 % 4)));
            server.kill_9();
            all.into_iter().flat_map(|one| one.join().expect("ended")).collect()
        });
        open.extend(answers.iter().filter(|(_, answered)| !answered).map(|(title, _)| *title));
        cut_off += answers.iter().filter(|(_, answered)| !answered).count();
        titles.extend(answers.into_iter().map(|(title, _)| title));
        server.restart();
    }
    for title in open {
        // A key that a kill left in progress is free again after a bounded time.
        let again = || ask(server.address(), server.token(), title);
        wait::until("an answer under a key", Duration::from_secs(60), again);
    }
    let mut there: Vec<usize> = Vec::new();
    for offset in (0..titles.len() * 2).step_by(100) {
        let page = server.call("GET", &format!("/api/v1/queue/1?limit=100&offset={offset}"), None).expect(200);
        let items = page["items"].as_array().expect("a list").iter();
        there.extend(
            items.map(|item| item["title"].as_str().and_then(|title| title.parse().ok()).unwrap_or(usize::MAX)),
        );
    }
    there.sort_unstable();
    println!("{kills} kills cut off {cut_off} of {} requests; all were asked again and are there once", titles.len());
    assert!(cut_off > 0, "no kill cut a request off");
    titles.sort_unstable();
    let wanted: Vec<usize> = titles.iter().flat_map(|title| [*title, *title]).collect();
    assert_eq!(there, wanted, "each batch of two is there once, and wholly");
}
