//! Evidence whose time is over: its earner is told, may keep it, and then it goes.

use super::{ATTEMPTS, Done, End, Ended, Told};
use crate::again::retried;
use crate::app::{App, Step};
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::{CompactionId, EvidenceId, OrganisationId, PersonId, SubmissionId};
use crate::letter;
use crate::mail;
use crate::person::Person;
use crate::store::Stored;
use crate::submission::{
    self, Evidence, EvidenceContent, Sharing, SpokenTexts, State, Submission, Version,
};
use crate::upload;
use crate::validity;
use schemas::timestamp::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Evidence that somebody was told of, or keeps.
#[derive(Debug, Clone)]
pub struct Coming {
    /// The submission.
    pub submission: Submission,
    /// From when on it may be gone; nothing if it is kept.
    pub removal: Option<Timestamp>,
}

/// Looks through what an organisation has of what ended so, the oldest first.
pub(super) fn look_after(
    app: &App,
    (organisation, end): (&OrganisationId, End),
    months: u32,
    now: Timestamp,
    done: &mut Done,
) -> Result<(), Error> {
    let notice = i64::from(app.retention.evidence_notice_days) * DAY;
    let mut to_tell: BTreeMap<PersonId, Vec<Telling>> = BTreeMap::new();
    let (mut from, mut begun) = (Vec::new(), 0);
    'queue: loop {
        let some = app
            .store
            .evidence_queue(organisation, end, &from, AT_ONCE)?;
        let is_last = some.len() < AT_ONCE;
        for (key, id) in some {
            from = [key.as_slice(), &[0]].concat();
            let Some(held) = app.store.evidence_ended(id)? else {
                // Its earner was erased.
                app.store.forget_evidence_queued(key)?;
                continue;
            };
            let Some(due) = validity::end(held.value.at, months) else {
                break 'queue;
            };
            if now < due.plus_seconds(-notice) || begun >= AT_ONCE {
                break 'queue;
            }
            match held.value.told {
                Some(told) if due <= told.removal && now >= told.removal => {
                    remove(app, id, now)?;
                    done.evidence += 1;
                }
                Some(told) if due <= told.removal => continue,
                // They were not told, or of an earlier day: the rule has changed since.
                _ => {
                    let submission = app.store.submission_held(id)?;
                    let submission = submission.ok_or(Error::Missing("a submission"))?.value;
                    let removal = due.max(now.plus_seconds(notice));
                    let telling = Telling {
                        held,
                        submission,
                        removal,
                    };
                    let earner = telling.submission.earner;
                    to_tell.entry(earner).or_default().push(telling);
                }
            }
            begun += 1;
        }
        if is_last {
            break;
        }
    }
    for (earner, tellings) in to_tell {
        done.told += retried(ATTEMPTS, || tell(app, earner, &tellings, now))?;
    }
    Ok(())
}

/// What an earner is to be told of.
struct Telling {
    held: Stored<Ended>,
    submission: Submission,
    removal: Timestamp,
}

/// One letter on everything that is coming. It is queued in the commit that notes that they were told.
fn tell(app: &App, earner: PersonId, tellings: &[Telling], now: Timestamp) -> Result<usize, Error> {
    let Some(person) = app.store.person(earner)? else {
        return Ok(0);
    };
    let mut batch = Batch::default();
    let (mut titles, mut first) = (Vec::new(), None);
    for telling in tellings {
        let changed = Ended {
            told: Some(Told {
                at: now,
                removal: telling.removal,
            }),
            ..telling.held.value.clone()
        };
        let id = telling.submission.id;
        app.store
            .put_evidence_told(&mut batch, &telling.held, (id, &changed), person.id)?;
        let title = app
            .store
            .micro_credential(&telling.submission.micro_credential)?;
        titles.extend(title.map(|title| title.content.name.to_string()));
        first = Some(first.map_or(telling.removal, |first: Timestamp| {
            first.min(telling.removal)
        }));
    }
    let Some(first) = first else { return Ok(0) };
    let letter = letter::evidence_ends(app, person.name.as_str(), &titles, first)?;
    mail::queue(app, &mut batch, person.primary(), letter, now)?;
    app.store.commit(batch)?;
    Ok(tellings.len())
}

/// Removes the evidence of a submission, but for what is shared with its badge.
pub(super) fn remove(app: &App, id: SubmissionId, now: Timestamp) -> Result<(), Error> {
    let Some(held) = app.store.submission_held(id)? else {
        return Ok(app.store.forget_evidence_ended(id)?);
    };
    let stays = shared(&held.value);

    // 1. Piece by piece: the digests stay, the file is noted to be removed and its room given back. A crash
    //    after any of them: the next round goes on with the others.
    for evidence in app.store.all_evidence(id)? {
        if !stays.contains(&evidence) {
            retried(ATTEMPTS, || remove_piece(app, &held.value, evidence, now))?;
            app.observe(Step::PieceRemoved);
        }
    }

    // 2. What was written beside it while it was prepared and handed in. May be done again.
    app.store.erase_drafting(id, &stays)?;
    app.store.each_version(id, |held: Stored<Version>| {
        let mut version = held.value.clone();
        version.note = None;
        version.context.clear();
        app.store.replace_erased(&held, &version)
    })?;
    app.observe(Step::EvidenceRemoved);

    // 3. That it was done, once: the event, and no note that it is still to be done.
    retried(ATTEMPTS, || close(app, id, &stays, now))?;
    tracing::info!(submission.id = %id, "Removed the evidence of submission {id}, whose time was over");
    Ok(())
}

/// What the badge of an accepted submission names: whoever has the badge may look at it.
fn shared(submission: &Submission) -> BTreeSet<EvidenceId> {
    let State::Accepted { .. } = submission.state else {
        return BTreeSet::new();
    };
    let entries = submission.evidence.iter();
    let shared = entries.filter(|entry| entry.sharing == Sharing::Shared);
    shared.map(|entry| entry.id).collect()
}

fn remove_piece(
    app: &App,
    submission: &Submission,
    evidence: EvidenceId,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(held) = app.store.evidence_held(submission.id, evidence)? else {
        return Ok(());
    };
    if let EvidenceContent::Removed(_) = held.value.content {
        return Ok(());
    }
    let let_go = upload::let_go(app, &held.value, &submission.organisation, now)?;
    let changed = Evidence {
        content: EvidenceContent::Removed(held.value.content.removed(now)),
        ..held.value.clone()
    };
    Ok(app.store.replace_with_removed(&held, &changed, let_go)?)
}

fn close(
    app: &App,
    id: SubmissionId,
    stays: &BTreeSet<EvidenceId>,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(held) = app.store.submission_held(id)? else {
        return Ok(app.store.forget_evidence_ended(id)?);
    };
    let mut changed = held.value.clone();
    for entry in &mut changed.evidence {
        if !stays.contains(&entry.id) {
            entry.spoken = SpokenTexts::default();
        }
    }
    let mut batch = Batch::default();
    app.store
        .put_without_evidence(&mut batch, &held, &changed)?;
    app.store
        .ask_to_compact(&mut batch, CompactionId::draw(&app.random))?;
    let removed = Event {
        organisation: changed.organisation.clone(),
        kind: EventKind::EvidenceRemoved,
        actor: Actor::Service,
        about: About::Submission {
            submission: id,
            version: changed.versions,
        },
        reason: None,
        at: now,
    };
    event::record(app, &mut batch, removed)?;
    Ok(app.store.commit(batch)?)
}

/// Lists what a person was told of, and what they keep.
pub fn of_person(app: &App, person: &Person) -> Result<Vec<Coming>, Error> {
    let mut coming = Vec::new();
    for id in app.store.evidence_told(person.id)? {
        let (Some(ended), Some(submission)) = (
            app.store.evidence_ended(id)?,
            app.store.submission_held(id)?,
        ) else {
            continue;
        };
        let removal = ended.value.told.map(|told| told.removal);
        coming.push(Coming {
            submission: submission.value,
            removal: removal.filter(|_| ended.value.kept.is_none()),
        });
    }
    Ok(coming)
}

/// Keeps the evidence of a submission of one's own, until one says otherwise.
pub fn keep(app: &App, person: &Person, id: SubmissionId, now: Timestamp) -> Result<(), Error> {
    change(app, person, id, |ended| Ended {
        told: None,
        kept: ended.kept.or(Some(now)),
        ..ended
    })
}

/// Has the rule hold again. Its earner is told before anything goes.
pub fn keep_no_longer(app: &App, person: &Person, id: SubmissionId) -> Result<(), Error> {
    change(app, person, id, |ended| Ended {
        kept: None,
        ..ended
    })
}

fn change(
    app: &App,
    person: &Person,
    id: SubmissionId,
    how: impl Fn(Ended) -> Ended,
) -> Result<(), Error> {
    submission::of_earner(app, person, id)?;
    retried(ATTEMPTS, || {
        let held = app.store.evidence_ended(id)?;
        let held = held.ok_or_else(|| {
            Error::conflict("this submission is not decided, or its evidence was removed")
        })?;
        let changed = how(held.value.clone());
        let mut batch = Batch::default();
        app.store
            .put_evidence_told(&mut batch, &held, (id, &changed), person.id)?;
        Ok(app.store.commit(batch)?)
    })
}

/// Goes through all submissions once, for those that ended before it was noted that they did.
pub(super) fn note_ended(app: &App, now: Timestamp) -> Result<usize, Error> {
    if app.store.evidence_is_noted()? {
        return Ok(0);
    }
    let mut noted = 0;
    app.store.each_submission(|held| {
        let submission = &held.value;
        let end = match submission.state {
            State::Accepted { .. } => End::Accepted,
            State::Declined { .. } | State::Withdrawn => End::Unaccepted,
            State::Draft | State::Submitted | State::Returned => return Ok(()),
        };
        if app.store.evidence_ended(submission.id)?.is_none() {
            let last = app.store.reviews(submission.id)?.into_iter().last();
            let mut batch = Batch::default();
            // Nobody knows when it was withdrawn: its time begins now.
            let at = last.map_or(now, |review| review.finished);
            let ended = Ended::new(submission, end, at);
            app.store
                .put_evidence_ended(&mut batch, submission.id, &ended)?;
            app.store.commit(batch)?;
            noted += 1;
        }
        Ok(())
    })?;
    app.store.note_evidence_noted()?;
    Ok(noted)
}

/// A day, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// One round of one organisation; what is left waits for the next.
const AT_ONCE: usize = 100;
