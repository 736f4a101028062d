//! https: only to who is who the URL says.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, pki_types::PrivatePkcs8KeyDer};
use streamcore::FailureKind;

use super::*;
use crate::{decode::tests::sine, encode_mp3};

/// Every name is this machine.
#[derive(Debug)]
struct Here;

impl Resolve for Here {
    fn resolve<'a>(&'a self, _: &'a str) -> futures::future::BoxFuture<'a, std::io::Result<Vec<std::net::IpAddr>>> {
        Box::pin(async { Ok(vec![[127, 0, 0, 1].into()]) })
    }
}

/// A server for this name, and the authority that says so.
fn secure(name: &str) -> (SocketAddr, RootCertStore) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    let config = Arc::new(config);
    let mp3 = encode_mp3(&sine(440.0, 44_100, 44_100), 44_100, 128).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream.unwrap());
            let _ = stream.read(&mut [0; 4_096]);
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", mp3.len());
            let _ = stream.write_all(&mp3);
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (address, roots)
}

/// Promise A11.
#[test]
fn https_is_spoken_with_who_the_url_names_and_nobody_else() {
    let (address, roots) = secure("radio.example");
    let check = |host: &str, roots: RootCertStore| {
        Remote::with(config(), Arc::new(Here), roots).check(&format!("https://{host}:{}/x.mp3", address.port()))
    };
    let info = check("radio.example", roots.clone()).unwrap();
    assert_eq!(info.duration, Some(Duration::from_secs(1)));
    for (host, roots) in
        [("other.example", roots.clone()), ("127.0.0.1", roots), ("radio.example", dial::public_roots())]
    {
        let reason = check(host, roots).unwrap_err();
        assert_eq!(reason.kind, FailureKind::Unreadable);
        assert!(
            reason.detail.starts_with(&format!("no secure connection to {host}: invalid peer certificate")),
            "{reason}"
        );
    }
}
