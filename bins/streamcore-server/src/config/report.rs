//! The settings in effect, for people: a settings file in which every line says where its value comes from.

use std::{collections::BTreeMap, fmt};

use streamcore::auto_end::{Schedule, schedule::WindowForm};

use super::{Config, Origin, Redis, Setting, masked, redis::is_public};

/// Prints as TOML that could be saved and used, with the origin of each value as a comment. Secrets are never shown.
pub(crate) struct Report<'a>(pub(crate) &'a Config);

/// How a token is described without showing it.
fn token_hint(config: &Config) -> String {
    match (&config.api_token.value, config.api_token.origin) {
        (Some(_), origin) => format!("(redacted), from {origin}"),
        (None, _) => format!("made at the first start and kept in {}", crate::token::path(config).display()),
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config {
            listen,
            data_dir,
            media_dir,
            shutdown_grace_seconds,
            api_token: _,
            redis,
            queue,
            library,
            auto_end,
            audio,
            remote,
            resolver,
            http,
            metrics,
            log,
        } = self.0;
        line(f, "listen", listen.map(|v| quoted(&v.to_string())))?;
        line(f, "data_dir", data_dir.map(|v| quoted(&v.display().to_string())))?;
        line(f, "media_dir", media_dir.map(|v| quoted(&v.display().to_string())))?;
        line(f, "shutdown_grace_seconds", shutdown_grace_seconds.map(u64::to_string))?;
        writeln!(f, "# api_token: {}", token_hint(self.0))?;
        writeln!(f, "\n[redis]")?;
        redis_url(f, redis)?;
        line(f, "prefix", redis.prefix.map(|prefix| quoted(prefix)))?;
        match &redis.ca_file.value {
            Some(path) => line(f, "ca_file", (quoted(&path.display().to_string()), redis.ca_file.origin))?,
            None => {
                writeln!(f, "# ca_file is not set: servers with TLS are checked against the system's certificates")?
            }
        }
        line(f, "call_timeout_ms", redis.call_timeout_ms.map(u64::to_string))?;
        writeln!(f, "\n[queue]")?;
        line(f, "max_items", queue.max_items.map(usize::to_string))?;
        line(f, "max_items_per_requester", queue.max_items_per_requester.map(usize::to_string))?;
        line(f, "allow_duplicates", queue.allow_duplicates.map(bool::to_string))?;
        line(f, "cooldown_seconds", queue.cooldown_seconds.map(u64::to_string))?;
        line(f, "default_stream", queue.default_stream.map(i64::to_string))?;
        writeln!(f, "\n[library]")?;
        line(f, "max_tracks", library.max_tracks.map(usize::to_string))?;
        line(f, "max_upload_bytes", library.max_upload_bytes.map(u64::to_string))?;
        writeln!(f, "\n[auto_end]")?;
        line(f, "enabled", auto_end.enabled.map(bool::to_string))?;
        line(f, "timeout_seconds", auto_end.timeout_seconds.map(u64::to_string))?;
        line(f, "warnings_seconds", auto_end.warnings_seconds.map(|seconds| format!("{seconds:?}")))?;
        line(f, "only_when_queue_empty", auto_end.only_when_queue_empty.map(bool::to_string))?;
        line(f, "time_zone", auto_end.schedule.map(|schedule| quoted(schedule.time_zone())))?;
        line(f, "windows", auto_end.schedule.map(windows))?;
        writeln!(f, "\n[audio]")?;
        line(f, "bitrate_kbps", audio.bitrate_kbps.map(u32::to_string))?;
        line(f, "sample_rate", audio.sample_rate.map(u32::to_string))?;
        line(f, "quality", audio.quality.map(u8::to_string))?;
        match &audio.placeholder.value {
            Some(place) => line(f, "placeholder", (quoted(place), audio.placeholder.origin))?,
            None => writeln!(f, "# placeholder is not set: a built-in chord plays when nothing else does")?,
        }
        line(f, "max_listeners", audio.max_listeners.map(usize::to_string))?;
        writeln!(f, "\n[remote]")?;
        line(f, "enabled", remote.enabled.map(bool::to_string))?;
        line(f, "allow", remote.allow.map(|networks| list(networks.iter().map(ToString::to_string))))?;
        line(f, "max_megabytes", remote.max_megabytes.map(u64::to_string))?;
        line(f, "min_bytes_per_second", remote.min_bytes_per_second.map(u64::to_string))?;
        line(f, "connect_timeout_seconds", remote.connect_timeout_seconds.map(u64::to_string))?;
        line(f, "answer_timeout_seconds", remote.answer_timeout_seconds.map(u64::to_string))?;
        line(f, "read_timeout_seconds", remote.read_timeout_seconds.map(u64::to_string))?;
        line(f, "retry_seconds", remote.retry_seconds.map(u64::to_string))?;
        writeln!(f, "\n[resolver]")?;
        match &resolver.command.value {
            Some(command) => line(f, "command", (list(command.iter().cloned()), resolver.command.origin))?,
            None => writeln!(f, "# command is not set: addresses of pages are refused")?,
        }
        line(f, "timeout_seconds", resolver.timeout_seconds.map(u64::to_string))?;
        writeln!(f, "\n[http]")?;
        match &http.public_url.value {
            Some(url) => line(f, "public_url", (quoted(url), http.public_url.origin))?,
            None => writeln!(f, "# public_url is not set: playlists repeat the host that the listener asked for")?,
        }
        line(f, "header_timeout_seconds", http.header_timeout_seconds.map(u64::to_string))?;
        line(f, "body_timeout_seconds", http.body_timeout_seconds.map(u64::to_string))?;
        line(f, "answer_timeout_seconds", http.answer_timeout_seconds.map(u64::to_string))?;
        line(f, "write_timeout_seconds", http.write_timeout_seconds.map(u64::to_string))?;
        line(f, "max_connections", http.max_connections.map(usize::to_string))?;
        line(f, "max_idempotency_keys", http.max_idempotency_keys.map(usize::to_string))?;
        line(f, "max_listeners", http.max_listeners.map(usize::to_string))?;
        writeln!(f, "\n[metrics]")?;
        line(f, "enabled", metrics.enabled.map(bool::to_string))?;
        match &metrics.listen.value {
            Some(address) => line(f, "listen", (quoted(&address.to_string()), metrics.listen.origin))?,
            None => writeln!(f, "# listen is not set: /metrics is among the other routes")?,
        }
        match &metrics.token.value {
            Some(_) => writeln!(f, "# token: (redacted), from {}", metrics.token.origin)?,
            None => writeln!(f, "# token is not set: whoever may read may scrape")?,
        }
        line(f, "max_streams", metrics.max_streams.map(usize::to_string))?;
        line(f, "legacy_names", metrics.legacy_names.map(bool::to_string))?;
        writeln!(f, "\n[log]")?;
        line(f, "format", log.format.map(|format| quoted(format.as_str())))?;
        line(f, "level", log.level.map(|level| quoted(level)))?;
        line(f, "targets", log.targets.map(table))
    }
}

/// As a setting where it holds no password, else as a comment.
fn redis_url(f: &mut fmt::Formatter<'_>, redis: &Redis) -> fmt::Result {
    match &redis.url.value {
        None => writeln!(f, "# url is not set: the embedded store in the data directory is used"),
        Some(url) if is_public(&url.0) => line(f, "url", (quoted(&url.0), redis.url.origin)),
        Some(url) => writeln!(f, "# url: {}, from {}", masked(&url.0), redis.url.origin),
    }
}

impl<T> Setting<T> {
    fn map(&self, text: impl FnOnce(&T) -> String) -> (String, Origin) {
        (text(&self.value), self.origin)
    }
}

fn line(f: &mut fmt::Formatter<'_>, key: &str, (value, origin): (String, Origin)) -> fmt::Result {
    writeln!(f, "{:<44} # {origin}", format!("{key} = {value}"))
}

/// An array of tables of TOML, in one line.
fn windows(schedule: &Schedule) -> String {
    let window = |WindowForm { days, from, to }| {
        format!("{{ days = {}, from = {}, to = {} }}", list(days.into_iter()), quoted(&from), quoted(&to))
    };
    format!("[{}]", schedule.windows().map(window).collect::<Vec<_>>().join(", "))
}

/// An array of strings of TOML.
fn list(texts: impl Iterator<Item = String>) -> String {
    format!("[{}]", texts.map(|text| quoted(&text)).collect::<Vec<_>>().join(", "))
}

/// An inline table of strings of TOML.
fn table(entries: &BTreeMap<String, String>) -> String {
    let entries: Vec<_> = entries.iter().map(|(key, text)| format!("{} = {}", quoted(key), quoted(text))).collect();
    if entries.is_empty() { String::from("{}") } else { format!("{{ {} }}", entries.join(", ")) }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    #[test]
    fn quoted_text_is_read_back_as_it_was() {
        for text in ["plain", "with \"quotes\" and \\ backslash", "tab\tand\nline", "Баха #1"] {
            let file = format!("listen = {}", super::quoted(text));
            let table: toml::Table = toml::from_str(&file).expect("valid TOML");
            assert_eq!(table["listen"].as_str(), Some(text));
        }
    }
}
