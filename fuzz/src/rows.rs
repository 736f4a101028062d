//! Rows of the store as somebody else may have written them.

use streamcore_sqlite::fuzzing::{Stored, row};

use crate::bytes::Bytes;

pub(crate) fn target(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let mut values = Vec::new();
    while !bytes.is_empty() {
        values.push(match bytes.below(8) {
            0 => Stored::Null,
            1 => Stored::Integer(bytes.long().cast_signed()),
            2 => Stored::Integer(i64::from(bytes.byte())),
            3 => Stored::Real(f64::from_bits(bytes.long())),
            4 => Stored::Blob(bytes.chunk().to_vec()),
            _ => Stored::Text(String::from_utf8_lossy(bytes.chunk()).into_owned()),
        });
    }
    row(values);
}
