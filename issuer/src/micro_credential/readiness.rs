//! Readiness: what is still worth saying before a micro-credential is published.
//!
//! What publishing refuses without comes first. The rest keeps nobody from publishing: what those who
//! read the badge look for (the fields that are the author's among those that the TrustEd Microcredential
//! framework of 1EdTech names), how hard the texts are to read, and whether everybody can take part.

mod reading;

use self::reading::Reading;
use super::{Content, EvidenceKind, Resource, ResourcePlace};
use crate::app::App;
use crate::error::Error;
use crate::id::OrganisationId;
use serde::Serialize;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub kind: CheckKind,
    /// What was found.
    pub outcome: Outcome,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is there.
    Done,
    /// It is not, or not as it should be. The places are JSON pointers into the content; none where
    /// something is missing as a whole.
    Open {
        /// Where to look, ten at most.
        places: Vec<String>,
    },
    /// There is nothing to be looked at: no texts in a language whose reading level is known, no levels.
    NotApplicable,
}

/// Why something is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// Publishing refuses without it.
    Publishing,
    /// Those who read the badge look for it.
    Trust,
    /// It decides how hard the texts are to read.
    Reading,
    /// It decides who can take part.
    Accessibility,
}

macro_rules! checks {
    ($($kind:ident $code:literal $concern:ident $title:literal $remedy:literal;)*) => {
        /// What is looked at.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum CheckKind {
            $(#[doc = $title] $kind,)*
        }

        impl CheckKind {
            /// Everything that is looked at, in the order in which it is shown.
            pub const ALL: &[CheckKind] = &[$(CheckKind::$kind,)*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(CheckKind::$kind => concat!("readiness.", $code),)* }
            }

            /// Why it is looked at.
            pub fn concern(self) -> Concern {
                match self { $(CheckKind::$kind => Concern::$concern,)* }
            }

            /// What holds where it is done.
            pub fn title(self) -> &'static str {
                match self { $(CheckKind::$kind => $title,)* }
            }

            /// What to do where it is not.
            pub fn remedy(self) -> &'static str {
                match self { $(CheckKind::$kind => $remedy,)* }
            }
        }
    };
}

checks! {
    Competency "competency" Publishing "It states exactly one competency"
        "Say in one statement what an earner can do.";
    Criteria "criteria" Publishing "It says what it takes"
        "Say in a few sentences what it takes to earn it: every badge carries them.";
    Evidence "evidence" Publishing "It asks for evidence"
        "Ask for at least one piece of evidence.";
    Rubric "rubric" Publishing "It has a rubric"
        "Add at least one criterion with its levels.";
    Levels "levels" Trust "Every level says what work at it looks like"
        "Describe the levels: earners aim at them, and reviewers agree by them.";
    Method "method" Trust "It says how it is done"
        "Describe the method or strategy.";
    Research "research" Trust "It rests on research that can be read"
        "Say what research says, and name where it is found.";
    Resources "resources" Trust "It suggests resources"
        "Name something to read, watch or visit.";
    Alignment "alignment" Trust "It answers to a standard elsewhere"
        "Align it to a teaching standard, a framework or a certification, by its address.";
    Credits "credits" Trust "It says what it is worth"
        "Say how many credits it is worth, as a bare number.";
    Validity "validity" Trust "It says how it is renewed when its time is over"
        "A badge of it ends: say what to do then.";
    Found "found" Trust "It can be found by topic and by whom it is for"
        "Choose a topic and say for whom it is.";
    Picture "picture" Trust "It has a picture of its own"
        "Give it a picture; until then one is drawn for it.";
    Issuer "issuer" Trust "Its organisation says where it is found and what it does"
        "Give the organisation a web address and a description: badges show both.";
    ReadingLevel "reading_level" Reading "Its texts are easy enough to read"
        "Use shorter words and sentences: these texts ask for more than twelve years of school.";
    LongSentences "long_sentences" Reading "No sentence is very long"
        "Part sentences of more than forty words.";
    Language "language" Accessibility "It says which language it is in"
        "Name the language: programs that read pages aloud speak it then.";
    OtherWays "other_ways" Accessibility "Nobody has to record or draw to take part"
        "Accept a text, a document or a link beside recordings and pictures.";
    LinkNames "link_names" Accessibility "Every link says where it leads"
        "Call resources by their titles, not by their addresses.";
    Capitals "capitals" Accessibility "Nothing is written in capitals throughout"
        "Write words in small letters: capitals are hard to read, and are spelled out by some programs.";
}

/// Looks at what a micro-credential of an organisation says.
pub fn readiness(
    app: &App,
    organisation: &OrganisationId,
    content: &Content,
) -> Result<Vec<Check>, Error> {
    let owner = app
        .store
        .organisation(organisation)?
        .ok_or(Error::NotFound)?;
    let issuer = owner.profile.url.is_some() && owner.profile.description.is_some();
    let reading = Reading::of(content);
    let check = |kind: &CheckKind| {
        let outcome = match kind {
            CheckKind::Issuer => done(issuer),
            CheckKind::ReadingLevel => reading.level(),
            CheckKind::LongSentences => reading.long_sentences(),
            CheckKind::Capitals => reading.capitals(),
            other => of_content(*other, content),
        };
        Check {
            kind: *kind,
            outcome,
        }
    };
    Ok(CheckKind::ALL.iter().map(check).collect())
}

impl Check {
    /// Whether something is left to do.
    pub fn is_open(&self) -> bool {
        matches!(self.outcome, Outcome::Open { .. })
    }
}

fn of_content(kind: CheckKind, content: &Content) -> Outcome {
    let reviewed = |outcome: Outcome| match content.is_stack() {
        true => Outcome::NotApplicable,
        false => outcome,
    };
    match kind {
        CheckKind::Competency => done(content.competencies.len() == 1),
        CheckKind::Criteria => done(content.criteria.is_some()),
        CheckKind::Evidence => reviewed(done(!content.evidence_requirements.is_empty())),
        CheckKind::Rubric => reviewed(done(!content.rubric.is_empty())),
        CheckKind::Levels => reviewed(levels(content)),
        CheckKind::Method => done(content.method.is_some()),
        CheckKind::Research => {
            done(content.research_notes.is_some() && !content.references.is_empty())
        }
        CheckKind::Resources => done(!content.resources.is_empty()),
        CheckKind::Alignment => done(!content.alignments.is_empty()),
        CheckKind::Credits => done(content.credits.is_some()),
        CheckKind::Validity => match content.validity_months {
            Some(_) => done(content.renewal.is_some()),
            None => Outcome::NotApplicable,
        },
        CheckKind::Found => done(!content.topics.is_empty() && !content.roles.is_empty()),
        CheckKind::Picture => done(content.image.is_some()),
        CheckKind::Language => done(content.language.is_some()),
        CheckKind::OtherWays => reviewed(other_ways(content)),
        CheckKind::LinkNames => link_names(content),
        CheckKind::Issuer
        | CheckKind::ReadingLevel
        | CheckKind::LongSentences
        | CheckKind::Capitals => Outcome::NotApplicable,
    }
}

fn levels(content: &Content) -> Outcome {
    let mut bare = Vec::new();
    for (place, criterion) in content.rubric.criteria().iter().enumerate() {
        for (step, level) in criterion.levels.iter().enumerate() {
            if level.description.is_none() {
                bare.push(format!(
                    "/rubric/criteria/{place}/levels/{step}/description"
                ));
            }
        }
    }
    match content.rubric.is_empty() {
        true => Outcome::NotApplicable,
        false => open_at(bare),
    }
}

/// The pieces of evidence that only somebody can give who can speak, film or draw.
fn other_ways(content: &Content) -> Outcome {
    let open_to_all = [
        EvidenceKind::File,
        EvidenceKind::Text,
        EvidenceKind::Link,
        EvidenceKind::Document,
    ];
    let asked = content.evidence_requirements.iter().enumerate();
    let closed = asked.filter(|(_, asked)| {
        asked.least > 0 && !open_to_all.iter().any(|kind| asked.accepts.contains(kind))
    });
    open_at(closed.map(|(place, _)| format!("/evidence_requirements/{place}/accepts")))
}

fn link_names(content: &Content) -> Outcome {
    let is_bare = |resource: &Resource| {
        let name = resource.name.as_str();
        matches!(resource.place, ResourcePlace::Link(_))
            && (name.contains("://") || name.starts_with("www."))
    };
    let resources = content.resources.iter().enumerate();
    let bare = resources.filter(|(_, resource)| is_bare(resource));
    open_at(bare.map(|(place, _)| format!("/resources/{place}/name")))
}

fn done(is_done: bool) -> Outcome {
    match is_done {
        true => Outcome::Done,
        false => Outcome::Open { places: Vec::new() },
    }
}

fn open_at(places: impl IntoIterator<Item = String>) -> Outcome {
    let places: Vec<String> = places.into_iter().take(PLACES).collect();
    match places.is_empty() {
        true => Outcome::Done,
        false => Outcome::Open { places },
    }
}

/// As many places as somebody goes through before looking again.
const PLACES: usize = 10;
