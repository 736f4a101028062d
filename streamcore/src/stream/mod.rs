//! stream
mod snapshot;
mod view;
pub use self::{
    snapshot::{Playing, Snapshot},
    view::{Status, StreamMetrics, StreamView},
};
