//! How a stream is to end by itself: the server's defaults, and what is different for one stream.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Schedule;

/// What holds for a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether it ends by itself at all.
    pub enabled: bool,
    /// So long it must have been empty: a whole number of seconds from 1 to 86,400.
    pub timeout: Duration,
    /// So long before the end it is warned of, longest first.
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
}
