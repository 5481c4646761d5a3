//! Our JSON Schemas beside those published with the standard.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use schemas::Finding;
use schemas::lint;
use schemas::schema::{self, Class};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::mutation::{Mutation, mutations};
use crate::support;

#[test]
fn our_schemas_and_the_published_ones_agree_on_every_example_and_its_mutations() {
    let name = "our_schemas_and_the_published_ones_agree_on_every_example_and_its_mutations";
    let Some(spec) = support::spec(name) else {
        return;
    };
    let published = Published::read(&spec);
    let mut exceptions = Exceptions::read();
    let mut judged = 0;
    let mut documents = support::examples(&spec);
    documents.push(("ours/every-property".to_owned(), every_property()));
    for (name, document) in documents {
        let Some((class, validator)) = published.judge_of(&document) else {
            continue;
        };
        let unchanged = Mutation::none(&document);
        for mutation in std::iter::once(unchanged).chain(mutations(&document)) {
            judged += 1;
            let ours = schema::validate(class, &mutation.document);
            let theirs = validator.is_valid(&mutation.document);
            if ours.is_empty() != theirs {
                exceptions.explain(&name, &mutation, &ours);
            }
        }
    }
    println!("{judged} documents judged by both");
    assert!(judged >= 50_000, "only {judged} documents were judged");
    exceptions.settle();
}

#[test]
fn a_finding_names_the_place_and_the_kind_of_fault() {
    let cases = [
        (
            "/validFrom",
            json!("2026-01-05T08:00:00"),
            "schema.format",
            "/validFrom",
        ),
        (
            "/issuer",
            json!({"type": ["Profile"]}),
            "schema.required",
            "/issuer",
        ),
        ("/issuer/name", json!(7), "schema.type", "/issuer/name"),
        (
            "/type",
            json!(["VerifiableCredential"]),
            "schema.contains",
            "/type",
        ),
        (
            "/image/type",
            json!("Picture"),
            "schema.enum",
            "/image/type",
        ),
        (
            "/image/a~1b",
            json!(""),
            "schema.unknown_member",
            "/image/a~1b",
        ),
        (
            "/endorsementJwt",
            json!(["a.b"]),
            "schema.pattern",
            "/endorsementJwt/0",
        ),
        ("/@context", json!([]), "schema.min_items", "/@context"),
        (
            "/name",
            json!({"English": "x"}),
            "schema.property_name",
            "/name",
        ),
    ];
    for (place, value, code, pointer) in cases {
        let mut document = every_property();
        let (parent, member) = place.rsplit_once('/').expect("a pointer");
        let parent = document.pointer_mut(parent).expect("the place exists");
        parent[member.replace("~1", "/")] = value;
        let findings = schema::validate(Class::AchievementCredential, &document);
        let found: Vec<_> = findings
            .iter()
            .map(|finding| (finding.code, finding.pointer.as_str()))
            .collect();
        assert_eq!(found, [(code, pointer)], "{place}");
    }
}

#[test]
fn every_kind_of_value_in_every_place_is_judged_without_an_unnamed_code() {
    let document = every_property();
    for mutation in mutations(&document) {
        for finding in schema::validate(Class::AchievementCredential, &mutation.document) {
            assert_ne!(finding.code, "schema.invalid", "{finding}");
            assert!(
                mutation.document.pointer(&finding.pointer).is_some(),
                "{finding} points nowhere"
            );
        }
    }
}

#[test]
fn a_document_full_of_faults_yields_a_bounded_list() {
    let mut document = every_property();
    document["evidence"] = std::iter::repeat_n(json!(7), 10_000).collect();
    let findings = schema::validate(Class::AchievementCredential, &document);
    assert_eq!(findings.len(), schema::FINDINGS);
}

#[test]
fn what_lint_lets_pass_the_published_schemas_accept_with_and_without_compaction() {
    let name = "what_lint_lets_pass_the_published_schemas_accept_with_and_without_compaction";
    let Some(spec) = support::spec(name) else {
        return;
    };
    let judges = [
        "ob3/ob_v3p0_achievementcredential_schema.json",
        "ob3-plain-2024-07/ob_v3p0_achievementcredential-jsonschema1.json",
    ]
    .map(|file| compile(&support::json(&spec.join("schemas").join(file))));
    let document = every_property();
    let unchanged = Mutation::none(&document);
    let mut passed = 0;
    let mut refused = BTreeSet::new();
    for mutation in std::iter::once(unchanged).chain(mutations(&document)) {
        if !lint::lint(&mutation.document).is_empty() {
            continue;
        }
        passed += 1;
        // The schema of 2024 still asks for the id of a status, which the standard no longer does.
        let is_about_status = mutation.pointer.ends_with("/credentialStatus/id");
        if judges
            .iter()
            .all(|judge| judge.is_valid(&mutation.document))
            || is_about_status
        {
            continue;
        }
        refused.insert(format!("{} at {}", mutation.name, mutation.pointer));
    }
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(passed > 500, "only {passed} mutations passed");
}

/// The published schemas, compiled.
struct Published {
    badge: Validator,
    endorsement: Validator,
    endorsement_1_1: Validator,
    profile: Validator,
}

impl Published {
    fn read(spec: &std::path::Path) -> Published {
        let read = |name: &str| -> Value {
            let path = spec.join(format!("schemas/ob3/ob_v3p0_{name}_schema.json"));
            support::json(&path)
        };
        let either_form = read("anyachievementcredential");
        // The union of both forms of an endorsement is published only as a part of that of badges.
        let mut endorsement_1_1 = either_form.clone();
        endorsement_1_1["anyOf"] = json!([{"$ref": "#/$defs/EndorsementCredentialv1p1"}]);
        Published {
            badge: compile(&either_form),
            endorsement: compile(&read("endorsementcredential")),
            endorsement_1_1: compile(&endorsement_1_1),
            profile: compile(&read("profile")),
        }
    }

    fn judge_of(&self, document: &Value) -> Option<(Class, &Validator)> {
        let old = document["@context"][0] == "https://www.w3.org/2018/credentials/v1";
        let class = Class::of(document)?;
        Some(match class {
            Class::AchievementCredential => (class, &self.badge),
            Class::EndorsementCredential if old => (class, &self.endorsement_1_1),
            Class::EndorsementCredential => (class, &self.endorsement),
            Class::Profile => (class, &self.profile),
            // Records are held against their own published schema in the chapter about them.
            Class::ClrCredential => return None,
        })
    }
}

fn compile(schema: &Value) -> Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .expect("a schema that compiles")
}

/// The differences that are meant, from `schema-exceptions.toml`.
struct Exceptions {
    rules: Vec<Rule>,
    unexplained: BTreeMap<String, usize>,
}

/// One reason to judge otherwise than the published schemas.
#[derive(Deserialize)]
struct Rule {
    requirement: String,
    reason: String,
    /// The members that were changed; those that made a difference are taken out.
    changed: BTreeSet<String>,
    /// What they were changed into; likewise.
    into: BTreeSet<String>,
    /// What we find then; empty where we accept.
    #[serde(default)]
    codes: BTreeSet<String>,
    #[serde(skip)]
    made_a_difference: BTreeSet<String>,
}

impl Exceptions {
    fn read() -> Exceptions {
        #[derive(Deserialize)]
        struct File {
            stricter: Vec<Rule>,
            looser: Vec<Rule>,
        }

        let text = include_str!("schema-exceptions.toml");
        let file: File = toml::from_str(text).expect("a readable list of exceptions");
        assert!(file.stricter.iter().all(|rule| !rule.codes.is_empty()));
        assert!(file.looser.iter().all(|rule| rule.codes.is_empty()));
        Exceptions {
            rules: file.stricter.into_iter().chain(file.looser).collect(),
            unexplained: BTreeMap::new(),
        }
    }

    fn explain(&mut self, example: &str, mutation: &Mutation, ours: &[Finding]) {
        let changed = last_name(&mutation.pointer);
        let rule = self.rules.iter_mut().find(|rule| {
            rule.changed.contains(changed)
                && rule.into.contains(&mutation.name)
                && rule.codes.is_empty() == ours.is_empty()
                && ours.iter().all(|found| rule.codes.contains(found.code))
        });
        if let Some(rule) = rule {
            let differed = [changed, &mutation.name].map(str::to_owned);
            rule.made_a_difference.extend(differed);
            rule.made_a_difference
                .extend(ours.iter().map(|found| found.code.to_owned()));
            return;
        }
        let verdict = match ours.first() {
            Some(finding) => format!("refused with {}", finding.code),
            None => "accepted".to_owned(),
        };
        println!("{example}: {} of {}", mutation.name, mutation.pointer);
        let what = format!("{} of {changed} is {verdict} by us alone", mutation.name);
        *self.unexplained.entry(what).or_default() += 1;
    }

    fn settle(self) {
        for rule in &self.rules {
            let listed = rule.changed.iter().chain(&rule.into).chain(&rule.codes);
            let idle: Vec<_> = listed
                .filter(|part| !rule.made_a_difference.contains(*part))
                .collect();
            assert!(
                idle.is_empty(),
                "make no difference any more: {idle:?} of {} ({})",
                rule.requirement,
                rule.reason
            );
        }
        assert!(self.unexplained.is_empty(), "{:#?}", self.unexplained);
    }
}

/// The last part of a pointer that is a name and not a place in an array.
fn last_name(pointer: &str) -> &str {
    let mut names = pointer.rsplit('/');
    let last = names.find(|name| !name.is_empty() && name.parse::<usize>().is_err());
    last.unwrap_or("the document")
}

fn every_property() -> Value {
    support::json(&support::repository().join("tests/fixtures/lint/clean/every-property.json"))
}
