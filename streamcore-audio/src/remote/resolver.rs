//! The command that turns a page into the URL of its audio.
//!
//! **Rule.** A program and its arguments, never a shell; the page is one argument, and a URL by then. Its time and its output are bounded, it
//! learns nothing of our own settings from its environment, and what it answers passes the guard like anything from outside. What it connects
//! to itself, the guard does not see: who sets it trusts it.

use std::{ffi::OsString, process::Stdio};

use streamcore::{FailureKind, FailureReason};
use tokio::{io::AsyncReadExt, process::Command};
use url::Url;

use super::{RemoteConfig, guard};

/// The most that it may print.
const MAX_OUTPUT: u64 = 16 << 10;

/// Sites that are pages and nothing else: nobody has to ask them to know.
const PAGES: [&str; 9] = [
    "youtube.com",
    "youtu.be",
    "soundcloud.com",
    "vimeo.com",
    "dailymotion.com",
    "twitch.tv",
    "spotify.com",
    "rutube.ru",
    "vk.com",
];

/// Whether a URL is a page, by its host alone.
pub(super) fn is_page(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_end_matches('.');
    PAGES.iter().any(|page| host.strip_suffix(page).is_some_and(|before| before.is_empty() || before.ends_with('.')))
}

/// Why a page cannot be played without a resolver.
pub(super) fn missing() -> FailureReason {
    FailureReason::new(
        FailureKind::ResolverMissing,
        "this is a web page, not audio; give the address of the audio itself, or have the operator set a resolver command",
    )
}

/// Asks the resolver what to play for a page.
pub(super) async fn resolve(config: &RemoteConfig, page: &Url) -> Result<Url, FailureReason> {
    let command = config.resolver.as_deref().unwrap_or_default();
    let Some((program, arguments)) = command.split_first() else { return Err(missing()) };
    let mut command = Command::new(program);
    command.args(arguments.iter().map(|argument| argument.replace("{url}", page.as_str())));
    hide_ours(&mut command, std::env::vars_os().map(|(name, _)| name));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let run = async {
        let mut child = command.spawn().map_err(|error| {
            tracing::warn!(%error, "the resolver command cannot be run; see resolver.command");
            FailureReason::new(
                FailureKind::ResolverMissing,
                "the server's resolver command cannot be run; tell its operator",
            )
        })?;
        let mut printed = Vec::new();
        if let Some(output) = child.stdout.take() {
            let read = output.take(MAX_OUTPUT).read_to_end(&mut printed).await;
            read.map_err(|error| failed(format!("cannot be read: {}", error.kind())))?;
        }
        if printed.len() as u64 == MAX_OUTPUT {
            return Err(failed("prints too much"));
        }
        let status = child.wait().await.map_err(|error| failed(format!("was lost: {}", error.kind())))?;
        if !status.success() {
            return Err(failed("found no audio on this page"));
        }
        Ok(printed)
    };
    let printed = tokio::time::timeout(config.resolver_timeout, run).await.unwrap_or_else(|_| {
        let detail = format!("the resolver did not answer within {:?}", config.resolver_timeout);
        Err(FailureReason::new(FailureKind::Stalled, detail))
    })?;
    let text = std::str::from_utf8(&printed).map_err(|_| failed("prints something that is not text"))?;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).ok_or_else(|| failed("prints nothing"))?;
    guard::parse(line)
        .map_err(|reason| FailureReason::new(reason.kind, format!("what the resolver answers: {}", reason.detail)))
}

/// Our own settings, the token among them, are nobody else's business.
fn hide_ours(command: &mut Command, names: impl Iterator<Item = OsString>) {
    for name in names.filter(|name| name.to_string_lossy().starts_with("STREAMCORE_")) {
        command.env_remove(name);
    }
}

fn failed(how: impl std::fmt::Display) -> FailureReason {
    FailureReason::new(FailureKind::Unreadable, format!("the resolver {how}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_settings_are_hidden_and_nothing_else_is() {
        let mut command = Command::new("r");
        hide_ours(&mut command, ["PATH", "STREAMCORE_API_TOKEN", "STREAMCORE_LOG"].into_iter().map(OsString::from));
        let hidden: Vec<_> = command.as_std().get_envs().collect();
        assert_eq!(hidden, [("STREAMCORE_API_TOKEN".as_ref(), None), ("STREAMCORE_LOG".as_ref(), None)]);
    }
}
