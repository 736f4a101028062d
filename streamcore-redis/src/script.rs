//! A Lua script: one atomic step.

use std::sync::LazyLock;

use bytes::Bytes;

use crate::{connection::Connection, error::Failure, keys::Tagged};

/// A script and its digest, by which the server knows it once it was sent.
#[derive(Debug)]
pub(crate) struct Script {
    /// For messages.
    pub(crate) name: &'static str,
    pub(crate) source: String,
    pub(crate) sha1: String,
    /// Whether it changes something: then it begins with `once.lua`, and its own keys begin at 2 and its arguments at 3.
    pub(crate) changes: bool,
}

/// A script that is made when it is first used.
pub(crate) type Lazy = LazyLock<Script>;

impl Script {
    /// A script that only reads, made of these parts (shared functions first).
    pub(crate) fn reading(name: &'static str, parts: &[&str]) -> Self {
        Self::new(name, parts.join("\n"), false)
    }

    /// A script that changes something, made of these parts: see `once.lua` for what is around it.
    pub(crate) fn changing(name: &'static str, parts: &[&str]) -> Self {
        let body = parts.join("\n");
        let (begin, end) = (include_str!("scripts/once.lua"), include_str!("scripts/once_end.lua"));
        Self::new(name, format!("{begin}{body}\n{end}"), true)
    }

    fn new(name: &'static str, source: String, changes: bool) -> Self {
        let sha1 = sha1_smol::Sha1::from(&source).digest().to_string();
        Self { name, source, sha1, changes }
    }
}

static FIELD: Lazy =
    Lazy::new(|| Script::reading("field", &[include_str!("scripts/checked.lua"), include_str!("scripts/field.lua")]));
static REPLACE: Lazy = Lazy::new(|| {
    Script::changing("replace", &[include_str!("scripts/checked.lua"), include_str!("scripts/replace.lua")])
});

/// Reads one field of a hash.
pub(crate) async fn field(
    connection: &Connection,
    tag: &Tagged,
    name: &str,
    field: &str,
) -> Result<Option<Bytes>, Failure> {
    Ok(connection.call(&FIELD, tag, &[name], vec![field.into()]).await?.bytes())
}

/// Replaces one field of a hash, and answers whether: it is not done if it is no longer the one that was read.
pub(crate) async fn replace(
    connection: &Connection,
    tag: &Tagged,
    name: &str,
    field: &str,
    read: Bytes,
    new: String,
) -> Result<bool, Failure> {
    let args = vec![field.into(), read.into(), new.into()];
    let mut reply = connection.call(&REPLACE, tag, &[name], args).await?;
    Ok(reply.parse::<u8>().map_err(Failure::Corrupt)? == 1)
}
