//! What is removed, kind by kind. Each step may be done again: a crash in the middle is gone on from.

use super::{Buried, Erasure, MEMBERSHIPS, Tombstone};
use crate::again::retried;
use crate::app::App;
use crate::awarding;
use crate::badge::Badge;
use crate::cohort;
use crate::endorsement::{Endorsed, EndorsementTombstone};
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{EvidenceId, SubmissionId};
use crate::page::PageRequest;
use crate::review::{Outcome, Review, Scoring};
use crate::store::Stored;
use crate::submission::{State, Submission, Version};
use crate::text::Prose;
use crate::upload;

/// Removes everything that is theirs.
pub(super) fn remove(app: &App, erasure: &Erasure) -> Result<(), Error> {
    let person = erasure.person.id;
    // 1. The ways in, and what was on its way to them.
    awarding::empty_rows(app, &erasure.person.emails)?;
    app.store.erase_ways_in(person)?;
    app.store.erase_attempts(&erasure.person)?;
    retried(ATTEMPTS, || memberships(app, erasure))?;
    app.store.erase_mail(&erasure.person, erasure.at)?;

    // 2. What they said among others, and what they kept for themselves.
    cohort::forget_person(app, &erasure.person)?;
    app.store.erase_uploads(person, erasure.at)?;
    retried(ATTEMPTS, || Ok(app.store.erase_asked(&erasure.person)?))?;
    retried(ATTEMPTS, || {
        Ok(app.store.erase_comments(&erasure.person)?)
    })?;
    app.store.erase_own(person)?;

    // 3. Badges, before the submissions that they came from.
    badges(app, erasure)?;
    app.store.erase_awards(person)?;
    app.store.erase_onces()?;
    app.store.erase_requests(&erasure.person)?;

    // 4. Submissions, those that were declined or withdrawn among them.
    app.store
        .each_submission(|held| match held.value.earner == person {
            true => empty(app, held.value.id, erasure),
            false => Ok(()),
        })?;

    // 5. What others have written their address into.
    retried(ATTEMPTS, || {
        Ok(app.store.erase_rows(&erasure.person.emails)?)
    })?;
    Ok(app.store.erase_from_answers(&erasure.person)?)
}

/// Ends what they are in organisations, and what they have asked them.
fn memberships(app: &App, erasure: &Erasure) -> Result<(), Error> {
    let person = erasure.person.id;
    let mut batch = Batch::default();
    for membership in app.store.memberships_of(person, MEMBERSHIPS)? {
        let organisation = &membership.organisation;
        if let Some(held) = app.store.membership_held(organisation, person)? {
            app.store.remove_membership(&mut batch, &held);
        }
    }
    for request in app.store.join_requests_of(person)? {
        app.store
            .remove_join_request(&mut batch, &request.organisation, person)?;
    }
    Ok(app.store.commit(batch)?)
}

fn badges(app: &App, erasure: &Erasure) -> Result<(), Error> {
    loop {
        let asked = PageRequest::most();
        let page = app.store.badges_of(erasure.person.id, &asked)?;
        if page.items.is_empty() && page.next.is_none() {
            return Ok(());
        }
        for badge in &page.items {
            endorsements(app, badge, erasure)?;
            retried(ATTEMPTS, || bury(app, badge, erasure))?;
        }
    }
}

/// Removes what was asked and said about a badge.
fn endorsements(app: &App, badge: &Badge, erasure: &Erasure) -> Result<(), Error> {
    for endorsement in app.store.endorsements_of(&Endorsed::Badge(badge.id))? {
        retried(ATTEMPTS, || {
            let Some(held) = app.store.endorsement_held(endorsement.id)? else {
                return Ok(());
            };
            let tombstone = EndorsementTombstone {
                at: erasure.at,
                issued: held.value.issued(),
            };
            Ok(app.store.bury_endorsement(&held, &tombstone)?)
        })?;
    }
    Ok(())
}

/// Leaves of a badge what the status list and the log rest on.
fn bury(app: &App, badge: &Badge, erasure: &Erasure) -> Result<(), Error> {
    let Some(held) = app.store.badge_held(badge.id)? else {
        return Ok(app.store.forget_badge_of(erasure.person.id, badge.id)?);
    };
    let editions = held.value.editions.iter().map(|edition| Buried {
        status: edition.status,
        log: edition.log,
    });
    let tombstone = Tombstone {
        badge: badge.id,
        organisation: held.value.organisation.clone(),
        withdrawn: erasure.at,
        editions: editions.collect(),
    };
    Ok(app.store.bury_badge(&held, &tombstone)?)
}

/// Empties a submission: the record stays where a decision rests on it.
fn empty(app: &App, id: SubmissionId, erasure: &Erasure) -> Result<(), Error> {
    retried(ATTEMPTS, || {
        // It is read before its pieces are: whoever adds one meanwhile changes it, and all is looked at again. Nothing
        // leads to a piece whose submission is gone.
        let Some(held) = app.store.submission_held(id)? else {
            return Ok(());
        };
        for evidence in app.store.all_evidence(id)? {
            remove_piece(app, &held.value, evidence, erasure)?;
        }
        app.store.erase_with_submission(id)?;
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        app.store.leave_review(&mut batch, &held.value)?;
        match emptied(&held.value) {
            Some(emptied) => batch.put_record(held.key().to_vec(), &emptied)?,
            None => batch.delete(held.key().to_vec()),
        }
        Ok(app.store.commit(batch)?)
    })?;
    // Who was let in before may have written beside it until just now.
    app.store.erase_with_submission(id)?;
    app.store.each_version(id, |held: Stored<Version>| {
        let mut version = held.value.clone();
        version.manifest.evidence.clear();
        version.manifest.context.clear();
        version.note = None;
        version.context.clear();
        version.privacy_statement = None;
        app.store.replace_erased(&held, &version)
    })?;
    app.store.each_review(id, |held: Stored<Review>| {
        let mut review = held.value.clone();
        review.comment = None;
        wordless(&mut review.scores);
        app.store.replace_erased(&held, &review)
    })?;
    app.store.each_scoring(id, |held: Stored<Scoring>| {
        let mut scoring = held.value.clone();
        scoring.comment = None;
        match &mut scoring.outcome {
            Outcome::Declined(rationale) => *rationale = nothing(),
            Outcome::Scored(scores) => wordless(scores),
        }
        app.store.replace_erased(&held, &scoring)
    })?;
    Ok(())
}

fn remove_piece(
    app: &App,
    submission: &Submission,
    evidence: EvidenceId,
    erasure: &Erasure,
) -> Result<(), Error> {
    retried(ATTEMPTS, || {
        let Some(held) = app.store.evidence_held(submission.id, evidence)? else {
            return Ok(());
        };
        let let_go = upload::let_go(app, &held.value, &submission.organisation, erasure.at)?;
        Ok(app.store.erase_evidence(&held, let_go)?)
    })
}

/// What stays of a submission; nothing, if nobody but its earner ever saw it.
fn emptied(submission: &Submission) -> Option<Submission> {
    let state = match &submission.state {
        _ if submission.versions == 0 => return None,
        State::Accepted { award } => State::Accepted { award: *award },
        State::Declined { .. } => State::Declined {
            rationale: nothing(),
        },
        State::Draft | State::Submitted | State::Returned | State::Withdrawn => State::Withdrawn,
    };
    Some(Submission {
        state,
        evidence: Vec::new(),
        ..submission.clone()
    })
}

fn wordless(scores: &mut [crate::review::Score]) {
    for score in scores {
        score.comment = None;
        score.pins.clear();
    }
}

fn nothing() -> Prose {
    "Erased.".parse().expect("a text")
}

/// The room of an organisation is changed by all its members.
const ATTEMPTS: usize = 50;
