//! Ids from texts: what is read is written the same way, and read again as the same.

use std::{fmt::Display, str::FromStr};

use streamcore::{ItemId, StreamId};

fn round_trip<T: FromStr + Display + PartialEq>(text: &str) {
    let Ok(id) = text.parse::<T>() else { return };
    let written = id.to_string();
    assert!(written.parse::<T>().is_ok_and(|again| again == id), "{text:?} is written as {written:?}");
}

pub(crate) fn target(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    round_trip::<StreamId>(&text);
    round_trip::<ItemId>(&text);
}
