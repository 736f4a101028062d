//! One value and where it comes from.

use std::{fmt, ops::RangeInclusive, path::PathBuf};

use super::ConfigError;

/// Where a value comes from, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    #[default]
    Default,
    File,
    Environment(&'static str),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File => f.write_str("file"),
            Self::Environment(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value and its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

impl<T> Setting<T> {
    pub(super) fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// A stronger layer: if it says something, that is what counts.
    pub(super) fn or_from(self, value: Option<T>, origin: Origin) -> Self {
        value.map_or(self, |value| Self { value, origin })
    }

    /// The setting with the name that messages use.
    pub(super) fn named(self, key: &'static str) -> Named<T> {
        Named { key, setting: self }
    }
}

/// A setting about to be checked.
pub(super) struct Named<T> {
    pub(super) key: &'static str,
    pub(super) setting: Setting<T>,
}

impl<T: fmt::Debug> Named<T> {
    /// The error that this value is not usable.
    pub(super) fn refuse(self, reason: impl Into<String>) -> ConfigError {
        ConfigError::Value {
            key: self.key,
            value: format!("{:?}", self.setting.value),
            origin: self.setting.origin,
            reason: reason.into(),
        }
    }
}

impl<T: fmt::Debug + fmt::Display + PartialOrd> Named<T> {
    /// Accepts a number of the range.
    pub(super) fn within(self, range: RangeInclusive<T>) -> Result<Setting<T>, ConfigError> {
        if range.contains(&self.setting.value) {
            return Ok(self.setting);
        }
        let reason = format!("it must be from {} to {}", range.start(), range.end());
        Err(self.refuse(reason))
    }
}

impl<T: fmt::Debug + PartialEq> Named<T> {
    /// Accepts one of the values.
    pub(super) fn one_of(self, values: &[T]) -> Result<Setting<T>, ConfigError> {
        if values.contains(&self.setting.value) {
            return Ok(self.setting);
        }
        Err(self.refuse(format!("it must be one of {values:?}")))
    }
}

impl Named<PathBuf> {
    /// Accepts a path that names something.
    pub(super) fn not_empty(self) -> Result<Setting<PathBuf>, ConfigError> {
        if self.setting.value.as_os_str().is_empty() {
            return Err(self.refuse("it is empty; name a directory or leave it out"));
        }
        Ok(self.setting)
    }
}
