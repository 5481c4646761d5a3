//! Mail: put into the store together with what it is about, and sent from there.
//!
//! A message is queued in the same commit as its cause, so that neither is without the other. It
//! may be sent twice after a crash, and is never lost. Its text may hold the secret of a link:
//! nothing of it is logged, and it is forgotten once it is sent.

use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::MailId;
use crate::person::Email;
use crate::store::{StoreError, Stored};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What is written to somebody, as plain text.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is about, in one line.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// A message in the outbox.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its name, which says nothing of it.
    pub id: MailId,
    /// To whom it goes.
    pub to: Email,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// When it was put there.
    pub queued: Timestamp,
    /// What became of it so far.
    pub fate: Fate,
}

/// What became of a message so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Fate {
    /// It will be sent.
    Waiting {
        /// Not before then.
        due: Timestamp,
        /// How often it was tried.
        attempts: u32,
        /// What came of the last attempt.
        problem: Option<String>,
    },
    /// It was tried for [`PATIENCE`] seconds in vain, or can never be delivered.
    GivenUp {
        /// Since when.
        at: Timestamp,
        /// What came of the last attempt.
        problem: String,
    },
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSent {
    /// It may be taken later.
    ForNow(String),
    /// It will never be taken.
    Ever(String),
}

/// Adds a message to the batch that writes what it is about.
pub fn queue(
    app: &App,
    batch: &mut Batch,
    to: &Email,
    letter: Letter,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mail = Mail {
        id: MailId::draw(&app.random),
        to: to.clone(),
        subject: letter.subject,
        text: letter.text,
        queued: now,
        fate: Fate::Waiting {
            due: now,
            attempts: 0,
            problem: None,
        },
    };
    app.store.queue_mail(batch, &mail)
}

/// Sends what is due by means of `send`, and says how many messages were taken.
///
/// Each message is put off before it is tried, so that no other node tries it meanwhile, and
/// so that one at which this process dies is not the first thing it tries again.
pub fn send_due(
    app: &App,
    now: Timestamp,
    mut send: impl FnMut(&Mail) -> Result<(), NotSent>,
) -> Result<usize, Error> {
    let mut sent = 0;
    for held in app.store.mail_due(now, AT_ONCE)? {
        let Some((attempts, held)) = put_off(app, held, now)? else {
            continue;
        };
        let mail = &held.value;
        match send(mail) {
            Ok(()) => {
                sent += 1;
                app.store.remove_mail(&held)?;
            }
            Err(NotSent::ForNow(problem)) if now < mail.queued.plus_seconds(PATIENCE) => {
                let fate = Fate::Waiting {
                    due: now.plus_seconds(pause(attempts)),
                    attempts,
                    problem: Some(problem),
                };
                app.store.replace_mail(
                    &held,
                    &Mail {
                        fate,
                        ..mail.clone()
                    },
                    None,
                )?;
            }
            Err(NotSent::ForNow(problem) | NotSent::Ever(problem)) => {
                // What the mail server said may name the address.
                tracing::error!(mail.id = %mail.id, "Gave up sending message {}; the outbox says why", mail.id);
                let fate = Fate::GivenUp { at: now, problem };
                let days = i64::from(app.retention.given_up_mail_days);
                // Nobody needs what it said any more, and it may have held a secret.
                let text = String::new();
                app.store.replace_mail(
                    &held,
                    &Mail {
                        fate,
                        text,
                        ..mail.clone()
                    },
                    Some(now.plus_seconds(days * 24 * 60 * 60)),
                )?;
            }
        }
    }
    Ok(sent)
}

/// Counts an attempt at a message before it is made; nothing if another process makes it.
fn put_off(
    app: &App,
    held: Stored<Mail>,
    now: Timestamp,
) -> Result<Option<(u32, Stored<Mail>)>, Error> {
    let Fate::Waiting {
        attempts, problem, ..
    } = held.value.fate.clone()
    else {
        return Ok(None);
    };
    let attempts = attempts + 1;
    let fate = Fate::Waiting {
        due: now.plus_seconds(pause(attempts)),
        attempts,
        problem,
    };
    let mail = Mail {
        fate,
        ..held.value.clone()
    };
    match app.store.replace_mail(&held, &mail, None) {
        Err(StoreError::Conflict) => Ok(None),
        other => Ok(other.map(|held| Some((attempts, held)))?),
    }
}

/// Half a minute, then twice as long each time, and an hour at most: mail servers that put
/// strangers off on purpose (greylisting) take them after a few minutes.
fn pause(attempts: u32) -> i64 {
    let doubled = 30_i64 << attempts.saturating_sub(1).min(7);
    doubled.min(60 * 60)
}

/// Three days, in seconds: a mail server that was down over a weekend is up again.
pub const PATIENCE: i64 = 3 * 24 * 60 * 60;

/// One round; what is left waits for the next, a few seconds later.
const AT_ONCE: usize = 50;
