//! What a badge says of who holds it.

use crate::digest::Sha256Digest;
use crate::drawn::Drawn;
use crate::issuers::IdentifierPolicy;
use crate::person::{EmailInBadges, NameInBadges, Person};
use schemas::model;

/// What the badge says of who holds it beside an identifier: the e-mail address as the organisation's
/// policy and the recipient have it, and the name of those who want it there.
pub fn identities(
    policy: IdentifierPolicy,
    earner: &Person,
    drawn: &Drawn,
) -> Vec<model::IdentityObject> {
    let named = match earner.name_in_badges {
        NameInBadges::Withheld => None,
        NameInBadges::Shown => Some(model::IdentityObject {
            hashed: false,
            identity_hash: earner.name.to_string(),
            identity_type: model::IdentifierType::Name,
            ..Default::default()
        }),
    };
    let email = email(policy, earner, drawn);
    email.into_iter().chain(named).collect()
}

fn email(
    policy: IdentifierPolicy,
    earner: &Person,
    drawn: &Drawn,
) -> Option<model::IdentityObject> {
    let email = earner.emails.first()?;
    match (policy, earner.email_in_badges) {
        (IdentifierPolicy::None, _) => None,
        (IdentifierPolicy::PlainWithConsent, EmailInBadges::Plain) => Some(model::IdentityObject {
            hashed: false,
            identity_hash: email.to_string(),
            ..Default::default()
        }),
        (IdentifierPolicy::SaltedHash, _)
        | (IdentifierPolicy::PlainWithConsent, EmailInBadges::Hashed) => {
            Some(model::IdentityObject {
                hashed: true,
                identity_hash: identity_hash(email.as_str(), &drawn.identity_salt),
                salt: Some(drawn.identity_salt.clone()),
                ..Default::default()
            })
        }
    }
}

/// The hash of an identifier and its salt (Open Badges 3.0, IdentityHash).
fn identity_hash(identifier: &str, salt: &str) -> String {
    format!(
        "sha256${}",
        Sha256Digest::of(format!("{identifier}{salt}").as_bytes())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_hash_is_that_of_the_standard() {
        // Open Badges 3.0, IdentityHash: the known answer.
        assert_eq!(
            identity_hash("a@example.com", "Kosher"),
            "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
        );
    }
}
