//! Objects in objects, and lists: what is wrong in them is named by its way from the body, as in `settings.auto_end.windows[1].from`.

use std::fmt;

use serde_json::Value;

use super::Fields;
use crate::error::{ApiError, FieldError, Part, Problem};

impl Fields {
    /// The objects of a list of 1 to `max`, each with the names of its fields as seen from here, or what is wrong with the list.
    pub(crate) fn objects(mut self, field: &'static str, max: usize) -> Result<Vec<Self>, ApiError> {
        let read = match self.take(field) {
            None => self.wrong(field, Problem::Required),
            Some(Value::Array(values)) if (1..=max).contains(&values.len()) => Some(values),
            Some(Value::Array(values)) => self.wrong(field, Problem::Count { min: 1, max, got: values.len() }),
            Some(_) => self.wrong(field, Problem::List),
        };
        let values = self.finish(read)?;
        let objects = values.into_iter().enumerate().map(|(index, value)| match value {
            Value::Object(map) => Ok(Self { map, errors: Vec::new(), prefix: format!("{field}[{index}].") }),
            _ => Err(FieldError::new(Part::Body, format!("{field}[{index}]"), Problem::Object).into()),
        });
        objects.collect()
    }

    /// What `read` makes of the object in this field; none if there is none.
    pub(crate) fn part<T>(&mut self, field: &'static str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let value = self.take(field)?;
        self.within(field, value, read)
    }

    fn within<T>(
        &mut self,
        name: impl fmt::Display,
        value: Value,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let Value::Object(map) = value else { return self.wrong(name, Problem::Object) };
        let mut inner = Self { map, errors: Vec::new(), prefix: format!("{}{name}.", self.prefix) };
        let read = read(&mut inner);
        self.errors.append(&mut inner.errors);
        read
    }

    /// What `read` makes of each object of a list of at most `max`; of several that are wrong the first is named.
    pub(crate) fn parts<T>(
        &mut self,
        field: &'static str,
        max: usize,
        read: impl Fn(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let values = self.values(field, |got| (got > max).then_some(Problem::Count { min: 0, max, got }))?;
        let parts = values.into_iter().enumerate();
        parts.map(|(n, value)| self.within(format_args!("{field}[{n}]"), value, &read)).collect()
    }

    /// What `read` makes of each value of a list; of several that are wrong the first is named.
    pub(crate) fn list<T>(
        &mut self,
        field: &'static str,
        too_many: impl Fn(usize) -> Option<Problem>,
        read: impl Fn(&Value) -> Result<T, Problem>,
    ) -> Option<Vec<T>> {
        let values = self.values(field, too_many)?;
        let read = values.iter().enumerate().map(|(n, value)| read(value).map_err(|problem| (n, problem)));
        match read.collect() {
            Ok(list) => Some(list),
            Err((n, problem)) => self.wrong(format_args!("{field}[{n}]"), problem),
        }
    }

    fn values(&mut self, field: &'static str, too_many: impl Fn(usize) -> Option<Problem>) -> Option<Vec<Value>> {
        match self.take(field)? {
            Value::Array(values) => match too_many(values.len()) {
                Some(problem) => self.wrong(field, problem),
                None => Some(values),
            },
            _ => self.wrong(field, Problem::List),
        }
    }
}
