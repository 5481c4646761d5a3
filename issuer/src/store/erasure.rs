//! What the store knows of people who are erased, and how it lets go of what is theirs.

mod badges;
mod rows;
mod work;

use super::merge::AT_ONCE;
use super::{Store, StoreError, Stored};
use crate::cohort::facilitating::Appointment;
use crate::cohort::help::HelpRequest;
use crate::engine::Batch;
use crate::erasure::{Erased, Erasure, Tombstone};
use crate::id::{BadgeId, CohortId, CompactionId, HelpId, PersonId};
use crate::layout;
use crate::link::Link;
use crate::mail::{Fate, Mail};
use crate::person::{Email, Person};
use crate::submission::{Colleague, Comment, CommentKind};
use crate::upload::{State, Upload};
use schemas::timestamp::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

impl Store {
    /// Adds to a batch that somebody is being erased, and that no identifier or address leads to them.
    pub(crate) fn put_erasure(
        &self,
        batch: &mut Batch,
        erasure: &Erasure,
        everybody: &[PersonId],
    ) -> Result<(), StoreError> {
        let erased = Erased { at: erasure.at };
        batch.put_record(layout::erasing(erasure.person.id), erasure)?;
        for person in everybody {
            batch.put_record(layout::erased(*person), &erased)?;
            batch.delete(layout::person_joined(*person));
        }
        batch.delete(layout::person(erasure.person.id));
        for email in &erasure.person.emails {
            self.drop_email(batch, email);
        }
        for request in self.join_requests_of(erasure.person.id)? {
            self.remove_join_request(batch, &request.organisation, erasure.person.id)?;
        }
        Ok(())
    }

    /// Lists the erasures that are not done.
    pub(crate) fn open_erasures(&self) -> Result<Vec<Erasure>, StoreError> {
        let found = self.read_all::<Erasure>(&layout::all_erasing(), b"", AT_ONCE)?;
        Ok(found.into_iter().map(|held| held.value).collect())
    }

    /// Writes down how far an erasure has come whose first round is done, and asks for the store to be compacted.
    pub(crate) fn keep_erasure(
        &self,
        erasure: &Erasure,
        compaction: CompactionId,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        // Nothing of theirs takes room any more.
        batch.delete(layout::space_of_person(erasure.person.id));
        batch.put_record(layout::erasing(erasure.person.id), erasure)?;
        self.ask_to_compact(&mut batch, compaction)?;
        self.commit(batch)
    }

    /// Forgets an erasure that is done, and asks for the store to be compacted.
    pub(crate) fn close_erasure(
        &self,
        person: PersonId,
        compaction: CompactionId,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::space_of_person(person));
        batch.delete(layout::erasing(person));
        self.ask_to_compact(&mut batch, compaction)?;
        self.commit(batch)
    }

    /// Since when somebody is erased, if they are.
    pub(crate) fn erased(&self, person: PersonId) -> Result<Option<Erased>, StoreError> {
        Ok(self.read(&layout::erased(person))?.map(|held| held.value))
    }

    /// Notes that somebody is erased.
    pub(crate) fn put_erased(&self, person: PersonId, erased: &Erased) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put_record(layout::erased(person), erased)?;
        self.commit(batch)
    }

    /// Lists everybody who is erased.
    pub(crate) fn all_erased(&self) -> Result<Vec<(PersonId, Erased)>, StoreError> {
        let (prefix, mut found) = (layout::all_erased(), Vec::new());
        self.each(&prefix, |held: Stored<Erased>| {
            let name = held.key().get(prefix.len()..).unwrap_or_default();
            let person = std::str::from_utf8(name).ok();
            let person = person.and_then(|name| name.parse().ok());
            found.extend(person.map(|person| (person, held.value)));
            Ok::<_, StoreError>(())
        })?;
        Ok(found)
    }

    /// What stays of a badge whose earner was erased.
    pub(crate) fn tombstone(&self, badge: BadgeId) -> Result<Option<Tombstone>, StoreError> {
        Ok(self.read(&layout::tombstone(badge))?.map(|held| held.value))
    }

    /// Ends every way into an account.
    pub(crate) fn erase_ways_in(&self, person: PersonId) -> Result<(), StoreError> {
        for session in self.sessions_of(person)? {
            self.remove_session(person, session.id)?;
        }
        for token in self.tokens_of(person)? {
            self.remove_token(person, token.id)?;
        }
        for prefix in [layout::passkeys_of(person), layout::identities_of(person)] {
            let mut batch = Batch::default();
            for (key, _) in self.engine().scan(&prefix, b"", AT_ONCE)? {
                let digest = key.get(prefix.len()..).unwrap_or_default();
                let digest = std::str::from_utf8(digest).ok();
                if let Some(digest) = digest.and_then(|digest| digest.parse().ok()) {
                    batch.delete(layout::passkey(digest));
                    batch.delete(layout::identity(digest));
                }
                batch.delete(key);
            }
            self.commit(batch)?;
        }
        Ok(())
    }

    /// Forgets the messages that wait for somebody's addresses, the links that were sent there or lead to them, and
    /// invitations that nobody has accepted.
    pub(crate) fn erase_mail(&self, person: &Person, now: Timestamp) -> Result<(), StoreError> {
        let emails = &person.emails;
        self.each(&layout::outbox(), |held: Stored<Mail>| {
            if !emails.contains(&held.value.to) {
                return Ok(());
            }
            let mut batch = Batch::default();
            if let Fate::Waiting { due, .. } = held.value.fate {
                batch.delete(layout::mail_due_at(due, held.value.id));
            }
            batch.delete(held.key().to_vec());
            self.commit(batch)
        })?;
        self.each(&layout::links(), |held: Stored<Link>| {
            let leads_to = held.value.purpose.person();
            if !emails.contains(&held.value.email) && !leads_to.is_some_and(|id| person.is(id)) {
                return Ok(());
            }
            let mut batch = Batch::default();
            batch.delete(held.key().to_vec());
            self.commit(batch)
        })?;
        for organisation in self.organisations(None, ORGANISATIONS)? {
            for email in emails {
                if let Some(held) = self.invitation_to(&organisation.id, email)? {
                    let mut batch = Batch::default();
                    self.remove_invitation(&mut batch, &held, now)?;
                    self.commit(batch)?;
                }
            }
        }
        Ok(())
    }

    /// Forgets what others call somebody whom they have asked to look at a draft, or to facilitate a cohort.
    pub(crate) fn erase_asked(&self, person: &Person) -> Result<(), StoreError> {
        let theirs = |email: &Option<Email>| {
            let emails = &person.emails;
            email.as_ref().is_some_and(|one| emails.contains(one))
        };
        self.each(&layout::all_colleagues(), |held: Stored<Colleague>| {
            let is_theirs = held.value.person.is_some_and(|id| person.is(id));
            if !is_theirs && !theirs(&held.value.email) {
                return Ok(());
            }
            let nameless = Colleague {
                name: "Erased".parse().expect("a name"),
                email: None,
                ..held.value.clone()
            };
            self.replace_erased(&held, &nameless)
        })?;
        self.each(&layout::all_appointments(), |held: Stored<Appointment>| {
            if !theirs(&held.value.email) {
                return Ok(());
            }
            let mut batch = Batch::default();
            self.remove_appointment(&mut batch, &held);
            self.commit(batch)
        })
    }

    /// Forgets what somebody said of drafts of others. That a coach said something stays, and not what.
    pub(crate) fn erase_comments(&self, person: &Person) -> Result<(), StoreError> {
        self.each(&layout::all_draft_comments(), |held: Stored<Comment>| {
            let comment = &held.value;
            match comment.kind {
                _ if !person.is(comment.by) => Ok(()),
                CommentKind::Comment => self.remove_unless_changed(&held),
                CommentKind::CoachNote => {
                    let wordless = Comment {
                        name: "Erased".parse().expect("a name"),
                        text: "Erased.".parse().expect("a text"),
                        ..comment.clone()
                    };
                    self.replace_erased(&held, &wordless)
                }
            }
        })
    }

    /// Forgets what somebody has asked for in cohorts.
    pub(crate) fn erase_help(&self, person: PersonId) -> Result<(), StoreError> {
        self.each(
            &layout::cohort_help_by(person),
            |entry: Stored<HelpEntry>| {
                let HelpEntry { cohort, help } = entry.value;
                let mut batch = Batch::default();
                if let Some(held) = self.help_held(cohort, help)? {
                    let request: &HelpRequest = &held.value;
                    batch.delete(layout::cohort_help_waiting(request));
                    batch.delete(held.key().to_vec());
                }
                batch.delete(entry.key().to_vec());
                self.commit(batch)
            },
        )
    }

    /// Lists the cohorts in which somebody has said something.
    pub(crate) fn cohorts_spoken_in(&self, person: PersonId) -> Result<Vec<CohortId>, StoreError> {
        let mut cohorts = BTreeSet::new();
        self.each(
            &layout::cohort_posts_by(person),
            |entry: Stored<InCohort>| {
                cohorts.insert(entry.value.cohort);
                Ok::<_, StoreError>(())
            },
        )?;
        Ok(cohorts.into_iter().collect())
    }

    /// Gives up what somebody was sending, to be removed at once, and forgets what they had sent.
    pub(crate) fn erase_uploads(&self, person: PersonId, now: Timestamp) -> Result<(), StoreError> {
        self.each(&layout::uploads(), |held: Stored<Upload>| {
            let upload = &held.value;
            if upload.owner != person {
                return Ok(());
            }
            if let State::Added { .. } = upload.state {
                let mut batch = Batch::default();
                held.require_unchanged(&mut batch);
                batch.delete(held.key().to_vec());
                batch.delete(layout::upload_due(upload.due, upload.id));
                return self.commit(batch);
            }
            let given_up = Upload {
                state: State::GivenUp,
                name: "Erased".parse().expect("a name"),
                due: now,
                ..upload.clone()
            };
            self.replace_upload(&held, given_up).map(|_| ())
        })
    }

    /// Forgets what somebody kept for themselves.
    pub(crate) fn erase_own(&self, person: PersonId) -> Result<(), StoreError> {
        for (list, led_to) in layout::led_to(person) {
            // An entry goes after what it leads to, and none that came meanwhile: the next round has to find it.
            for (entry, _) in self.engine().scan(&list, b"", AT_ONCE)? {
                let name = entry.get(list.len()..).unwrap_or_default();
                for place in led_to {
                    // Identifiers are all of one alphabet: none is the beginning of another place.
                    self.erase_all(&[place.as_bytes(), name].concat())?;
                }
                let mut batch = Batch::default();
                batch.delete(entry);
                self.commit(batch)?;
            }
        }
        for prefix in layout::kept_by(person) {
            self.erase_all(&prefix)?;
        }
        Ok(())
    }

    /// Forgets what somebody has begun in a browser and not finished.
    pub(crate) fn erase_attempts(&self, person: &Person) -> Result<(), StoreError> {
        let everybody = person.former.iter().chain([&person.id]);
        let mut names: Vec<String> = everybody.map(ToString::to_string).collect();
        names.extend(person.emails.iter().map(ToString::to_string));
        self.each(&layout::attempts(), |held: Stored<Value>| {
            let text = String::from_utf8_lossy(held.bytes());
            if !names.iter().any(|name| text.contains(name)) {
                return Ok(());
            }
            // Changed meanwhile it is finished, or its place is another's.
            self.remove_unless_changed(&held)
        })
    }

    fn remove_unless_changed<T>(&self, held: &Stored<T>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.delete(held.key().to_vec());
        match self.commit(batch) {
            Ok(()) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Goes through all records under a prefix.
    pub(crate) fn each<T: DeserializeOwned, E: From<StoreError>>(
        &self,
        prefix: &[u8],
        mut see: impl FnMut(Stored<T>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut from = Vec::new();
        loop {
            let some = self.read_all::<T>(prefix, &from, AT_ONCE)?;
            let is_last = some.len() < AT_ONCE;
            for held in some {
                from = [held.key(), &[0]].concat();
                see(held)?;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Forgets everything under a prefix.
    pub(super) fn erase_all(&self, prefix: &[u8]) -> Result<(), StoreError> {
        loop {
            let found = self.engine().scan(prefix, b"", AT_ONCE)?;
            if found.is_empty() {
                return Ok(());
            }
            let mut batch = Batch::default();
            for (key, _) in found {
                batch.delete(key);
            }
            self.commit(batch)?;
        }
    }
}

#[derive(Serialize, Deserialize)]
struct HelpEntry {
    cohort: CohortId,
    help: HelpId,
}

#[derive(Serialize, Deserialize)]
struct InCohort {
    cohort: CohortId,
}

/// More than a large state has.
const ORGANISATIONS: usize = 10_000;
