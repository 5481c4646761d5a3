//! Stacks: whoever has earned every micro-credential of one has earned one more, by that alone.
//!
//! Any version of a member counts, whoever issued its badge; a revoked badge does not. The award of a
//! member leaves a note in the same commit, and the note goes when the stacks it belongs to have been
//! looked at: a crash in between is taken up by upkeep.

use std::collections::BTreeSet;

use schemas::timestamp::Timestamp;

use crate::app::App;
use crate::award::Award;
use crate::error::Error;
use crate::event::{self, Actor};
use crate::id::{AwardId, MicroCredentialId, PersonId};
use crate::issuance;
use crate::micro_credential::MicroCredential;
use crate::page::PageRequest;
use crate::store::StoreError;

/// How far somebody has come in a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The stack.
    pub id: MicroCredentialId,
    /// What it is called.
    pub title: String,
    /// What it is made of.
    pub members: Vec<Member>,
}

/// A part of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The micro-credential.
    pub id: MicroCredentialId,
    /// What it is called.
    pub title: String,
    /// Whether it is earned.
    pub earned: bool,
}

/// Looks at the stacks that an award belongs to, and awards those that are complete with it.
pub(crate) fn settle(app: &App, award: AwardId, now: Timestamp) -> Result<(), Error> {
    if !app.store.is_stack_check(award)? {
        return Ok(());
    }
    let member = app.store.award(award)?.ok_or(Error::Missing("an award"))?;
    let earned = earned(app, member.earner)?;
    for stack in stacks_with(app, &member.micro_credential)? {
        if progress_in(app, &stack, &earned)?.is_complete() {
            let complete = Award {
                id: AwardId::draw(&app.random),
                submission: None,
                version: 0,
                micro_credential: stack.id.clone(),
                organisation: stack.organisation.clone(),
                earner: member.earner,
                achieved: Vec::new(),
                assessment: None,
                by_hand: None,
                awarded: now,
            };
            let mut batch = app.store.awarding_stack(&complete, &stack.line)?;
            event::record(app, &mut batch, complete.event(Actor::Service))?;
            match app.store.commit(batch) {
                Ok(()) => drop(issuance::issue(app, complete.id, now)?),
                // It was awarded before: one stack, one badge.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(app.store.forget_stack_check(award)?)
}

/// Looks at every stack that a crash, or a failure, left open.
pub fn settle_all(app: &App, now: Timestamp) -> Result<(), Error> {
    for award in app.store.stack_checks(AT_ONCE)? {
        // A member whose badge is not issued yet waits for it.
        if app.store.badge_of_award(award)?.is_some() {
            settle(app, award, now)?;
        }
    }
    Ok(())
}

/// How far a person has come in every stack of which they have earned something, but not all.
pub fn progress(app: &App, person: PersonId) -> Result<Vec<Progress>, Error> {
    let earned = earned(app, person)?;
    let mut stacks = Vec::new();
    for line in &earned {
        for stack in stacks_with(app, line)? {
            let known = |other: &Progress| other.id == stack.id;
            if !earned.contains(&stack.line) && !stacks.iter().any(known) {
                stacks.push(progress_in(app, &stack, &earned)?);
            }
        }
    }
    Ok(stacks)
}

impl Progress {
    /// How many are earned.
    pub fn earned(&self) -> usize {
        self.members.iter().filter(|member| member.earned).count()
    }

    fn is_complete(&self) -> bool {
        self.earned() == self.members.len()
    }
}

fn progress_in(
    app: &App,
    stack: &MicroCredential,
    earned: &BTreeSet<MicroCredentialId>,
) -> Result<Progress, Error> {
    let mut members = Vec::new();
    for id in &stack.content.stack {
        let member = app.store.micro_credential(id)?;
        let member = member.ok_or(Error::Missing("a micro-credential"))?;
        members.push(Member {
            earned: earned.contains(&member.line),
            title: member.content.name.to_string(),
            id: member.id,
        });
    }
    Ok(Progress {
        id: stack.id.clone(),
        title: stack.content.name.to_string(),
        members,
    })
}

/// The stacks of which a micro-credential, in any of its versions, is a part.
fn stacks_with(app: &App, id: &MicroCredentialId) -> Result<Vec<MicroCredential>, Error> {
    let member = app.store.micro_credential(id)?;
    let member = member.ok_or(Error::Missing("a micro-credential"))?;
    let mut stacks = Vec::new();
    for stack in app.store.stacks_with(&member.line, AT_ONCE)? {
        let found = app.store.micro_credential(&stack)?;
        stacks.extend(found.filter(MicroCredential::is_newest));
    }
    Ok(stacks)
}

/// The lines of everything that a person has earned and that stands.
fn earned(app: &App, person: PersonId) -> Result<BTreeSet<MicroCredentialId>, Error> {
    let (mut earned, mut asked) = (BTreeSet::new(), PageRequest::default());
    loop {
        let page = app.store.badges_of(person, &asked)?;
        for badge in page.items {
            if badge.current().revoked.is_none()
                && let Some(found) = app.store.micro_credential(&badge.micro_credential)?
            {
                earned.insert(found.line);
            }
        }
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => return Ok(earned),
        }
    }
}

/// More stacks than one micro-credential is part of; of open notes, the next go takes the next ones.
const AT_ONCE: usize = 1_000;
