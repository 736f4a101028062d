//! Windows of the week in which a stream goes on however empty it is.

use serde::{Deserialize, Serialize};

/// Windows of the week, in a time zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {}
