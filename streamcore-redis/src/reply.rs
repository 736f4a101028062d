//! What a script answered, read value by value.

use std::str::FromStr;

use fred::types::Value;

use crate::error::Corrupt;

/// The values of an answer, in their order.
#[derive(Debug)]
pub(crate) struct Reply {
    script: &'static str,
    values: std::vec::IntoIter<Value>,
}

impl Reply {
    pub(crate) fn new(script: &'static str, value: Value) -> Self {
        let values = match value {
            Value::Array(values) => values,
            other => vec![other],
        };
        Self { script, values: values.into_iter() }
    }

    /// How many values are left.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The next value as bytes; none if it is nil (`false` in the script), or if there is none.
    pub(crate) fn bytes(&mut self) -> Option<bytes::Bytes> {
        match self.values.next()? {
            Value::Null => None,
            Value::Bytes(bytes) => Some(bytes),
            Value::String(text) => Some(text.into_inner()),
            Value::Integer(n) => Some(n.to_string().into()),
            other => other.into_string().map(Into::into),
        }
    }

    /// The next value as text.
    pub(crate) fn text(&mut self) -> Result<Option<String>, Corrupt> {
        let Some(bytes) = self.bytes() else { return Ok(None) };
        match String::from_utf8(bytes.to_vec()) {
            Ok(text) => Ok(Some(text)),
            Err(error) => Err(self.unexpected(error)),
        }
    }

    /// The next value, which is there.
    pub(crate) fn required(&mut self) -> Result<String, Corrupt> {
        self.text()?.ok_or_else(|| self.unexpected("a value is missing"))
    }

    /// The next value, as something that a text stands for.
    pub(crate) fn parse<T: FromStr<Err: std::fmt::Display>>(&mut self) -> Result<T, Corrupt> {
        let text = self.required()?;
        text.parse().map_err(|error| self.unexpected(format!("{text:?}: {error}")))
    }

    /// An answer that the script cannot give unless what is stored is not what it wrote.
    pub(crate) fn unexpected(&self, problem: impl std::fmt::Display) -> Corrupt {
        Corrupt(format!("the answer of the script {}: {problem}", self.script))
    }
}
