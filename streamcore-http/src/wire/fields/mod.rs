//! Reads the fields of a JSON object by hand, so that one answer names every field that is wrong and why. What lies deeper is in `nested`.

mod nested;

use std::{fmt, time::Duration};

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{MAX_SAFE_INTEGER, check_line, has_control_characters, strict};
use crate::error::{ApiError, FieldError, Part, Problem};

/// The longest duration that is believed, in seconds: a year.
const MAX_SECONDS: u64 = 366 * 86_400;

/// A JSON object and what was found wrong with it so far. Unknown keys are ignored; `null` is the same as a key that is missing, but
/// for [`setting`](Fields::setting)s.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    map: Map<String, Value>,
    errors: Vec<FieldError>,
    /// What the names of its fields begin with in messages: `items[3].`, or nothing.
    prefix: String,
}

impl Fields {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        match strict::parse(body) {
            Ok(Value::Object(map)) => Ok(Self { map, ..Self::default() }),
            Ok(_) => Err(ApiError::MalformedBody { detail: "it is another kind of value".to_owned() }),
            Err(error) => Err(ApiError::MalformedBody { detail: error.to_string() }),
        }
    }

    /// Whether the body has this key, whatever its value.
    pub(crate) fn names(&self, field: &str) -> bool {
        self.map.contains_key(field)
    }

    /// Whether the body gives this field a value.
    pub(crate) fn gives(&self, field: &str) -> bool {
        self.map.get(field).is_some_and(|value| !value.is_null())
    }

    /// What a setting is to be: none if it is left out, else its value, or none where the body says null.
    pub(crate) fn setting<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> Option<T>,
    ) -> Option<Option<T>> {
        let is_named = self.names(field);
        let value = read(self, field);
        is_named.then_some(value)
    }

    /// What the names of its fields begin with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What was read, or everything that is wrong.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Result<T, ApiError> {
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            _ => Err(ApiError::Invalid(self.errors)),
        }
    }

    fn take(&mut self, field: &str) -> Option<Value> {
        self.map.remove(field).filter(|value| !value.is_null())
    }

    /// Notes what is wrong with a field.
    pub(crate) fn refuse(&mut self, field: impl fmt::Display, problem: Problem) {
        self.errors.push(FieldError::new(Part::Body, format!("{}{field}", self.prefix), problem));
    }

    fn wrong<T>(&mut self, field: impl fmt::Display, problem: Problem) -> Option<T> {
        self.refuse(field, problem);
        None
    }

    /// Notes that a field is missing, unless something was read or is wrong already.
    pub(crate) fn require<T>(&mut self, field: &'static str, read: Option<T>) -> Option<T> {
        if read.is_none() && !self.errors.iter().any(|error| self.is_of(error, field)) {
            self.refuse(field, Problem::Required);
        }
        read
    }

    /// Whether an error is one of this field, or of an entry of it.
    fn is_of(&self, error: &FieldError, field: &str) -> bool {
        let rest = error.field.strip_prefix(&*self.prefix).and_then(|name| name.strip_prefix(field));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
    }

    /// A text that people can see, without control characters, of at most `max` characters, trimmed.
    pub(crate) fn line(&mut self, field: &'static str, max: usize) -> Option<String> {
        let text = self.text(field)?;
        let text = text.trim();
        if let Err(problem) = check_line(text, max) {
            return self.wrong(field, problem);
        }
        Some(text.to_owned())
    }

    /// A text without control characters, of at most `max` bytes, trimmed.
    pub(crate) fn location(&mut self, field: &'static str, max: usize) -> Option<String> {
        let text = self.text(field)?;
        let text = text.trim();
        if text.is_empty() {
            return self.wrong(field, Problem::Length { min: 1, max, got: 0 });
        }
        if text.len() > max {
            return self.wrong(field, Problem::Bytes { max, got: text.len() });
        }
        Some(text.to_owned())
    }

    /// A text, whatever it holds.
    pub(crate) fn plain_text(&mut self, field: &'static str) -> Option<String> {
        match self.take(field)? {
            Value::String(text) => Some(text),
            _ => self.wrong(field, Problem::Text),
        }
    }

    fn text(&mut self, field: &'static str) -> Option<String> {
        match self.take(field)? {
            Value::String(text) if has_control_characters(&text) => self.wrong(field, Problem::ControlCharacters),
            Value::String(text) => Some(text),
            _ => self.wrong(field, Problem::Text),
        }
    }

    /// An integer that every JSON reader keeps exactly.
    pub(crate) fn integer(&mut self, field: &'static str) -> Option<i64> {
        let number = self.take(field)?;
        match whole(&number) {
            Some(n) if (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(&n) => Some(n),
            _ => self.wrong(field, Problem::Integer),
        }
    }

    /// A 0-based place.
    pub(crate) fn place(&mut self, field: &'static str) -> Option<usize> {
        let place = self.whole(field, 0, MAX_SAFE_INTEGER.unsigned_abs())?;
        usize::try_from(place).ok()
    }

    /// A whole number from `min` to `max`.
    pub(crate) fn whole(&mut self, field: &'static str, min: u64, max: u64) -> Option<u64> {
        let number = self.take(field)?;
        match whole_within(&number, min, max) {
            Ok(n) => Some(n),
            Err(problem) => self.wrong(field, problem),
        }
    }

    /// A length of time in seconds, kept to the millisecond.
    pub(crate) fn seconds(&mut self, field: &'static str) -> Option<Duration> {
        let number = self.take(field)?;
        match number.as_f64().map(Duration::try_from_secs_f64) {
            Some(Ok(d)) if d <= Duration::from_secs(MAX_SECONDS) => {
                Some(Duration::from_millis(u64::try_from(d.as_millis()).unwrap_or(u64::MAX)))
            }
            _ => self.wrong(field, Problem::Seconds { max: MAX_SECONDS }),
        }
    }

    /// A JSON object of at most `max` bytes; an empty one if there is none.
    pub(crate) fn object(&mut self, field: &'static str, max: usize) -> Option<Map<String, Value>> {
        match self.take(field) {
            None => Some(Map::new()),
            Some(value @ Value::Object(_)) => {
                let got = value.to_string().len();
                match value {
                    Value::Object(map) if got <= max => Some(map),
                    _ => self.wrong(field, Problem::Bytes { max, got }),
                }
            }
            Some(_) => self.wrong(field, Problem::Object),
        }
    }

    /// A UUID.
    pub(crate) fn uuid(&mut self, field: &'static str) -> Option<Uuid> {
        match self.take(field)? {
            Value::String(text) => match text.parse() {
                Ok(uuid) => Some(uuid),
                Err(_) => self.wrong(field, Problem::Uuid),
            },
            _ => self.wrong(field, Problem::Uuid),
        }
    }

    /// A name that is written as a number or as a text.
    pub(crate) fn number_or_text(&mut self, field: &'static str) -> Option<String> {
        match self.take(field)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => self.wrong(field, Problem::StreamId),
        }
    }

    /// A switch.
    pub(crate) fn flag(&mut self, field: &'static str) -> Option<bool> {
        match self.take(field)? {
            Value::Bool(on) => Some(on),
            _ => self.wrong(field, Problem::Boolean),
        }
    }

    /// A word that `read` understands.
    pub(crate) fn word<T>(
        &mut self,
        field: &'static str,
        problem: Problem,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(field)?;
        match value.as_str().and_then(read) {
            Some(word) => Some(word),
            None => self.wrong(field, problem),
        }
    }
}

/// A whole number from `min` to `max`.
pub(crate) fn whole_within(value: &Value, min: u64, max: u64) -> Result<u64, Problem> {
    let number = whole(value).and_then(|n| u64::try_from(n).ok());
    number.filter(|n| (min..=max).contains(n)).ok_or(Problem::WholeNumber { min, max })
}

/// An integer, also one that its writer spelled `1.0` or `1e0`: for JSON these are the same number.
fn whole(value: &Value) -> Option<i64> {
    let number = value.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= MAX_SAFE_INTEGER as f64);
    value.as_i64().or(number.map(|n| n as i64))
}
