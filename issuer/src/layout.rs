//! The picture of what is stored: every key of the store is built here.
//!
//! A key is readable text, parts joined by `/`. Numbers are written with twenty digits, so that the order
//! of keys is the order of numbers. Parts that come from outside are escaped, so that none can reach into
//! another's place. Values are versioned JSON (see `store.rs`), except where the table says otherwise.
//!
//! ```text
//! meta/format                        the version of this layout
//! log/tree                           size of the issuance log and the roots of its full subtrees
//! log/leaf/{index}                   the leaf itself, byte for byte as it was hashed (canonical JSON)
//! log/node/{level}/{index}           32 bytes: the root of the full subtree over the leaves
//!                                    index * 2^level .. (index + 1) * 2^level
//!
//! organisation/{name}                an organisation
//! known-keys/{organisation}          the names of the keys that an organisation signs with
//! known-log-key                      the name of the key that the log is signed with
//! member/{organisation}/{person}     a member of an organisation, and what they may do in it
//! member-of/{person}/{organisation}  that a person is a member of an organisation
//! administrators-gone/{organisation} how many administrators have gone, so that two notice each other
//! join-code/{code}                   a code to join an organisation with
//! join-code-of/{organisation}/{code} whose code it is
//! join-request/{organisation}/{person}          that somebody has asked to join
//! join-request-of/{person}/{organisation}       whom somebody has asked
//! join-queue/{organisation}/{asked}/{person}    who waits for an answer, the longest first
//! invitation/{organisation}/{invitation}        an invitation that nobody has accepted yet
//! invitation-to/{organisation}/{email}          the invitation that was sent to an address
//! invitation-link/{sha256}           what the link whose secret has this digest leads to
//! person/{person}                    a person
//! person-email/{email}               whose e-mail address it is
//! did-challenge/{person}             what somebody is to sign to show that an identifier is theirs
//! person-joined/{person}             which account an account was joined to
//! joining/{person}                   an account whose belongings are being moved to another
//! erasing/{person}                   somebody who is being erased, or was a moment ago
//! erased/{person}                    that somebody was erased
//! to-compact/{compaction}            that something was removed, and its bytes may still be in the store's files
//! person-token/{sha256}              whose bearer token has this digest
//! person-token-of/{person}/{token}   that a person has a bearer token
//! session/{sha256}                   the session whose secret has this digest
//! session-of/{person}/{session}      that a person has a session
//! link/{sha256}                      the mailed link whose secret has this digest
//! mail/{mail}                        a message that is to be sent, or was given up
//! mail-due/{time}/{mail}             that a message is to be sent, soonest first
//! forget/{time}/{sha256}             keys that are of no use after a time, one of them with this digest
//! repeatable/{person}/{sha256}       the request that a person made under the key with this digest
//! attempt/{place}                    an attempt to sign in, in one of 65,536 places
//! identity/{sha256}                  whose account an identity at a provider opens
//! identity-of/{person}/{sha256}      that an identity opens this person's account
//! passkey/{sha256}                   a passkey, under the digest of its credential's identifier
//! passkey-of/{person}/{sha256}       that a passkey is this person's
//! micro-credential/{name}            one version of a micro-credential
//! micro-credential-of/{organisation}/{name}   that a version belongs to an organisation
//! catalogue-changes                  how many changes of the public catalogue there were
//! catalogue-change/{number}          what one of them was about
//! adoption/{organisation}/{name}     that an organisation issues another one's version, or wants to
//! adopted-by/{name}/{organisation}   who issues a version beside its owner, or wants to
//! stack-with/{name}/{stack}          that a stack has this line of versions among its parts
//! stack-check/{award}                an award whose stacks are still to be looked at
//! stack-award/{person}/{stack}       that a person was awarded a stack, once
//! topic/{name}                       a topic of the catalogue
//! topics-seeded                      that the first topics were written
//! image/{type}/{sha256}              a picture, as it is served: PNG or SVG
//! submission/{submission}            a submission as it stands
//! submission-of/{person}/{name}      a person's submission for one micro-credential
//! submission-of/{person}/{name}/{submission}    a further one, from an account that was joined to theirs
//! submission-evidence/{submission}/{evidence}   one piece of evidence
//! spoken-text/{submission}/{text}    a transcript, or captions, of a recording
//! spoken-part/{submission}/{text}/{number}    a part of its text
//! upload/{upload}                    a file on its way into a submission
//! upload-of/{person}/{upload}        that a person has begun it, and it is no evidence yet
//! upload-due/{time}/{upload}         that somebody has to look after it, soonest first
//! evidence-removal/{time}/{file}     a file that nothing refers to, and from when on it can be removed
//! evidence-space/person/{person}     how much room a person's files take
//! evidence-space/organisation/{organisation}    how much room the files take that were handed to it
//! submission-version/{submission}/{version}     a version as it was handed in
//! submission-preparation/{submission}           the note and the answers of the version that is being prepared
//! submission-outcome/{submission}/{version}     what the earner says came of it; no reviewer sees it
//! writing/{submission}/{requirement}            a text that is being written
//! writing-revision/{submission}/{requirement}/{number}   the text as it was at some time
//! evidence-ended/{submission}        since when a submission is decided or withdrawn, and what its earner was told
//! evidence-ended-queue/{organisation}/{accepted or not}/{ended}/{submission}   whose evidence may be removed, oldest first
//! evidence-told/{person}/{submission}           that a person was told of it, or keeps it
//! evidence-noted                     that it was noted of all submissions that they have ended
//! colleague/{submission}/{colleague}            somebody who was asked to look at a draft
//! colleague-link/{sha256}                       whom the link whose secret has this digest is for
//! colleague-of/{person}/{submission}            that a person looks at a draft
//! draft-comment/{submission}/{at}/{comment}     what they say, oldest first
//! learning/{person}/{entry}                     an entry in somebody's learning log
//! portfolio/{portfolio}                         what somebody shows of what they have
//! portfolio-of/{person}/{portfolio}             the portfolios of a person
//! cohort/{cohort}                    a cohort
//! cohort-of/{organisation}/{cohort}  that a cohort is an organisation's
//! cohort-code/{code}                 which cohort a code opens
//! cohort-person/{cohort}/{person}    somebody who is in a cohort, or is invited to it
//! cohort-with/{person}/{cohort}      that somebody is
//! cohort-facilitating/{cohort}/{invitation}     somebody who is asked to facilitate
//! cohort-link/{sha256}               whom the link whose secret has this digest is for
//! cohort-post/{cohort}/{post}        what somebody said, or replied
//! cohort-wall/{cohort}/{until the end of time}/{post}   what was said, the last first
//! cohort-reply/{cohort}/{post}/{number}/{reply} what was replied to it, oldest first
//! cohort-post-of/{person}/{cohort}/{post}       that somebody said it
//! cohort-help/{cohort}/{help}        a request for help, with the answers
//! cohort-help-waiting/{cohort}/{asked}/{help}   one that is open, the longest first
//! cohort-help-of/{person}/{cohort}/{until the end of time}/{help}   what somebody has asked, the last first
//! review/{submission}/{version}      the finished review of one version
//! review-queue/{organisation}/{since}/{submission}   what waits for a review, oldest first, and who has claimed it
//! review-draft/{submission}/{person}               what a reviewer has scored so far
//! review-scoring/{submission}/{version}/{seat}     what one person found: 1 first, 2 second, 3 adjudicator
//! review-decided/{organisation}/{until the end of time}/{submission}/{version}   a decision, the last one first
//! training/{organisation}/{name}     what an organisation trains reviewers with, for a line of versions
//! training-exemplar/{organisation}/{name}/{exemplar}   an exemplar with the levels it ought to be given
//! training-try/{organisation}/{name}/{person}/{number} one try of a reviewer
//! certification/{organisation}/{name}/{person}         that a reviewer has passed, and until when that is good
//! calibration/{organisation}/{calibration}      a calibration session
//! calibration-sheet/{calibration}/{person}      what one reviewer gave in a calibration session
//! award/{award}                      an award
//! award-open/{award}                 an award whose badge is not recorded yet
//! award-by-hand/{organisation}/{until the end of time}/{award}   an award that an officer made, the last first
//! award-reminder/{due}/{award}       that somebody is reminded of a badge they have not looked at
//! award-once/{sha256}                which award was made under the key with this digest
//! award-list/{list}                  a list of awards, and how far it has come
//! award-list-of/{organisation}/{until the end of time}/{list}    whose list it is, the last first
//! award-list-open/{made}/{list}      a list that is being worked off, the oldest first
//! award-file/{list}/{number}         a part of its file, byte for byte, until it is done
//! award-row/{list}/{line}            what came of one row
//! allocation/{award}                 what is about to be signed for a badge's first edition, or was
//! allocation/{award}/{edition}       the same for a further edition
//! allocation-void/{badge}/{list}/{index}        an allocation that will never be signed, by the index it burnt
//! edition-open/{badge}               a further edition of a badge that is not recorded yet
//! badge/{badge}                      a badge with its editions
//! tombstone/{badge}                  what stays of a badge whose earner was erased
//! badge-of/{person}/{badge}          whose badge it is
//! badge-by/{organisation}/{until the end of time}/{badge}   a badge of an organisation, the last one first
//! bulk/{organisation}/{bulk}         a change of many badges
//! bulk-of/{organisation}/{until the end of time}/{bulk}     that an organisation has begun it, the last one first
//! bulk-open/{organisation}/{bulk}    that it is not finished
//! bulk-row/{bulk}/{number}           one badge of many, and what became of it
//! badge-expiring/{time}/{badge}      that its earner is to be reminded of its end, soonest first
//! endorsement/{endorsement}          what an organisation says of something, or is asked to say
//! endorsement-pair/{organisation}/{kind}/{name}   the last endorsement of a thing by an organisation
//! endorsement-by/{organisation}/{until the end of time}/{endorsement}    who gives it, the last first
//! endorsement-for/{organisation}/{until the end of time}/{endorsement}   whose thing it is about, the last first
//! endorsement-of/{kind}/{name}/{endorsement}    what it is about
//! endorsement-waiting/{organisation}/{endorsement}    that somebody has asked, and nobody has answered
//! endorsement-in-badges/{kind}/{name}           the endorsement of a thing that stands in every badge
//! endorsement-open/{endorsement}     that it is being signed
//! endorsement-allocation/{endorsement}          what is about to be signed, or was
//! endorsement-allocation-void/{endorsement}/{list}/{index}   one that will never be signed
//! endorsement-credential/{endorsement}          the signed endorsement in both forms
//! endorsement-tombstone/{endorsement}           what stays of one whose badge is gone
//! badge-refresh/{refresh}            which badge is found at a refresh address
//! credential/{badge}/{edition}       one edition of a badge, signed in both forms
//! event/{organisation}/{until the end of time}/{until the last}/{event}   what somebody did, the last first
//! event-about/{badge}/{until the last}          what was done to a badge, the last first
//! webhook/{organisation}/{webhook}   where an organisation wants to be told what was done
//! webhook-secrets/{webhook}          what its messages are signed with
//! webhook-rest/{webhook}             that its server has failed, and until when it is left alone
//! webhook-delivery/{webhook}/{delivery}         what it is told, and what became of it
//! webhook-log/{webhook}/{until the end of time}/{until the last}/{delivery}   the same, the last first
//! webhook-due/{webhook}/{time}/{delivery}       that something is to be sent, soonest first
//! webhook-line/{webhook}/{badge}/{number}/{delivery}   what waits about one badge, in its order
//! status-current/{organisation}      the status list that its indexes are drawn from
//! status-last                        the status list that was begun last
//! status/{list}                      a status list, signed
//! status-drawn/{list}/{index}        an index that was drawn, once and for all
//! oauth-client/{client}              an application that has registered itself
//! oauth-code/{sha256}                the authorisation code that has this digest
//! oauth-grant/{grant}                what somebody lets an application do
//! oauth-grant-of/{person}/{grant}    that it is this person who does
//! oauth-access/{sha256}              the access token that has this digest
//! oauth-refresh/{sha256}             the refresh token that has this digest
//! hosted/{badge}                     a badge that somebody brought here from elsewhere
//! hosted-of/{person}/{badge}         whose it is
//! hosted-same/{person}/{sha256}      which of their badges is the one with these identifiers
//! hosted-part/{badge}/{content}/{number}        a part of its text, or of the picture that it came in
//! hosted-room/{person}               how much room a person's badges take
//! hosted-import/{person}             badges of theirs that were read at another host, and how far they have come
//! hosted-import-open/{person}        that some of them are still to be looked at
//! hosted-import-badge/{person}/{number}/{part}  a part of one that waits
//! hosted-profile/{person}            the profile that an application wrote for a person
//! other-host/{sha256}                another host of badges, and who we are there
//! ```

mod endorsement;

use crate::award::Award;
use crate::awarding::list::AwardList;
use crate::cohort::help::HelpRequest;
use crate::cohort::posts::Post;
use crate::digest::Sha256Digest;
use crate::event::Recorded;
use crate::hosted::Content;
use crate::id::{
    AwardId, AwardListId, BadgeId, BulkId, CalibrationId, ClientId, CohortId, ColleagueId,
    CommentId, CompactionId, DeliveryId, EventId, EvidenceId, ExemplarId, GrantId, HelpId,
    HostedId, InvitationId, LearningId, MailId, MicroCredentialId, OrganisationId, PersonId,
    PortfolioId, PostId, RefreshId, RequirementId, SessionId, SpokenTextId, SubmissionId, TokenId,
    TopicId, UploadId, WebhookId,
};
use crate::image::ImageRef;
use crate::organisation::Code;
use crate::organisation::joining::JoinRequest;
use crate::person::Email;
use crate::retention::{End, Ended};
use crate::review::{Decided, Scoring, Seat};
use crate::status::{StatusListNumber, StatusPlace};
use crate::webhook::delivery::Delivery;
use schemas::timestamp::Timestamp;

pub use endorsement::*;

/// The version record of the whole store.
pub fn format() -> Vec<u8> {
    key(&["meta", "format"])
}

/// The size of the issuance log and the roots of its full subtrees.
pub fn log_tree() -> Vec<u8> {
    key(&["log", "tree"])
}

/// One leaf of the issuance log.
pub fn log_leaf(index: u64) -> Vec<u8> {
    key(&["log", "leaf", &number(index)])
}

/// The prefix of all leaves of the issuance log.
pub fn log_leaves() -> Vec<u8> {
    prefix(&["log", "leaf"])
}

/// The root of one full subtree of the issuance log.
pub fn log_node(level: u8, index: u64) -> Vec<u8> {
    key(&["log", "node", &format!("{level:02}"), &number(index)])
}

/// An organisation.
pub fn organisation(id: &OrganisationId) -> Vec<u8> {
    key(&["organisation", id.as_str()])
}

/// The names of the keys that an organisation signs with.
pub fn known_keys(organisation: &OrganisationId) -> Vec<u8> {
    key(&["known-keys", organisation.as_str()])
}

/// The name of the key that the log is signed with.
pub fn known_log_key() -> Vec<u8> {
    key(&["known-log-key"])
}

/// The prefix of all organisations.
pub fn organisations() -> Vec<u8> {
    prefix(&["organisation"])
}

/// A member of an organisation.
pub fn member(organisation: &OrganisationId, person: PersonId) -> Vec<u8> {
    key(&["member", organisation.as_str(), &person.to_string()])
}

/// The prefix of all members of an organisation.
pub fn members(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["member", organisation.as_str()])
}

/// That a person is a member of an organisation.
pub fn member_of(person: PersonId, organisation: &OrganisationId) -> Vec<u8> {
    key(&["member-of", &person.to_string(), organisation.as_str()])
}

/// The prefix of all memberships of a person.
pub fn members_of(person: PersonId) -> Vec<u8> {
    prefix(&["member-of", &person.to_string()])
}

/// How many administrators of an organisation have gone.
pub fn administrators_gone(organisation: &OrganisationId) -> Vec<u8> {
    key(&["administrators-gone", organisation.as_str()])
}

/// A code to join an organisation with.
pub fn join_code(code: &Code) -> Vec<u8> {
    key(&["join-code", &code.to_string()])
}

/// Whose code it is.
pub fn join_code_of(organisation: &OrganisationId, code: &Code) -> Vec<u8> {
    key(&["join-code-of", organisation.as_str(), &code.to_string()])
}

/// The prefix of all codes of an organisation.
pub fn join_codes_of(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["join-code-of", organisation.as_str()])
}

/// That somebody has asked to join an organisation.
pub fn join_request(organisation: &OrganisationId, person: PersonId) -> Vec<u8> {
    key(&["join-request", organisation.as_str(), &person.to_string()])
}

/// Whom somebody has asked.
pub fn join_request_of(person: PersonId, organisation: &OrganisationId) -> Vec<u8> {
    key(&[
        "join-request-of",
        &person.to_string(),
        organisation.as_str(),
    ])
}

/// The prefix of all whom somebody has asked.
pub fn join_requests_of(person: PersonId) -> Vec<u8> {
    prefix(&["join-request-of", &person.to_string()])
}

/// Who waits for an answer.
pub fn join_queued(request: &JoinRequest) -> Vec<u8> {
    // Nobody has asked before 1970.
    let asked = u64::try_from(request.asked.unix_seconds()).unwrap_or(0);
    key(&[
        "join-queue",
        request.organisation.as_str(),
        &number(asked),
        &request.person.to_string(),
    ])
}

/// The prefix of all who wait for an organisation's answer.
pub fn join_queue(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["join-queue", organisation.as_str()])
}

/// An invitation that nobody has accepted yet.
pub fn invitation(organisation: &OrganisationId, id: InvitationId) -> Vec<u8> {
    key(&["invitation", organisation.as_str(), &id.to_string()])
}

/// The invitation that was sent to an address.
pub fn invitation_to(organisation: &OrganisationId, email: &Email) -> Vec<u8> {
    key(&["invitation-to", organisation.as_str(), email.as_str()])
}

/// The prefix of all invitations of an organisation by address.
pub fn invitations_to(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["invitation-to", organisation.as_str()])
}

/// What the link whose secret has this digest leads to.
pub fn invitation_link(digest: Sha256Digest) -> Vec<u8> {
    key(&["invitation-link", &digest.to_string()])
}

/// A person.
pub fn person(person: PersonId) -> Vec<u8> {
    key(&["person", &person.to_string()])
}

/// Somebody who is being erased.
pub fn erasing(person: PersonId) -> Vec<u8> {
    key(&["erasing", &person.to_string()])
}

/// The prefix of all who are being erased.
pub fn all_erasing() -> Vec<u8> {
    prefix(&["erasing"])
}

/// That somebody was erased.
pub fn erased(person: PersonId) -> Vec<u8> {
    key(&["erased", &person.to_string()])
}

/// The prefix of all who were erased.
pub fn all_erased() -> Vec<u8> {
    prefix(&["erased"])
}

/// That something was removed, and its bytes may still be in the store's files.
pub fn to_compact(compaction: CompactionId) -> Vec<u8> {
    key(&["to-compact", &compaction.to_string()])
}

/// The prefix of everything that was removed so.
pub fn all_to_compact() -> Vec<u8> {
    prefix(&["to-compact"])
}

/// What stays of a badge whose earner was erased.
pub fn tombstone(badge: BadgeId) -> Vec<u8> {
    key(&["tombstone", &badge.to_string()])
}

/// The prefixes of what a person kept for themselves, and of what led to it.
pub fn kept_by(person: PersonId) -> Vec<Vec<u8>> {
    let person = person.to_string();
    let lists = [
        "learning",
        "repeatable",
        "stack-award",
        "colleague-of",
        "submission-of",
        "evidence-told",
        "hosted-same",
        "hosted-import-badge",
    ];
    let mut prefixes: Vec<_> = lists.iter().map(|list| prefix(&[list, &person])).collect();
    prefixes.push(key(&["hosted-room", &person]));
    prefixes.push(key(&["hosted-profile", &person]));
    prefixes.push(key(&["hosted-import", &person]));
    prefixes.push(key(&["hosted-import-open", &person]));
    prefixes.push(key(&["did-challenge", &person]));
    prefixes
}

/// The prefixes of what was written and said about a submission while it was prepared.
pub fn told_with(submission: SubmissionId) -> Vec<Vec<u8>> {
    let submission = submission.to_string();
    let lists = [
        "spoken-text",
        "spoken-part",
        "submission-outcome",
        "writing",
        "writing-revision",
        "draft-comment",
        "review-draft",
    ];
    lists
        .iter()
        .map(|list| prefix(&[list, &submission]))
        .collect()
}

/// The prefix of all records of one kind, by the first part of their keys.
pub fn kind(name: &str) -> Vec<u8> {
    prefix(&[name])
}

/// The prefix of the records of one kind that stand under a person.
pub fn kind_of(name: &str, person: PersonId) -> Vec<u8> {
    prefix(&[name, &person.to_string()])
}

/// The prefix of the records of one kind that stand under a submission.
pub fn kind_with(name: &str, submission: SubmissionId) -> Vec<u8> {
    prefix(&[name, &submission.to_string()])
}

/// The prefix of all submissions.
pub fn submissions() -> Vec<u8> {
    prefix(&["submission"])
}

/// The prefix of all versions of a submission.
pub fn submission_versions(submission: SubmissionId) -> Vec<u8> {
    prefix(&["submission-version", &submission.to_string()])
}

/// The prefix of all evidence of a submission.
pub fn all_submission_evidence(submission: SubmissionId) -> Vec<u8> {
    prefix(&["submission-evidence", &submission.to_string()])
}

/// The prefix of all that was found of a submission.
pub fn all_scorings(submission: SubmissionId) -> Vec<u8> {
    prefix(&["review-scoring", &submission.to_string()])
}

/// The prefix of all awards.
pub fn awards() -> Vec<u8> {
    prefix(&["award"])
}

/// The prefix of what came of the rows of every list.
pub fn all_award_rows() -> Vec<u8> {
    prefix(&["award-row"])
}

/// The prefix of all who were asked to look at any draft.
pub fn all_colleagues() -> Vec<u8> {
    prefix(&["colleague"])
}

/// The prefix of all who are asked to facilitate any cohort.
pub fn all_appointments() -> Vec<u8> {
    prefix(&["cohort-facilitating"])
}

/// The prefix of all uploads.
pub fn uploads() -> Vec<u8> {
    prefix(&["upload"])
}

/// What somebody lets applications do, the badges that they brought from elsewhere, and what they show, by
/// the lists of each: the list, and the prefixes of what its entries name.
pub fn led_to(person: PersonId) -> [(Vec<u8>, &'static [&'static str]); 3] {
    [
        (oauth_grants_of(person), &["oauth-grant/"]),
        (all_hosted_of(person), &["hosted/", "hosted-part/"]),
        (portfolios_of(person), &["portfolio/"]),
    ]
}

/// The prefix of all mailed links.
pub fn links() -> Vec<u8> {
    prefix(&["link"])
}

/// Whose e-mail address it is.
pub fn person_email(email: &Email) -> Vec<u8> {
    key(&["person-email", email.as_str()])
}

/// Whose bearer token has this digest.
pub fn person_token(digest: Sha256Digest) -> Vec<u8> {
    key(&["person-token", &digest.to_string()])
}

/// What somebody is to sign to show that an identifier is theirs.
pub fn did_challenge(person: PersonId) -> Vec<u8> {
    key(&["did-challenge", &person.to_string()])
}

/// Which account an account was joined to.
pub fn person_joined(person: PersonId) -> Vec<u8> {
    key(&["person-joined", &person.to_string()])
}

/// An account whose belongings are being moved to another.
pub fn joining(from: PersonId) -> Vec<u8> {
    key(&["joining", &from.to_string()])
}

/// The prefix of all such accounts.
pub fn joinings() -> Vec<u8> {
    prefix(&["joining"])
}

/// That a person has a bearer token.
pub fn person_token_of(person: PersonId, token: TokenId) -> Vec<u8> {
    key(&["person-token-of", &person.to_string(), &token.to_string()])
}

/// The prefix of all bearer tokens of a person.
pub fn person_tokens_of(person: PersonId) -> Vec<u8> {
    prefix(&["person-token-of", &person.to_string()])
}

/// The mailed link whose secret has this digest.
pub fn link(digest: Sha256Digest) -> Vec<u8> {
    key(&["link", &digest.to_string()])
}

/// A message that is to be sent, or was given up.
pub fn mail(id: MailId) -> Vec<u8> {
    key(&["mail", &id.to_string()])
}

/// The prefix of all messages.
pub fn outbox() -> Vec<u8> {
    prefix(&["mail"])
}

/// That a message is to be sent.
pub fn mail_due_at(due: Timestamp, id: MailId) -> Vec<u8> {
    key(&["mail-due", &seconds(due), &id.to_string()])
}

/// The prefix of all that is to be sent, soonest first.
pub fn mail_due() -> Vec<u8> {
    prefix(&["mail-due"])
}

/// The session whose secret has this digest.
pub fn session(digest: Sha256Digest) -> Vec<u8> {
    key(&["session", &digest.to_string()])
}

/// That a person has a session.
pub fn session_of(person: PersonId, session: SessionId) -> Vec<u8> {
    key(&["session-of", &person.to_string(), &session.to_string()])
}

/// The prefix of all sessions of a person.
pub fn sessions_of(person: PersonId) -> Vec<u8> {
    prefix(&["session-of", &person.to_string()])
}

/// Keys that are of no use after a time.
pub fn forget(after: Timestamp, digest: Sha256Digest) -> Vec<u8> {
    key(&["forget", &seconds(after), &digest.to_string()])
}

/// The prefix of all that is of no use after some time, soonest first.
pub fn forgettable() -> Vec<u8> {
    prefix(&["forget"])
}

/// The place of an attempt to sign in whose secret has this digest: its first two bytes.
pub fn attempt(digest: Sha256Digest) -> Vec<u8> {
    key(&["attempt", &digest.to_string()[..4]])
}

/// The prefix of all attempts.
pub fn attempts() -> Vec<u8> {
    prefix(&["attempt"])
}

/// Whose account an identity at a provider opens.
pub fn identity(digest: Sha256Digest) -> Vec<u8> {
    key(&["identity", &digest.to_string()])
}

/// That an identity opens this person's account.
pub fn identity_of(person: PersonId, digest: Sha256Digest) -> Vec<u8> {
    key(&["identity-of", &person.to_string(), &digest.to_string()])
}

/// The prefix of all identities that open a person's account.
pub fn identities_of(person: PersonId) -> Vec<u8> {
    prefix(&["identity-of", &person.to_string()])
}

/// A passkey.
pub fn passkey(digest: Sha256Digest) -> Vec<u8> {
    key(&["passkey", &digest.to_string()])
}

/// That a passkey is this person's.
pub fn passkey_of(person: PersonId, digest: Sha256Digest) -> Vec<u8> {
    key(&["passkey-of", &person.to_string(), &digest.to_string()])
}

/// The prefix of all passkeys of a person.
pub fn passkeys_of(person: PersonId) -> Vec<u8> {
    prefix(&["passkey-of", &person.to_string()])
}

/// One version of a micro-credential.
pub fn micro_credential(id: &MicroCredentialId) -> Vec<u8> {
    key(&["micro-credential", id.as_str()])
}

/// The prefix of all micro-credentials.
pub fn micro_credentials() -> Vec<u8> {
    prefix(&["micro-credential"])
}

/// That a version belongs to an organisation.
pub fn micro_credential_of(organisation: &OrganisationId, id: &MicroCredentialId) -> Vec<u8> {
    key(&["micro-credential-of", organisation.as_str(), id.as_str()])
}

/// The prefix of all versions that belong to an organisation.
pub fn micro_credentials_of(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["micro-credential-of", organisation.as_str()])
}

/// How many changes of the public catalogue there were.
pub fn catalogue_changes() -> Vec<u8> {
    key(&["catalogue-changes"])
}

/// What one change of the public catalogue was about.
pub fn catalogue_change(change: u64) -> Vec<u8> {
    key(&["catalogue-change", &number(change)])
}

/// The prefix of all changes of the public catalogue.
pub fn catalogue_change_prefix() -> Vec<u8> {
    prefix(&["catalogue-change"])
}

/// That an organisation issues a version that is not its own, or wants to.
pub fn adoption(organisation: &OrganisationId, id: &MicroCredentialId) -> Vec<u8> {
    key(&["adoption", organisation.as_str(), id.as_str()])
}

/// The prefix of all that an organisation has adopted or asked for.
pub fn adoptions_by(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["adoption", organisation.as_str()])
}

/// Who issues a version beside its owner, or wants to.
pub fn adopted_by(id: &MicroCredentialId, organisation: &OrganisationId) -> Vec<u8> {
    key(&["adopted-by", id.as_str(), organisation.as_str()])
}

/// The prefix of all who issue a version beside its owner, or want to.
pub fn adopted_by_all(id: &MicroCredentialId) -> Vec<u8> {
    prefix(&["adopted-by", id.as_str()])
}

/// That a stack has this line of versions among its parts.
pub fn stack_with(line: &MicroCredentialId, stack: &MicroCredentialId) -> Vec<u8> {
    key(&["stack-with", line.as_str(), stack.as_str()])
}

/// The prefix of all stacks that have this line of versions among their parts.
pub fn stacks_with(line: &MicroCredentialId) -> Vec<u8> {
    prefix(&["stack-with", line.as_str()])
}

/// An award whose stacks are still to be looked at.
pub fn stack_check(award: AwardId) -> Vec<u8> {
    key(&["stack-check", &award.to_string()])
}

/// The prefix of all awards whose stacks are still to be looked at.
pub fn stack_checks() -> Vec<u8> {
    prefix(&["stack-check"])
}

/// That a person was awarded a stack.
pub fn stack_award(person: PersonId, stack: &MicroCredentialId) -> Vec<u8> {
    key(&["stack-award", &person.to_string(), stack.as_str()])
}

/// The prefix of all stacks that a person was awarded.
pub fn stack_awards_of(person: PersonId) -> Vec<u8> {
    prefix(&["stack-award", &person.to_string()])
}

/// A topic of the catalogue.
pub fn topic(id: &TopicId) -> Vec<u8> {
    key(&["topic", id.as_str()])
}

/// The prefix of all topics.
pub fn topics() -> Vec<u8> {
    prefix(&["topic"])
}

/// That the first topics were written.
pub fn topics_seeded() -> Vec<u8> {
    key(&["topics-seeded"])
}

/// A picture, by its digest.
pub fn image(image: &ImageRef) -> Vec<u8> {
    let sha256 = image.sha256.to_string();
    key(&["image", image.media_type.extension(), &sha256])
}

/// The request that a person made under the key with this digest.
pub fn repeatable(person: PersonId, key: Sha256Digest) -> Vec<u8> {
    self::key(&["repeatable", &person.to_string(), &key.to_string()])
}

/// The prefix of all requests that were made under keys.
pub fn repeatables() -> Vec<u8> {
    prefix(&["repeatable"])
}

/// A submission as it stands.
pub fn submission(id: SubmissionId) -> Vec<u8> {
    key(&["submission", &id.to_string()])
}

/// A person's submission for one micro-credential.
pub fn submission_of(person: PersonId, micro_credential: &MicroCredentialId) -> Vec<u8> {
    key(&[
        "submission-of",
        &person.to_string(),
        micro_credential.as_str(),
    ])
}

/// A further submission of a person for one micro-credential.
pub fn further_submission_of(
    person: PersonId,
    micro_credential: &MicroCredentialId,
    submission: SubmissionId,
) -> Vec<u8> {
    key(&[
        "submission-of",
        &person.to_string(),
        micro_credential.as_str(),
        &submission.to_string(),
    ])
}

/// The prefix of all further submissions of a person for one micro-credential.
pub fn further_submissions_of(person: PersonId, micro_credential: &MicroCredentialId) -> Vec<u8> {
    prefix(&[
        "submission-of",
        &person.to_string(),
        micro_credential.as_str(),
    ])
}

/// The prefix of all submissions of a person.
pub fn submissions_of(person: PersonId) -> Vec<u8> {
    prefix(&["submission-of", &person.to_string()])
}

/// One piece of evidence.
pub fn submission_evidence(submission: SubmissionId, evidence: EvidenceId) -> Vec<u8> {
    key(&[
        "submission-evidence",
        &submission.to_string(),
        &evidence.to_string(),
    ])
}

/// A transcript, or captions, of a recording.
pub fn spoken_text(submission: SubmissionId, text: SpokenTextId) -> Vec<u8> {
    key(&["spoken-text", &submission.to_string(), &text.to_string()])
}

/// A part of a transcript or captions.
pub fn spoken_part(submission: SubmissionId, text: SpokenTextId, number: u32) -> Vec<u8> {
    key(&[
        "spoken-part",
        &submission.to_string(),
        &text.to_string(),
        &number.to_string(),
    ])
}

/// The prefix of all pieces of evidence of a submission.
pub fn submission_evidence_of(submission: SubmissionId) -> Vec<u8> {
    prefix(&["submission-evidence", &submission.to_string()])
}

/// A file on its way into a submission.
pub fn upload(id: UploadId) -> Vec<u8> {
    key(&["upload", &id.to_string()])
}

/// That a person has begun an upload.
pub fn upload_of(person: PersonId, id: UploadId) -> Vec<u8> {
    key(&["upload-of", &person.to_string(), &id.to_string()])
}

/// The prefix of all uploads that a person has begun.
pub fn uploads_of(person: PersonId) -> Vec<u8> {
    prefix(&["upload-of", &person.to_string()])
}

/// That somebody has to look after an upload.
pub fn upload_due(due: Timestamp, id: UploadId) -> Vec<u8> {
    key(&["upload-due", &seconds(due), &id.to_string()])
}

/// The prefix of all uploads that somebody has to look after.
pub fn uploads_due() -> Vec<u8> {
    prefix(&["upload-due"])
}

/// That a file can be removed from a time on. The last part of its place is a random name.
pub fn removal(due: Timestamp, object_key: &str) -> Vec<u8> {
    let name = object_key.rsplit('/').next().unwrap_or(object_key);
    key(&["evidence-removal", &seconds(due), name])
}

/// The prefix of all files that can be removed, the longest due first.
pub fn removals() -> Vec<u8> {
    prefix(&["evidence-removal"])
}

/// How much room a person's files take.
pub fn space_of_person(person: PersonId) -> Vec<u8> {
    key(&["evidence-space", "person", &person.to_string()])
}

/// How much room the files take that were handed to an organisation.
pub fn space_of_organisation(organisation: &OrganisationId) -> Vec<u8> {
    key(&["evidence-space", "organisation", organisation.as_str()])
}

/// A version as it was handed in.
pub fn submission_version(submission: SubmissionId, version: u32) -> Vec<u8> {
    key(&[
        "submission-version",
        &submission.to_string(),
        &number(version.into()),
    ])
}

/// The note and the answers of the version that is being prepared.
pub fn submission_preparation(submission: SubmissionId) -> Vec<u8> {
    key(&["submission-preparation", &submission.to_string()])
}

/// What the earner says came of it.
pub fn submission_outcome(submission: SubmissionId, version: u32) -> Vec<u8> {
    let version = number(version.into());
    key(&["submission-outcome", &submission.to_string(), &version])
}

/// A text that is being written.
pub fn writing(submission: SubmissionId, requirement: &RequirementId) -> Vec<u8> {
    key(&["writing", &submission.to_string(), requirement.as_str()])
}

/// A text as it was at some time.
pub fn writing_revision(
    submission: SubmissionId,
    requirement: &RequirementId,
    revision: u32,
) -> Vec<u8> {
    key(&[
        "writing-revision",
        &submission.to_string(),
        requirement.as_str(),
        &number(revision.into()),
    ])
}

/// The prefix of all that a text was.
pub fn writing_revisions(submission: SubmissionId, requirement: &RequirementId) -> Vec<u8> {
    let submission = submission.to_string();
    prefix(&["writing-revision", &submission, requirement.as_str()])
}

/// Since when a submission is decided or withdrawn.
pub fn evidence_ended(submission: SubmissionId) -> Vec<u8> {
    key(&["evidence-ended", &submission.to_string()])
}

/// That the evidence of a submission may be removed some day.
pub fn evidence_queued(submission: SubmissionId, ended: &Ended) -> Vec<u8> {
    key(&[
        "evidence-ended-queue",
        ended.organisation.as_str(),
        ended.end.name(),
        &seconds(ended.at),
        &submission.to_string(),
    ])
}

/// The prefix of all whose evidence may be removed some day, the one that ended first before the others.
pub fn evidence_queue(organisation: &OrganisationId, end: End) -> Vec<u8> {
    prefix(&["evidence-ended-queue", organisation.as_str(), end.name()])
}

/// That a person was told that their evidence will be removed, or keeps it.
pub fn evidence_told(person: PersonId, submission: SubmissionId) -> Vec<u8> {
    key(&[
        "evidence-told",
        &person.to_string(),
        &submission.to_string(),
    ])
}

/// The prefix of all that a person was told of, or keeps.
pub fn all_evidence_told(person: PersonId) -> Vec<u8> {
    prefix(&["evidence-told", &person.to_string()])
}

/// That it was noted of all submissions that they have ended.
pub fn evidence_noted() -> Vec<u8> {
    key(&["evidence-noted"])
}

/// What comes after all lists of an organisation that were made after a time.
pub fn award_lists_until(organisation: &OrganisationId, at: Timestamp) -> Vec<u8> {
    prefix(&["award-list-of", organisation.as_str(), &until_the_end(at)])
}

/// What comes after all changes of many badges that an organisation has begun after a time.
pub fn bulks_until(organisation: &OrganisationId, at: Timestamp) -> Vec<u8> {
    prefix(&["bulk-of", organisation.as_str(), &until_the_end(at)])
}

/// Somebody who was asked to look at a draft.
pub fn colleague(submission: SubmissionId, colleague: ColleagueId) -> Vec<u8> {
    key(&["colleague", &submission.to_string(), &colleague.to_string()])
}

/// The prefix of all who were asked to look at a draft.
pub fn colleagues(submission: SubmissionId) -> Vec<u8> {
    prefix(&["colleague", &submission.to_string()])
}

/// Whom the link whose secret has this digest is for.
pub fn colleague_link(digest: Sha256Digest) -> Vec<u8> {
    key(&["colleague-link", &digest.to_string()])
}

/// That a person looks at a draft.
pub fn colleague_of(person: PersonId, submission: SubmissionId) -> Vec<u8> {
    key(&["colleague-of", &person.to_string(), &submission.to_string()])
}

/// The prefix of all drafts that a person looks at.
pub fn colleagues_of(person: PersonId) -> Vec<u8> {
    prefix(&["colleague-of", &person.to_string()])
}

/// What a colleague says of a draft.
pub fn draft_comment(submission: SubmissionId, at: Timestamp, comment: CommentId) -> Vec<u8> {
    key(&[
        "draft-comment",
        &submission.to_string(),
        &seconds(at),
        &comment.to_string(),
    ])
}

/// The prefix of all that colleagues say of any draft.
pub fn all_draft_comments() -> Vec<u8> {
    prefix(&["draft-comment"])
}

/// The prefix of all that colleagues say of a draft.
pub fn draft_comments(submission: SubmissionId) -> Vec<u8> {
    prefix(&["draft-comment", &submission.to_string()])
}

/// An entry in somebody's learning log.
pub fn learning(person: PersonId, entry: LearningId) -> Vec<u8> {
    key(&["learning", &person.to_string(), &entry.to_string()])
}

/// What somebody shows of what they have.
pub fn portfolio(portfolio: PortfolioId) -> Vec<u8> {
    key(&["portfolio", &portfolio.to_string()])
}

/// One of the portfolios of a person.
pub fn portfolio_of(person: PersonId, portfolio: PortfolioId) -> Vec<u8> {
    key(&["portfolio-of", &person.to_string(), &portfolio.to_string()])
}

/// The prefix of the portfolios of a person.
pub fn portfolios_of(person: PersonId) -> Vec<u8> {
    prefix(&["portfolio-of", &person.to_string()])
}

/// The prefix of somebody's learning log.
pub fn learning_of(person: PersonId) -> Vec<u8> {
    prefix(&["learning", &person.to_string()])
}

/// A cohort.
pub fn cohort(id: CohortId) -> Vec<u8> {
    key(&["cohort", &id.to_string()])
}

/// That a cohort is an organisation's.
pub fn cohort_of(organisation: &OrganisationId, id: CohortId) -> Vec<u8> {
    key(&["cohort-of", organisation.as_str(), &id.to_string()])
}

/// The prefix of all cohorts of an organisation.
pub fn cohorts_of(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["cohort-of", organisation.as_str()])
}

/// Which cohort a code opens.
pub fn cohort_code(code: &Code) -> Vec<u8> {
    key(&["cohort-code", &code.to_string()])
}

/// Somebody who is in a cohort, or is invited to it.
pub fn cohort_person(id: CohortId, person: PersonId) -> Vec<u8> {
    key(&["cohort-person", &id.to_string(), &person.to_string()])
}

/// The prefix of all who are in a cohort.
pub fn cohort_people(id: CohortId) -> Vec<u8> {
    prefix(&["cohort-person", &id.to_string()])
}

/// That somebody is in a cohort, or is invited to it.
pub fn cohort_with(person: PersonId, id: CohortId) -> Vec<u8> {
    key(&["cohort-with", &person.to_string(), &id.to_string()])
}

/// The prefix of all cohorts that somebody is in.
pub fn cohorts_with(person: PersonId) -> Vec<u8> {
    prefix(&["cohort-with", &person.to_string()])
}

/// Somebody who is asked to facilitate a cohort.
pub fn appointment(id: CohortId, appointment: InvitationId) -> Vec<u8> {
    let appointment = appointment.to_string();
    key(&["cohort-facilitating", &id.to_string(), &appointment])
}

/// The prefix of all who are asked to facilitate a cohort.
pub fn appointments(id: CohortId) -> Vec<u8> {
    prefix(&["cohort-facilitating", &id.to_string()])
}

/// Whom the link whose secret has this digest is for.
pub fn appointment_link(digest: Sha256Digest) -> Vec<u8> {
    key(&["cohort-link", &digest.to_string()])
}

/// What somebody said in a cohort, or replied.
pub fn cohort_post(id: CohortId, post: PostId) -> Vec<u8> {
    key(&["cohort-post", &id.to_string(), &post.to_string()])
}

/// Where it is read: a post among the others, a reply below what it replies to.
pub fn cohort_said(post: &Post) -> Vec<u8> {
    let (cohort, id) = (post.cohort.to_string(), post.id.to_string());
    match post.under {
        None => key(&["cohort-wall", &cohort, &until_the_end(post.at), &id]),
        Some(under) => {
            let number = number(post.number.into());
            key(&["cohort-reply", &cohort, &under.to_string(), &number, &id])
        }
    }
}

/// The prefix of all that was said in a cohort, the last first.
pub fn cohort_wall(id: CohortId) -> Vec<u8> {
    prefix(&["cohort-wall", &id.to_string()])
}

/// The prefix of all that was replied to something, oldest first.
pub fn cohort_replies(id: CohortId, post: PostId) -> Vec<u8> {
    prefix(&["cohort-reply", &id.to_string(), &post.to_string()])
}

/// That somebody said something.
pub fn cohort_post_of(person: PersonId, id: CohortId, post: PostId) -> Vec<u8> {
    let (person, id) = (person.to_string(), id.to_string());
    key(&["cohort-post-of", &person, &id, &post.to_string()])
}

/// The prefix of all that somebody said in a cohort.
pub fn cohort_posts_of(person: PersonId, id: CohortId) -> Vec<u8> {
    prefix(&["cohort-post-of", &person.to_string(), &id.to_string()])
}

/// The prefix of all that somebody said in any cohort.
pub fn cohort_posts_by(person: PersonId) -> Vec<u8> {
    prefix(&["cohort-post-of", &person.to_string()])
}

/// A request for help.
pub fn cohort_help(id: CohortId, help: HelpId) -> Vec<u8> {
    key(&["cohort-help", &id.to_string(), &help.to_string()])
}

/// The prefix of all requests for help in a cohort.
pub fn cohort_help_requests(id: CohortId) -> Vec<u8> {
    prefix(&["cohort-help", &id.to_string()])
}

/// That a request for help is open.
pub fn cohort_help_waiting(request: &HelpRequest) -> Vec<u8> {
    key(&[
        "cohort-help-waiting",
        &request.cohort.to_string(),
        &seconds(request.asked),
        &request.id.to_string(),
    ])
}

/// The prefix of all requests for help that are open, the longest first.
pub fn cohort_help_queue(id: CohortId) -> Vec<u8> {
    prefix(&["cohort-help-waiting", &id.to_string()])
}

/// That somebody has asked for help.
pub fn cohort_help_of(request: &HelpRequest) -> Vec<u8> {
    key(&[
        "cohort-help-of",
        &request.by.to_string(),
        &request.cohort.to_string(),
        &until_the_end(request.asked),
        &request.id.to_string(),
    ])
}

/// The prefix of all that somebody has asked in a cohort, the last first.
pub fn cohort_help_asked_by(person: PersonId, id: CohortId) -> Vec<u8> {
    prefix(&["cohort-help-of", &person.to_string(), &id.to_string()])
}

/// The prefix of all that somebody has asked in any cohort.
pub fn cohort_help_by(person: PersonId) -> Vec<u8> {
    prefix(&["cohort-help-of", &person.to_string()])
}

/// The finished review of one version.
pub fn review(submission: SubmissionId, version: u32) -> Vec<u8> {
    key(&["review", &submission.to_string(), &number(version.into())])
}

/// The prefix of all reviews of a submission.
pub fn reviews(submission: SubmissionId) -> Vec<u8> {
    prefix(&["review", &submission.to_string()])
}

/// What waits for a review.
pub fn waiting(
    organisation: &OrganisationId,
    since: Timestamp,
    submission: SubmissionId,
) -> Vec<u8> {
    key(&[
        "review-queue",
        organisation.as_str(),
        &seconds(since),
        &submission.to_string(),
    ])
}

/// The prefix of all that waits for a review by an organisation.
pub fn review_queue(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["review-queue", organisation.as_str()])
}

/// What an organisation trains reviewers with, for a line of versions.
pub fn training_set(organisation: &OrganisationId, line: &MicroCredentialId) -> Vec<u8> {
    key(&["training", organisation.as_str(), line.as_str()])
}

/// The prefix of all training sets of an organisation.
pub fn training_sets(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["training", organisation.as_str()])
}

/// An exemplar of a training set.
pub fn exemplar(
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    id: ExemplarId,
) -> Vec<u8> {
    let (organisation, line) = (organisation.as_str(), line.as_str());
    key(&["training-exemplar", organisation, line, &id.to_string()])
}

/// The prefix of all exemplars of a training set.
pub fn exemplars(organisation: &OrganisationId, line: &MicroCredentialId) -> Vec<u8> {
    prefix(&["training-exemplar", organisation.as_str(), line.as_str()])
}

/// One try of a reviewer.
pub fn training_try(
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    person: PersonId,
    number: u32,
) -> Vec<u8> {
    let (organisation, line) = (organisation.as_str(), line.as_str());
    key(&[
        "training-try",
        organisation,
        line,
        &person.to_string(),
        &self::number(number.into()),
    ])
}

/// The prefix of all tries of a reviewer.
pub fn training_tries(
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    person: PersonId,
) -> Vec<u8> {
    let (organisation, line) = (organisation.as_str(), line.as_str());
    prefix(&["training-try", organisation, line, &person.to_string()])
}

/// That a reviewer has passed.
pub fn certification(
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    person: PersonId,
) -> Vec<u8> {
    let (organisation, line) = (organisation.as_str(), line.as_str());
    key(&["certification", organisation, line, &person.to_string()])
}

/// The prefix of all certifications of an organisation for a line of versions.
pub fn certifications(organisation: &OrganisationId, line: &MicroCredentialId) -> Vec<u8> {
    prefix(&["certification", organisation.as_str(), line.as_str()])
}

/// A calibration session.
pub fn calibration(organisation: &OrganisationId, id: CalibrationId) -> Vec<u8> {
    key(&["calibration", organisation.as_str(), &id.to_string()])
}

/// The prefix of all calibration sessions of an organisation.
pub fn calibrations(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["calibration", organisation.as_str()])
}

/// What one reviewer gave in a calibration session.
pub fn calibration_sheet(id: CalibrationId, person: PersonId) -> Vec<u8> {
    key(&["calibration-sheet", &id.to_string(), &person.to_string()])
}

/// The prefix of all that was given in a calibration session.
pub fn calibration_sheets(id: CalibrationId) -> Vec<u8> {
    prefix(&["calibration-sheet", &id.to_string()])
}

/// What a reviewer has scored so far.
pub fn review_draft(submission: SubmissionId, reviewer: PersonId) -> Vec<u8> {
    key(&[
        "review-draft",
        &submission.to_string(),
        &reviewer.to_string(),
    ])
}

/// The prefix of all that reviewers have scored so far of a submission.
pub fn review_drafts(submission: SubmissionId) -> Vec<u8> {
    prefix(&["review-draft", &submission.to_string()])
}

/// What one person found of a version.
pub fn scoring(scoring: &Scoring) -> Vec<u8> {
    let seat = match scoring.seat {
        Seat::First => "1",
        Seat::Second => "2",
        Seat::Adjudicator => "3",
    };
    let version = number(scoring.version.into());
    key(&[
        "review-scoring",
        &scoring.submission.to_string(),
        &version,
        seat,
    ])
}

/// The prefix of all that was found of a version.
pub fn scorings(submission: SubmissionId, version: u32) -> Vec<u8> {
    prefix(&[
        "review-scoring",
        &submission.to_string(),
        &number(version.into()),
    ])
}

/// A decision of an organisation.
pub fn decided(organisation: &OrganisationId, decided: &Decided) -> Vec<u8> {
    key(&[
        "review-decided",
        organisation.as_str(),
        &until_the_end(decided.finished),
        &decided.submission.to_string(),
        &number(decided.version.into()),
    ])
}

/// The prefix of all decisions of an organisation.
pub fn decided_by(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["review-decided", organisation.as_str()])
}

/// An award that an officer made by hand.
pub fn award_by_hand(award: &Award) -> Vec<u8> {
    let made = award.by_hand.as_ref();
    let made = made.map_or(award.awarded, |by_hand| by_hand.made);
    key(&[
        "award-by-hand",
        award.organisation.as_str(),
        &until_the_end(made),
        &award.id.to_string(),
    ])
}

/// The prefix of all awards that an organisation made by hand, the last first.
pub fn awards_by_hand(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["award-by-hand", organisation.as_str()])
}

/// That somebody is reminded of a badge they have not looked at.
pub fn award_reminder(due: Timestamp, award: AwardId) -> Vec<u8> {
    key(&["award-reminder", &seconds(due), &award.to_string()])
}

/// The prefix of all reminders, soonest first.
pub fn award_reminders() -> Vec<u8> {
    prefix(&["award-reminder"])
}

/// The prefix of all keys under which awards were made.
pub fn awards_once() -> Vec<u8> {
    prefix(&["award-once"])
}

/// Which award was made under a key.
pub fn award_once(digest: Sha256Digest) -> Vec<u8> {
    key(&["award-once", &digest.to_string()])
}

/// A list of awards.
pub fn award_list(id: AwardListId) -> Vec<u8> {
    key(&["award-list", &id.to_string()])
}

/// Whose list it is.
pub fn award_list_of(list: &AwardList) -> Vec<u8> {
    key(&[
        "award-list-of",
        list.organisation.as_str(),
        &until_the_end(list.made),
        &list.id.to_string(),
    ])
}

/// The prefix of all lists of an organisation, the last first.
pub fn award_lists_of(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["award-list-of", organisation.as_str()])
}

/// A list that is being worked off.
pub fn award_list_open(list: &AwardList) -> Vec<u8> {
    key(&["award-list-open", &seconds(list.made), &list.id.to_string()])
}

/// The prefix of all lists that are being worked off, the oldest first.
pub fn award_lists_open() -> Vec<u8> {
    prefix(&["award-list-open"])
}

/// A part of the file of a list.
pub fn award_file_part(list: AwardListId, part: u64) -> Vec<u8> {
    key(&["award-file", &list.to_string(), &number(part)])
}

/// The prefix of all parts of the file of a list, in their order.
pub fn award_file(list: AwardListId) -> Vec<u8> {
    prefix(&["award-file", &list.to_string()])
}

/// What came of one row of a list.
pub fn award_row(list: AwardListId, line: u64) -> Vec<u8> {
    key(&["award-row", &list.to_string(), &number(line)])
}

/// The prefix of what came of all rows of a list, in their order.
pub fn award_rows(list: AwardListId) -> Vec<u8> {
    prefix(&["award-row", &list.to_string()])
}

/// An award.
pub fn award(id: AwardId) -> Vec<u8> {
    key(&["award", &id.to_string()])
}

/// An award whose badge is not recorded yet.
pub fn award_open(id: AwardId) -> Vec<u8> {
    key(&["award-open", &id.to_string()])
}

/// The prefix of all awards whose badges are not recorded yet.
pub fn awards_open() -> Vec<u8> {
    prefix(&["award-open"])
}

/// What is about to be signed for a badge's first edition, or was.
pub fn allocation(award: AwardId) -> Vec<u8> {
    key(&["allocation", &award.to_string()])
}

/// The same for any edition.
pub fn allocation_of(award: AwardId, edition: u32) -> Vec<u8> {
    match edition {
        1 => allocation(award),
        _ => key(&["allocation", &award.to_string(), &number(edition.into())]),
    }
}

/// An allocation that will never be signed.
pub fn allocation_void(badge: BadgeId, place: StatusPlace) -> Vec<u8> {
    key(&[
        "allocation-void",
        &badge.to_string(),
        &place.list.to_string(),
        &u32::from(place.index).to_string(),
    ])
}

/// The prefix of all allocations of a badge that will never be signed.
pub fn allocations_void(badge: BadgeId) -> Vec<u8> {
    prefix(&["allocation-void", &badge.to_string()])
}

/// The prefix of what is about to be signed for further editions of an award's badge, or was.
pub fn further_allocations(award: AwardId) -> Vec<u8> {
    prefix(&["allocation", &award.to_string()])
}

/// A further edition of a badge that is not recorded yet.
pub fn edition_open(badge: BadgeId) -> Vec<u8> {
    key(&["edition-open", &badge.to_string()])
}

/// The prefix of all further editions that are not recorded yet.
pub fn editions_open() -> Vec<u8> {
    prefix(&["edition-open"])
}

/// A badge of an organisation, the one that was issued last first.
pub fn badge_by(organisation: &OrganisationId, issued: Timestamp, badge: BadgeId) -> Vec<u8> {
    key(&[
        "badge-by",
        organisation.as_str(),
        &until_the_end(issued),
        &badge.to_string(),
    ])
}

/// The prefix of all badges of an organisation.
pub fn badges_by(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["badge-by", organisation.as_str()])
}

/// A change of many badges.
pub fn bulk(organisation: &OrganisationId, id: BulkId) -> Vec<u8> {
    key(&["bulk", organisation.as_str(), &id.to_string()])
}

/// That an organisation has begun to change many badges.
pub fn bulk_of(organisation: &OrganisationId, begun: Timestamp, id: BulkId) -> Vec<u8> {
    key(&[
        "bulk-of",
        organisation.as_str(),
        &until_the_end(begun),
        &id.to_string(),
    ])
}

/// The prefix of all changes of many badges that an organisation has begun.
pub fn bulks_of(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["bulk-of", organisation.as_str()])
}

/// That a change of many badges is not finished.
pub fn bulk_open(organisation: &OrganisationId, id: BulkId) -> Vec<u8> {
    key(&["bulk-open", organisation.as_str(), &id.to_string()])
}

/// The prefix of all changes of many badges that are not finished.
pub fn bulks_open() -> Vec<u8> {
    prefix(&["bulk-open"])
}

/// One badge of many.
pub fn bulk_row(id: BulkId, row: u32) -> Vec<u8> {
    key(&["bulk-row", &id.to_string(), &number(row.into())])
}

/// The prefix of all rows of all changes of many badges.
pub fn all_bulk_rows() -> Vec<u8> {
    prefix(&["bulk-row"])
}

/// The prefix of all rows of a change of many badges.
pub fn bulk_rows(id: BulkId) -> Vec<u8> {
    prefix(&["bulk-row", &id.to_string()])
}

/// That the earner of a badge is to be reminded of its end.
pub fn badge_expiring(due: Timestamp, badge: BadgeId) -> Vec<u8> {
    key(&["badge-expiring", &seconds(due), &badge.to_string()])
}

/// The prefix of all reminders of badges that end.
pub fn badges_expiring() -> Vec<u8> {
    prefix(&["badge-expiring"])
}

/// A badge with its editions.
pub fn badge(id: BadgeId) -> Vec<u8> {
    key(&["badge", &id.to_string()])
}

/// Whose badge it is.
pub fn badge_of(person: PersonId, badge: BadgeId) -> Vec<u8> {
    key(&["badge-of", &person.to_string(), &badge.to_string()])
}

/// The prefix of all badges of a person.
pub fn badges_of(person: PersonId) -> Vec<u8> {
    prefix(&["badge-of", &person.to_string()])
}

/// Which badge is found at a refresh address.
pub fn badge_refresh(id: RefreshId) -> Vec<u8> {
    key(&["badge-refresh", &id.to_string()])
}

/// One edition of a badge, signed in both forms.
pub fn credential(badge: BadgeId, edition: u32) -> Vec<u8> {
    key(&["credential", &badge.to_string(), &number(edition.into())])
}

/// What somebody did.
pub fn event(event: &Recorded) -> Vec<u8> {
    let Recorded {
        id, place, event, ..
    } = event;
    event_at(&event.organisation, event.at, *place, *id)
}

/// What somebody did, by its place among the events of its organisation.
pub fn event_at(
    organisation: &OrganisationId,
    at: Timestamp,
    place: u64,
    event: EventId,
) -> Vec<u8> {
    key(&[
        "event",
        organisation.as_str(),
        &until_the_end(at),
        &number(u64::MAX - place),
        &event.to_string(),
    ])
}

/// The prefix of all events of an organisation, the last first.
pub fn events_of(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["event", organisation.as_str()])
}

/// The prefix of all events of an organisation within one second, the last first.
pub fn events_of_second(organisation: &OrganisationId, at: Timestamp) -> Vec<u8> {
    prefix(&["event", organisation.as_str(), &until_the_end(at)])
}

/// What comes after all events of an organisation that are not before a time.
pub fn events_before(organisation: &OrganisationId, at: Timestamp) -> Vec<u8> {
    prefix(&[
        "event",
        organisation.as_str(),
        &until_the_end(at.plus_seconds(-1)),
    ])
}

/// What was done to a badge.
pub fn event_about(badge: BadgeId, place: u64) -> Vec<u8> {
    let place = number(u64::MAX - place);
    key(&["event-about", &badge.to_string(), &place])
}

/// The prefix of all that was done to a badge, the last first.
pub fn events_about(badge: BadgeId) -> Vec<u8> {
    prefix(&["event-about", &badge.to_string()])
}

/// Where an organisation wants to be told what was done.
pub fn webhook(organisation: &OrganisationId, id: WebhookId) -> Vec<u8> {
    key(&["webhook", organisation.as_str(), &id.to_string()])
}

/// The prefix of all webhooks of an organisation.
pub fn webhooks_of(organisation: &OrganisationId) -> Vec<u8> {
    prefix(&["webhook", organisation.as_str()])
}

/// What the messages of a webhook are signed with.
pub fn webhook_secrets(id: WebhookId) -> Vec<u8> {
    key(&["webhook-secrets", &id.to_string()])
}

/// That the server of a webhook has failed.
pub fn webhook_rest(id: WebhookId) -> Vec<u8> {
    key(&["webhook-rest", &id.to_string()])
}

/// What a webhook is told.
pub fn delivery(webhook: WebhookId, id: DeliveryId) -> Vec<u8> {
    key(&["webhook-delivery", &webhook.to_string(), &id.to_string()])
}

/// Where it stands in the log of its webhook.
pub fn delivery_logged(delivery: &Delivery) -> Vec<u8> {
    key(&[
        "webhook-log",
        &delivery.webhook.to_string(),
        &until_the_end(delivery.queued),
        &number(u64::MAX - delivery.event.place),
        &delivery.id.to_string(),
    ])
}

/// The prefix of the log of a webhook, the last first.
pub fn deliveries_logged(webhook: WebhookId) -> Vec<u8> {
    prefix(&["webhook-log", &webhook.to_string()])
}

/// That something is to be sent.
pub fn delivery_due(webhook: WebhookId, due: Timestamp, id: DeliveryId) -> Vec<u8> {
    key(&[
        "webhook-due",
        &webhook.to_string(),
        &seconds(due),
        &id.to_string(),
    ])
}

/// The prefix of all that is to be sent to a webhook, soonest first.
pub fn deliveries_due(webhook: WebhookId) -> Vec<u8> {
    prefix(&["webhook-due", &webhook.to_string()])
}

/// What comes after all that is to be sent to a webhook.
pub fn after_deliveries_due(webhook: WebhookId) -> Vec<u8> {
    let mut after = deliveries_due(webhook);
    // No key has such a byte: texts are UTF-8.
    after.push(0xff);
    after
}

/// The prefix of all that is to be sent to anybody.
pub fn all_deliveries_due() -> Vec<u8> {
    prefix(&["webhook-due"])
}

/// Where a delivery waits among those about the same badge, if it is about one.
pub fn delivery_in_line(delivery: &Delivery) -> Option<Vec<u8>> {
    let (badge, place) = delivery.badge?;
    Some(key(&[
        "webhook-line",
        &delivery.webhook.to_string(),
        &badge.to_string(),
        &number(place),
        &delivery.id.to_string(),
    ]))
}

/// The prefix of all that waits about the badge of a delivery, in its order.
pub fn delivery_line(delivery: &Delivery) -> Option<Vec<u8>> {
    let (badge, _) = delivery.badge?;
    let webhook = delivery.webhook.to_string();
    Some(prefix(&["webhook-line", &webhook, &badge.to_string()]))
}

/// The status list that an organisation's indexes are drawn from.
pub fn status_current(organisation: &OrganisationId) -> Vec<u8> {
    key(&["status-current", organisation.as_str()])
}

/// The status list that was begun last.
pub fn status_last() -> Vec<u8> {
    key(&["status-last"])
}

/// A status list, signed.
pub fn status(list: StatusListNumber) -> Vec<u8> {
    key(&["status", &number(list.into())])
}

/// An index that was drawn, once and for all.
pub fn status_drawn(place: StatusPlace) -> Vec<u8> {
    key(&[
        "status-drawn",
        &number(place.list.into()),
        &number(place.index.into()),
    ])
}

/// An application that has registered itself.
pub fn oauth_client(id: ClientId) -> Vec<u8> {
    key(&["oauth-client", &id.to_string()])
}

/// The authorisation code that has this digest.
pub fn oauth_code(digest: Sha256Digest) -> Vec<u8> {
    key(&["oauth-code", &digest.to_string()])
}

/// What somebody lets an application do.
pub fn oauth_grant(id: GrantId) -> Vec<u8> {
    key(&["oauth-grant", &id.to_string()])
}

/// That it is this person who does.
pub fn oauth_grant_of(person: PersonId, id: GrantId) -> Vec<u8> {
    key(&["oauth-grant-of", &person.to_string(), &id.to_string()])
}

/// The prefix of all that a person lets applications do.
pub fn oauth_grants_of(person: PersonId) -> Vec<u8> {
    prefix(&["oauth-grant-of", &person.to_string()])
}

/// The access token that has this digest.
pub fn oauth_access(digest: Sha256Digest) -> Vec<u8> {
    key(&["oauth-access", &digest.to_string()])
}

/// The refresh token that has this digest.
pub fn oauth_refresh(digest: Sha256Digest) -> Vec<u8> {
    key(&["oauth-refresh", &digest.to_string()])
}

/// A badge that somebody brought here from elsewhere.
pub fn hosted(id: HostedId) -> Vec<u8> {
    key(&["hosted", &id.to_string()])
}

/// Whose it is.
pub fn hosted_of(person: PersonId, id: HostedId) -> Vec<u8> {
    key(&["hosted-of", &person.to_string(), &id.to_string()])
}

/// The prefix of all badges that a person brought here.
pub fn all_hosted_of(person: PersonId) -> Vec<u8> {
    prefix(&["hosted-of", &person.to_string()])
}

/// Which of a person's badges is the one with these identifiers.
pub fn hosted_same(person: PersonId, identifiers: Sha256Digest) -> Vec<u8> {
    key(&["hosted-same", &person.to_string(), &identifiers.to_string()])
}

/// A part of the text of such a badge, or of the picture that it came in.
pub fn hosted_part(id: HostedId, content: Content, part: u32) -> Vec<u8> {
    key(&[
        "hosted-part",
        &id.to_string(),
        content.name(),
        &number(part.into()),
    ])
}

/// How much room a person's badges take that were brought here.
pub fn hosted_room(person: PersonId) -> Vec<u8> {
    key(&["hosted-room", &person.to_string()])
}

/// Badges of a person that were read at another host.
pub fn hosted_import(person: PersonId) -> Vec<u8> {
    key(&["hosted-import", &person.to_string()])
}

/// That some of them are still to be looked at.
pub fn import_open(person: PersonId) -> Vec<u8> {
    key(&["hosted-import-open", &person.to_string()])
}

/// The prefix of all who have such.
pub fn imports_open() -> Vec<u8> {
    prefix(&["hosted-import-open"])
}

/// A part of a badge that waits.
pub fn imported_badge(person: PersonId, badge: u64, part: u32) -> Vec<u8> {
    let (badge, part) = (number(badge), number(part.into()));
    key(&["hosted-import-badge", &person.to_string(), &badge, &part])
}

/// The prefix of all parts of a badge that waits.
pub fn parts_of_imported_badge(person: PersonId, badge: u64) -> Vec<u8> {
    prefix(&["hosted-import-badge", &person.to_string(), &number(badge)])
}

/// The prefix of all badges of a person that wait.
pub fn imported_badges(person: PersonId) -> Vec<u8> {
    prefix(&["hosted-import-badge", &person.to_string()])
}

/// The profile that an application wrote for a person.
pub fn hosted_profile(person: PersonId) -> Vec<u8> {
    key(&["hosted-profile", &person.to_string()])
}

/// Another host of badges.
pub fn other_host(address: Sha256Digest) -> Vec<u8> {
    key(&["other-host", &address.to_string()])
}

/// The prefix of all indexes drawn from a list.
pub fn status_drawn_from(list: StatusListNumber) -> Vec<u8> {
    prefix(&["status-drawn", &number(list.into())])
}

fn key(parts: &[&str]) -> Vec<u8> {
    parts
        .iter()
        .map(|part| escaped(part))
        .collect::<Vec<_>>()
        .join("/")
        .into_bytes()
}

/// The beginning of every key whose first parts are these.
fn prefix(parts: &[&str]) -> Vec<u8> {
    let mut prefix = key(parts);
    prefix.push(b'/');
    prefix
}

fn number(number: u64) -> String {
    format!("{number:020}")
}

/// A time in whole seconds. Nothing of ours happened before 1970.
fn seconds(time: Timestamp) -> String {
    number(u64::try_from(time.unix_seconds()).unwrap_or(0))
}

/// A time counted down, so that the last is read first.
fn until_the_end(time: Timestamp) -> String {
    number(u64::MAX - u64::try_from(time.unix_seconds()).unwrap_or(0))
}

fn escaped(part: &str) -> String {
    part.replace('%', "%25").replace('/', "%2F")
}
