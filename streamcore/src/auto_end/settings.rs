//! How a stream is to end by itself: the server's defaults, and what is different for one stream.
//!
//! Whoever takes settings from people checks them with [`timeout`] and [`warnings`], or as a whole with [`Settings::checked`] and
//! [`Overrides::checked`]; a [`Schedule`] is checked as it is made.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Schedule;

/// The shortest timeout, and the latest warning.
pub const MIN_SECONDS: u64 = 1;
/// The longest timeout, and the earliest warning: a day.
pub const MAX_SECONDS: u64 = 86_400;
/// At most so many warnings are given before an end.
pub const MAX_WARNINGS: usize = 16;

/// What is wrong with settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The timeout is out of bounds, or a fraction.
    #[error("a timeout is a whole number of seconds from {MIN_SECONDS} to {MAX_SECONDS}, not {}; to keep a stream running, disable auto-end", .0.as_secs_f64())]
    Timeout(Duration),
    /// More warnings than there may be.
    #[error("at most {MAX_WARNINGS} warnings are given, not {found}; leave some out")]
    TooManyWarnings {
        /// So many are there.
        found: usize,
    },
    /// A warning is out of bounds, or a fraction.
    #[error("warning {index}: a warning comes a whole number of seconds from {MIN_SECONDS} to {MAX_SECONDS} before the end, not {}", .before.as_secs_f64())]
    Warning {
        /// Which, from 0.
        index: usize,
        /// So long before the end.
        before: Duration,
    },
    /// Two warnings at one moment.
    #[error("warning {index}: there is one {} s before the end already; leave it out", .before.as_secs())]
    RepeatedWarning {
        /// Which, from 0.
        index: usize,
        /// So long before the end.
        before: Duration,
    },
}

const fn is_allowed(span: Duration) -> bool {
    span.subsec_nanos() == 0 && MIN_SECONDS <= span.as_secs() && span.as_secs() <= MAX_SECONDS
}

/// Checks a timeout.
///
/// # Errors
/// [`SettingsError::Timeout`].
pub const fn timeout(span: Duration) -> Result<Duration, SettingsError> {
    if is_allowed(span) { Ok(span) } else { Err(SettingsError::Timeout(span)) }
}

/// Checks warnings, and sorts them: longest before the end first.
///
/// # Errors
/// [`SettingsError::TooManyWarnings`], [`SettingsError::Warning`], [`SettingsError::RepeatedWarning`].
///
/// ```
/// # use std::time::Duration;
/// use streamcore::auto_end::settings::warnings;
/// let seconds = |seconds: &[u64]| seconds.iter().copied().map(Duration::from_secs).collect::<Vec<_>>();
/// assert_eq!(warnings(&seconds(&[10, 60]))?, seconds(&[60, 10]));
/// let error = warnings(&seconds(&[60, 10, 60])).unwrap_err();
/// assert_eq!(error.to_string(), "warning 2: there is one 60 s before the end already; leave it out");
/// # Ok::<(), streamcore::auto_end::SettingsError>(())
/// ```
pub fn warnings(spans: &[Duration]) -> Result<Vec<Duration>, SettingsError> {
    if spans.len() > MAX_WARNINGS {
        return Err(SettingsError::TooManyWarnings { found: spans.len() });
    }
    for (index, &before) in spans.iter().enumerate() {
        if !is_allowed(before) {
            return Err(SettingsError::Warning { index, before });
        }
        if spans.iter().take(index).any(|earlier| *earlier == before) {
            return Err(SettingsError::RepeatedWarning { index, before });
        }
    }
    let mut sorted = spans.to_vec();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    Ok(sorted)
}

/// What holds for a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether it ends by itself at all.
    pub enabled: bool,
    /// So long it must have been empty: a whole number of seconds from [`MIN_SECONDS`] to [`MAX_SECONDS`].
    pub timeout: Duration,
    /// So long before the end it is warned of, longest first: at most [`MAX_WARNINGS`], within the same bounds.
    pub warnings: Vec<Duration>,
    /// Whether it goes on as long as something plays or waits.
    pub only_when_queue_empty: bool,
    /// When it goes on however empty it is.
    pub schedule: Schedule,
}

impl Default for Settings {
    /// After five minutes, with warnings at 60, 30 and 10 s.
    fn default() -> Self {
        Self {
            enabled: true,
            timeout: Duration::from_secs(300),
            warnings: [60, 30, 10].map(Duration::from_secs).to_vec(),
            only_when_queue_empty: false,
            schedule: Schedule::default(),
        }
    }
}

impl Settings {
    /// These settings, with sorted warnings, if they are within the bounds.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn checked(self) -> Result<Self, SettingsError> {
        Ok(Self { timeout: timeout(self.timeout)?, warnings: warnings(&self.warnings)?, ..self })
    }
}

/// What of the defaults is different for one stream; what is none is as the server's [`Settings`] say, now and after they change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overrides {
    /// See [`Settings::enabled`].
    pub enabled: Option<bool>,
    /// See [`Settings::timeout`].
    pub timeout: Option<Duration>,
    /// See [`Settings::warnings`].
    pub warnings: Option<Vec<Duration>>,
    /// See [`Settings::only_when_queue_empty`].
    pub only_when_queue_empty: Option<bool>,
    /// See [`Settings::schedule`].
    pub schedule: Option<Schedule>,
}

impl Overrides {
    /// What holds for a stream with these differences from those defaults.
    #[must_use]
    pub fn over(&self, defaults: &Settings) -> Settings {
        Settings {
            enabled: self.enabled.unwrap_or(defaults.enabled),
            timeout: self.timeout.unwrap_or(defaults.timeout),
            warnings: self.warnings.clone().unwrap_or_else(|| defaults.warnings.clone()),
            only_when_queue_empty: self.only_when_queue_empty.unwrap_or(defaults.only_when_queue_empty),
            schedule: self.schedule.clone().unwrap_or_else(|| defaults.schedule.clone()),
        }
    }
    /// These overrides, with sorted warnings, if they are within the bounds.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn checked(self) -> Result<Self, SettingsError> {
        let timeout = self.timeout.map(timeout).transpose()?;
        let warnings = self.warnings.as_deref().map(warnings).transpose()?;
        Ok(Self { timeout, warnings, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        seconds.into_iter().map(Duration::from_secs).collect()
    }

    /// Promise E7.
    #[test]
    fn a_timeout_is_a_second_to_a_day() {
        for good in [1, 300, 86_400] {
            assert_eq!(timeout(Duration::from_secs(good)), Ok(Duration::from_secs(good)));
        }
        let ms = Duration::from_millis;
        for bad in [ms(0), ms(999), ms(1_500), ms(86_400_001), Duration::from_secs(86_401), Duration::MAX] {
            assert_eq!(timeout(bad), Err(SettingsError::Timeout(bad)));
            let settings = Settings { timeout: bad, ..Settings::default() };
            assert_eq!(settings.checked(), Err(SettingsError::Timeout(bad)));
            let overrides = Overrides { timeout: Some(bad), ..Overrides::default() };
            assert_eq!(overrides.checked(), Err(SettingsError::Timeout(bad)));
        }
        assert_eq!(
            timeout(Duration::ZERO).unwrap_err().to_string(),
            "a timeout is a whole number of seconds from 1 to 86400, not 0; to keep a stream running, disable auto-end"
        );
    }

    /// Promise E7.
    #[test]
    fn warnings_are_few_distinct_within_a_day_and_sorted() {
        assert_eq!(warnings(&[]), Ok(vec![]));
        assert_eq!(warnings(&seconds([1, 86_400, 30])), Ok(seconds([86_400, 30, 1])));
        assert_eq!(warnings(&seconds(1..=16)).map(|warnings| warnings.len()), Ok(16));
        assert_eq!(warnings(&seconds(1..=17)), Err(SettingsError::TooManyWarnings { found: 17 }));
        let before = Duration::from_secs(30);
        assert_eq!(warnings(&seconds([30, 10, 30])), Err(SettingsError::RepeatedWarning { index: 2, before }));
        for before in [Duration::ZERO, Duration::from_millis(1), Duration::from_secs(86_401)] {
            assert_eq!(warnings(&[Duration::from_secs(1), before]), Err(SettingsError::Warning { index: 1, before }));
        }
        let overrides = Overrides { warnings: Some(seconds([10, 60])), ..Overrides::default() };
        assert_eq!(overrides.checked().map(|overrides| overrides.warnings), Ok(Some(seconds([60, 10]))));
        let settings = Settings { warnings: seconds([10, 60]), ..Settings::default() };
        assert_eq!(settings.checked().map(|settings| settings.warnings), Ok(seconds([60, 10])));
    }

    #[test]
    fn the_defaults_are_within_the_bounds() {
        assert_eq!(Settings::default().checked(), Ok(Settings::default()));
    }

    /// Promise E8.
    #[test]
    fn what_is_not_overridden_follows_the_defaults() {
        let defaults = Settings { enabled: false, timeout: Duration::from_secs(7), ..Settings::default() };
        assert_eq!(Overrides::default().over(&defaults), defaults);
        let overrides = Overrides { enabled: Some(true), warnings: Some(vec![]), ..Overrides::default() };
        let expected = Settings { enabled: true, warnings: vec![], ..defaults.clone() };
        assert_eq!(overrides.over(&defaults), expected);
    }
}
