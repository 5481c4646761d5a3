//! What a micro-credential says: one document with one JSON form, which is what is stored, shown and
//! hashed.

use super::alignment::Alignment;
use super::asked::{ContextPrompt, EvidenceRequirement};
use super::colour::Colour;
use super::credits::Credits;
use super::resource::{Reference, Resource};
use super::review_policy::ReviewPolicy;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{MicroCredentialId, RequirementId, TopicId};
use crate::image::ImageRef;
use crate::rubric::{Decision, Rubric};
use crate::text::{LanguageTag, Line, Prose};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a micro-credential says.
///
/// A member that nobody filled in is left out of the JSON form, so that members added to this
/// type later change no digest of what was published before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The title.
    pub name: Line,
    /// The competency that is shown by earning it. A draft may have none or several, a published
    /// version has exactly one.
    #[serde(
        rename = "competency",
        default,
        with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub competencies: Vec<Line>,
    /// What it is about.
    pub description: Prose,
    /// What it takes, for those who read the badge (the standard's criteria narrative).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Prose>,
    /// How it is done: the method or strategy that is practised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Prose>,
    /// What research says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub research_notes: Option<Prose>,
    /// Where the research is found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// What helps, in the order in which it is suggested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    /// What is asked about the earner's setting, and never scored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context_prompts: Vec<ContextPrompt>,
    /// What is asked about what changed for students. No reviewer sees the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome_prompt: Option<Line>,
    /// What is to be handed in.
    #[serde(default)]
    pub evidence_requirements: Vec<EvidenceRequirement>,
    /// What the evidence is held against.
    #[serde(default)]
    pub rubric: Rubric,
    /// What decides over a review.
    #[serde(default, skip_serializing_if = "Decision::is_all_criteria")]
    pub decision: Decision,
    /// How what is handed in is reviewed.
    #[serde(default, skip_serializing_if = "ReviewPolicy::is_usual")]
    pub review: ReviewPolicy,
    /// The nodes of frameworks elsewhere that it answers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alignments: Vec<Alignment>,
    /// What it is worth, as a bare number; what one credit is worth is for those who accept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Credits>,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<Line>,
    /// Its places in the catalogue's list of topics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<TopicId>,
    /// Whom it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Line>,
    /// The grades it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<Line>,
    /// The language it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageTag>,
    /// How long a badge of it is good for; for ever, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_months: Option<u32>,
    /// What to do when that time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<Prose>,
    /// What should be earned before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<MicroCredentialId>,
    /// A stack: whoever has earned all of these has earned this one, and hands in nothing for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stack: Vec<MicroCredentialId>,
    /// The colour of the picture that is drawn where there is no image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// Its own picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageRef>,
}

impl Content {
    /// A draft that says no more than this.
    pub fn new(name: Line, description: Prose) -> Content {
        Content {
            name,
            competencies: Vec::new(),
            description,
            criteria: None,
            method: None,
            research_notes: None,
            references: Vec::new(),
            resources: Vec::new(),
            context_prompts: Vec::new(),
            outcome_prompt: None,
            evidence_requirements: Vec::new(),
            rubric: Rubric::default(),
            decision: Decision::AllCriteria,
            review: ReviewPolicy::default(),
            alignments: Vec::new(),
            credits: None,
            tags: Vec::new(),
            topics: Vec::new(),
            roles: Vec::new(),
            grades: Vec::new(),
            language: None,
            validity_months: None,
            renewal: None,
            prerequisites: Vec::new(),
            stack: Vec::new(),
            colour: None,
            image: None,
        }
    }

    /// The one competency; nothing while a draft has none or several.
    pub fn competency(&self) -> Option<&Line> {
        match self.competencies.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Whether it is earned by earning others.
    pub fn is_stack(&self) -> bool {
        !self.stack.is_empty()
    }

    /// The requirement of this name.
    pub fn requirement(&self, id: &RequirementId) -> Option<&EvidenceRequirement> {
        self.evidence_requirements
            .iter()
            .find(|requirement| requirement.id == *id)
    }

    /// SHA-256 over the canonical JSON (RFC 8785) of the whole content, just as it is shown.
    pub fn sha256(&self) -> Sha256Digest {
        let document = serde_json::to_value(self).expect("content is strings, numbers and lists");
        Sha256Digest::of_canonical_json(&document)
    }

    /// Holds a draft against everything that must be so from the beginning: what there is, is
    /// whole and within its limits. What is missing is asked for when it is published.
    pub fn check(&self) -> Result<(), Error> {
        self.check_counts()?;
        self.check_requirements()?;
        self.rubric.check()?;
        self.decision.check(&self.rubric)?;
        self.review.check()?;
        if self
            .validity_months
            .is_some_and(|months| months == 0 || months > VALIDITY_MONTHS)
        {
            let message = format!("a badge is good for 1 to {VALIDITY_MONTHS} months");
            return Err(Error::invalid("/validity_months", message));
        }
        self.check_size()
    }

    /// Holds it against what a published version must have beside that.
    pub fn check_publishable(&self) -> Result<(), Error> {
        self.check()?;
        if self.competencies.len() != 1 {
            let found = match self.competencies.len() {
                0 => "none".to_owned(),
                several => several.to_string(),
            };
            let message = format!(
                "a micro-credential states exactly one competency, and this one states {found}: \
                 several belong into micro-credentials of their own"
            );
            return Err(Error::invalid("/competency", message));
        }
        if self.criteria.is_none() {
            return Err(Error::invalid("/criteria", "say what it takes to earn it"));
        }
        if self.is_stack() {
            return match self.evidence_requirements.is_empty() && self.rubric.is_empty() {
                true => Ok(()),
                false => Err(Error::invalid(
                    "/stack",
                    "a stack is earned by earning others: it asks for no evidence of its own",
                )),
            };
        }
        if self.evidence_requirements.is_empty() {
            let message = format!("between 1 and {REQUIREMENTS} pieces of evidence are asked for");
            return Err(Error::invalid("/evidence_requirements", message));
        }
        if self.rubric.is_empty() {
            let message = "evidence is held against a rubric of at least one criterion";
            return Err(Error::invalid("/rubric/criteria", message));
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), Error> {
        let counts = [
            ("/competency", self.competencies.len(), COMPETENCIES),
            ("/references", self.references.len(), REFERENCES),
            ("/resources", self.resources.len(), RESOURCES),
            ("/context_prompts", self.context_prompts.len(), PROMPTS),
            (
                "/evidence_requirements",
                self.evidence_requirements.len(),
                REQUIREMENTS,
            ),
            ("/alignments", self.alignments.len(), ALIGNMENTS),
            ("/tags", self.tags.len(), TAGS),
            ("/topics", self.topics.len(), TOPICS),
            ("/roles", self.roles.len(), TAGS),
            ("/grades", self.grades.len(), TAGS),
            ("/prerequisites", self.prerequisites.len(), MEMBERS),
            ("/stack", self.stack.len(), MEMBERS),
        ];
        for (pointer, count, limit) in counts {
            if count > limit {
                return Err(Error::invalid(pointer, format!("at most {limit} of these")));
            }
        }
        let stack: BTreeSet<_> = self.stack.iter().collect();
        if self.stack.len() == 1 || stack.len() != self.stack.len() {
            let message = "a stack is made of at least two micro-credentials, each named once";
            return Err(Error::invalid("/stack", message));
        }
        Ok(())
    }

    fn check_requirements(&self) -> Result<(), Error> {
        let mut names = BTreeSet::new();
        for (place, requirement) in self.evidence_requirements.iter().enumerate() {
            let pointer = format!("/evidence_requirements/{place}");
            if !names.insert(&requirement.id) {
                let message = "another requirement has this name";
                return Err(Error::invalid(pointer + "/id", message));
            }
            requirement.check(&pointer)?;
        }
        let least = self.evidence_requirements.iter().map(|asked| asked.least);
        if least.map(u64::from).sum::<u64>() > REQUIREMENTS as u64 {
            let message = format!("a submission has at most {REQUIREMENTS} pieces of evidence");
            return Err(Error::invalid("/evidence_requirements", message));
        }
        let mut prompts = BTreeSet::new();
        for (place, prompt) in self.context_prompts.iter().enumerate() {
            if !prompts.insert(&prompt.id) {
                let pointer = format!("/context_prompts/{place}/id");
                return Err(Error::invalid(pointer, "another question has this name"));
            }
        }
        Ok(())
    }

    fn check_size(&self) -> Result<(), Error> {
        let in_badge = Content {
            method: None,
            research_notes: None,
            references: Vec::new(),
            resources: Vec::new(),
            context_prompts: Vec::new(),
            outcome_prompt: None,
            evidence_requirements: Vec::new(),
            renewal: None,
            review: ReviewPolicy::default(),
            ..self.clone()
        };
        let bounds = [
            (self, "micro-credential", CONTENT_BYTES),
            (
                &in_badge,
                "micro-credential as its badges tell of it",
                BADGE_BYTES,
            ),
        ];
        for (content, what, limit) in bounds {
            let size = serde_json::to_string(content).map_or(usize::MAX, |text| text.len());
            if size > limit {
                return Err(Error::TooLarge {
                    what,
                    bytes: size as u64,
                    limit: limit as u64,
                });
            }
        }
        Ok(())
    }
}

/// One text as a string, several as a list: the form for one is what programs have always known.
mod one_or_many {
    use crate::text::Line;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a competency is one text of at most 300 bytes")]
    enum OneOrMany {
        One(Line),
        Many(Vec<Line>),
    }

    pub fn serialize<S: Serializer>(lines: &[Line], serializer: S) -> Result<S::Ok, S::Error> {
        match lines {
            [one] => one.serialize(serializer),
            other => other.serialize(serializer),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Line>, D::Error> {
        Ok(match OneOrMany::deserialize(deserializer)? {
            OneOrMany::One(line) => vec![line],
            OneOrMany::Many(lines) => lines,
        })
    }
}

/// Twenty pieces a submission may have, so at most twenty things can be asked for.
const REQUIREMENTS: usize = 20;
/// Enough to be found by.
const TAGS: usize = 20;
/// One is right; a draft may hold as many as were imported until somebody has chosen.
const COMPETENCIES: usize = 10;
/// Longer than the list of any micro-credential in use.
const REFERENCES: usize = 50;
/// What fits on a page that is read to its end.
const RESOURCES: usize = 50;
/// More questions than these are a survey.
const PROMPTS: usize = 10;
/// All stand in every badge; the budget of bytes ends most lists before.
const ALIGNMENTS: usize = 50;
/// A thing in more places than these is in none.
const TOPICS: usize = 10;
/// What a page can show the progress of.
const MEMBERS: usize = 30;
/// Fifty years.
const VALIDITY_MONTHS: u32 = 600;
/// A record of the store stays under 100 kB.
const CONTENT_BYTES: usize = 64 * 1024;
/// What stands in every badge: a record holds a badge in two forms.
const BADGE_BYTES: usize = 24 * 1024;
