//! Badges that people bring here from elsewhere, kept as they came.
//!
//! A badge is verified when it comes. One whose proof does not hold is refused; one that has expired,
//! was revoked, or cannot be checked now is kept with that verdict beside it. What is kept is the text
//! byte for byte, and the picture it came in. They are their person's alone: nothing of them is public.

mod error;
mod examined;
pub mod listed;
pub mod profile;
pub mod waiting;

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{BadgeId, HostedId, PersonId};
use crate::person::Person;
use crate::store::StoreError;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use verifier::{Report, Verdict};

pub use error::HostedError;
pub use examined::{Examined, Picture, TextForm};

/// A badge that somebody brought here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hosted {
    /// Its name here.
    pub id: HostedId,
    /// Whose it is.
    pub person: PersonId,
    /// What it says of itself.
    pub about: About,
    /// Whether it is JSON or a JWT.
    pub form: TextForm,
    /// The digest of its text.
    pub digest: Sha256Digest,
    /// How long its text is, in bytes.
    pub text_bytes: usize,
    /// The picture that it came in, if it came in one.
    pub picture: Option<HostedPicture>,
    /// What verifying came to.
    pub found: Found,
    /// Who brought it.
    pub source: Source,
    /// When it first came.
    pub added: Timestamp,
}

/// What a badge says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its identifier.
    pub credential: String,
    /// The identifier of its issuer.
    pub issuer: String,
    /// What the issuer is called.
    pub issuer_name: String,
    /// What was achieved.
    pub title: String,
    /// Since when it is valid, which is when it was issued.
    pub valid_from: Timestamp,
}

/// The picture that a badge came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostedPicture {
    /// PNG or SVG.
    pub kind: Picture,
    /// How large it is.
    pub bytes: usize,
}

/// What verifying came to, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The verdict.
    pub verdict: Kept,
    /// Why, unless it is verified: the verifier's code and its sentence.
    pub reason: Option<(String, String)>,
    /// When it was looked at.
    pub at: Timestamp,
}

/// The verdict on what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// It holds.
    Verified,
    /// Its proof holds, and it does not count: it is over, or was taken back.
    Refused,
    /// It could not be checked: it counts as unverified.
    Unverified,
}

/// Who brought a badge here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Its person, as a file or by an address.
    Person,
    /// Its person, from another host.
    Host(String),
    /// An application, by its name.
    Application(String),
}

/// What is kept of a badge beside its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// The text that was signed.
    Text,
    /// The picture it came in.
    Picture,
}

/// What became of a badge that was brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new here.
    Added(HostedId),
    /// It is here in place of an older edition, or was here already.
    Replaced(HostedId),
    /// A newer edition is here, which stays.
    Older(HostedId),
    /// It was issued here: its newest edition is among the person's badges.
    Own(BadgeId),
}

/// How much room a person's badges take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// How many there are.
    pub badges: usize,
    /// How many bytes they have together.
    pub bytes: usize,
    /// How often anything changed, so that of two changes at once one is noticed.
    pub changes: u64,
}

/// Keeps a badge that was examined for a person.
///
/// Which badge it is follows from the identifiers of issuer and credential (Open Badges 3.0, credential
/// equality): a newer edition takes the place of an older one, and never the other way round.
pub fn keep(
    app: &App,
    person: &Person,
    examined: &Examined,
    source: &Source,
    now: Timestamp,
) -> Result<Outcome, Error> {
    if let Some(own) = own(app, person, &examined.about)? {
        return Ok(Outcome::Own(own));
    }
    for _ in 0..ATTEMPTS {
        let room = app.store.room_held(person.id)?;
        let same = examined.about.identifiers();
        let known = app.store.hosted_same(person.id, same)?;
        let digest = Sha256Digest::of(examined.text.as_bytes());
        if let Some(known) = known.as_ref().map(|known| &known.value) {
            // What could not be checked takes the place of nothing that was.
            let knows_less =
                (known.found.verdict, examined.found.verdict) == (Kept::Verified, Kept::Unverified);
            if knows_less && known.digest == digest {
                return Ok(Outcome::Replaced(known.id));
            }
            if knows_less || known.about.valid_from > examined.about.valid_from {
                return Ok(Outcome::Older(known.id));
            }
        }
        let id = known.as_ref().map(|known| known.value.id);
        let hosted = Hosted {
            id: id.unwrap_or_else(|| HostedId::draw(&app.random)),
            person: person.id,
            about: examined.about.clone(),
            form: examined.form,
            digest,
            text_bytes: examined.text.len(),
            picture: examined
                .picture
                .as_ref()
                .map(|(kind, bytes)| HostedPicture {
                    kind: *kind,
                    bytes: bytes.len(),
                }),
            found: examined.found.clone(),
            source: source.clone(),
            added: known.as_ref().map_or(now, |known| known.value.added),
        };
        let before = room.as_ref().map(|room| room.value).unwrap_or_default();
        let freed = known.as_ref().map_or(0, |known| known.value.bytes());
        let after = Room {
            badges: before.badges + usize::from(known.is_none()),
            bytes: before.bytes - freed.min(before.bytes) + hosted.bytes(),
            changes: before.changes + 1,
        };
        if after.badges > BADGES || after.bytes > BYTES {
            return Err(HostedError::Full.into());
        }
        let kept = app
            .store
            .keep_hosted(&hosted, examined, known.as_ref(), room.as_ref(), &after);
        match (kept, known) {
            (Ok(()), None) => return Ok(Outcome::Added(hosted.id)),
            (Ok(()), Some(_)) => return Ok(Outcome::Replaced(hosted.id)),
            (Err(StoreError::Conflict), _) => {}
            (Err(error), _) => return Err(error.into()),
        }
    }
    Err(Error::conflict("another change came first"))
}

/// The person's own badge that this is an edition of, if it was issued here.
fn own(app: &App, person: &Person, about: &About) -> Result<Option<BadgeId>, Error> {
    let base = app.site.base();
    let id = about.credential.trim().strip_prefix(base);
    let id = id.and_then(|path| path.strip_prefix("/badges/")?.parse().ok());
    let Some(id) = id else {
        return Ok(None);
    };
    let badge = app.store.badge(id)?;
    let Some(badge) = badge.filter(|badge| person.is(badge.earner)) else {
        return Ok(None);
    };
    let issued = app.store.issued(badge.id, badge.current().number)?;
    let issued = issued.ok_or(Error::Missing("an edition"))?;
    let same = Examined::about_json(issued.json())
        .is_some_and(|known| known.identifiers() == about.identifiers());
    Ok(same.then_some(badge.id))
}

/// Finds a badge that a person brought here, with its text.
pub fn view(app: &App, person: &Person, id: HostedId) -> Result<(Hosted, String), Error> {
    let hosted = of_person(app, person, id)?;
    let text = app.store.hosted_content(&hosted, Content::Text)?;
    let text = String::from_utf8(text).map_err(|_| Error::Missing("the text of a badge"))?;
    Ok((hosted, text))
}

/// The picture that a badge came in, if it came in one.
pub fn picture(
    app: &App,
    person: &Person,
    id: HostedId,
) -> Result<(Hosted, Picture, Vec<u8>), Error> {
    let hosted = of_person(app, person, id)?;
    let kind = hosted.picture.ok_or(Error::NotFound)?.kind;
    let bytes = app.store.hosted_content(&hosted, Content::Picture)?;
    Ok((hosted, kind, bytes))
}

/// Takes a badge away that a person brought here.
pub fn remove(app: &App, person: &Person, id: HostedId) -> Result<(), Error> {
    for _ in 0..ATTEMPTS {
        let held = app.store.hosted_held(id)?;
        let held = held.filter(|held| person.is(held.value.person));
        let held = held.ok_or(Error::NotFound)?;
        match app.store.remove_hosted(&held) {
            Ok(()) => return Ok(()),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::conflict("another change came first"))
}

/// Notes what verifying a badge once more came to, if it is still the same text.
pub fn note(app: &App, person: &Person, id: HostedId, found: Found) -> Result<(), Error> {
    let held = app.store.hosted_held(id)?;
    let held = held.filter(|held| person.is(held.value.person));
    let held = held.ok_or(Error::NotFound)?;
    Ok(app.store.note_found(&held, found)?)
}

fn of_person(app: &App, person: &Person, id: HostedId) -> Result<Hosted, Error> {
    let held = app.store.hosted_held(id)?;
    let held = held.filter(|held| person.is(held.value.person));
    Ok(held.ok_or(Error::NotFound)?.value)
}

impl Hosted {
    /// How many bytes are kept of it.
    pub(crate) fn bytes(&self) -> usize {
        self.text_bytes + self.picture.map_or(0, |picture| picture.bytes)
    }

    /// How many bytes one of its contents has.
    pub(crate) fn bytes_of(&self, content: Content) -> usize {
        match content {
            Content::Text => self.text_bytes,
            Content::Picture => self.picture.map_or(0, |picture| picture.bytes),
        }
    }
}

impl About {
    /// Under what the badge is found among those of its person: the digest of both identifiers, without
    /// what percent signs and blanks make different (Open Badges 3.0, credential equality).
    pub(crate) fn identifiers(&self) -> Sha256Digest {
        let issuer = compared(&self.issuer);
        let credential = compared(&self.credential);
        Sha256Digest::of(format!("{}\n{issuer}\n{credential}", issuer.len()).as_bytes())
    }
}

/// An identifier as it is compared.
fn compared(identifier: &str) -> String {
    let bytes = identifier.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| (*byte as char).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).trim().to_owned()
}

impl Found {
    /// What a report says.
    pub fn of(report: &Report) -> Found {
        let reason = report.reason();
        Found {
            verdict: Kept::from(report.verdict()),
            reason: reason.map(|reason| (reason.code().to_owned(), reason.to_string())),
            at: report.now(),
        }
    }
}

impl From<Verdict> for Kept {
    fn from(verdict: Verdict) -> Kept {
        match verdict {
            Verdict::Verified => Kept::Verified,
            Verdict::Refused => Kept::Refused,
            Verdict::Undetermined => Kept::Unverified,
        }
    }
}

impl Content {
    /// Its name in keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Content::Text => "text",
            Content::Picture => "picture",
        }
    }
}

/// More than anybody has; a career of a badge a month is 480.
pub const BADGES: usize = 500;

/// 20 MB for each person: badges have 10 kB, and their pictures at most a few hundred.
pub const BYTES: usize = 20 * 1024 * 1024;

/// Somebody who imports twice at once waits for neither longer than this many commits.
const ATTEMPTS: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_compared_without_percent_signs_and_blanks_at_their_ends() {
        for (one, other) in [
            ("https://a.example/b%20c", "https://a.example/b c"),
            (" urn:uuid:1 ", "urn:uuid:1"),
            ("%41%zz%4", "A%zz%4"),
            ("%20a%20", "a"),
        ] {
            assert_eq!(compared(one), compared(other));
        }
        assert_ne!(
            compared("https://a.example/A"),
            compared("https://a.example/a")
        );
    }
}
