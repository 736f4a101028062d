//! A connection to one of the checked addresses, with TLS where the URL asks for it.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use streamcore::{FailureKind, FailureReason};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, pki_types::ServerName},
};
use url::{Host, Url};

use super::client::Failed;
use crate::source::out_of_means;

/// At most so many addresses of a name are tried.
const ATTEMPTS: usize = 4;

/// What bytes go over.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Trusts the roots that browsers trust.
pub(super) fn tls(roots: RootCertStore) -> Result<TlsConnector, rustls::Error> {
    // The process may have no default provider, and it is not ours to set.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

pub(super) fn public_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// Connects to the first address that answers.
pub(super) async fn dial(
    url: &Url,
    addresses: &[SocketAddr],
    tls: &TlsConnector,
    until: Instant,
) -> Result<Box<dyn Wire>, Failed> {
    let host = url.host_str().unwrap_or_default();
    let tcp = connect(host, addresses, until).await?;
    // Requests are small and go out at once.
    let _ = tcp.set_nodelay(true);
    if url.scheme() != "https" {
        return Ok(Box::new(tcp));
    }
    let name = match url.host() {
        Some(Host::Domain(name)) => ServerName::try_from(name.trim_end_matches('.').to_owned()).ok(),
        Some(Host::Ipv4(address)) => Some(ServerName::from(std::net::IpAddr::V4(address))),
        Some(Host::Ipv6(address)) => Some(ServerName::from(std::net::IpAddr::V6(address))),
        None => None,
    };
    let name =
        name.ok_or_else(|| Failed::lasting(FailureKind::Unreadable, format!("{host} cannot have a certificate")))?;
    match timeout_at(until, tls.connect(name, tcp)).await {
        Ok(Ok(tls)) => Ok(Box::new(tls)),
        Ok(Err(error)) => {
            Err(Failed::passing(FailureKind::Unreadable, format!("no secure connection to {host}: {error}")))
        }
        Err(_) => Err(Failed::passing(FailureKind::Stalled, format!("{host} did not agree on TLS in time"))),
    }
}

async fn connect(host: &str, addresses: &[SocketAddr], until: Instant) -> Result<TcpStream, Failed> {
    let mut last = Failed::passing(FailureKind::Stalled, format!("{host} did not take the connection in time"));
    let tried = addresses.len().min(ATTEMPTS);
    for (n, address) in addresses.iter().take(tried).enumerate() {
        // An address that is silent must leave time for the others.
        let left = until.saturating_duration_since(Instant::now());
        let share = left / u32::try_from(tried - n).unwrap_or(1);
        if left == Duration::ZERO {
            break;
        }
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(error)) => last = refused(host, &error),
            Err(_) => {}
        }
    }
    Err(last)
}

fn refused(host: &str, error: &io::Error) -> Failed {
    match out_of_means(error) {
        Some(reason) => Failed::Passing { reason, wait: None },
        None => Failed::passing(FailureKind::Unreadable, format!("no connection to {host}: {}", error.kind())),
    }
}

impl From<FailureReason> for Failed {
    fn from(reason: FailureReason) -> Self {
        // A name that is unknown now may be known in a second; what is forbidden stays so.
        if reason.kind == FailureKind::NotFound { Self::Passing { reason, wait: None } } else { Self::Lasting(reason) }
    }
}
