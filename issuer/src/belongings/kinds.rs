//! What becomes of each kind of record when somebody takes away what is theirs: one table, kind by kind.
//!
//! A kind is the first part of a key (`layout.rs`). A kind that is not here fails a test: whoever adds one
//! decides whether it goes with its person.

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

const fn kind(name: &'static str, taken: Taken) -> Kind {
    Kind { name, taken }
}

const fn listed(
    kind_name: &'static str,
    name: &'static str,
    about: &'static str,
    whose: Whose,
    without: &'static [&'static str],
) -> Kind {
    let sweep = Sweep {
        name,
        about,
        whose,
        without,
    };
    kind(kind_name, Taken::Listed(sweep))
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
pub const KINDS: &[Kind] = &[
    kind("meta", Taken::Nobodys),
    kind("known-keys", Taken::Nobodys),
    kind("known-log-key", Taken::Nobodys),
    kind("log", Taken::Nobodys),
    kind("organisation", Taken::Nobodys),
    kind("member", Taken::In("profile.json")),
    kind("member-of", Taken::Index),
    kind("administrators-gone", Taken::Nobodys),
    kind("join-code", WORK),
    kind("join-code-of", Taken::Nobodys),
    listed(
        "join-request",
        "requests-to-join",
        "Organisations that you asked to join",
        Whose::Named("person"),
        &[],
    ),
    kind("join-request-of", Taken::Index),
    kind("join-queue", Taken::Index),
    listed(
        "invitation",
        "invitations",
        "Invitations that wait for you",
        Whose::Named("email"),
        &[],
    ),
    kind("invitation-to", Taken::Index),
    kind("invitation-link", SECRETS),
    kind("person", Taken::In("profile.json")),
    kind("person-email", Taken::In("profile.json")),
    kind("did-challenge", PASSING),
    kind("person-joined", Taken::Index),
    kind("joining", PASSING),
    kind("erasing", PASSING),
    kind("erased", Taken::Nobodys),
    kind("to-compact", Taken::Nobodys),
    kind("person-token", Taken::In("profile.json")),
    kind("person-token-of", Taken::Index),
    kind("session", Taken::In("profile.json")),
    kind("session-of", Taken::Index),
    kind("link", SECRETS),
    listed(
        "mail",
        "mail",
        "Messages that wait to be sent to you, without their text, which can hold secrets",
        Whose::Named("to"),
        &["text"],
    ),
    kind("mail-due", Taken::Nobodys),
    kind("forget", PASSING),
    kind("repeatable", ANSWERS),
    kind("attempt", PASSING),
    kind("identity", Taken::In("profile.json")),
    kind("identity-of", Taken::Index),
    kind("passkey", Taken::In("profile.json")),
    kind("passkey-of", Taken::Index),
    kind("micro-credential", WORK),
    kind("micro-credential-of", Taken::Nobodys),
    kind("catalogue-changes", Taken::Nobodys),
    kind("catalogue-change", Taken::Nobodys),
    kind("adoption", Taken::Nobodys),
    kind("adopted-by", Taken::Nobodys),
    kind("stack-with", Taken::Nobodys),
    kind("stack-check", Taken::Nobodys),
    listed(
        "stack-award",
        "stacks",
        "Stacks that you completed",
        Whose::Keyed,
        &[],
    ),
    kind("topic", Taken::Nobodys),
    kind("topics-seeded", Taken::Nobodys),
    kind("image", Taken::Nobodys),
    kind("submission", Taken::In("submissions/")),
    kind("submission-of", Taken::Index),
    kind("submission-evidence", Taken::In("submissions/")),
    kind("spoken-text", Taken::In("submissions/")),
    kind("spoken-part", Taken::In("submissions/")),
    listed(
        "upload",
        "uploads",
        "Files on their way",
        Whose::Named("owner"),
        &["arrived"],
    ),
    kind("upload-of", Taken::Index),
    kind("upload-due", Taken::Nobodys),
    kind("evidence-removal", Taken::Nobodys),
    kind("evidence-space", Taken::Index),
    kind("submission-version", Taken::In("submissions/")),
    kind("submission-preparation", Taken::In("submissions/")),
    kind("submission-outcome", Taken::In("submissions/")),
    kind("writing", Taken::In("submissions/")),
    kind("writing-revision", Taken::In("submissions/")),
    kind("evidence-ended", Taken::Index),
    kind("evidence-ended-queue", Taken::Nobodys),
    listed(
        "evidence-told",
        "evidence-that-ends",
        "Submissions whose evidence you were told will be removed, or that you keep",
        Whose::Keyed,
        &[],
    ),
    kind("evidence-noted", Taken::Nobodys),
    kind("colleague", Taken::In("submissions/")),
    kind("colleague-link", SECRETS),
    listed(
        "colleague-of",
        "drafts-you-looked-at",
        "Drafts of others that you looked at",
        Whose::Keyed,
        &[],
    ),
    listed(
        "draft-comment",
        "comments-on-drafts",
        "What you said of drafts of others",
        Whose::Named("by"),
        &[],
    ),
    listed(
        "learning",
        "learning",
        "What you read, watched and visited",
        Whose::Keyed,
        &[],
    ),
    listed(
        "portfolio",
        "portfolios",
        "What you show of what you have earned and learned",
        Whose::Named("person"),
        &[],
    ),
    kind("portfolio-of", Taken::Index),
    kind("cohort", WORK),
    kind("cohort-of", Taken::Nobodys),
    kind("cohort-code", Taken::Nobodys),
    listed(
        "cohort-person",
        "cohorts-you-are-in",
        "Cohorts that you are in, and what you chose to show there",
        Whose::Named("person"),
        &[],
    ),
    kind("cohort-with", Taken::Index),
    listed(
        "cohort-facilitating",
        "asked-to-facilitate",
        "Cohorts that you are asked to facilitate",
        Whose::Named("email"),
        &[],
    ),
    kind("cohort-link", SECRETS),
    kind("cohort-post", Taken::In("cohorts.json")),
    kind("cohort-wall", Taken::Index),
    kind("cohort-reply", Taken::Index),
    kind("cohort-post-of", Taken::Index),
    kind("cohort-help", Taken::In("cohorts.json")),
    kind("cohort-help-waiting", Taken::Index),
    kind("cohort-help-of", Taken::Index),
    kind("review", Taken::In("submissions/")),
    kind("review-queue", QUEUES),
    listed(
        "review-draft",
        "reviews-begun",
        "What you have scored and not finished",
        Whose::KeyedLast,
        &[],
    ),
    listed(
        "review-scoring",
        "reviews-given",
        "Reviews that you gave",
        Whose::Named("reviewer"),
        &[],
    ),
    kind("review-decided", QUEUES),
    kind("training", WORK),
    kind("training-exemplar", WORK),
    listed(
        "training-try",
        "training",
        "Your tries at reviewing exemplars",
        Whose::Named("person"),
        &[],
    ),
    listed(
        "certification",
        "certifications",
        "Your certifications as a reviewer",
        Whose::Named("person"),
        &[],
    ),
    kind("calibration", WORK),
    listed(
        "calibration-sheet",
        "calibration",
        "What you gave in calibration sessions",
        Whose::Named("person"),
        &[],
    ),
    listed(
        "award",
        "awards",
        "What you were awarded",
        Whose::Named("earner"),
        &[],
    ),
    kind("award-open", Taken::Nobodys),
    kind("award-by-hand", Taken::Nobodys),
    kind("award-reminder", Taken::Nobodys),
    kind("award-once", Taken::Nobodys),
    kind("award-list", WORK),
    kind("award-list-of", Taken::Nobodys),
    kind("award-list-open", Taken::Nobodys),
    kind("award-file", ROWS),
    kind("award-row", ROWS),
    kind("allocation", DRAWN),
    kind("allocation-void", DRAWN),
    kind("edition-open", DRAWN),
    kind("badge", Taken::In("badges/")),
    kind("tombstone", Taken::Nobodys),
    kind("badge-of", Taken::Index),
    kind("badge-by", Taken::Nobodys),
    kind("bulk", WORK),
    kind("bulk-of", Taken::Nobodys),
    kind("bulk-open", Taken::Nobodys),
    kind("bulk-row", WORK),
    kind("badge-expiring", Taken::Nobodys),
    kind("endorsement", Taken::In("badges/")),
    kind("endorsement-pair", Taken::Nobodys),
    kind("endorsement-by", Taken::Nobodys),
    kind("endorsement-for", Taken::Nobodys),
    kind("endorsement-of", Taken::Index),
    kind("endorsement-waiting", Taken::Index),
    kind("endorsement-in-badges", Taken::Nobodys),
    kind("endorsement-open", Taken::Nobodys),
    kind("endorsement-allocation", DRAWN),
    kind("endorsement-allocation-void", DRAWN),
    kind("endorsement-credential", Taken::In("badges/")),
    kind("endorsement-tombstone", Taken::Nobodys),
    kind("badge-refresh", Taken::Nobodys),
    kind("credential", Taken::In("badges/")),
    listed(
        "event",
        "events",
        "What you did for organisations, and what was done to what is yours",
        Whose::Named("actor"),
        &[],
    ),
    kind("event-about", Taken::Index),
    kind("webhook", WORK),
    kind("webhook-secrets", Taken::Nobodys),
    kind("webhook-rest", Taken::Nobodys),
    kind("webhook-delivery", TOLD),
    kind("webhook-log", Taken::Nobodys),
    kind("webhook-due", Taken::Nobodys),
    kind("webhook-line", Taken::Nobodys),
    kind("status-current", Taken::Nobodys),
    kind("status-last", Taken::Nobodys),
    kind("status", Taken::Nobodys),
    kind("status-drawn", Taken::Nobodys),
    kind("oauth-client", Taken::Nobodys),
    kind("oauth-code", SECRETS),
    kind("oauth-grant", Taken::In("applications.json")),
    kind("oauth-grant-of", Taken::Index),
    kind("oauth-access", SECRETS),
    kind("oauth-refresh", SECRETS),
    kind("hosted", Taken::In("hosted/")),
    kind("hosted-of", Taken::Index),
    kind("hosted-same", Taken::Index),
    kind("hosted-part", Taken::In("hosted/")),
    kind("hosted-room", Taken::Index),
    listed(
        "hosted-import",
        "badges-on-their-way",
        "Badges that you last brought from another host, and how far they have come",
        Whose::Named("person"),
        &[],
    ),
    kind("hosted-import-open", Taken::Index),
    kind("hosted-import-badge", PASSING),
    kind("hosted-profile", Taken::In("hosted/")),
    kind("other-host", Taken::Nobodys),
];
