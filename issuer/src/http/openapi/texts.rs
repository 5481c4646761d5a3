//! How the texts and choices of the domain look in JSON, with their limits.

use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use crate::badge::changing::Act;
use crate::badge::{BadgeState, Ending, Visibility};
use crate::cohort::help::Closing;
use crate::cohort::people::{Letters, Part, Progress};
use crate::digest::Sha256Digest;
use crate::endorsement::{Showing, Side};
use crate::event::EventKind;
use crate::id::{
    AwardId, AwardListId, BadgeId, BulkId, CalibrationId, CohortId, ColleagueId, CommentId,
    CriterionId, DeliveryId, EndorsementId, EventId, EvidenceId, ExemplarId, HelpId, InvitationId,
    LearningId, LevelId, MailId, MicroCredentialId, OrganisationId, PersonId, PortfolioId, PostId,
    RequirementId, SessionId, SubmissionId, TokenId, TopicId, UploadId, WebhookId,
};
use crate::image::ImageRef;
use crate::issuers::IdentifierPolicy;
use crate::learning::{Day, Mode};
use crate::log::LogPosition;
use crate::mail::Fate;
use crate::micro_credential::readiness::Concern;
use crate::micro_credential::template::Template;
use crate::micro_credential::{
    AdoptionPolicy, Colour, Content, EvidenceKind, Origin, OriginFormat,
};
use crate::organisation::joining::Standing;
use crate::organisation::{Code, OrganisationKind, PostalAddress, Role, WebAddress};
use crate::page::Cursor;
use crate::person::{Email, EmailInBadges, NameInBadges};
use crate::portfolio::NameShown;
use crate::quality::trying::{Closeness, Passed};
use crate::rights::Scope;
use crate::submission::{
    CommentKind, ConsentGiver, EvidenceProof, Link, Manifest, Sharing, Spoken,
};
use crate::text::{Line, Prose};
use crate::transfer::Report;
use crate::webhook::{Because, Sending};

/// How a moment is written: `#[schema(value_type = DateTime)]`.
pub struct DateTime;

/// Names the shape of each type that is written as one text.
macro_rules! texts {
    ($($type:ty: $text:expr;)+) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let text: Text = $text;
                text.schema()
            }
        }

        impl ToSchema for $type {}
    )+};
}

/// Names the choices of each type that has a few; a choice left out does not compile.
macro_rules! choices {
    ($($type:ident: $($choice:ident)|+, $about:literal;)+) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                const _: fn($type) = |chosen| match chosen {
                    $($type::$choice => (),)+
                };
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some([$(json!($type::$choice)),+]))
                    .description(Some($about))
                    .into()
            }
        }

        impl ToSchema for $type {}
    )+};
}

texts! {
    Line: Text::of("One line of text, without blanks at its ends; as many bytes in UTF-8.").longest(Line::BYTES);
    Prose: Text::of("Text of several lines; as many bytes in UTF-8.").longest(Prose::BYTES);
    Email: Text::of("An e-mail address.").longest(254).format("email");
    Link: Text::of("An `https` address. The service never fetches it.").longest(2_048).format("uri");
    Colour: Text::of("Red, green and blue.").matching("^#[0-9A-Fa-f]{6}$");
    Cursor: Text::of("Where a page ended.").longest(2_048).matching("^[A-Za-z0-9_-]+$");
    WebAddress: Text::of("An `https` address.").longest(500).format("uri");
    Code: Text::of("A code that people read to each other.").matching("^[A-Z0-9]{5}-[A-Z0-9]{5}$");
    Sha256Digest: Text::of("A SHA-256 digest in hexadecimal.").matching("^[0-9a-f]{64}$");
    DateTime: Text::of("A moment in UTC (RFC 3339).").format("date-time");
    AwardId: Text::random_id("An award.");
    AwardListId: Text::random_id("A list of awards.");
    BadgeId: Text::random_id("A badge: the last part of its address.");
    BulkId: Text::random_id("A change of many badges.");
    CalibrationId: Text::random_id("A calibration session.");
    ExemplarId: Text::random_id("An exemplar of a training set.");
    EndorsementId: Text::random_id("An endorsement: the last part of its address.");
    EventId: Text::random_id("Something that was done.");
    WebhookId: Text::random_id("A webhook.");
    DeliveryId: Text::random_id("What one webhook is told.");
    EvidenceId: Text::random_id("A piece of evidence.");
    UploadId: Text::random_id("A file on its way in.");
    InvitationId: Text::random_id("An invitation.");
    ColleagueId: Text::random_id("Somebody who was asked to look at a draft.");
    CohortId: Text::random_id("A cohort.");
    PostId: Text::random_id("Something that was said in a cohort.");
    HelpId: Text::random_id("A request for help.");
    CommentId: Text::random_id("A comment on a draft.");
    LearningId: Text::random_id("An entry in a learning log.");
    PortfolioId: Text::random_id("A portfolio.");
    Day: Text::of("A day.").format("date");
    PersonId: Text::random_id("A person.");
    SubmissionId: Text::random_id("A submission.");
    MailId: Text::random_id("A message in the outbox.");
    SessionId: Text::random_id("A session.");
    TokenId: Text::random_id("A token, which is not its secret.");
    Scope: Text::of("An area and what may be done in it, as `submissions.read`.").matching("^[a-z]+\\.(read|write)$");
    CriterionId: Text::slug("The name of a criterion in its rubric.");
    LevelId: Text::slug("The name of a level in its criterion.");
    MicroCredentialId: Text::slug("The name of a micro-credential.");
    OrganisationId: Text::slug("The name of an organisation.");
    RequirementId: Text::slug("The name of an evidence requirement.");
    TopicId: Text::slug("The name of a topic.");
}

choices! {
    OriginFormat: Csv | OpenBadges3 | OpenBadges2 | Ctdl, "A format of files: a table, Open Badges 3.0 or 2.0, CTDL.";
    AdoptionPolicy: Open | ByRequest | Closed, "Whether other organisations may issue a micro-credential.";
    Act: Revoke | Suspend | Reinstate | Correct | Renew, "What is to become of a badge.";
    BadgeState: InForce | Suspended | Revoked | Expired, "How a badge stands.";
    Ending: Revoked | Suspended | Replaced, "What the end of an edition means: the badge was taken back, is suspended, or goes on in the next edition.";
    NameShown: Withheld | Shown, "Whether a portfolio says whose it is.";
    Concern: Publishing | Trust | Reading | Accessibility,
        "Why something is looked at: publishing refuses without it, readers of badges look for it, it decides how hard the texts are to read, or who can take part.";
    Template: ClassroomPractice | CoachingColleagues, "What a new micro-credential may begin with.";
    NameInBadges: Withheld | Shown, "Whether a person's name may stand in a badge.";
    Showing: Offered | ByAddress | InEveryBadge | Hidden, "Where a given endorsement is shown: it waits for whoever owns what it is about; at its address and on pages; in every badge too; nowhere any more.";
    Side: Organisation | Holder, "For whom somebody asks: an organisation, or themselves.";
    Visibility: Private | Link | Public, "Who may see a badge: its earner, whoever knows its address, or everybody.";
    Spoken: Transcript | Captions, "The two ways of writing down what is said in a recording.";
    EvidenceKind: File | Text | Link | Audio | Video | Image | Document, "What a piece of evidence is.";
    Sharing: Private | Shared, "Whether the badge names the piece of evidence.";
    EmailInBadges: Hashed | Plain, "How an e-mail address stands in badges.";
    OrganisationKind: State | District | University | Publisher, "What an organisation is.";
    IdentifierPolicy: SaltedHash | PlainWithConsent | None, "How the recipient's e-mail address stands in badges.";
    Closeness: Same | SameSide | Opposite,
        "How far a level agrees with the right one: the same; another that says the same of whether the criterion is met; or one that says the opposite.";
    Passed: Passed | Practice, "Whether a try was good enough, or was practice.";
    Standing: Good | UsedUp | Expired | Revoked, "Whether a code is good.";
    Part: Invited | Member | Facilitator, "What somebody is in a cohort.";
    Progress: Kept | Shown, "Whether facilitators see how far somebody has come.";
    Letters: Unwanted | Wanted, "Whether somebody is written to, at most once an hour, when there is an answer for them.";
    Closing: Helped | TakenBack, "An answer helped, or it is not needed any more.";
    ConsentGiver: Guardian | AdultStudent | SchoolForm,
        "Who agreed: parents or guardians, students who are of age, or those who signed a form that the school keeps.";
    CommentKind: Comment | CoachNote, "What somebody thinks, or the word of a coach.";
    Mode: Book | Journal | Article | Video | ClassVisit | Webinar | Community | Colleague | Course | Other,
        "In what way somebody learned.";
    Sending: Active | Paused, "Whether a webhook is told anything.";
    Because: Asked | GivenUp | Gone, "Why a webhook is paused: somebody wanted it so, a message was tried for three days in vain, or its address is gone for good.";
    Role: Author | Reviewer | Adjudicator | IssuingOfficer | Coordinator | Advisor | Administrator,
        "What a member may do in an organisation beside earning.";
}

impl PartialSchema for EventKind {
    fn schema() -> RefOr<Schema> {
        let kinds = EventKind::ALL.iter().map(|kind| json!(kind));
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(kinds))
            .description(Some("A kind of thing that is done."))
            .into()
    }
}

impl ToSchema for EventKind {}

impl PartialSchema for LogPosition {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        number
            .minimum(Some(0))
            .description(Some("A place in the issuance log."))
            .into()
    }
}

impl ToSchema for LogPosition {}

/// Says what documents are whose form is the domain's own, because they are kept and hashed as they are.
macro_rules! documents {
    ($($type:ident: $about:literal;)+) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let object = ObjectBuilder::new().schema_type(Type::Object);
                object.description(Some($about)).into()
            }
        }

        impl ToSchema for $type {}
    )+};
}

documents! {
    EvidenceProof: "The manifest, the name of one piece, its digest and its salt: `assay verify` holds a file against it.";
    Manifest: "What was handed in, with a salted digest of each piece.";
    Content: "What a micro-credential says; its canonical JSON (RFC 8785) is hashed.";
    Report: "What came of an import: how many rows are good, duplicates, refused, and each row.";
    Origin: "Where an imported micro-credential was taken from.";
    Fate: "What became of a message: `state` is `waiting` or `given_up`, with when, how often and why.";
    PostalAddress: "A postal address, with the members of the standard's Address in small letters.";
    ImageRef: "A picture: the digest of its bytes, and what it is.";
}

/// A text as JSON Schema describes it.
struct Text {
    about: &'static str,
    longest: Option<usize>,
    matching: Option<&'static str>,
    format: Option<&'static str>,
}

impl Text {
    fn of(about: &'static str) -> Text {
        Text {
            about,
            longest: None,
            matching: None,
            format: None,
        }
    }

    fn random_id(about: &'static str) -> Text {
        Text::of(about)
            .longest(RANDOM_ID_LENGTH)
            .matching(RANDOM_ID)
    }

    fn slug(about: &'static str) -> Text {
        Text::of(about).longest(SLUG_LENGTH).matching(SLUG)
    }

    fn longest(self, longest: usize) -> Text {
        Text {
            longest: Some(longest),
            ..self
        }
    }

    fn matching(self, pattern: &'static str) -> Text {
        Text {
            matching: Some(pattern),
            ..self
        }
    }

    fn format(self, format: &'static str) -> Text {
        Text {
            format: Some(format),
            ..self
        }
    }

    fn schema(self) -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(self.about))
            .min_length(Some(1))
            .max_length(self.longest)
            .pattern(self.matching)
            .format(
                self.format
                    .map(|format| SchemaFormat::Custom(format.to_owned())),
            )
            .into()
    }
}

/// A value of a path that people chose.
pub fn slug() -> Value {
    json!({ "type": "string", "pattern": SLUG, "maxLength": SLUG_LENGTH })
}

/// A value of a path that was drawn.
pub fn random_id() -> Value {
    json!({ "type": "string", "pattern": RANDOM_ID, "maxLength": RANDOM_ID_LENGTH })
}

const SLUG: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";
const SLUG_LENGTH: usize = 64;

/// Base58.
const RANDOM_ID: &str = "^[1-9A-HJ-NP-Za-km-z]{16,22}$";
const RANDOM_ID_LENGTH: usize = 22;
