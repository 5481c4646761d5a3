//! What somebody kept for themselves, said among others, found as a reviewer, and did for organisations.

use super::blind::Blind;
use super::{Out, told};
use crate::cohort::help::HelpRequest;
use crate::endorsement::Endorsed;
use crate::error::Error;
use crate::event::{About, Actor, Recorded};
use crate::id::{AwardId, BadgeId, EndorsementId, SubmissionId};
use crate::layout;
use crate::page::PageRequest;
use crate::store::Stored;
use serde_json::json;
use std::collections::BTreeSet;

impl Out<'_> {
    pub(super) fn learning(&mut self) -> Result<(), Error> {
        self.index.section("Learning log");
        self.list("learning")?;
        self.list("portfolio")
    }

    /// Cohorts they are in, what they said there, asked for and answered, and whose drafts they looked at.
    pub(super) fn words(&mut self) -> Result<(), Error> {
        let (app, person) = (self.app, self.person.id);
        self.index.section("Among colleagues");
        self.list("cohort-person")?;
        let (mut posts, mut help, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for cohort in app.store.cohorts_spoken_in(person)? {
            for post in app.store.posts_by(person, cohort, WORDS)? {
                posts.extend(app.store.post_held(cohort, post)?.map(|held| held.value));
            }
        }
        for cohort in app.store.cohorts_with(person)? {
            help.extend(app.store.help_of(person, cohort, WORDS)?);
            let requests = layout::cohort_help_requests(cohort);
            app.store.each(&requests, |held: Stored<HelpRequest>| {
                let asked = held.value;
                let given = asked.answers.iter();
                let given = given.filter(|answer| self.person.is(answer.by));
                // What the other one asked is theirs.
                answers.extend(given.map(|answer| json!({ "cohort": cohort, "answer": answer })));
                Ok::<_, Error>(())
            })?;
        }
        if !posts.is_empty() || !help.is_empty() || !answers.is_empty() {
            let said = json!({ "posts": posts, "help": help, "answers": answers });
            self.record(
                "cohorts.json",
                "What you said, asked for and answered",
                &said,
            )?;
        }
        for kind in ["colleague-of", "draft-comment"] {
            self.list(kind)?;
        }
        Ok(())
    }

    /// What they found as a reviewer. Whose work it was is not in it.
    pub(super) fn reviewing(&mut self) -> Result<(), Error> {
        self.index.section("Reviewing");
        for kind in ["training-try", "certification"] {
            self.list(kind)?;
        }
        let mut blind = Blind::of(self.app)?;
        for kind in ["review-scoring", "review-draft", "calibration-sheet"] {
            self.list_as(kind, |held| blind.told(held))?;
        }
        Ok(())
    }

    /// What the trails of organisations have of them: what they did, and what was done to what is theirs.
    pub(super) fn events(&mut self) -> Result<(), Error> {
        let app = self.app;
        let theirs = self.theirs()?;
        self.index.section("Trails of organisations");
        let mut pages = self.begin("event");
        app.store
            .each(&layout::kind("event"), |held: Stored<Recorded>| {
                let recorded = held.value;
                let actor = recorded.event.actor;
                let is_own = matches!(actor, Actor::Person(by) if self.person.is(by));
                if !is_own && !self.is_theirs(&theirs, &recorded.event.about) {
                    return Ok(());
                }
                let mut record = told(&recorded.event);
                if let (false, Some(members)) = (is_own, record.as_object_mut()) {
                    members.remove("actor");
                }
                self.add(&mut pages, record)
            })?;
        self.end(pages)
    }

    fn is_theirs(&self, theirs: &Theirs, about: &About) -> bool {
        match about {
            About::Person(person) | About::Member { person, .. } => self.person.is(*person),
            About::Submission { submission, .. } => theirs.submissions.contains(submission),
            About::Award(award) => theirs.awards.contains(award),
            About::Badge(badge) => theirs.badges.contains(badge),
            About::Endorsement(id) => theirs.endorsements.contains(id),
            About::Organisation
            | About::MicroCredential(_)
            | About::Adoption { .. }
            | About::Webhook(_) => false,
        }
    }

    fn theirs(&self) -> Result<Theirs, Error> {
        let mut theirs = Theirs::default();
        self.app.store.each_submission(|held| {
            if self.person.is(held.value.earner) {
                theirs.submissions.insert(held.value.id);
            }
            Ok(())
        })?;
        let mut asked = PageRequest::most();
        loop {
            let page = self.app.store.badges_of(self.person.id, &asked)?;
            for badge in &page.items {
                let said = self.app.store.endorsements_of(&Endorsed::Badge(badge.id))?;
                theirs.endorsements.extend(said.iter().map(|one| one.id));
                theirs.badges.insert(badge.id);
                theirs.awards.insert(badge.award);
            }
            match page.next {
                Some(next) => asked.cursor = Some(next),
                None => return Ok(theirs),
            }
        }
    }
}

/// What events can be about that is theirs.
#[derive(Default)]
struct Theirs {
    submissions: BTreeSet<SubmissionId>,
    badges: BTreeSet<BadgeId>,
    endorsements: BTreeSet<EndorsementId>,
    awards: BTreeSet<AwardId>,
}

/// Posts of one person in one cohort; all of them are held at once.
const WORDS: usize = 10_000;
