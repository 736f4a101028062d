use std::time::Duration;

/// Limits of the accept loop.
///
/// ```
/// use std::time::Duration;
/// let mut options = streamcore_http::ServeOptions::default();
/// options.grace = Duration::from_secs(3);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServeOptions {
    /// How many connections at once.
    pub max_connections: usize,
    /// How long a request's head may take to arrive, and how long a connection may be idle between two requests.
    pub header_timeout: Duration,
    /// How many header lines a request may have.
    pub max_headers: usize,
    /// How long a peer may refuse to take anything of what we have for it.
    ///
    /// A stopped listener is noticed when all buffers on the way are full, some 10 s of audio later; together with those this must stay
    /// below the 30 s in which such a listener has to be gone.
    pub write_timeout: Duration,
    /// The send buffer of a connection. A large one hides for minutes that nobody reads.
    pub send_buffer_bytes: usize,
    /// How long requests in flight get to finish after the shutdown began.
    pub grace: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            header_timeout: Duration::from_secs(15),
            max_headers: 64,
            write_timeout: Duration::from_secs(10),
            send_buffer_bytes: 64 * 1024,
            grace: Duration::from_secs(10),
        }
    }
}
