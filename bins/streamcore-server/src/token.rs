//! The service token: given, or made at the first start and kept in the data directory where only its owner can read it.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::config::{Config, MIN_TOKEN_CHARS, Origin, Secret};

/// The token, and how it came to be: that decides what is printed.
pub(crate) struct Token {
    pub(crate) secret: Secret,
    pub(crate) source: TokenSource,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TokenSource {
    /// A flag or variable named it.
    Given(Origin),
    /// This start made it: the one time that it is printed.
    Made(PathBuf),
    /// An earlier start made it.
    Kept(PathBuf),
}

/// Why there is no usable token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("cannot {action} the token file {path}: {source}")]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    /// Tightening it silently would hide that somebody else may have read it.
    #[error(
        "the token file {path} can be read by others (mode {mode:04o}); run `chmod 600 {path}` if nobody did, else delete it and a new token is made at the next start"
    )]
    Exposed { path: PathBuf, mode: u32 },
    #[error(
        "the token file {path} does not hold a token of at least {MIN_TOKEN_CHARS} characters; delete it and a new one is made at the next start"
    )]
    Unusable { path: PathBuf },
}

/// Where a token made by the server is kept.
pub(crate) fn path(config: &Config) -> PathBuf {
    config.data_dir.value.join("api-token")
}

/// The token to serve with. The data directory exists and is ours alone by now.
pub(crate) fn obtain(config: &Config) -> Result<Token, TokenError> {
    if let Some(secret) = config.api_token.value.clone() {
        return Ok(Token { secret, source: TokenSource::Given(config.api_token.origin) });
    }
    let path = path(config);
    match read(&path)? {
        Some(secret) => Ok(Token { secret, source: TokenSource::Kept(path) }),
        None => Ok(Token { secret: make(&path)?, source: TokenSource::Made(path) }),
    }
}

fn read(path: &Path) -> Result<Option<Secret>, TokenError> {
    let mode = match fs::metadata(path) {
        Ok(metadata) => metadata.permissions().mode() & 0o777,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(TokenError::Io { action: "inspect", path: path.to_owned(), source }),
    };
    if mode & 0o077 != 0 {
        return Err(TokenError::Exposed { path: path.to_owned(), mode });
    }
    let text =
        fs::read_to_string(path).map_err(|source| TokenError::Io { action: "read", path: path.to_owned(), source })?;
    let token = text.trim_end_matches(['\r', '\n']);
    if token.len() < MIN_TOKEN_CHARS || !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(TokenError::Unusable { path: path.to_owned() });
    }
    Ok(Some(Secret(token.to_owned())))
}

/// Makes a token and stores it: complete or not at all, and never for a moment readable by others.
fn make(path: &Path) -> Result<Secret, TokenError> {
    let failed = |action| move |source| TokenError::Io { action, path: path.to_owned(), source };
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| failed("find random bytes for")(io::Error::other(error)))?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();

    let unfinished = path.with_extension("new");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("replace")(error)),
        _ => {}
    }
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished).map_err(failed("create"))?;
    file.write_all(format!("{token}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed("write"))?;
    fs::rename(&unfinished, path).map_err(failed("name"))?;
    Ok(Secret(token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::Flags, config::Environment};

    fn config(data_dir: &Path, token: Option<&str>) -> Config {
        let flags =
            Flags { data_dir: Some(data_dir.to_owned()), api_token: token.map(str::to_owned), ..Flags::default() };
        Config::load(&flags, &Environment::default()).expect("valid")
    }

    #[test]
    fn the_first_start_makes_a_token_that_only_the_owner_can_read() {
        let dir = tempfile::tempdir().expect("a directory");
        let config = config(dir.path(), None);

        let first = obtain(&config).expect("made");
        let second = obtain(&config).expect("read");

        assert_eq!(first.source, TokenSource::Made(path(&config)));
        assert_eq!(second.source, TokenSource::Kept(path(&config)));
        assert!(first.secret == second.secret);
        assert_eq!(first.secret.0.len(), 64, "256 bits");
        assert_eq!(fs::metadata(path(&config)).expect("it is there").permissions().mode() & 0o777, 0o600);
        let names: Vec<_> = fs::read_dir(dir.path()).expect("readable").flatten().map(|e| e.file_name()).collect();
        assert_eq!(names, ["api-token"], "nothing unfinished stays");
    }

    #[test]
    fn two_servers_have_two_tokens() {
        let [a, b] = [(); 2].map(|()| tempfile::tempdir().expect("a directory"));
        let [a, b] = [&a, &b].map(|dir| obtain(&config(dir.path(), None)).expect("made").secret);
        assert!(a != b);
    }

    #[test]
    fn a_given_token_is_not_stored() {
        let dir = tempfile::tempdir().expect("a directory");
        let config = config(dir.path(), Some("a-token-of-my-own"));
        let token = obtain(&config).expect("given");
        assert_eq!(token.source, TokenSource::Given(Origin::Flag("--api-token")));
        assert!(!path(&config).exists());
    }

    #[test]
    fn a_token_file_that_others_can_read_is_refused_with_the_fix() {
        let dir = tempfile::tempdir().expect("a directory");
        let config = config(dir.path(), None);
        obtain(&config).expect("made");
        fs::set_permissions(path(&config), fs::Permissions::from_mode(0o640)).expect("allowed");

        let error = obtain(&config).err().expect("refused").to_string();

        assert!(error.contains("mode 0640") && error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn an_empty_or_short_token_file_is_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let config = config(dir.path(), None);
        for text in ["", "\n", "short\n", "spaces in the middle of it\n"] {
            fs::write(path(&config), text).expect("written");
            fs::set_permissions(path(&config), fs::Permissions::from_mode(0o600)).expect("allowed");
            assert!(matches!(obtain(&config), Err(TokenError::Unusable { .. })), "{text:?}");
        }
    }

    #[test]
    fn an_unfinished_token_file_of_a_crash_is_replaced() {
        let dir = tempfile::tempdir().expect("a directory");
        let config = config(dir.path(), None);
        fs::write(dir.path().join("api-token.new"), "half").expect("written");
        assert!(matches!(obtain(&config).expect("made").source, TokenSource::Made(_)));
    }
}
