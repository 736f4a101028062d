//! `doctor`: looks at what the server needs, one finding a line, each with the next step where there is one.
//!
//! It changes nothing that stays: it may run beside the server, and before the first start.

mod machine;
mod network;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::fmt;

use serde::Serialize;

use crate::{
    cli::Flags,
    config::{Config, Environment},
    failure::Failure,
    output,
};

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Ok,
    /// The server runs, and something may be lost or late.
    Warn,
    /// The server does not start, or does not do what it is for.
    Fail,
}

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    check: &'static str,
    level: Level,
    found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, found: found.into(), advice: None }
    }

    fn warn(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, level: Level::Warn, found: found.into(), advice: Some(advice.into()) }
    }

    fn fail(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, level: Level::Fail, found: found.into(), advice: Some(advice.into()) }
    }
}

/// All findings, in the order in which they were made.
#[derive(Debug, Serialize)]
pub(crate) struct Findings {
    status: Level,
    findings: Vec<Finding>,
}

impl Findings {
    fn new(findings: Vec<Finding>) -> Self {
        let has = |level| findings.iter().any(|finding| finding.level == level);
        let status = [Level::Fail, Level::Warn].into_iter().find(|level| has(*level)).unwrap_or(Level::Ok);
        Self { status, findings }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { check, level, found, advice } in &self.findings {
            let level = match level {
                Level::Ok => "ok  ",
                Level::Warn => "warn",
                Level::Fail => "FAIL",
            };
            write!(f, "{level}  {check}: {}", one_line(found))?;
            match advice {
                Some(advice) => writeln!(f, "; {}", one_line(advice))?,
                None => writeln!(f)?,
            }
        }
        let count = |level| self.findings.iter().filter(|finding| finding.level == level).count();
        writeln!(f, "{} ok, {} to look at, {} failed", count(Level::Ok), count(Level::Warn), count(Level::Fail))
    }
}

/// What others say may have several.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Looks at everything and prints it. Whether nothing failed.
pub(crate) fn run(flags: &Flags, environment: &Environment, json: bool) -> Result<bool, Failure> {
    let findings = Findings::new(look(flags, environment)?);
    if json {
        let text = serde_json::to_string_pretty(&findings).map_err(|error| Failure::Output(error.into()))?;
        output::print(&format!("{text}\n")).map_err(Failure::Output)?;
    } else {
        output::print(&findings).map_err(Failure::Output)?;
    }
    Ok(findings.status != Level::Fail)
}

fn look(flags: &Flags, environment: &Environment) -> Result<Vec<Finding>, Failure> {
    const SETTINGS: &str = "settings";
    let advice = "`streamcore-server check-config` shows all settings and where they come from";
    let config = match Config::load(flags, environment) {
        Ok(config) => config,
        // Without settings it is not known where to look.
        Err(error) => return Ok(vec![Finding::fail(SETTINGS, error.to_string(), advice)]),
    };
    let mut findings = vec![Finding::ok(SETTINGS, "can be used")];
    findings.extend(machine::look(&config));
    findings.extend(network::look(&config));
    let is_redis = config.redis.url.value.is_some();
    #[cfg(feature = "redis")]
    if is_redis {
        let runtime = tokio::runtime::Runtime::new().map_err(Failure::Runtime)?;
        findings.extend(runtime.block_on(redis::look(&config)));
    }
    if !is_redis {
        #[cfg(feature = "sqlite")]
        findings.push(sqlite::look(&config));
        #[cfg(not(feature = "sqlite"))]
        findings.push(Finding::fail(
            "store",
            "redis.url is not set, and there is no embedded store in this program",
            "set it by STREAMCORE_REDIS_URL",
        ));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_is_the_status_and_every_finding_is_one_line() {
        let all =
            [Finding::ok("a", "fine"), Finding::warn("b", "two\nlines", "do"), Finding::fail("c", "broken", "mend")];
        for (count, status) in [(1, Level::Ok), (2, Level::Warn), (3, Level::Fail)] {
            let findings = Findings::new(all[..count].to_vec());
            assert_eq!(findings.status, status);
            assert_eq!(findings.to_string().lines().count(), count + 1);
        }
        let text = Findings::new(all.to_vec()).to_string();
        assert_eq!(
            text,
            "ok    a: fine\nwarn  b: two lines; do\nFAIL  c: broken; mend\n1 ok, 1 to look at, 1 failed\n"
        );
    }
}
