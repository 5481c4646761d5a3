//! Files on their way into a submission: begun, gone on with after an interruption, added in the end.
//!
//! An upload is remembered with every piece that has arrived, so that it goes on after a lost connection or
//! a restart. Room is set aside for it when it begins. When all of it is there it is looked at, and becomes a
//! piece of evidence; what never ends is forgotten after a while, and its room is free again.
//!
//! Of two requests that go on with one upload at once, one wins: every change requires that the record
//! is the one that was read.

mod receiving;
mod redacting;
mod removal;
mod space;

use crate::app::App;
use crate::error::Error;
use crate::evidence::Arrived;
use crate::id::{EvidenceId, OrganisationId, PersonId, RequirementId, SubmissionId, UploadId};
use crate::micro_credential;
use crate::person::Person;
use crate::store::upload::put_ended;
use crate::store::{StoreError, Stored};
use crate::submission::{self, Evidence, EvidenceFile};
use crate::text::Line;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub use receiving::{ReceiveError, Received, Receiving};
pub use removal::Removal;
pub(crate) use removal::{LetGo, let_go};
pub(crate) use space::SpaceChange;
pub use space::{Space, UploadLimits};

/// A file on its way into a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its identifier.
    pub id: UploadId,
    /// Whose it is.
    pub owner: PersonId,
    /// What it will be a piece of.
    pub submission: SubmissionId,
    /// The organisation whose room it takes.
    pub organisation: OrganisationId,
    /// What it will answer to.
    pub requirement: RequirementId,
    /// What its owner calls it.
    pub name: Line,
    /// How many bytes it has, or may have where the sender did not say.
    pub length: u64,
    /// What has arrived.
    pub arrived: Arrived,
    /// How far it has come.
    pub state: State,
    /// When it is given up, unless more of it arrives.
    pub expires: Timestamp,
    /// When somebody has to look after it if nothing happens before.
    pub due: Timestamp,
}

/// How far an upload has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// More is to arrive.
    Arriving,
    /// All of it is there, and it is being looked at and added.
    Adding,
    /// It has become a piece of evidence.
    Added {
        /// The piece.
        evidence: EvidenceId,
    },
    /// It is given up, and its pieces are being removed.
    GivenUp,
}

/// What a sender says of a file before sending it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// What it will be a piece of.
    pub submission: SubmissionId,
    /// What it will answer to.
    pub requirement: RequirementId,
    /// What its owner calls it.
    pub name: Line,
    /// How many bytes it has, or may have.
    pub length: u64,
}

/// Why an upload does not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// The file is larger than is taken.
    #[error("the file has more than {limit} bytes")]
    TooLarge {
        /// How large it may be.
        limit: u64,
    },
    /// There is no room left.
    #[error(
        "{whose} has {limit} bytes of room for evidence, and this file does not fit into what is left"
    )]
    Quota {
        /// Whose room it is.
        whose: &'static str,
        /// How much there is.
        limit: u64,
    },
    /// Too many were begun and not ended.
    #[error("{UPLOADS} uploads are under way: end or remove one first")]
    TooMany,
    /// What is sent does not begin where the last part ended.
    #[error("the upload goes on at byte {expected}")]
    Offset {
        /// Where it goes on.
        expected: u64,
    },
    /// What arrived is not what was sent.
    #[error("what arrived does not have this checksum, and was not kept")]
    Checksum,
    /// All of it is there, and is being looked at.
    #[error("all of this file has arrived, and it is being looked at")]
    UnderWay,
}

impl UploadError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            UploadError::TooLarge { .. } => "upload.too_large",
            UploadError::Quota { .. } => "upload.quota",
            UploadError::TooMany => "upload.too_many",
            UploadError::Offset { .. } => "upload.offset",
            UploadError::Checksum => "upload.checksum",
            UploadError::UnderWay => "upload.under_way",
        }
    }
}

/// Begins an upload, and sets room aside for it.
pub fn begin(
    app: &App,
    limits: &UploadLimits,
    earner: &Person,
    new: NewUpload,
    arrived: Arrived,
    now: Timestamp,
) -> Result<Upload, Error> {
    // Asked before gigabytes are sent in vain, and again when the file is added.
    let submission = submission::of_earner(app, earner, new.submission)?;
    submission.must_be_in_preparation()?;
    let micro_credential = micro_credential::published(app, &submission.micro_credential)?;
    let Some(asked) = micro_credential.content.requirement(&new.requirement) else {
        return Err(Error::invalid(
            "/requirement",
            "the micro-credential asks for nothing of this name",
        ));
    };
    if let Some(limit) = asked.limits.bytes.filter(|limit| new.length > *limit) {
        return Err(UploadError::TooLarge { limit }.into());
    }
    submission::check_room(&submission, asked)?;
    if app.store.uploads_of(earner.id)? >= UPLOADS {
        return Err(UploadError::TooMany.into());
    }
    let expires = now.plus_seconds(EXPIRY_SECONDS);
    let upload = Upload {
        id: UploadId::draw(&app.random),
        owner: earner.id,
        submission: new.submission,
        organisation: submission.organisation,
        requirement: new.requirement,
        name: new.name,
        length: new.length,
        arrived,
        state: State::Arriving,
        expires,
        due: expires,
    };
    space::with_retries(|| {
        let space = space::taken(app, limits, &upload)?;
        Ok(app.store.add_upload(&upload, space)?)
    })?;
    Ok(upload)
}

/// Finds an upload in order to look at it or to go on with it.
pub fn find(app: &App, id: UploadId) -> Result<Stored<Upload>, Error> {
    let held = app.store.upload_held(id)?.ok_or(Error::NotFound)?;
    match held.value.state {
        State::GivenUp => Err(Error::NotFound),
        _ => Ok(held),
    }
}

/// Notes what has arrived. When that is all, the caller has it added.
pub(crate) fn advance(
    app: &App,
    held: &Stored<Upload>,
    arrived: Arrived,
    now: Timestamp,
) -> Result<Stored<Upload>, Error> {
    let upload = &held.value;
    match upload.state {
        State::Arriving => {}
        State::Adding => return Err(UploadError::UnderWay.into()),
        State::Added { .. } | State::GivenUp => return Err(Error::NotFound),
    }
    let expires = now.plus_seconds(EXPIRY_SECONDS);
    let changed = match arrived.bytes >= upload.length {
        true => Upload {
            state: State::Adding,
            due: now.plus_seconds(ADDING_SECONDS),
            arrived,
            expires,
            ..upload.clone()
        },
        false => Upload {
            due: expires,
            arrived,
            expires,
            ..upload.clone()
        },
    };
    Ok(app.store.replace_upload(held, changed)?)
}

/// Notes that all has arrived of an upload whose length nobody said before.
pub(crate) fn complete(
    app: &App,
    held: &Stored<Upload>,
    now: Timestamp,
) -> Result<Stored<Upload>, Error> {
    let changed = Upload {
        state: State::Adding,
        due: now.plus_seconds(ADDING_SECONDS),
        ..held.value.clone()
    };
    Ok(app.store.replace_upload(held, changed)?)
}

/// Takes over an upload that nobody has added in time.
pub(crate) fn take_over(
    app: &App,
    held: &Stored<Upload>,
    now: Timestamp,
) -> Result<Stored<Upload>, Error> {
    let changed = Upload {
        due: now.plus_seconds(ADDING_SECONDS),
        ..held.value.clone()
    };
    Ok(app.store.replace_upload(held, changed)?)
}

/// Has an upload that cannot be looked at now looked at again in a minute.
pub(crate) fn put_off(app: &App, id: UploadId, now: Timestamp) -> Result<(), Error> {
    let held = find(app, id)?;
    let changed = Upload {
        due: now.plus_seconds(PUT_OFF_SECONDS),
        ..held.value.clone()
    };
    app.store.replace_upload(&held, changed)?;
    Ok(())
}

/// Makes an upload, whose file is whole, a piece of evidence. Doing it again gives the same piece.
pub(crate) fn add(
    app: &App,
    id: UploadId,
    file: EvidenceFile,
    now: Timestamp,
) -> Result<Evidence, Error> {
    // Several files of one submission may arrive at once.
    space::with_retries(|| {
        let held = find(app, id)?;
        let upload = &held.value;
        if let State::Added { evidence } = upload.state {
            let known = app.store.evidence(upload.submission, evidence)?;
            return known.ok_or(Error::NotFound);
        }
        let earner = app.store.person(upload.owner)?.ok_or(Error::NotFound)?;
        let unused = upload.length.saturating_sub(file.bytes);
        let space = space::given_back(app, upload, unused)?;
        let (submission, to) = (upload.submission, &upload.requirement);
        // The piece, and that the upload has become it, in one commit: a crash leaves both or none.
        submission::add_file(
            app,
            &earner,
            submission,
            to,
            file.clone(),
            now,
            |evidence, batch| {
                let changed = Upload {
                    state: State::Added {
                        evidence: evidence.id,
                    },
                    // The pieces are the evidence's now.
                    arrived: Arrived {
                        pieces: Vec::new(),
                        tail: Vec::new(),
                        ..upload.arrived.clone()
                    },
                    due: upload.expires,
                    length: file.bytes,
                    ..upload.clone()
                };
                put_ended(batch, &held, &changed, space)
            },
        )
    })
}

/// Gives an upload up: from now on nobody goes on with it, and its pieces can be removed.
pub(crate) fn give_up(app: &App, held: &Stored<Upload>) -> Result<Stored<Upload>, Error> {
    let changed = Upload {
        state: State::GivenUp,
        ..held.value.clone()
    };
    Ok(app.store.replace_upload(held, changed)?)
}

/// Forgets an upload that was given up, or was added a while ago. The room it took is free again.
pub(crate) fn forget(app: &App, id: UploadId) -> Result<(), Error> {
    space::with_retries(|| {
        let Some(held) = app.store.upload_held(id)? else {
            return Ok(());
        };
        let bytes = match held.value.state {
            // What became evidence keeps its room.
            State::Added { .. } => 0,
            _ => held.value.length,
        };
        let space = space::given_back(app, &held.value, bytes)?;
        Ok(app.store.remove_upload(&held, space)?)
    })
}

/// Uploads that somebody has to look after.
pub(crate) fn due(app: &App, now: Timestamp) -> Result<Vec<Stored<Upload>>, StoreError> {
    app.store.uploads_due(now, AT_ONCE)
}

/// More than anybody sends at once; each sets room aside.
pub const UPLOADS: usize = 50;

/// A recording that was begun on Friday evening is gone on with on Sunday evening.
pub const EXPIRY_SECONDS: i64 = 48 * 60 * 60;

/// A scanner takes minutes over two gigabytes. After a crash others wait for so long.
const ADDING_SECONDS: i64 = 15 * 60;

/// A scanner that is restarted is back within a minute.
const PUT_OFF_SECONDS: i64 = 60;

/// Each may have gigabytes to be removed; what is left waits for the next round.
const AT_ONCE: usize = 100;
