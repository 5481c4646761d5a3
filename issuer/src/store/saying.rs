//! What the store knows of what is said in cohorts, and of who asks for help there.

use super::merge::AT_ONCE;
use super::{Store, StoreError, Stored};
use crate::cohort::help::HelpRequest;
use crate::cohort::posts::{Fate, Post};
use crate::engine::Batch;
use crate::id::{CohortId, HelpId, PersonId, PostId};
use crate::layout;
use crate::page::{Page, PageRequest};
use serde::{Deserialize, Serialize};

/// Where something is that somebody said.
#[derive(Serialize, Deserialize)]
struct Said {
    cohort: CohortId,
    post: PostId,
}

/// Where a request for help is.
#[derive(Serialize, Deserialize)]
struct Asked {
    cohort: CohortId,
    help: HelpId,
}

impl Store {
    /// Finds what somebody said, in order to change it.
    pub(crate) fn post_held(
        &self,
        id: CohortId,
        post: PostId,
    ) -> Result<Option<Stored<Post>>, StoreError> {
        self.read(&layout::cohort_post(id, post))
    }

    /// Lists what was said in a cohort, the last first.
    pub(crate) fn posts(
        &self,
        id: CohortId,
        asked: &PageRequest,
    ) -> Result<Page<Post>, StoreError> {
        self.said(&layout::cohort_wall(id), asked)
    }

    /// Lists the replies to something, the oldest first.
    pub(crate) fn replies(
        &self,
        id: CohortId,
        post: PostId,
        asked: &PageRequest,
    ) -> Result<Page<Post>, StoreError> {
        self.said(&layout::cohort_replies(id, post), asked)
    }

    fn said(&self, prefix: &[u8], asked: &PageRequest) -> Result<Page<Post>, StoreError> {
        let find = |said: Said| {
            let found = self.post_held(said.cohort, said.post)?;
            Ok(found.map(|held| held.value))
        };
        self.page(prefix, asked, find)
    }

    /// Lists some of what somebody has said in a cohort, and not taken back.
    pub(crate) fn posts_by(
        &self,
        person: PersonId,
        id: CohortId,
        limit: usize,
    ) -> Result<Vec<PostId>, StoreError> {
        let found = self.read_all::<Said>(&layout::cohort_posts_of(person, id), b"", limit)?;
        Ok(found.into_iter().map(|held| held.value.post).collect())
    }

    /// Writes in a batch what somebody says.
    pub(crate) fn add_post(&self, batch: &mut Batch, new: &Post) -> Result<(), StoreError> {
        let key = layout::cohort_post(new.cohort, new.id);
        let said = Said {
            cohort: new.cohort,
            post: new.id,
        };
        batch.require_absent(key.clone());
        batch.put_record(key, new)?;
        batch.put_record(layout::cohort_said(new), &said)?;
        let own = layout::cohort_post_of(new.by, new.cohort, new.id);
        batch.put_record(own, &said)
    }

    /// Writes in a batch what became of it.
    pub(crate) fn put_post(
        &self,
        batch: &mut Batch,
        held: &Stored<Post>,
        changed: &Post,
    ) -> Result<(), StoreError> {
        held.require_unchanged(batch);
        batch.put_record(held.key().to_vec(), changed)
    }

    /// Forgets in a batch who said it.
    pub(crate) fn disown_post(&self, batch: &mut Batch, post: &Post) {
        batch.delete(layout::cohort_post_of(post.by, post.cohort, post.id));
    }

    /// Forgets it altogether, in a batch.
    pub(crate) fn remove_post(&self, batch: &mut Batch, held: &Stored<Post>) {
        held.require_unchanged(batch);
        batch.delete(held.key().to_vec());
        batch.delete(layout::cohort_said(&held.value));
    }

    /// Finds a request for help, in order to change it.
    pub(crate) fn help_held(
        &self,
        id: CohortId,
        help: HelpId,
    ) -> Result<Option<Stored<HelpRequest>>, StoreError> {
        self.read(&layout::cohort_help(id, help))
    }

    /// Lists who waits for help, the longest first.
    pub(crate) fn help_waiting(
        &self,
        id: CohortId,
        asked: &PageRequest,
    ) -> Result<Page<HelpRequest>, StoreError> {
        let find = |one: Asked| {
            let found = self.help_held(one.cohort, one.help)?;
            Ok(found.map(|held| held.value))
        };
        self.page(&layout::cohort_help_queue(id), asked, find)
    }

    /// Lists what somebody has asked in a cohort, the last first.
    pub(crate) fn help_of(
        &self,
        person: PersonId,
        id: CohortId,
        limit: usize,
    ) -> Result<Vec<HelpRequest>, StoreError> {
        let mut found = Vec::new();
        let asked = layout::cohort_help_asked_by(person, id);
        for one in self.read_all::<Asked>(&asked, b"", limit)? {
            let held = self.help_held(one.value.cohort, one.value.help)?;
            found.extend(held.map(|held| held.value));
        }
        Ok(found)
    }

    /// Writes in a batch that somebody asks for help.
    pub(crate) fn add_help(&self, batch: &mut Batch, new: &HelpRequest) -> Result<(), StoreError> {
        let key = layout::cohort_help(new.cohort, new.id);
        let asked = Asked {
            cohort: new.cohort,
            help: new.id,
        };
        batch.require_absent(key.clone());
        batch.put_record(key, new)?;
        batch.put_record(layout::cohort_help_waiting(new), &asked)?;
        batch.put_record(layout::cohort_help_of(new), &asked)
    }

    /// Writes in a batch what became of a request; one that is closed waits no longer.
    pub(crate) fn put_help(
        &self,
        batch: &mut Batch,
        held: &Stored<HelpRequest>,
        changed: &HelpRequest,
    ) -> Result<(), StoreError> {
        held.require_unchanged(batch);
        if changed.closed.is_some() {
            batch.delete(layout::cohort_help_waiting(&held.value));
        }
        batch.put_record(held.key().to_vec(), changed)
    }

    /// Moves what somebody has said and asked to another person, and says how much there was.
    pub(super) fn move_said(&self, from: PersonId, to: PersonId) -> Result<usize, StoreError> {
        let posts = self.read_all::<Said>(&layout::cohort_posts_by(from), b"", AT_ONCE)?;
        for entry in &posts {
            self.move_post(entry, from, to)?;
        }
        let asked = self.read_all::<Asked>(&layout::cohort_help_by(from), b"", AT_ONCE)?;
        for entry in &asked {
            self.move_help(entry, to)?;
        }
        Ok(posts.len() + asked.len())
    }

    fn move_post(
        &self,
        entry: &Stored<Said>,
        from: PersonId,
        to: PersonId,
    ) -> Result<(), StoreError> {
        let Said { cohort, post } = entry.value;
        let held = self.post_held(cohort, post)?.ok_or(StoreError::Conflict)?;
        let mut batch = Batch::default();
        entry.require_unchanged(&mut batch);
        batch.delete(layout::cohort_post_of(from, cohort, post));
        if held.value.fate != Fate::TakenBack {
            let moved = Post {
                by: to,
                ..held.value.clone()
            };
            self.put_post(&mut batch, &held, &moved)?;
            let key = layout::cohort_post_of(to, cohort, post);
            batch.put_record(key, &Said { cohort, post })?;
        }
        self.commit(batch)
    }

    fn move_help(&self, entry: &Stored<Asked>, to: PersonId) -> Result<(), StoreError> {
        let Asked { cohort, help } = entry.value;
        let held = self.help_held(cohort, help)?.ok_or(StoreError::Conflict)?;
        let moved = HelpRequest {
            by: to,
            ..held.value.clone()
        };
        let mut batch = Batch::default();
        entry.require_unchanged(&mut batch);
        batch.delete(entry.key().to_vec());
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), &moved)?;
        batch.put_record(layout::cohort_help_of(&moved), &Asked { cohort, help })?;
        self.commit(batch)
    }
}
