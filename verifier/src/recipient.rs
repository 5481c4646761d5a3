//! Whether a badge is about the person it is said to be about (Open Badges 3.0, verification, step 5).
//!
//! The claimed value comes from outside the badge: somebody says "this is my badge, and I am …".

use std::fmt;

use md5::Md5;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::reason::Reason;
use crate::report::{Halt, hexadecimal};

/// One identifier that a badge gives of its recipient, in any data model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity<'a> {
    /// What kind of identifier it is, in the words of its data model.
    pub(crate) kind: &'a str,
    /// The identifier, or its hash.
    pub(crate) value: &'a str,
    pub(crate) hashed: bool,
    pub(crate) salt: &'a str,
}

/// The recipient step for a badge of Open Badges 3.0.
pub(crate) fn check(credential: &Value, claimed: &str) -> Result<(), Halt> {
    let subject = &credential["credentialSubject"];
    let ids: Vec<&str> = subject["id"].as_str().into_iter().collect();
    let entries = match &subject["identifier"] {
        Value::Array(entries) => entries.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    let identities: Vec<Identity> = entries.iter().filter_map(Identity::read).collect();
    compare(&ids, &identities, claimed, "/credentialSubject")
}

/// Compares a claimed value with what a badge says of its recipient; the first match decides.
pub(crate) fn compare(
    ids: &[&str],
    identities: &[Identity],
    claimed: &str,
    pointer: &str,
) -> Result<(), Halt> {
    let claim = Claim::read(claimed);
    let mut compared = 0;
    for id in ids.iter().filter(|id| claim.may_be_id(id)) {
        compared += 1;
        if claim.is_id(id) {
            return Ok(());
        }
    }
    for identity in identities
        .iter()
        .filter(|identity| claim.is_of_kind(identity.kind))
    {
        match claim.matches(identity) {
            Some(true) => return Ok(()),
            Some(false) => compared += 1,
            None => {}
        }
    }
    let pointer = pointer.to_owned();
    if compared > 0 {
        return Err(Reason::Recipient(RecipientReason::Mismatch { pointer }).into());
    }
    let reason = Reason::Recipient(RecipientReason::Unknown { pointer });
    Err(Halt::Unknown(reason, Vec::new()))
}

impl<'a> Identity<'a> {
    /// Reads an `IdentityObject`; an entry of another form identifies nobody.
    fn read(entry: &'a Value) -> Option<Identity<'a>> {
        let text = |member: &str| entry.get(member).and_then(Value::as_str);
        Some(Identity {
            kind: text("identityType")?,
            value: text("identityHash")?,
            hashed: entry.get("hashed").and_then(Value::as_bool)?,
            salt: text("salt").unwrap_or_default(),
        })
    }
}

/// What somebody says of themselves.
struct Claim<'a> {
    kind: Kind<'a>,
    value: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind<'a> {
    Email,
    /// Named by the caller: `accountId:4711`.
    Named(&'a str),
    Any,
}

impl<'a> Claim<'a> {
    /// An e-mail address is known by its sign, any other kind by its name before a colon.
    fn read(claimed: &'a str) -> Claim<'a> {
        let claimed = claimed.trim();
        if let Some((kind, value)) = claimed.split_once(':')
            && KINDS.contains(&kind)
        {
            return Claim {
                kind: match kind {
                    EMAIL => Kind::Email,
                    kind => Kind::Named(kind),
                },
                value: value.trim(),
            };
        }
        let value = claimed.strip_prefix("mailto:").unwrap_or(claimed);
        let is_email = value.contains('@') && !value.contains([':', '/']);
        Claim {
            kind: if is_email { Kind::Email } else { Kind::Any },
            value,
        }
    }

    fn is_of_kind(&self, kind: &str) -> bool {
        let is_email = matches!(kind, EMAIL | "email" | "schema:email");
        match self.kind {
            Kind::Email => is_email,
            Kind::Named(own) => own == kind,
            Kind::Any => !is_email,
        }
    }

    /// Whether the subject's id can tell anything: a random one says nothing about an e-mail address.
    fn may_be_id(&self, id: &str) -> bool {
        match self.kind {
            Kind::Email => id.starts_with("mailto:"),
            Kind::Named(_) => false,
            Kind::Any => self.value.contains(':'),
        }
    }

    fn is_id(&self, id: &str) -> bool {
        match self.kind {
            Kind::Email => id
                .strip_prefix("mailto:")
                .is_some_and(|address| normal(address) == normal(self.value)),
            _ => id == self.value,
        }
    }

    /// Whether an identifier is the claimed one; `None` if its hash is of an unknown kind.
    fn matches(&self, identity: &Identity) -> Option<bool> {
        if !identity.hashed {
            return Some(match self.kind {
                Kind::Email => normal(identity.value) == normal(self.value),
                _ => identity.value == self.value,
            });
        }
        let (algorithm, digest) = identity.value.split_once('$')?;
        let hash = match algorithm {
            "sha256" => |text: &[u8]| hexadecimal(&Sha256::digest(text)),
            // Broken for signatures; here it only hides an address, in badges of earlier years.
            "md5" => |text: &[u8]| hexadecimal(&Md5::digest(text)),
            _ => return None,
        };
        // The standard does not say how an address was written when it was hashed.
        let spellings = match self.kind {
            Kind::Email => vec![self.value.to_owned(), normal(self.value)],
            _ => vec![self.value.to_owned()],
        };
        let salted = |spelling: String| hash(format!("{spelling}{}", identity.salt).as_bytes());
        Some(
            spellings
                .into_iter()
                .any(|spelling| salted(spelling).eq_ignore_ascii_case(digest)),
        )
    }
}

fn normal(address: &str) -> String {
    address.trim().to_lowercase()
}

/// What is told of the recipient.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum RecipientReason {
    /// The badge identifies its recipient as somebody else.
    Mismatch { pointer: String },
    /// The badge says nothing that could be compared with the claimed value.
    Unknown { pointer: String },
}

impl RecipientReason {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            RecipientReason::Mismatch { .. } => "recipient.mismatch",
            RecipientReason::Unknown { .. } => "recipient.unknown",
        }
    }

    pub(crate) fn pointer(&self) -> Option<&str> {
        match self {
            RecipientReason::Mismatch { pointer } | RecipientReason::Unknown { pointer } => {
                Some(pointer)
            }
        }
    }
}

impl fmt::Display for RecipientReason {
    // The claimed value is a person's and stays out of reports.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            RecipientReason::Mismatch { .. } => {
                "The badge is not about the person named: none of its identifiers is theirs. Try another address that the person may have used."
            }
            RecipientReason::Unknown { .. } => {
                "Whether the badge is about the person named cannot be told, because it gives no identifier of that kind. Try another kind, such as the e-mail address."
            }
        })
    }
}

const EMAIL: &str = "emailAddress";

/// The identifier types of the standard (Open Badges 3.0, IdentifierTypeEnum).
const KINDS: [&str; 19] = [
    "name",
    "sourcedId",
    "systemId",
    "productId",
    "userName",
    "accountId",
    EMAIL,
    "nationalIdentityNumber",
    "isbn",
    "issn",
    "lisSourcedId",
    "oneRosterSourcedId",
    "sisSourcedId",
    "ltiContextId",
    "ltiDeploymentId",
    "ltiToolId",
    "ltiPlatformId",
    "ltiUserId",
    "identifier",
];

/// The codes of the recipient.
pub(crate) const CODES: &[(&str, &str)] = &[
    (
        "recipient.mismatch",
        "The badge is not about the person it was said to be about.",
    ),
    (
        "recipient.unknown",
        "The badge gives nothing by which the person could be recognised.",
    ),
];
