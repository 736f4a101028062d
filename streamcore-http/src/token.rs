//! The service token: what a caller must show to change anything, and to be told who did.

use std::fmt;

use subtle::ConstantTimeEq;

/// A secret shared with those who may change things. It is compared in constant time and never printed.
///
/// ```
/// use streamcore_http::ServiceToken;
/// let token = ServiceToken::new("correct-horse-battery").unwrap();
/// assert!(token.matches("correct-horse-battery"));
/// assert_eq!(format!("{token:?}"), "ServiceToken(..)");
/// assert!(ServiceToken::new("").is_err());
/// ```
#[derive(Clone)]
pub struct ServiceToken(String);

/// Why a text cannot be a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is empty: everybody would know it.
    #[error("the service token is empty; set a secret of your own")]
    Empty,
    /// It holds something that an HTTP header cannot carry.
    #[error("the service token may hold only printable ASCII characters without spaces")]
    NotPrintable,
}

impl ServiceToken {
    /// This secret.
    ///
    /// # Errors
    /// If it is empty, or could not be sent in an `Authorization` header.
    pub fn new(token: impl Into<String>) -> Result<Self, TokenError> {
        let token = token.into();
        if token.is_empty() {
            return Err(TokenError::Empty);
        }
        if !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(TokenError::NotPrintable);
        }
        Ok(Self(token))
    }

    /// Whether this is the secret. The time it takes tells the length of the secret at most.
    #[must_use]
    pub fn matches(&self, candidate: &str) -> bool {
        self.0.as_bytes().ct_eq(candidate.as_bytes()).into()
    }
}

/// Who calls, as far as answers differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Whoever it is: no token was shown, or a wrong one.
    Anybody,
    /// Who shows the service token.
    Trusted,
}

impl Caller {
    /// This, for who shows the token; for anybody else nothing.
    pub(crate) fn told<T: Default>(self, what: T) -> T {
        match self {
            Self::Trusted => what,
            Self::Anybody => T::default(),
        }
    }
}

impl fmt::Debug for ServiceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceToken(..)")
    }
}
