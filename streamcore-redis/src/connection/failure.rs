//! What Redis' errors mean to a caller.

use std::borrow::Cow;

use fred::error::{Error, ErrorKind};

use super::call::Trouble;
use crate::{
    error::{Corrupt, Failure, Unavailable},
    script::Script,
};

/// By the first word of the error, as the protocol has it; our own scripts say `CORRUPT key: problem`.
///
/// `fails_over`: another server may take the place of this one, so that what is said of a replica passes.
pub(super) fn trouble(error: &Error, script: &Script, fails_over: bool) -> Trouble {
    let text = error.details();
    let (code, rest) = text.split_once(' ').unwrap_or((text, ""));
    let is_final = |unavailable| Trouble::Final(Failure::Away(unavailable));
    match code {
        "CORRUPT" => Trouble::Final(Failure::Corrupt(Corrupt(without_place(rest).to_owned()))),
        "WRONGTYPE" => {
            let problem =
                format!("script {}: a key holds another kind of value ({})", script.name, without_place(rest));
            Trouble::Final(Failure::Corrupt(Corrupt(problem)))
        }
        "OOM" => is_final(Unavailable::OutOfMemory),
        "READONLY" if !fails_over => is_final(Unavailable::TakesNoWrites(without_place(text).to_owned())),
        // What a failover or a restart brings with it passes soon; a disk that takes no snapshot does not.
        "READONLY" | "NOREPLICAS" | "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "BUSY" => {
            Trouble::Passing(Unavailable::TakesNoWrites(without_place(text).to_owned()))
        }
        "MISCONF" => is_final(Unavailable::TakesNoWrites(without_place(text).to_owned())),
        "NOAUTH" | "WRONGPASS" | "NOPERM" | "DENIED" => is_final(Unavailable::Refuses(without_place(text).to_owned())),
        "ERR" => is_final(Unavailable::Refuses(format!("{}, in script {}", without_place(rest), script.name))),
        _ => match error.kind() {
            ErrorKind::Auth | ErrorKind::Config | ErrorKind::Tls => is_final(Unavailable::Refuses(text.to_owned())),
            _ => Trouble::Passing(Unavailable::Silent(plain(text).into_owned())),
        },
    }
}

/// Errors of the system come in a form for programmers; people need what is in it.
pub(super) fn plain(details: &str) -> Cow<'_, str> {
    if let Some((_, rest)) = details.split_once("message: \"")
        && let Some((message, _)) = rest.split_once('"')
    {
        return message.into();
    }
    if let Some((_, rest)) = details.split_once("error: ")
        && details.starts_with("Custom {")
    {
        return rest.trim_end_matches(['}', ' ']).into();
    }
    details.into()
}

/// Redis adds in which line of which script it happened, which is of no use to people.
fn without_place(text: &str) -> &str {
    text.split(" script: ").next().unwrap_or(text).trim()
}
