//! The web: what strangers, people and programs see of the service.

pub mod error;
pub mod headers;
pub mod negotiation;

/// What every page says about the site it belongs to.
#[derive(Clone, Debug)]
pub struct Site {
    pub issuer_name: String,
    /// The public address, without a closing slash.
    pub base: String,
}
