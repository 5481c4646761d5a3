//! What is a badge, and is this document well formed.

pub mod contexts;
pub mod json;
pub mod lint;
pub mod model;
pub mod schema;
pub mod timestamp;

mod finding;

pub use finding::Finding;
