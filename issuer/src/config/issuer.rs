//! Who issues, and under which kind of identifier.

use super::{ConfigError, Mode, RawConfig, text};
use crate::text::{Line, Prose};

/// Who issues: the organisation's profile and the kind of identifier it signs under.
#[derive(Clone, Debug)]
pub struct IssuerConfig {
    /// The kind of the issuer's identifier.
    pub identity: IssuerIdentity,
    /// The name that stands in every badge.
    pub name: Line,
    /// What the organisation says of itself.
    pub description: Option<Prose>,
    /// Where the organisation can be written to.
    pub email: Option<Line>,
    /// The algorithm of the compact form.
    pub jwt_algorithm: JwtAlgorithm,
}

/// The kind of identifier the issuer signs under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerIdentity {
    /// The public address, with keys that can be rotated.
    DidWeb,
    /// One key that is the issuer.
    DidKey,
}

/// The algorithm of the compact form; certification asks for RS256, ES256 costs a ninth of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// ECDSA on P-256.
    Es256,
    /// RSA with 2048 bits.
    Rs256,
    /// A `did:key` issuer has one Ed25519 key for both forms.
    EdDsa,
}

impl RawConfig {
    pub(super) fn issuer(self, mode: Mode) -> Result<IssuerConfig, ConfigError> {
        let identity = match self.issuer_identity.as_str() {
            "did:web" => IssuerIdentity::DidWeb,
            // A did:key cannot be rotated: whoever finds the key is the issuer for ever.
            "did:key" if mode == Mode::Development => IssuerIdentity::DidKey,
            "did:key" => {
                return Err(ConfigError::field(
                    "issuer_identity",
                    "may be did:key in development only",
                ));
            }
            _ => {
                return Err(ConfigError::field(
                    "issuer_identity",
                    "is neither did:web nor did:key",
                ));
            }
        };
        let jwt_algorithm = match (self.jwt_algorithm.as_str(), identity) {
            ("EdDSA", IssuerIdentity::DidKey) => JwtAlgorithm::EdDsa,
            ("ES256", IssuerIdentity::DidWeb) => JwtAlgorithm::Es256,
            ("RS256", IssuerIdentity::DidWeb) => JwtAlgorithm::Rs256,
            (_, IssuerIdentity::DidKey) => {
                return Err(ConfigError::field("jwt_algorithm", "is EdDSA for did:key"));
            }
            (_, IssuerIdentity::DidWeb) => {
                return Err(ConfigError::field(
                    "jwt_algorithm",
                    "is neither ES256 nor RS256",
                ));
            }
        };
        let email = Some(self.issuer_email).filter(|email| !email.is_empty());
        if email
            .as_deref()
            .is_some_and(|email| !email.contains('@') || email.contains(char::is_whitespace))
        {
            return Err(ConfigError::field(
                "issuer_email",
                "is not an e-mail address",
            ));
        }
        Ok(IssuerConfig {
            identity,
            name: text("issuer_name", &self.issuer_name)?,
            description: match self.issuer_description.as_str() {
                "" => None,
                description => Some(text("issuer_description", description)?),
            },
            email: match email {
                Some(email) => Some(text("issuer_email", &email)?),
                None => None,
            },
            jwt_algorithm,
        })
    }
}
