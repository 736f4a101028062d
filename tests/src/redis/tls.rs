//! Certificates for a server of a test, made in the test.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// An authority, and the certificate that it gave a server on loopback.
#[derive(Debug)]
pub struct Certificates {
    authority: String,
    certificate: String,
    key: String,
}

impl Certificates {
    /// Makes them.
    ///
    /// # Panics
    /// If there are no random numbers.
    #[must_use]
    pub fn new() -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let server = CertificateParams::new(names).expect("names").signed_by(&key, &authority).expect("a certificate");
        Self { authority: authority.pem(), certificate: server.pem(), key: key.serialize_pem() }
    }

    /// The authority, as a file in PEM form has it.
    #[must_use]
    pub fn authority(&self) -> &[u8] {
        self.authority.as_bytes()
    }

    /// Writes them into a folder, and answers with the server's settings for them.
    pub(super) fn settings(&self, folder: &Path) -> Vec<String> {
        let files = [
            ("--tls-cert-file", "server.crt", &self.certificate),
            ("--tls-key-file", "server.key", &self.key),
            ("--tls-ca-cert-file", "ca.crt", &self.authority),
        ];
        let mut settings = Vec::new();
        for (setting, name, text) in files {
            let file = folder.join(name);
            std::fs::write(&file, text).expect("a file in the server's folder");
            settings.extend([setting.to_owned(), file.display().to_string()]);
        }
        settings
    }
}

impl Default for Certificates {
    fn default() -> Self {
        Self::new()
    }
}
