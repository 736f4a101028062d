//! Where Redis is and how to talk to it.

use std::{fmt, time::Duration};

use fred::types::config::{Config as FredConfig, ServerConfig, TlsConfig, TlsConnector};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use crate::ConnectError;

/// What keys begin with unless a setting says otherwise.
pub const DEFAULT_PREFIX: &str = "streamcore";

/// Where Redis is and how to talk to it.
///
/// ```
/// use streamcore_redis::Config;
/// let config = Config::from_url("redis-sentinel://s1.example:26379?sentinelServiceName=radio&node=s2.example:26379")?
///     .with_prefix("radio")?;
/// assert_eq!(config.server(), "the Sentinels of radio at s1.example:26379, s2.example:26379");
/// # Ok::<(), streamcore_redis::ConnectError>(())
/// ```
#[derive(Clone)]
pub struct Config {
    pub(crate) fred: FredConfig,
    pub(crate) prefix: String,
    pub(crate) call_timeout: Duration,
    pub(crate) connect_timeout: Duration,
}

impl Config {
    /// Reads a URL; user, password and database are part of it, percent-encoded where they need to be.
    ///
    /// - one server: `redis://[[user]:password@]host[:port][/database]`
    /// - behind Sentinels: `redis-sentinel://…sentinel[:port][/database]?sentinelServiceName=NAME[&node=host:port…]`, with
    ///   `sentinelUsername` and `sentinelPassword` if they have their own
    /// - a Cluster: `redis-cluster://…host:port[?node=host:port…]`
    ///
    /// `rediss`, `rediss-sentinel` and `rediss-cluster` are the same over TLS, checked against the system's certificates or
    /// [`with_ca`](Self::with_ca).
    ///
    /// # Errors
    /// [`ConnectError::Url`] says what is wrong; [`ConnectError::Tls`] if the system's certificates cannot be read.
    pub fn from_url(url: &str) -> Result<Self, ConnectError> {
        let problem = |problem: String| ConnectError::Url { problem };
        let parsed = url::Url::parse(url).map_err(|error| problem(error.to_string()))?;
        let tls = match parsed.scheme() {
            "redis" | "redis-sentinel" | "redis-cluster" => false,
            "rediss" | "rediss-sentinel" | "rediss-cluster" => true,
            other => return Err(problem(format!("the scheme {other}:// is not known"))),
        };
        check(&parsed).map_err(problem)?;
        // The certificates are read here and not by the parser, which wants those of the system in any case.
        let plain = if tls { parsed.as_str().replacen("rediss", "redis", 1) } else { parsed.as_str().to_owned() };
        let mut fred = FredConfig::from_url(&plain).map_err(|error| problem(error.details().to_owned()))?;
        if tls {
            fred.tls = Some(TlsConnector::default_rustls().map_err(|error| tls_problem(error.details()))?.into());
        }
        fred.fail_fast = true;
        Ok(Self {
            fred,
            prefix: DEFAULT_PREFIX.to_owned(),
            call_timeout: Duration::from_secs(3),
            connect_timeout: Duration::from_secs(5),
        })
    }

    /// Lets all keys begin with this instead of [`DEFAULT_PREFIX`], for several deployments on one Redis.
    ///
    /// # Errors
    /// [`ConnectError::Url`] unless it is 1 to 64 letters, digits, `-`, `_`, `.` or `:`.
    pub fn with_prefix(self, prefix: &str) -> Result<Self, ConnectError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
        if prefix.is_empty() || prefix.len() > 64 || !prefix.chars().all(fits) {
            let problem = format!("the prefix {prefix:?} is not 1 to 64 letters, digits, '-', '_', '.' or ':'");
            return Err(ConnectError::Url { problem });
        }
        Ok(Self { prefix: prefix.to_owned(), ..self })
    }

    /// Trusts these certificates (PEM) and no others.
    ///
    /// # Errors
    /// [`ConnectError::Tls`] if there is none among them, or the URL asks for no TLS.
    pub fn with_ca(mut self, pem: &[u8]) -> Result<Self, ConnectError> {
        if self.fred.tls.is_none() {
            return Err(tls_problem("the URL asks for no TLS; it would have to begin with rediss"));
        }
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| tls_problem(&error.to_string()))?;
            roots.add(certificate).map_err(|error| tls_problem(&error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(tls_problem("there is no certificate in the file; it must be in PEM form"));
        }
        let client = rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(|error| tls_problem(&error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        self.fred.tls = Some(TlsConfig::from(client));
        Ok(self)
    }

    /// Gives a call up after this long instead of 3 s; it is not carried out later, either. At least 100 ms and at most 30 s: Redis remembers
    /// for a minute what was carried out.
    #[must_use]
    pub fn with_call_timeout(self, call_timeout: Duration) -> Self {
        Self { call_timeout: call_timeout.clamp(Duration::from_millis(100), Duration::from_secs(30)), ..self }
    }

    /// Gives the first connection up after this long instead of 5 s.
    #[must_use]
    pub fn with_connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// Where it is, for people. Never contains a password.
    #[must_use]
    pub fn server(&self) -> String {
        let hosts = || {
            let mut hosts: Vec<_> =
                self.fred.server.hosts().iter().map(|server| format!("{}:{}", server.host, server.port)).collect();
            hosts.sort();
            hosts.join(", ")
        };
        match &self.fred.server {
            ServerConfig::Sentinel { service_name, .. } => format!("the Sentinels of {service_name} at {}", hosts()),
            ServerConfig::Clustered { .. } => format!("the Cluster of {}", hosts()),
            _ => hosts(),
        }
    }

    /// Whether another server may take the place of the one that is talked to.
    pub(crate) fn fails_over(&self) -> bool {
        self.fred.server.is_clustered() || self.fred.server.is_sentinel()
    }

    /// Whether it is a Cluster.
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        self.fred.server.is_clustered()
    }
}

/// Without the password.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("server", &self.server()).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// What the parser would pass over, or tell in words of its own.
fn check(url: &url::Url) -> Result<(), String> {
    let (is_cluster, is_sentinel) = (url.scheme().ends_with("-cluster"), url.scheme().ends_with("-sentinel"));
    if url.host_str().is_none_or(str::is_empty) {
        return Err("the host is missing (a / in the password is written %2F, a # %23)".to_owned());
    }
    if url.port() == Some(0) {
        return Err("there is no port 0".to_owned());
    }
    let database = url.path().trim_start_matches('/');
    if !database.is_empty() && database.parse::<u8>().is_err() {
        // Not repeated: it may be the end of a password.
        return Err(
            "what follows the host is no database, a number from 0 (a / in the password is written %2F)".to_owned()
        );
    }
    if is_cluster && !matches!(database, "" | "0") {
        return Err(format!("a Cluster has only database 0, not {database}"));
    }
    let mut named = false;
    for (name, value) in url.query_pairs() {
        match &*name {
            "node" if is_cluster || is_sentinel => {
                let port = value.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
                if port.is_none_or(|port| port == 0) {
                    return Err(format!("the node {value:?} is not host:port"));
                }
            }
            "sentinelServiceName" if is_sentinel => named = !value.is_empty(),
            "sentinelUsername" | "sentinelPassword" if is_sentinel => {}
            // Not the value: it may be a password in the wrong place.
            other => return Err(format!("the parameter {other:?} is not known with {}://", url.scheme())),
        }
    }
    if is_sentinel && !named {
        return Err("what the Sentinels call the primary is missing; add ?sentinelServiceName=NAME".to_owned());
    }
    if url.password().is_none_or(str::is_empty) && !url.username().is_empty() {
        return Err(
            "there is a user and no password; write redis://user:password@host, or redis://:password@host".to_owned()
        );
    }
    Ok(())
}

fn tls_problem(problem: &str) -> ConnectError {
    ConnectError::Tls { problem: problem.to_owned() }
}
