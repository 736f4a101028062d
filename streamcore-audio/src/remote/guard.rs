//! What may be connected to: the words of a URL first, then every address that its name leads to.
//!
//! **Rule.** A connection is made to an address that was checked, never to a name: what a name means cannot change between the look and the
//! leap. Each redirect begins anew here. A name that leads to public and other addresses at once is refused whole; nobody serves media like
//! that, and somebody who tries has a reason.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
};

use futures::future::BoxFuture;
use streamcore::{FailureKind, FailureReason, MAX_URL_BYTES};
use url::{Host, Url};

use super::{Network, address::refusal};

/// The most addresses of a name that are looked at.
const MAX_ADDRESSES: usize = 32;
/// Ports of services that are not HTTP and could misunderstand a request as something else: those that browsers refuse.
const NOT_HTTP: [u16; 78] = [
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
    111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
    540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
    6000, 6379, 6566, 6667, 6697, 11211,
];

/// How names become addresses.
pub(super) trait Resolve: std::fmt::Debug + Send + Sync + UnwindSafe + RefUnwindSafe {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// As this machine does it.
#[derive(Debug)]
pub(super) struct System;

impl Resolve for System {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|at| at.ip()).collect()) })
    }
}

/// The guard of the way out.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    allow: Vec<Network>,
    resolve: Arc<dyn Resolve>,
}

/// A URL whose words are allowed, in its one normal form.
pub(super) fn parse(text: &str) -> Result<Url, FailureReason> {
    if text.len() > MAX_URL_BYTES {
        return Err(forbidden(format!("the URL is longer than {MAX_URL_BYTES} bytes")));
    }
    let url = Url::parse(text).map_err(|error| forbidden(format!("this is not a URL that can be used: {error}")))?;
    checked(url)
}

/// Refuses what no URL of media has.
pub(super) fn checked(mut url: Url) -> Result<Url, FailureReason> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(forbidden(format!("the scheme {:?} is not allowed; use http or https", url.scheme())));
    }
    if url.host().is_none() {
        return Err(forbidden("the URL names no host"));
    }
    // Everybody who reads the queue would read it.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(forbidden("the URL holds a user name or a password, which others could read; leave them out"));
    }
    if let Some(port) = url.port().filter(|port| *port == 0 || NOT_HTTP.contains(port)) {
        return Err(forbidden(format!("port {port} belongs to a service that is not HTTP")));
    }
    url.set_fragment(None);
    if url.as_str().len() > MAX_URL_BYTES {
        return Err(forbidden(format!("the URL is longer than {MAX_URL_BYTES} bytes")));
    }
    Ok(url)
}

impl Guard {
    pub(super) fn new(allow: Vec<Network>, resolve: Arc<dyn Resolve>) -> Self {
        Self { allow, resolve }
    }

    /// The addresses that a URL may be fetched from: at least one, and all of them checked.
    pub(super) async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, FailureReason> {
        let port = url.port_or_known_default().unwrap_or(80);
        let addresses = match url.host() {
            Some(Host::Ipv4(address)) => vec![address.into()],
            Some(Host::Ipv6(address)) => vec![address.into()],
            Some(Host::Domain(name)) => self.lookup(name).await?,
            None => return Err(forbidden("the URL names no host")),
        };
        for address in &addresses {
            if let Some(what) = refusal(*address, &self.allow) {
                return Err(forbidden(format!(
                    "{} leads to an address that is {what}, not public; use another one, or have its network named in remote.allow",
                    url.host_str().unwrap_or("it")
                )));
            }
        }
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address.to_canonical(), port)).collect())
    }

    async fn lookup(&self, name: &str) -> Result<Vec<IpAddr>, FailureReason> {
        let unknown = || FailureReason::new(FailureKind::NotFound, format!("there is no host {name:?}"));
        let found = self.resolve.resolve(name).await.map_err(|_| unknown())?;
        if found.is_empty() {
            return Err(unknown());
        }
        if found.len() > MAX_ADDRESSES {
            return Err(forbidden(format!("{name} has more than {MAX_ADDRESSES} addresses")));
        }
        Ok(found)
    }
}

pub(super) fn forbidden(detail: impl Into<String>) -> FailureReason {
    FailureReason::new(FailureKind::Forbidden, detail)
}

#[cfg(test)]
#[path = "tests/guard.rs"]
mod tests;
