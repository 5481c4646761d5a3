//! The people of the chapters: Ada earns, Grace reviews.

use crate::app::TestApp;
use crate::catalogue::wait_time;
use issuer::error::Error;
use issuer::id::{AwardId, MicroCredentialId, SubmissionId};
use issuer::person::Person;
use issuer::review::{self, Decision, Doubt, Finished, Given, Outcome, Review, Score, Waiting};
use issuer::submission::{self, EvidenceContent, HandingIn, PrivacyStatement, Submission};

/// Somebody who earns.
pub struct Learner<'a> {
    test: &'a TestApp,
    pub person: Person,
}

impl<'a> Learner<'a> {
    pub fn new(test: &'a TestApp, person: Person) -> Learner<'a> {
        Learner { test, person }
    }

    /// Begins, and adds all that is asked for.
    pub fn prepares(&self) -> Submission {
        self.prepares_for(&wait_time())
    }

    /// The same for another micro-credential that asks for as much.
    pub fn prepares_for(&self, id: &MicroCredentialId) -> Submission {
        let (app, now) = (&self.test.app, self.test.now);
        let begun = submission::start(app, &self.person, id, now).expect("a beginning");
        self.adds_link(begun.id, "https://video.example.net/lesson-1");
        self.adds_text(begun.id, "I counted to five before I took an answer.");
        submission::of_earner(app, &self.person, begun.id).expect("her submission")
    }

    /// Begins, adds all that is asked for, and hands in.
    pub fn submits(&self) -> SubmissionId {
        let prepared = self.prepares().id;
        self.hands_in(prepared).expect("a complete submission");
        prepared
    }

    pub fn adds_link(&self, submission: SubmissionId, address: &str) {
        let link = EvidenceContent::Link(address.parse().expect("an address"));
        self.adds(submission, "lesson", link)
            .expect("a piece of evidence");
    }

    pub fn adds_text(&self, submission: SubmissionId, text: &str) {
        let text = EvidenceContent::Text(text.parse().expect("a text"));
        self.adds(submission, "reflection", text)
            .expect("a piece of evidence");
    }

    pub fn adds(
        &self,
        submission: SubmissionId,
        to: &str,
        content: EvidenceContent,
    ) -> Result<submission::Evidence, Error> {
        let requirement = to.parse().expect("a name");
        submission::add_evidence(
            &self.test.app,
            &self.person,
            submission,
            &requirement,
            content,
            self.test.now,
        )
    }

    pub fn hands_in(&self, submission: SubmissionId) -> Result<submission::Version, Error> {
        submission::submit(
            &self.test.app,
            &self.person,
            submission,
            HandingIn {
                note: None,
                privacy_statement: Some(PrivacyStatement::CURRENT.version),
            },
            self.test.now,
        )
    }
}

/// Somebody who reviews.
pub struct Reviewer<'a> {
    test: &'a TestApp,
    pub person: Person,
}

impl<'a> Reviewer<'a> {
    pub fn new(test: &'a TestApp, person: Person) -> Reviewer<'a> {
        Reviewer { test, person }
    }

    /// Finds every open criterion met.
    pub fn accepts(&self, submission: SubmissionId) -> AwardId {
        let review = self.scores(
            submission,
            &[
                ("waiting", "consistent", None),
                ("listening", "consistent", None),
            ],
        );
        match review.expect("a review").decision {
            Decision::Accepted { award } => award,
            other => panic!("all criteria are met, and yet the decision is {other:?}"),
        }
    }

    /// Declines for good.
    pub fn declines(&self, submission: SubmissionId) -> Review {
        let version = self.opens(submission).version;
        let rationale = "This is somebody else's lesson.".parse().expect("a text");
        let given = Given {
            version,
            outcome: Outcome::Declined(rationale),
            comment: None,
            doubt: Doubt::None,
        };
        self.claims(submission).expect("a claim");
        decided(self.finishes(submission, &given).expect("a review"))
    }

    /// Gives levels with comments to criteria of the version that waits, which decides it.
    pub fn scores(
        &self,
        submission: SubmissionId,
        scores: &[(&str, &str, Option<&str>)],
    ) -> Result<Review, Error> {
        let (app, now) = (&self.test.app, self.test.now);
        let version = review::open(app, &self.person, submission, now)?.version;
        self.scores_version(submission, version, scores)
    }

    /// The same of this version.
    pub fn scores_version(
        &self,
        submission: SubmissionId,
        version: u32,
        scores: &[(&str, &str, Option<&str>)],
    ) -> Result<Review, Error> {
        self.claims(submission)?;
        let given = given(version, scores);
        Ok(decided(self.finishes(submission, &given)?))
    }

    /// Claims it.
    pub fn claims(&self, submission: SubmissionId) -> Result<Waiting, Error> {
        review::claim(&self.test.app, &self.person, submission, self.test.now)
    }

    /// Finishes what was claimed.
    pub fn finishes(&self, submission: SubmissionId, given: &Given) -> Result<Finished, Error> {
        let (app, now) = (&self.test.app, self.test.now);
        review::finish(app, &self.person, submission, given, now)
    }

    pub fn opens(&self, submission: SubmissionId) -> review::Reading {
        review::open(&self.test.app, &self.person, submission, self.test.now)
            .expect("what waits for a review")
    }
}

/// Levels with comments, as somebody hands them over who is not in doubt.
pub fn given(version: u32, scores: &[(&str, &str, Option<&str>)]) -> Given {
    let score = |(criterion, level, comment): &(&str, &str, Option<&str>)| Score {
        criterion: criterion.parse().expect("a name"),
        level: level.parse().expect("a name"),
        comment: comment.map(|text| text.parse().expect("a text")),
        pins: Vec::new(),
    };
    Given {
        version,
        outcome: Outcome::Scored(scores.iter().map(score).collect()),
        comment: None,
        doubt: Doubt::None,
    }
}

/// What was decided.
pub fn decided(finished: Finished) -> Review {
    match finished {
        Finished::Decided { review, .. } => *review,
        Finished::HandedOn(scoring) => panic!("somebody else looks at it next: {scoring:?}"),
    }
}
