//! We say so: earning, issuing, logging, publishing, and verifying for others.

pub mod address;
pub mod app;
pub mod award;
pub mod config;
pub mod digest;
pub mod embedded;
pub mod engine;
pub mod error;
pub mod fetch;
pub mod http;
pub mod id;
pub mod layout;
pub mod micro_credential;
pub mod person;
pub mod random;
pub mod review;
pub mod rubric;
pub mod server;
pub mod site;
pub mod status;
pub mod store;
pub mod submission;
pub mod text;
