//! Identifiers: 128 random bits that say nothing about anybody, and slugs that people read in
//! addresses.

use crate::random::Random;
use std::fmt;
use std::str::FromStr;

/// A text that is not an identifier of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an identifier")]
pub struct IdError;

/// Names one type of identifier made of 128 random bits, written in base58.
macro_rules! random_id {
    ($(#[doc = $doc:literal] $name:ident),+ $(,)?) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Draws a new identifier.
            pub fn draw(random: &Random) -> $name {
                $name(random.bytes())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<$name, IdError> {
                let mut bytes = [0; 16];
                match bs58::decode(text).onto(&mut bytes) {
                    Ok(16) => Ok($name(bytes)),
                    _ => Err(IdError),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&bs58::encode(self.0).into_string())
            }
        }

        written_as_text!($name);
    )+};
}

/// Names one type of identifier that people choose: small letters, digits and single hyphens.
macro_rules! slug {
    ($(#[doc = $doc:literal] $name:ident),+ $(,)?) => {$(
        #[doc = $doc]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The slug as it stands in addresses.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<$name, IdError> {
                is_slug(text).then(|| $name(text.to_owned())).ok_or(IdError)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        written_as_text!($name);
    )+};
}

/// Everything that is written and read as text shows itself so to serde and in debug output.
macro_rules! written_as_text {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, formatter)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$name, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use written_as_text;

random_id! {
    /// The identifier of a person. It never leaves the service inside a badge.
    PersonId,
    /// The name of a session in lists; it opens nothing.
    SessionId,
    /// The name of a bearer token in lists; it opens nothing.
    TokenId,
    /// The name of a message in the outbox.
    MailId,
    /// The identifier of an invitation to an organisation.
    InvitationId,
    /// The identifier of a submission.
    SubmissionId,
    /// The identifier of one piece of evidence.
    EvidenceId,
    /// The identifier of what is said in a recording, written down.
    SpokenTextId,
    /// The identifier of a file on its way in.
    UploadId,
    /// The name of something removed, for which the store is still to be compacted.
    CompactionId,
    /// The name of one run of the program, from its start to its end.
    RunId,
    /// The name of somebody who was asked to look at a draft.
    ColleagueId,
    /// The name of a comment on a draft.
    CommentId,
    /// The name of an entry in somebody's learning log.
    LearningId,
    /// The last part of the address of a portfolio.
    PortfolioId,
    /// The identifier of a cohort.
    CohortId,
    /// The identifier of something that was said in a cohort.
    PostId,
    /// The identifier of a request for help.
    HelpId,
    /// The identifier of an award.
    AwardId,
    /// The identifier of a list of awards.
    AwardListId,
    /// The last part of a credential's address: unguessable, the same for all editions of a badge.
    BadgeId,
    /// The last part of an endorsement's address.
    EndorsementId,
    /// The identifier of an event.
    EventId,
    /// The identifier of a webhook.
    WebhookId,
    /// The identifier of what one webhook is told.
    DeliveryId,
    /// The identifier of a change of many badges.
    BulkId,
    /// The identifier of an exemplar in a training set.
    ExemplarId,
    /// The identifier of a calibration session.
    CalibrationId,
    /// The last part of a refresh address, unguessable because it is answered without asking who.
    RefreshId,
    /// The identifier of an application that has registered itself.
    ClientId,
    /// The name of what somebody lets an application do; it opens nothing.
    GrantId,
    /// The name of a badge that somebody brought here from elsewhere.
    HostedId,
}

slug! {
    /// The name of an organisation in addresses.
    OrganisationId,
    /// The name of one version of a micro-credential in addresses.
    MicroCredentialId,
    /// The name of an identity provider in addresses.
    ProviderId,
    /// The name of a criterion within its rubric.
    CriterionId,
    /// The name of a level within its criterion.
    LevelId,
    /// The name of an evidence requirement within its micro-credential.
    RequirementId,
    /// The name of a topic of the catalogue.
    TopicId,
}

impl MicroCredentialId {
    /// The name of a version of the line that begins with this one.
    pub fn of_version(&self, version: u32) -> MicroCredentialId {
        let ending = format!("-v{version}");
        let room = SLUG_BYTES.saturating_sub(ending.len());
        let kept = self.0.get(..room).unwrap_or(&self.0).trim_end_matches('-');
        MicroCredentialId(format!("{kept}{ending}"))
    }
}

/// Slugs stand in addresses, file names and log lines; 64 bytes fit everywhere.
const SLUG_BYTES: usize = 64;

fn is_slug(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty()
        && text.len() <= SLUG_BYTES
        && text.bytes().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_identifier_has_exactly_one_text() {
        let id = BadgeId::draw(&Random::seeded([7; 32]));
        assert_eq!(id.to_string().parse(), Ok(id));
        let zero = BadgeId([0; 16]);
        assert_eq!(zero.to_string(), "1111111111111111");
        assert_eq!("1111111111111111".parse(), Ok(zero));
        for wrong in ["", "1", "11111111111111111", "0OIl", "../../etc/passwd"] {
            assert_eq!(wrong.parse::<BadgeId>(), Err(IdError), "{wrong}");
        }
    }

    #[test]
    fn a_slug_is_small_letters_digits_and_single_hyphens() {
        for good in ["wait-time", "a", "7", "design-thinking-and-doing-2"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in [
            "",
            "-a",
            "a-",
            "a--b",
            "A",
            "a b",
            "é",
            "a/b",
            &"a".repeat(65),
        ] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
