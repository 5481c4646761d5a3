//! What is said in a cohort: posts, and one level of replies.
//!
//! Whoever said something can take it back; a facilitator can hide it, and says why. Both can happen at once: each
//! requires what it changes to be as it was read.

use super::letters::{self, Due, News};
use super::people::{Part, joined};
use super::{ATTEMPTS, held, open};
use crate::again::retried;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{CohortId, PersonId, PostId};
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::store::Stored;
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its identifier.
    pub id: PostId,
    /// The cohort.
    pub cohort: CohortId,
    /// What it replies to, if it is a reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<PostId>,
    /// Who said it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What was said, and what became of it.
    pub fate: Fate,
    /// How many replies there are.
    pub replies: u32,
    /// How many there ever were.
    pub numbered: u32,
    /// The number of this one among the replies to its post, so that they are read in their order.
    pub number: u32,
}

/// What was said, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Everybody in the cohort reads it.
    Shown {
        /// What was said.
        text: Prose,
    },
    /// A facilitator has hidden it: whoever said it and facilitators read it.
    Hidden {
        /// What was said.
        text: Prose,
        /// Why it was hidden.
        reason: Line,
        /// By whom.
        by: PersonId,
    },
    /// Whoever said it has taken it back, and there are replies. Nothing of it is kept.
    TakenBack,
}

/// What somebody said, as it is shown to one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its identifier.
    pub id: PostId,
    /// Who said it; nobody's if it was taken back.
    pub by: Option<(PersonId, Line)>,
    /// Whether the reader said it.
    pub is_own: bool,
    /// When it was said.
    pub at: Timestamp,
    /// What it says, if the reader may read it.
    pub text: Option<Prose>,
    /// Why it is hidden, if it is: told to whoever said it and to facilitators.
    pub hidden: Option<Option<Line>>,
    /// How many replies there are.
    pub replies: u32,
}

/// Says something to the cohort.
pub fn say(
    app: &App,
    by: &Person,
    id: CohortId,
    text: Prose,
    now: Timestamp,
) -> Result<Post, Error> {
    fits(&text)?;
    app.cohort_limits.word(by.id, now)?;
    let post = Post {
        id: PostId::draw(&app.random),
        cohort: id,
        under: None,
        by: by.id,
        at: now,
        fate: Fate::Shown { text },
        replies: 0,
        numbered: 0,
        number: 0,
    };
    retried(ATTEMPTS, || {
        let mut batch = speaking(app, by, id)?;
        app.store.add_post(&mut batch, &post)?;
        Ok(app.store.commit(batch)?)
    })?;
    Ok(post)
}

/// Replies to what somebody said.
pub fn reply(
    app: &App,
    by: &Person,
    id: CohortId,
    to: PostId,
    text: Prose,
    now: Timestamp,
) -> Result<Post, Error> {
    fits(&text)?;
    app.cohort_limits.word(by.id, now)?;
    let reply = Post {
        id: PostId::draw(&app.random),
        cohort: id,
        under: Some(to),
        by: by.id,
        at: now,
        fate: Fate::Shown { text },
        replies: 0,
        numbered: 0,
        number: 0,
    };
    let letter = reply_letter(app, by, id, to, now)?;
    retried(ATTEMPTS, || {
        let mut batch = speaking(app, by, id)?;
        let held = app.store.post_held(id, to)?.ok_or(Error::NotFound)?;
        let post = &held.value;
        if post.under.is_some() || !matches!(post.fate, Fate::Shown { .. }) {
            return Err(Error::invalid("", "to this nobody replies"));
        }
        if post.replies >= REPLIES {
            let message = format!("there are {REPLIES} replies: begin anew with a post");
            return Err(Error::invalid("", message));
        }
        let answered = Post {
            replies: post.replies + 1,
            numbered: post.numbered + 1,
            ..post.clone()
        };
        let reply = Post {
            number: answered.numbered,
            ..reply.clone()
        };
        app.store.put_post(&mut batch, &held, &answered)?;
        app.store.add_post(&mut batch, &reply)?;
        if let Some(letter) = &letter {
            letter.queue(app, &mut batch, now)?;
        }
        Ok(app.store.commit(batch)?)
    })?;
    Ok(reply)
}

/// What every word needs: that the cohort is open, and that its speaker is in it and stays so until it is said.
fn speaking(app: &App, by: &Person, id: CohortId) -> Result<Batch, Error> {
    let speaker = joined(app, id, by.id)?;
    open(app, id)?;
    let mut batch = Batch::default();
    speaker.require_unchanged(&mut batch);
    Ok(batch)
}

/// What whoever is replied to is told, unless they reply to themselves.
fn reply_letter(
    app: &App,
    by: &Person,
    id: CohortId,
    to: PostId,
    now: Timestamp,
) -> Result<Option<Due>, Error> {
    let (cohort, post) = (held(app, id)?.value, app.store.post_held(id, to)?);
    match post {
        Some(post) if !by.is(post.value.by) => {
            letters::due(app, &cohort, post.value.by, News::Reply, now)
        }
        _ => Ok(None),
    }
}

pub(super) fn fits(text: &Prose) -> Result<(), Error> {
    match text.as_str().len() <= POST_BYTES {
        true => Ok(()),
        false => {
            let message = format!("this is longer than {POST_BYTES} bytes");
            Err(Error::invalid("/text", message))
        }
    }
}

/// Lists what was said, the last one first.
pub fn wall(
    app: &App,
    reader: &Person,
    id: CohortId,
    asked: &PageRequest,
) -> Result<Page<Seen>, Error> {
    let part = joined(app, id, reader.id)?.value.part;
    seen_all(app, reader, part, app.store.posts(id, asked)?)
}

/// Shows one post.
pub fn one(app: &App, reader: &Person, id: CohortId, post: PostId) -> Result<Seen, Error> {
    let part = joined(app, id, reader.id)?.value.part;
    let held = app.store.post_held(id, post)?.ok_or(Error::NotFound)?;
    match held.value.under {
        None => seen(app, reader, part, held.value),
        Some(_) => Err(Error::NotFound),
    }
}

/// Lists the replies to a post, the oldest first.
pub fn replies(
    app: &App,
    reader: &Person,
    id: CohortId,
    post: PostId,
    asked: &PageRequest,
) -> Result<Page<Seen>, Error> {
    let part = joined(app, id, reader.id)?.value.part;
    app.store.post_held(id, post)?.ok_or(Error::NotFound)?;
    seen_all(app, reader, part, app.store.replies(id, post, asked)?)
}

fn seen_all(app: &App, reader: &Person, part: Part, page: Page<Post>) -> Result<Page<Seen>, Error> {
    let items = page.items.into_iter();
    let items = items.map(|post| seen(app, reader, part, post));
    Ok(Page {
        items: items.collect::<Result<_, _>>()?,
        next: page.next,
    })
}

fn seen(app: &App, reader: &Person, part: Part, post: Post) -> Result<Seen, Error> {
    let is_own = reader.is(post.by);
    let may_look = is_own || part == Part::Facilitator;
    let name = |by: PersonId| -> Result<_, Error> {
        let found = app.store.person(by)?;
        Ok(found.map(|found| (found.id, found.name)))
    };
    let (by, text, hidden) = match post.fate {
        Fate::Shown { text } => (name(post.by)?, Some(text), None),
        Fate::Hidden { text, reason, .. } => (
            name(post.by)?,
            may_look.then_some(text),
            Some(may_look.then_some(reason)),
        ),
        Fate::TakenBack => (None, None, None),
    };
    Ok(Seen {
        id: post.id,
        is_own: is_own && by.is_some(),
        by,
        at: post.at,
        text,
        hidden,
        replies: post.replies,
    })
}

/// Takes back what one said. Where there are replies, an empty place stays above them.
pub fn take_back(app: &App, by: &Person, id: CohortId, post: PostId) -> Result<(), Error> {
    retried(ATTEMPTS, || {
        let held = app.store.post_held(id, post)?.ok_or(Error::NotFound)?;
        if !by.is(held.value.by) || held.value.fate == Fate::TakenBack {
            return Err(Error::NotFound);
        }
        remove(app, &held)
    })
}

fn remove(app: &App, held: &Stored<Post>) -> Result<(), Error> {
    let post = &held.value;
    let mut batch = Batch::default();
    app.store.disown_post(&mut batch, post);
    match post.replies {
        0 => app.store.remove_post(&mut batch, held),
        _ => {
            let empty = Post {
                fate: Fate::TakenBack,
                ..post.clone()
            };
            app.store.put_post(&mut batch, held, &empty)?;
        }
    }
    if let Some(above) = post.under
        && let Some(above) = app.store.post_held(post.cohort, above)?
    {
        let left = Post {
            replies: above.value.replies.saturating_sub(1),
            ..above.value.clone()
        };
        // An empty place with nothing below it is of no use.
        match (left.replies, &left.fate) {
            (0, Fate::TakenBack) => app.store.remove_post(&mut batch, &above),
            _ => app.store.put_post(&mut batch, &above, &left)?,
        }
    }
    Ok(app.store.commit(batch)?)
}

/// Takes back all that somebody has said in a cohort.
pub(super) fn take_all_back(app: &App, by: &Person, id: CohortId) -> Result<(), Error> {
    loop {
        let own = app.store.posts_by(by.id, id, AT_ONCE)?;
        for post in &own {
            match take_back(app, by, id, *post) {
                // It was taken back at this moment.
                Ok(()) | Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        if own.len() < AT_ONCE {
            return Ok(());
        }
    }
}

/// Hides what somebody said, and keeps why. Whoever said it reads the reason.
pub fn hide(
    app: &App,
    by: &Person,
    id: CohortId,
    post: PostId,
    reason: Line,
) -> Result<Seen, Error> {
    refated(app, by, id, post, |fate| match fate {
        Fate::Shown { text } | Fate::Hidden { text, .. } => Some(Fate::Hidden {
            text: text.clone(),
            reason: reason.clone(),
            by: by.id,
        }),
        Fate::TakenBack => None,
    })
}

/// Shows again what was hidden.
pub fn show_again(app: &App, by: &Person, id: CohortId, post: PostId) -> Result<Seen, Error> {
    refated(app, by, id, post, |fate| match fate {
        Fate::Shown { text } | Fate::Hidden { text, .. } => {
            Some(Fate::Shown { text: text.clone() })
        }
        Fate::TakenBack => None,
    })
}

fn refated(
    app: &App,
    by: &Person,
    id: CohortId,
    post: PostId,
    fate: impl Fn(&Fate) -> Option<Fate>,
) -> Result<Seen, Error> {
    retried(ATTEMPTS, || {
        let facilitator = joined(app, id, by.id)?;
        let held = app.store.post_held(id, post)?.ok_or(Error::NotFound)?;
        let changed = Post {
            fate: fate(&held.value.fate).ok_or(Error::NotFound)?,
            ..held.value.clone()
        };
        let mut batch = Batch::default();
        facilitator.require_unchanged(&mut batch);
        app.store.put_post(&mut batch, &held, &changed)?;
        app.store.commit(batch)?;
        seen(app, by, facilitator.value.part, changed)
    })
}

/// A page.
const POST_BYTES: usize = 4_000;
/// Beyond this it is another conversation.
const REPLIES: u32 = 200;
/// Posts taken back in one go.
const AT_ONCE: usize = 100;
