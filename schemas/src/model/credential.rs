//! The two credentials and what hangs on every credential.

use serde_json::json;

use super::{AchievementSubject, Context, Image, OB_CONTEXT, ProfileRef, Text, Types, VC_CONTEXT};

class! {
    /// The badge: one recipient, one achievement, one issuer (Open Badges 3.0, AchievementCredential).
    pub struct AchievementCredential {
        #[serde(rename = "@context")]
        pub context: Vec<Context> = vec![VC_CONTEXT.into(), OB_CONTEXT.into()],
        pub id: String,
        pub r#type: Types = ["VerifiableCredential", "OpenBadgeCredential"],
        pub name: Option<Text>,
        pub description: Option<Text>,
        pub image: Option<Image>,
        pub issuer: ProfileRef,
        pub valid_from: String,
        pub valid_until: Option<String>,
        /// Stays what it was first when a badge is issued anew and `valid_from` moves.
        pub awarded_date: Option<String>,
        pub credential_subject: AchievementSubject,
        pub endorsement: Vec<EndorsementCredential>,
        pub endorsement_jwt: Vec<String>,
        pub evidence: Vec<Evidence>,
        pub credential_schema: Vec<CredentialSchema>,
        pub credential_status: Option<CredentialStatus>,
        pub refresh_service: Option<RefreshService>,
        pub terms_of_use: Vec<TermsOfUse>,
        pub proof: Vec<Proof>,
    }
}

class! {
    /// A credential that endorses a person, organisation, credential or achievement
    /// (Open Badges 3.0, EndorsementCredential).
    pub struct EndorsementCredential {
        #[serde(rename = "@context")]
        pub context: Vec<Context> = vec![VC_CONTEXT.into(), OB_CONTEXT.into()],
        pub id: String,
        pub r#type: Types = ["VerifiableCredential", "EndorsementCredential"],
        pub name: Text,
        pub description: Option<Text>,
        pub issuer: ProfileRef,
        pub valid_from: String,
        pub valid_until: Option<String>,
        pub awarded_date: Option<String>,
        pub credential_subject: EndorsementSubject,
        pub evidence: Vec<Evidence>,
        pub credential_schema: Vec<CredentialSchema>,
        pub credential_status: Option<CredentialStatus>,
        pub refresh_service: Option<RefreshService>,
        pub terms_of_use: Vec<TermsOfUse>,
        pub proof: Vec<Proof>,
    }
}

class! {
    /// What is endorsed, and what is said about it (Open Badges 3.0, EndorsementSubject).
    pub struct EndorsementSubject {
        pub id: String,
        pub r#type: Types = ["EndorsementSubject"],
        pub endorsement_comment: Option<Text>,
    }
}

class! {
    /// One piece of work that led to the achievement (Open Badges 3.0, Evidence).
    pub struct Evidence {
        pub id: Option<String>,
        pub r#type: Types = ["Evidence"],
        pub narrative: Option<Text>,
        pub name: Option<Text>,
        pub description: Option<Text>,
        pub genre: Option<Text>,
        pub audience: Option<Text>,
    }
}

class! {
    /// A schema that the credential says it follows (Open Badges 3.0, CredentialSchema).
    pub struct CredentialSchema {
        pub id: String,
        pub r#type: String = "1EdTechJsonSchemaValidator2019",
    }
}

class! {
    /// Where to ask whether the credential was revoked (Open Badges 3.0, CredentialStatus).
    pub struct CredentialStatus {
        pub id: Option<String>,
        pub r#type: String = "BitstringStatusListEntry",
    }
}

class! {
    /// Where the current edition of the credential is found (Open Badges 3.0, RefreshService).
    pub struct RefreshService {
        pub id: String,
        pub r#type: String = "1EdTechCredentialRefresh",
    }
}

class! {
    /// Terms under which the credential was issued (Open Badges 3.0, TermsOfUse).
    pub struct TermsOfUse {
        pub id: Option<String>,
        pub r#type: String,
    }
}

class! {
    /// An embedded proof (Open Badges 3.0, Proof).
    pub struct Proof {
        pub r#type: String = "DataIntegrityProof",
        pub cryptosuite: Option<String>,
        pub created: Option<String>,
        pub verification_method: Option<String>,
        pub proof_purpose: Option<String>,
        pub proof_value: Option<String>,
        pub challenge: Option<String>,
        pub domain: Option<String>,
        pub nonce: Option<String>,
    }
}

impl CredentialStatus {
    /// An entry in a bitstring status list (W3C Bitstring Status List, BitstringStatusListEntry).
    /// The index goes out as a string, as that standard asks. The entry has an id, which readers
    /// with the schemas of 2024 still ask for.
    pub fn bitstring(list: &str, index: u32, purpose: &str) -> CredentialStatus {
        let mut status = CredentialStatus {
            id: Some(format!("{list}#{index}")),
            ..CredentialStatus::default()
        };
        for (member, value) in [
            ("statusPurpose", json!(purpose)),
            ("statusListIndex", json!(index.to_string())),
            ("statusListCredential", json!(list)),
        ] {
            status.additional.insert(member.to_owned(), value);
        }
        status
    }
}
