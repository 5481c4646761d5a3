//! The index: which words stand where, and what each micro-credential is about.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use schemas::timestamp::Timestamp;

use super::fold;
use super::query::{Facet, FacetValue, Found, Order, Query};
use crate::id::{MicroCredentialId, OrganisationId};
use crate::micro_credential::MicroCredential;

/// A micro-credential as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name in addresses.
    pub id: MicroCredentialId,
    /// Its title.
    pub title: String,
    /// The competency it is about.
    pub competency: String,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What it is worth.
    pub credits: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// The extension of its picture's address.
    pub picture: &'static str,
}

#[derive(Default)]
pub struct Index {
    /// What is listed; a place whose micro-credential went is empty.
    places: Vec<Option<Place>>,
    by_id: BTreeMap<MicroCredentialId, u32>,
    /// Where each word stands, and how much it counts there.
    words: BTreeMap<String, Vec<(u32, u32)>>,
}

struct Place {
    listed: Listed,
    /// The title as it is compared.
    title: String,
    facets: BTreeMap<Facet, BTreeSet<String>>,
    /// The words it is found by, to take it out again.
    words: Vec<String>,
}

impl Index {
    pub fn insert(&mut self, found: &MicroCredential, adopters: Vec<OrganisationId>) {
        let content = &found.content;
        let competency = content.competency().map_or("", |line| line.as_str());
        let mut weights: HashMap<String, u32> = HashMap::new();
        let mut weigh = |text: &str, weight: u32| {
            for word in fold::words(text) {
                let held = weights.entry(word).or_default();
                *held = (*held).max(weight);
            }
        };
        weigh(content.name.as_str(), TITLE);
        weigh(competency, COMPETENCY);
        for line in content.tags.iter().chain(&content.roles) {
            weigh(line.as_str(), TAG);
        }
        for topic in &content.topics {
            weigh(topic.as_str(), TAG);
        }
        for alignment in &content.alignments {
            weigh(alignment.target_name.as_str(), TAG);
            weigh(
                alignment
                    .target_code
                    .as_ref()
                    .map_or("", |code| code.as_str()),
                TAG,
            );
        }
        weigh(content.description.as_str(), DESCRIPTION);
        weigh(
            content.criteria.as_ref().map_or("", |text| text.as_str()),
            DESCRIPTION,
        );

        self.remove(&found.id);
        let place = u32::try_from(self.places.len()).expect("fewer than four billion changes");
        for (word, weight) in &weights {
            let held = self.words.entry(word.clone()).or_default();
            held.push((place, *weight));
        }
        self.by_id.insert(found.id.clone(), place);
        self.places.push(Some(Place {
            listed: Listed {
                id: found.id.clone(),
                title: content.name.to_string(),
                competency: competency.to_owned(),
                organisation: found.organisation.clone(),
                credits: content.credits.map(|credits| credits.to_string()),
                published: found.published_at(),
                picture: found.picture_type().extension(),
            },
            title: fold::words(content.name.as_str()).join(" "),
            facets: facets(found, adopters),
            words: weights.into_keys().collect(),
        }));
    }

    pub fn remove(&mut self, id: &MicroCredentialId) {
        let Some(place) = self.by_id.remove(id) else {
            return;
        };
        let Some(gone) = self.places.get_mut(place as usize).and_then(Option::take) else {
            return;
        };
        for word in gone.words {
            if let Some(held) = self.words.get_mut(&word) {
                held.retain(|(at, _)| *at != place);
                if held.is_empty() {
                    self.words.remove(&word);
                }
            }
        }
    }

    pub fn names(&self) -> Vec<MicroCredentialId> {
        self.by_id.keys().cloned().collect()
    }

    pub fn search(&self, query: &Query) -> Found {
        let mut hits: Vec<(u32, &Place)> = Vec::new();
        let mut counts: BTreeMap<Facet, HashMap<&str, usize>> = BTreeMap::new();
        for (place, score) in self.fitting(query) {
            let Some(place) = self.places.get(place as usize).and_then(Option::as_ref) else {
                continue;
            };
            let fails = |(facet, value): &(&Facet, &String)| !place.has(**facet, value);
            let failed: Vec<_> = query.facets.iter().filter(fails).collect();
            match failed.as_slice() {
                [] => {
                    hits.push((score, place));
                    Facet::ALL
                        .iter()
                        .for_each(|facet| place.count(*facet, &mut counts));
                }
                [(facet, _)] => place.count(**facet, &mut counts),
                _ => {}
            }
        }
        match query.order {
            Order::Fitting => {
                hits.sort_by_key(|(score, place)| (Reverse(*score), &place.title, &place.listed.id))
            }
            Order::Newest => hits.sort_by_key(|(_, place)| {
                (
                    Reverse(place.listed.published),
                    &place.title,
                    &place.listed.id,
                )
            }),
        }
        let total = hits.len();
        let page = hits.into_iter().skip(query.skip).take(query.take);
        Found {
            total,
            items: page.map(|(_, place)| place.listed.clone()).collect(),
            facets: counts
                .into_iter()
                .map(|(facet, values)| (facet, most_frequent(values)))
                .collect(),
        }
    }

    /// Where every word of the query stands, with how well it fits there; everywhere, without words.
    fn fitting(&self, query: &Query) -> Vec<(u32, u32)> {
        let Some((last, whole)) = query.words.split_last() else {
            return self.by_id.values().map(|place| (*place, 0)).collect();
        };
        let mut fitting = self.beginning_with(last);
        for word in whole {
            let here: HashMap<u32, u32> = self
                .words
                .get(word)
                .into_iter()
                .flatten()
                .copied()
                .collect();
            fitting.retain(|place, score| match here.get(place) {
                Some(weight) => {
                    *score += weight * 2;
                    true
                }
                None => false,
            });
        }
        let phrased = |(place, score): (u32, u32)| {
            let found = self.places.get(place as usize).and_then(Option::as_ref);
            let bonus = match found {
                Some(found) if found.title == query.phrase => EXACT_TITLE,
                Some(found) if found.title.contains(&query.phrase) => PHRASE_IN_TITLE,
                _ => 0,
            };
            (place, score + bonus)
        };
        fitting.into_iter().map(phrased).collect()
    }

    /// Where a word stands, or one that begins with it.
    fn beginning_with(&self, beginning: &str) -> HashMap<u32, u32> {
        let mut fitting: HashMap<u32, u32> = HashMap::new();
        let from = Bound::Included(beginning.to_owned());
        let words = self.words.range((from, Bound::Unbounded));
        for (word, places) in words.take_while(|(word, _)| word.starts_with(beginning)) {
            // A whole word counts a little more than the beginning of one.
            let whole = u32::from(word == beginning);
            for (place, weight) in places {
                let score = fitting.entry(*place).or_default();
                *score = (*score).max(weight * 2 - 1 + whole);
            }
        }
        fitting
    }
}

impl Place {
    fn has(&self, facet: Facet, value: &str) -> bool {
        let values = self.facets.get(&facet);
        values.is_some_and(|values| values.contains(value))
    }

    fn count<'a>(&'a self, facet: Facet, counts: &mut BTreeMap<Facet, HashMap<&'a str, usize>>) {
        let values = self.facets.get(&facet);
        for value in values.into_iter().flatten() {
            *counts.entry(facet).or_default().entry(value).or_default() += 1;
        }
    }
}

fn facets(
    found: &MicroCredential,
    adopters: Vec<OrganisationId>,
) -> BTreeMap<Facet, BTreeSet<String>> {
    let content = &found.content;
    let standards = content.alignments.iter().map(|alignment| {
        let named = alignment.target_framework.as_ref();
        named.unwrap_or(&alignment.target_name).to_string()
    });
    let issuers = adopters.into_iter().chain([found.organisation.clone()]);
    let text = |lines: &[crate::text::Line]| lines.iter().map(ToString::to_string).collect();
    [
        (
            Facet::Topic,
            content.topics.iter().map(ToString::to_string).collect(),
        ),
        (Facet::Role, text(&content.roles)),
        (Facet::Grade, text(&content.grades)),
        (Facet::Standard, standards.collect()),
        (
            Facet::Credit,
            content.credits.iter().map(ToString::to_string).collect(),
        ),
        (
            Facet::Language,
            content.language.iter().map(ToString::to_string).collect(),
        ),
        (Facet::Issuer, issuers.map(|id| id.to_string()).collect()),
    ]
    .into()
}

fn most_frequent(counts: HashMap<&str, usize>) -> Vec<FacetValue> {
    let value = |(value, count): (&str, usize)| FacetValue {
        value: value.to_owned(),
        count,
    };
    let mut values: Vec<_> = counts.into_iter().map(value).collect();
    values.sort_by(|one, other| {
        (Reverse(one.count), &one.value).cmp(&(Reverse(other.count), &other.value))
    });
    values
}

const TITLE: u32 = 16;
const COMPETENCY: u32 = 6;
const TAG: u32 = 4;
const DESCRIPTION: u32 = 1;
const PHRASE_IN_TITLE: u32 = 64;
const EXACT_TITLE: u32 = 128;
