//! The embedded store: read without changing it, also while a server runs on it.

use super::Finding;
use crate::{config::Config, store};

const CHECK: &str = "store";

pub(super) fn look(config: &Config) -> Finding {
    let path = store::database(config);
    let shown = path.display();
    match streamcore_sqlite::inspect(&path) {
        Ok(None) => Finding::ok(CHECK, format!("{shown} will be made (the embedded store)")),
        Ok(Some(found)) if !found.damage.is_empty() => Finding::fail(
            CHECK,
            format!("{shown} is damaged: {}", found.damage.join(", ")),
            "stop the server, keep a copy of the file, and restore a backup",
        ),
        Ok(Some(found)) => {
            let use_ = if found.in_use { "in use by a running server" } else { "not in use" };
            Finding::ok(CHECK, format!("{shown} is whole, schema version {}, {use_}", found.version))
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            Finding::fail(CHECK, format!("{error}{cause}"), "see docs/operations.md, Files")
        }
    }
}
