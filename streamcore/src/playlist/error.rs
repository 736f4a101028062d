/// Why a list is not read. Each says where and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is larger than is read.
    #[error("the list is too large ({got} bytes, at most {max}); split it")]
    TooLarge {
        /// The most there may be, in bytes.
        max: usize,
        /// How many there are.
        got: usize,
    },
    /// It has more entries than are read.
    #[error("the list has more than {max} entries, the next one in line {line}; split it there")]
    TooManyEntries {
        /// The most there may be.
        max: usize,
        /// The line of the first one too many, from 1.
        line: usize,
    },
    /// It names nothing.
    #[error("the list is empty; put a path or a URL on each line")]
    Empty,
    /// It is UTF-16.
    #[error("the list is UTF-16; save it as UTF-8")]
    Utf16,
    /// It is not a list of tracks but the stream itself, in pieces.
    #[error("line {line}: this is the playlist of an HLS stream, not a list of tracks; queue its URL instead")]
    HlsStream {
        /// The line that says so, from 1.
        line: usize,
    },
    /// A location is longer than may be queued.
    #[error("line {line}: the location is too long ({got} bytes, at most {max}); shorten or remove it")]
    LocationTooLong {
        /// The line, from 1.
        line: usize,
        /// The longest there may be, in bytes.
        max: usize,
        /// How long it is.
        got: usize,
    },
    /// A location holds a control character.
    #[error("line {line}: the location holds a character that cannot be shown; is this a text file? remove the line")]
    ControlCharacter {
        /// The line, from 1.
        line: usize,
    },
    /// A line of a PLS is none of what they hold.
    #[error("line {line}: this is not `name=value`, as the lines of a PLS are; correct or remove it")]
    NotAPair {
        /// The line, from 1.
        line: usize,
    },
    /// Two lines of a PLS are about the same entry.
    #[error("line {line}: File{number} is in this list already; number the entries anew")]
    Repeated {
        /// The line, from 1.
        line: usize,
        /// The entry's number.
        number: u32,
    },
}
