//! What an earner confirms before anything is handed in: nobody's privacy is hurt by it.

use crate::digest::Sha256Digest;
use serde::{Deserialize, Serialize};

/// A version of the statement. Its words never change; other words are another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrivacyStatement {
    /// 1 for the first version.
    pub version: u32,
    /// What is confirmed.
    pub text: &'static str,
}

/// What was confirmed, as it is kept with what was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyAgreement {
    /// The version of the statement.
    pub version: u32,
    /// Its words.
    pub text: String,
}

/// What was confirmed, as the manifest has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyDigest {
    /// The version of the statement.
    pub version: u32,
    /// SHA-256 over its words.
    pub sha256: Sha256Digest,
}

impl PrivacyStatement {
    /// The statement that is to be confirmed now.
    pub const CURRENT: PrivacyStatement = PrivacyStatement {
        version: 1,
        text: "No student can be recognised in what I hand in, by name, face, voice or in any other way, \
            unless the student, and where the law or my school asks for it a parent or guardian, has agreed \
            to this use. I have the right to use all student work in it.",
    };

    /// What is kept of its confirmation.
    pub fn agreed(self) -> PrivacyAgreement {
        PrivacyAgreement {
            version: self.version,
            text: self.text.to_owned(),
        }
    }
}

impl PrivacyAgreement {
    /// What the manifest has of it.
    pub fn digest(&self) -> PrivacyDigest {
        PrivacyDigest {
            version: self.version,
            sha256: Sha256Digest::of(self.text.as_bytes()),
        }
    }
}
