//! What becomes of each kind of record when somebody takes away what is theirs: one table, kind by kind.
//!
//! A kind is the first part of a key (`layout.rs`). A kind that is not here fails a test: whoever adds one
//! decides whether it goes with its person.

use Taken::{In, Index, Nobodys};
use Whose::{Keyed, KeyedLast, Named};

/// A kind of record, by the first part of its keys.
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// What becomes of it.
    pub taken: Taken,
}

/// What becomes of a kind of record.
pub enum Taken {
    /// It is in the archive, in the file or the folder of this name.
    In(&'static str),
    /// Those that are theirs are in the archive as they are stored.
    Listed(Sweep),
    /// It leads to something that is in the archive, or is written of it.
    Index,
    /// It names somebody and is left out: what it is, and why.
    LeftOut(&'static str, &'static str),
    /// It is nobody's.
    Nobodys,
}

/// A list of records in the archive.
pub struct Sweep {
    /// The name of the file.
    pub name: &'static str,
    /// What the page says of it.
    pub about: &'static str,
    /// Which records are somebody's.
    pub whose: Whose,
    /// Members that stay here: secrets, and how the service goes about it.
    pub without: &'static [&'static str],
}

/// Which records of a kind are somebody's.
pub enum Whose {
    /// Those whose keys have the person after the kind.
    Keyed,
    /// Those whose keys end with the person.
    KeyedLast,
    /// Those that name the person, or an address of theirs, in this member.
    Named(&'static str),
}

/// The list that the table has for a kind.
pub(super) fn sweep(name: &str) -> &'static Sweep {
    let kind = KINDS.iter().find(|kind| kind.name == name);
    match kind.map(|kind| &kind.taken) {
        Some(Taken::Listed(sweep)) => sweep,
        _ => unreachable!("the archive lists {name}, and the table does not"),
    }
}

/// What is left out, and why, each once.
pub(super) fn left_out() -> Vec<(&'static str, &'static str)> {
    let mut found: Vec<(&'static str, &'static str)> = Vec::new();
    for kind in KINDS {
        if let Taken::LeftOut(what, why) = kind.taken
            && !found.contains(&(what, why))
        {
            found.push((what, why));
        }
    }
    found
}

impl Taken {
    /// The same without members that stay here.
    const fn without(self, without: &'static [&'static str]) -> Taken {
        match self {
            Taken::Listed(sweep) => Taken::Listed(Sweep { without, ..sweep }),
            other => other,
        }
    }
}

/// Theirs are in the archive, in a file of this name.
const fn listed(whose: Whose, name: &'static str, about: &'static str) -> Taken {
    Taken::Listed(Sweep {
        name,
        about,
        whose,
        without: &[],
    })
}

/// A table in which each kind has its row.
macro_rules! kinds {
    ($($name:literal => $taken:expr;)*) => {
        &[$(Kind { name: $name, taken: $taken }),*]
    };
}

const SECRETS: Taken = Taken::LeftOut(
    "Secrets of sessions, links, tokens and passkeys",
    "Only digests of them are kept, and whoever had them could try to come in under your name.",
);
const WORK: Taken = Taken::LeftOut(
    "What you wrote or did for an organisation: micro-credentials, exemplars, calibrations, lists of awards",
    "It is the organisation's. What you did, and when, is in the trails above.",
);
const QUEUES: Taken = Taken::LeftOut(
    "What waits for a review, and who has claimed it",
    "It is work under way among several people; what you found yourself is in the archive.",
);
const ROWS: Taken = Taken::LeftOut(
    "Lists that organisations sent in with your address in them",
    "They name other people as well. What came of them is in the archive: awards, badges, invitations.",
);
const ANSWERS: Taken = Taken::LeftOut(
    "Answers that are kept for a day, so that a request that is sent twice is done once",
    "They repeat what is in the archive.",
);
const TOLD: Taken = Taken::LeftOut(
    "What programs of organisations were told of you",
    "It repeats the trails of the organisations, which are in the archive.",
);
const DRAWN: Taken = Taken::LeftOut(
    "What was drawn for a badge before it was signed",
    "It is in the signed badge, word for word.",
);
const PASSING: Taken = Taken::LeftOut(
    "Notes of the service on what it is in the middle of: signing in, joining accounts, forgetting",
    "They last minutes, and say nothing that is not in the archive.",
);

/// Every kind of record there is, in the order of `layout.rs`.
pub const KINDS: &[Kind] = kinds! {
    "meta"                        => Nobodys;
    "known-keys"                  => Nobodys;
    "known-log-key"               => Nobodys;
    "log"                         => Nobodys;
    "organisation"                => Nobodys;
    "member"                      => In("profile.json");
    "member-of"                   => Index;
    "administrators-gone"         => Nobodys;
    "join-code"                   => WORK;
    "join-code-of"                => Nobodys;
    "join-request"                => listed(Named("person"), "requests-to-join",
        "Organisations that you asked to join");
    "join-request-of"             => Index;
    "join-queue"                  => Index;
    "invitation"                  => listed(Named("email"), "invitations", "Invitations that wait for you");
    "invitation-to"               => Index;
    "invitation-link"             => SECRETS;
    "person"                      => In("profile.json");
    "person-email"                => In("profile.json");
    "did-challenge"               => PASSING;
    "person-joined"               => Index;
    "joining"                     => PASSING;
    "erasing"                     => PASSING;
    "erased"                      => Nobodys;
    "to-compact"                  => Nobodys;
    "person-token"                => In("profile.json");
    "person-token-of"             => Index;
    "session"                     => In("profile.json");
    "session-of"                  => Index;
    "link"                        => SECRETS;
    "mail"                        => listed(Named("to"), "mail",
        "Messages that wait to be sent to you, without their text, which can hold secrets").without(&["text"]);
    "mail-due"                    => Nobodys;
    "forget"                      => PASSING;
    "repeatable"                  => ANSWERS;
    "attempt"                     => PASSING;
    "identity"                    => In("profile.json");
    "identity-of"                 => Index;
    "passkey"                     => In("profile.json");
    "passkey-of"                  => Index;
    "micro-credential"            => WORK;
    "micro-credential-of"         => Nobodys;
    "catalogue-changes"           => Nobodys;
    "catalogue-change"            => Nobodys;
    "adoption"                    => Nobodys;
    "adopted-by"                  => Nobodys;
    "stack-with"                  => Nobodys;
    "stack-check"                 => Nobodys;
    "stack-award"                 => listed(Keyed, "stacks", "Stacks that you completed");
    "topic"                       => Nobodys;
    "topics-seeded"               => Nobodys;
    "image"                       => Nobodys;
    "submission"                  => In("submissions/");
    "submission-of"               => Index;
    "submission-evidence"         => In("submissions/");
    "spoken-text"                 => In("submissions/");
    "spoken-part"                 => In("submissions/");
    "upload"                      => listed(Named("owner"), "uploads", "Files on their way").without(&["arrived"]);
    "upload-of"                   => Index;
    "upload-due"                  => Nobodys;
    "evidence-removal"            => Nobodys;
    "evidence-space"              => Index;
    "submission-version"          => In("submissions/");
    "submission-preparation"      => In("submissions/");
    "submission-outcome"          => In("submissions/");
    "writing"                     => In("submissions/");
    "writing-revision"            => In("submissions/");
    "evidence-ended"              => Index;
    "evidence-ended-queue"        => Nobodys;
    "evidence-told"               => listed(Keyed, "evidence-that-ends",
        "Submissions whose evidence you were told will be removed, or that you keep");
    "evidence-noted"              => Nobodys;
    "colleague"                   => In("submissions/");
    "colleague-link"              => SECRETS;
    "colleague-of"                => listed(Keyed, "drafts-you-looked-at", "Drafts of others that you looked at");
    "draft-comment"               => listed(Named("by"), "comments-on-drafts", "What you said of drafts of others");
    "learning"                    => listed(Keyed, "learning", "What you read, watched and visited");
    "portfolio"                   => listed(Named("person"), "portfolios",
        "What you show of what you have earned and learned");
    "portfolio-of"                => Index;
    "cohort"                      => WORK;
    "cohort-of"                   => Nobodys;
    "cohort-code"                 => Nobodys;
    "cohort-person"               => listed(Named("person"), "cohorts-you-are-in",
        "Cohorts that you are in, and what you chose to show there");
    "cohort-with"                 => Index;
    "cohort-facilitating"         => listed(Named("email"), "asked-to-facilitate",
        "Cohorts that you are asked to facilitate");
    "cohort-link"                 => SECRETS;
    "cohort-post"                 => In("cohorts.json");
    "cohort-wall"                 => Index;
    "cohort-reply"                => Index;
    "cohort-post-of"              => Index;
    "cohort-help"                 => In("cohorts.json");
    "cohort-help-waiting"         => Index;
    "cohort-help-of"              => Index;
    "review"                      => In("submissions/");
    "review-queue"                => QUEUES;
    "review-draft"                => listed(KeyedLast, "reviews-begun", "What you have scored and not finished");
    "review-scoring"              => listed(Named("reviewer"), "reviews-given", "Reviews that you gave");
    "review-decided"              => QUEUES;
    "training"                    => WORK;
    "training-exemplar"           => WORK;
    "training-try"                => listed(Named("person"), "training", "Your tries at reviewing exemplars");
    "certification"               => listed(Named("person"), "certifications", "Your certifications as a reviewer");
    "calibration"                 => WORK;
    "calibration-sheet"           => listed(Named("person"), "calibration", "What you gave in calibration sessions");
    "award"                       => listed(Named("earner"), "awards", "What you were awarded");
    "award-open"                  => Nobodys;
    "award-by-hand"               => Nobodys;
    "award-reminder"              => Nobodys;
    "award-once"                  => Nobodys;
    "award-list"                  => WORK;
    "award-list-of"               => Nobodys;
    "award-list-open"             => Nobodys;
    "award-file"                  => ROWS;
    "award-row"                   => ROWS;
    "allocation"                  => DRAWN;
    "allocation-void"             => DRAWN;
    "edition-open"                => DRAWN;
    "badge"                       => In("badges/");
    "tombstone"                   => Nobodys;
    "badge-of"                    => Index;
    "badge-by"                    => Nobodys;
    "bulk"                        => WORK;
    "bulk-of"                     => Nobodys;
    "bulk-open"                   => Nobodys;
    "bulk-row"                    => WORK;
    "badge-expiring"              => Nobodys;
    "endorsement"                 => In("badges/");
    "endorsement-pair"            => Nobodys;
    "endorsement-by"              => Nobodys;
    "endorsement-for"             => Nobodys;
    "endorsement-of"              => Index;
    "endorsement-waiting"         => Index;
    "endorsement-in-badges"       => Nobodys;
    "endorsement-open"            => Nobodys;
    "endorsement-allocation"      => DRAWN;
    "endorsement-allocation-void" => DRAWN;
    "endorsement-credential"      => In("badges/");
    "endorsement-tombstone"       => Nobodys;
    "badge-refresh"               => Nobodys;
    "credential"                  => In("badges/");
    "event"                       => listed(Named("actor"), "events",
        "What you did for organisations, and what was done to what is yours");
    "event-about"                 => Index;
    "webhook"                     => WORK;
    "webhook-secrets"             => Nobodys;
    "webhook-rest"                => Nobodys;
    "webhook-delivery"            => TOLD;
    "webhook-log"                 => Nobodys;
    "webhook-due"                 => Nobodys;
    "webhook-line"                => Nobodys;
    "status-current"              => Nobodys;
    "status-last"                 => Nobodys;
    "status"                      => Nobodys;
    "status-drawn"                => Nobodys;
    "oauth-client"                => Nobodys;
    "oauth-code"                  => SECRETS;
    "oauth-grant"                 => In("applications.json");
    "oauth-grant-of"              => Index;
    "oauth-access"                => SECRETS;
    "oauth-refresh"               => SECRETS;
    "hosted"                      => In("hosted/");
    "hosted-of"                   => Index;
    "hosted-same"                 => Index;
    "hosted-part"                 => In("hosted/");
    "hosted-room"                 => Index;
    "hosted-import"               => listed(Named("person"), "badges-on-their-way",
        "Badges that you last brought from another host, and how far they have come");
    "hosted-import-open"          => Index;
    "hosted-import-badge"         => PASSING;
    "hosted-profile"              => In("hosted/");
    "other-host"                  => Nobodys;
};
