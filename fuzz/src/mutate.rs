//! Changes an input a little, as fuzzers do: most of what matters lies near to something that makes sense.

use streamcore_tests::random::Random;

/// The longest input.
const MOST_BYTES: usize = 4_096;

/// Pieces that parsers have opinions about.
const WORDS: [&[u8]; 38] = [
    b"0",
    b"-1",
    b"9007199254740991",
    b"9007199254740993",
    b"18446744073709551615",
    b"1e308",
    b"NaN",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\0",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"\xe2\x80\x8b",
    b"\xf0\x9f\x8e\xb5",
    b"../",
    b"..",
    b"//",
    b"%00",
    b"%2e%2e%2f",
    b"%ff",
    b"%",
    b"file://",
    b"http://",
    b"localhost",
    b"W/",
    b"*",
    b",",
    b";q=",
    b"\r\n",
    b"=",
    b"[",
    b"]",
];

/// Another input made of one or two of these.
pub fn mutate(random: &mut Random, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = random.pick(corpus).cloned().unwrap_or_default();
    for _ in 0..=random.below(6) {
        change(random, &mut bytes, corpus);
    }
    bytes.truncate(MOST_BYTES);
    bytes
}

fn change(random: &mut Random, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
    let at = random.below(bytes.len() + 1);
    let end = at + random.below((bytes.len() - at + 1).min(32));
    match random.below(9) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.number() as u8;
            }
        }
        2 => drop(bytes.drain(at..end)),
        3 => {
            let piece = bytes[at..end].to_vec();
            insert(bytes, at, &piece);
        }
        4 => bytes.truncate(at),
        5 => {
            let other = random.pick(corpus).cloned().unwrap_or_default();
            bytes.truncate(at);
            bytes.extend_from_slice(&other[random.below(other.len() + 1)..]);
        }
        6 => {
            let noise: Vec<u8> = (0..=random.below(16)).map(|_| random.number() as u8).collect();
            insert(bytes, at, &noise);
        }
        7 => {
            let again = bytes[at..end].repeat(1 + random.below(20));
            insert(bytes, end, &again);
        }
        _ => {
            let word = random.pick(&WORDS).copied().unwrap_or_default();
            insert(bytes, at, word);
        }
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}
