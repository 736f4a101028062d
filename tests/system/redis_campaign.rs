//! Twenty people edit a queue on Redis while the server and Redis are killed under their hands: everything that was acknowledged is there, once, in
//! one order.

use std::time::{Duration, Instant};

use streamcore_tests::{long, random::Random, redis::RedisServer, replay::Order, wait};

use crate::load::{self, Board};

const CLIENTS: usize = 20;

/// How long one campaign takes. Each is explained by itself: what is cut off makes the search for an order longer, and longer than in proportion.
const CAMPAIGN: Duration = Duration::from_secs(15);

/// Promise D2. Nothing that was acknowledged is missing, nothing is there twice, and one order explains all that anybody was told.
#[test]
fn twenty_clients_while_server_and_redis_are_killed_lose_nothing_that_was_acknowledged() {
    let campaigns = if long() { 20 } else { 1 };
    let (mut explained, mut given_up) = (0, 0);
    while explained < campaigns {
        match campaign() {
            Ok(order) => {
                explained += 1;
                assert!(order.steps.len() > 100, "too little happened: {}", order.steps.len());
            }
            // Too much was cut off at once for the search: that shows nothing.
            Err(error) if error.starts_with("gave up") && given_up < 2 + campaigns / 4 => {
                given_up += 1;
                println!("another campaign: {error}");
            }
            Err(error) => panic!("{error}"),
        }
    }
    println!("{explained} campaigns of {CAMPAIGN:?} were explained, {given_up} given up");
}

fn campaign() -> Result<Order, String> {
    let seed = Random::seed();
    println!("seed {seed} (STREAMCORE_TEST_SEED repeats the choices, not the timing)");
    let mut redis = RedisServer::start();
    let mut server = load::server_with(vec!["--redis-url".to_owned(), redis.url()]);
    let _ = server.call("POST", "/api/v1/streams/1/start", None).expect(200);
    let board = Board::new(&server, true);
    let mut random = Random::new(seed);
    let begin = Instant::now();
    let (mut servers, mut stores) = (0, 0);
    board.meanwhile(CLIENTS, seed, || {
        while begin.elapsed() < CAMPAIGN {
            wait::let_play(Duration::from_millis(500 + random.below(1_500) as u64));
            let (kill_server, kill_redis) = (random.percent(50), random.percent(60));
            servers += usize::from(kill_server);
            stores += usize::from(kill_redis);
            if kill_server {
                server.kill_9();
            }
            if kill_redis {
                redis.kill();
                wait::let_play(Duration::from_millis(random.below(1_500) as u64));
            }
            match (kill_server, kill_redis) {
                (true, _) => {
                    if kill_redis {
                        redis.restart();
                    }
                    board.restart(&mut server, load::assert_plays_its_current_item);
                }
                (false, true) => {
                    board.restart_store(&server, || redis.restart(), load::assert_plays_its_current_item);
                }
                (false, false) => {}
            }
        }
    });
    println!("{servers} kills of the server and {stores} of Redis in {:?}", begin.elapsed());
    crate::concurrent::explained(&board, &server)
}
