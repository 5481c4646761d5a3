//! The versions of a micro-credential: publishing one, and beginning the next.

use super::{MicroCredential, State, add, check, held, published};
use crate::app::App;
use crate::draft;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::MicroCredentialId;
use crate::person::Person;
use schemas::timestamp::Timestamp;

/// Publishes a draft and so freezes it. The version it follows, if any, is superseded in the same
/// commit; submissions that were begun with that one go on with it.
pub fn publish(
    app: &App,
    by: Actor,
    id: &MicroCredentialId,
    now: Timestamp,
) -> Result<MicroCredential, Error> {
    let held = held(app, id)?;
    held.value.must_be_draft()?;
    check(app, &held.value.content)?;
    held.value.content.check_publishable()?;
    let published = MicroCredential {
        state: State::Published {
            at: now,
            rubric_sha256: held.value.content.rubric.sha256(),
            content_sha256: held.value.content.sha256(),
        },
        ..held.value.clone()
    };
    draft::lint_achievement(app, &published)?;
    let former = match &published.revises {
        Some(former) => Some(self::held(app, former)?),
        None => None,
    };
    if former
        .as_ref()
        .is_some_and(|former| former.value.superseded_by.is_some())
    {
        return Err(Error::conflict(
            "another version took the former one's place meanwhile",
        ));
    }
    let mut batch = Batch::default();
    let done = Event {
        organisation: published.organisation.clone(),
        kind: EventKind::MicroCredentialPublished,
        actor: by,
        about: About::MicroCredential(id.clone()),
        reason: None,
        at: now,
    };
    event::record(app, &mut batch, done)?;
    app.store
        .publish_micro_credential(batch, &held, &published, former.as_ref())?;
    Ok(published)
}

/// Begins the next version of a published micro-credential; open submissions keep to theirs.
/// Without a name of its own it is called as its line is, with the version behind it.
pub fn revise(
    app: &App,
    author: &Person,
    of: &MicroCredentialId,
    id: Option<MicroCredentialId>,
) -> Result<MicroCredential, Error> {
    let former = app.store.micro_credential(of)?.ok_or(Error::NotFound)?;
    if !former.is_published() {
        return Err(Error::conflict(
            "this micro-credential is a draft: change it as it is",
        ));
    }
    if former.superseded_by.is_some() {
        return Err(Error::conflict(
            "there is a newer version: the next one follows that",
        ));
    }
    let id = id.unwrap_or_else(|| former.line.of_version(former.version + 1));
    let revision = MicroCredential {
        line: former.line,
        version: former.version + 1,
        revises: Some(former.id),
        adoption: former.adoption,
        ..MicroCredential::draft(id, former.organisation, author.id, former.content)
    };
    add(app, revision)
}

/// Lists the versions of a micro-credential that are published, oldest first.
pub fn versions(app: &App, of: &MicroCredential) -> Result<Vec<MicroCredential>, Error> {
    let mut versions = vec![of.clone()];
    while let Some(former) = versions.last().and_then(|one| one.revises.clone()) {
        versions.push(published(app, &former)?);
    }
    versions.reverse();
    while let Some(next) = versions.last().and_then(|one| one.superseded_by.clone()) {
        versions.push(published(app, &next)?);
    }
    Ok(versions)
}
