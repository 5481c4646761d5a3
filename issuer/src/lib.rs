//! We say so: earning, issuing, logging, publishing, and verifying for others.

pub mod embedded;
pub mod engine;
pub mod layout;
pub mod store;

pub mod address;
pub mod config;
pub mod http;
pub mod server;
