//! Blindness: whatever a reviewer asks for, no answer says whose work it is.
//!
//! Names are planted wherever they can be, and everything that can be reached is fetched: every line
//! of the route table with every identifier that was met on the way. The same crawl by the earner
//! does find the names.

use std::collections::{BTreeMap, BTreeSet};

use issuer::digest::Sha256Digest;
use issuer::event::Actor;
use issuer::http;
use issuer::id::{MicroCredentialId, OrganisationId, SubmissionId};
use issuer::micro_credential::{self, ContextPrompt};
use issuer::organisation::{self, OrganisationKind, Role};
use issuer::person::{self, Details, EmailInBadges, NameInBadges, Person};
use issuer::rights::Scope;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::catalogue::content;
use crate::chapters::organisations::district;
use crate::chapters::uploads_shown::{jpeg, png};
use crate::served::{Caller, Served};
use crate::uploading::video;

/// What is planted, in small letters, and where. The pictures carry the earner's name and a place.
const PLANTED: [(&str, Plant); 11] = [
    ("lovelace", Plant::Person),
    ("byron", Plant::Person),
    ("countess", Plant::Person),
    ("enchantress", Plant::Person),
    ("first-lesson", Plant::Person),
    ("48.8584", Plant::Person),
    ("home.example", Plant::Person),
    ("umberwick", Plant::School),
    ("hollowway", Plant::School),
    // These two are no organisations of the service.
    ("marigold", Plant::Person),
    ("thornbury", Plant::Person),
];

/// Whom something planted would give away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plant {
    Person,
    /// Organisations are public, and only who belongs to one is not.
    School,
}

/// Somebody who fetches whatever they can.
struct Crawl<'a> {
    served: &'a Served,
    token: String,
    browser: Browser<'a>,
    /// Every identifier that an answer had in it.
    met: BTreeSet<String>,
    /// Every address that a page had in it.
    links: BTreeSet<String>,
    found: BTreeMap<&'static str, Vec<String>>,
    answers: usize,
    shown: usize,
}

impl<'a> Crawl<'a> {
    fn of(served: &'a Served, person: &Person) -> Crawl<'a> {
        let token = person::make_token(&served.test.app, person.id, Scope::all(), served.test.now);
        Crawl {
            served,
            token: token.expect("a token").expose().to_owned(),
            browser: Browser::of(served, person),
            met: BTreeSet::new(),
            links: BTreeSet::new(),
            found: BTreeMap::new(),
            answers: 0,
            shown: 0,
        }
    }

    /// Fetches everything, twice: what the first round met is asked for in the second.
    async fn everything(&mut self, submission: SubmissionId) {
        self.met.insert(submission.to_string());
        for _ in 0..2 {
            for route in http::routes() {
                let is_open = route.action.rule().is_open();
                for path in self.addresses(&route.path) {
                    match route.method {
                        Method::GET => self.read(&path, is_open).await,
                        // A form of a page would be taken as it is.
                        _ if !path.starts_with("/api/") => {}
                        ref other => self.fail(other.clone(), &path, is_open).await,
                    }
                }
            }
            for link in std::mem::take(&mut self.links) {
                let page = self.browser.get(&link).await;
                self.judge(&link, page, is_public(&link)).await;
            }
        }
    }

    /// A line of the route table with every value that may stand in it.
    fn addresses(&self, template: &str) -> Vec<String> {
        let mut paths = vec![String::new()];
        for part in template.split('/').skip(1) {
            let values: Vec<String> = match part {
                "{organisation}" | "{adopter}" => vec!["host".to_owned()],
                "{micro_credential}" | "{name}" | "{line}" => vec!["wait-time".to_owned()],
                "{number}" => vec!["1".to_owned()],
                "{spoken}" => vec!["captions".to_owned()],
                "{topic}" => vec!["questioning".to_owned()],
                name if name.starts_with('{') => self.met.iter().cloned().collect(),
                fixed => vec![fixed.to_owned()],
            };
            let with = |path: &String| {
                let path = path.clone();
                values
                    .iter()
                    .map(move |value| format!("{path}/{value}"))
                    .collect::<Vec<_>>()
            };
            paths = paths.iter().flat_map(with).collect();
        }
        paths.truncate(MOST_OF_ONE);
        paths
    }

    async fn read(&mut self, path: &str, is_open: bool) {
        let request = self
            .served
            .request(Method::GET, path)
            .bearer_auth(&self.token);
        let answer = request.send().await.expect("an answer");
        self.judge(path, answer, is_open).await;
        if !path.starts_with("/api/") {
            let page = self.browser.get(path).await;
            self.judge(path, page, is_open).await;
        }
    }

    /// A request that cannot be read, or is refused before: what errors say is read as well.
    async fn fail(&mut self, method: Method, path: &str, is_open: bool) {
        for body in ["{\"version\": ", "[]"] {
            let request = self
                .served
                .request(method.clone(), path)
                .bearer_auth(&self.token);
            let mut request = request.header("content-type", "application/json");
            let takes_none = path.ends_with("/claim") || path.ends_with("/release");
            let reads_bodies = path.contains("/reviews/") && !takes_none;
            if !reads_bodies {
                // A condition that cannot be read keeps whatever would be changed as it is.
                request = request.header("idempotency-key", "not one key");
                request = request.header("if-match", "no tag");
            }
            let answer = request.body(body).send().await.expect("an answer");
            self.judge(path, answer, is_open).await;
        }
    }

    /// Looks for digests of what she has: whoever knows one finds the same work elsewhere.
    fn judge_digests(&mut self, path: &str, text: &str) {
        for file in [jpeg(), png()] {
            if text.contains(&Sha256Digest::of(&file).to_string()) {
                let found = self.found.entry("the digest of a file").or_default();
                found.push(path.to_owned());
            }
        }
    }

    /// Looks for what was planted in an answer, and for where it leads.
    async fn judge(&mut self, path: &str, answer: Response, is_open: bool) {
        let mut text = format!("{:?}\n", answer.headers()).into_bytes();
        let (url, ok) = (answer.url().path().to_owned(), answer.status() == 200);
        text.extend(answer.bytes().await.expect("a body"));
        self.answers += 1;
        self.shown += usize::from(ok);
        let text = String::from_utf8_lossy(&text).to_lowercase();
        self.judge_digests(path, &text);
        for (planted, plant) in PLANTED {
            if text.contains(planted) && !(is_open && plant == Plant::School) {
                self.found
                    .entry(planted)
                    .or_default()
                    .push(format!("{path} ({url})"));
            }
        }
    }

    /// Takes identifiers and addresses from what the caller has before.
    async fn meet(&mut self, path: &str) {
        for answer in [
            self.served
                .request(Method::GET, path)
                .bearer_auth(&self.token)
                .send()
                .await,
            Ok(self
                .browser
                .get(path.strip_prefix("/api/v1").unwrap_or(path))
                .await),
        ] {
            let text = answer.expect("an answer").text().await.expect("a text");
            let words = text.split(|one: char| !one.is_ascii_alphanumeric());
            let is_id = |word: &&str| (21..=22).contains(&word.len());
            self.met.extend(words.filter(is_id).map(str::to_owned));
            for piece in text
                .split(['"', '\''])
                .filter(|piece| piece.starts_with('/'))
            {
                self.links
                    .insert(piece.split('#').next().unwrap_or(piece).to_owned());
            }
        }
    }

    fn finds_nothing(&self, when: &str) {
        assert!(
            self.answers > 150 && self.shown > 25,
            "{when}: {} {}",
            self.answers,
            self.shown
        );
        assert!(self.found.is_empty(), "{when}: {:#?}", self.found);
    }
}

/// Whether a page is everybody's.
fn is_public(link: &str) -> bool {
    ["/organisations", "/catalogue", "/achievements", "/issuer"]
        .iter()
        .any(|begin| {
            link.starts_with(begin) && !link.contains("/reviews") && !link.contains("/calibrations")
        })
}

/// Ada Lovelace, once Byron, of Umberwick Hollowway Academy.
fn ada(served: &Served) -> Person {
    let test = &served.test;
    let school: OrganisationId = "umberwick-hollowway".parse().expect("a slug");
    let mut new = district(&school, "Umberwick Hollowway Academy");
    new.kind = OrganisationKind::District;
    organisation::found(&test.app, Actor::Service, new, test.now).expect("an organisation");
    let registered = test.person("countess", &[]);
    let named = |name: &str| Details {
        name: name.parse().expect("a name"),
        did: None,
        email_in_badges: EmailInBadges::Hashed,
        name_in_badges: NameInBadges::Withheld,
    };
    person::change(&test.app, registered.id, named("Ada Byron")).expect("her name");
    let ada = person::change(&test.app, registered.id, named("Ada Lovelace")).expect("her name");
    test.join(&ada, &school, &[]);
    ada
}

/// A micro-credential that asks where somebody teaches.
fn asks_about_the_setting(served: &Served) {
    let test = &served.test;
    let donna = test.person("donna", &[Role::Author]);
    let name: MicroCredentialId = "asking".parse().expect("a name");
    let mut content = content();
    content.context_prompts = vec![ContextPrompt {
        id: "setting".parse().expect("a name"),
        question: "Whom do you teach?".parse().expect("a line"),
    }];
    let host = OrganisationId::host();
    micro_credential::write(&test.app, &donna, host, name.clone(), content).expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &name, test.now).expect("its publication");
}

async fn upload(ada: &Caller<'_>, submission: &str, name: &str, content: Vec<u8>) {
    let path = format!("{submission}/files?requirement=lesson&name={name}");
    let sent = ada
        .request(Method::POST, &path)
        .body(content)
        .send()
        .await
        .expect("an answer");
    assert_eq!(sent.status(), 201, "{}", sent.text().await.expect("a text"));
}

/// A recording, with a transcript and captions in which she says who she is.
async fn speaks(ada: &Caller<'_>, submission: &str) {
    upload(ada, submission, "byron.webm", video(5_000)).await;
    let found: Value = done(ada.get(submission).await).await;
    let pieces = found["evidence"].as_array().expect("pieces");
    let piece = pieces.last().expect("a piece")["id"]
        .as_str()
        .expect("an id");
    let spoken = format!("{submission}/evidence/{piece}/spoken");
    let captions = format!(
        "WEBVTT\n\nNOTE of Ada Lovelace\n\n00:01.000 --> 00:02.000\n<v Mrs. Byron>{TELLING}\n\n\
         00:03.000 --> 00:04.000\nLove<b>lace</b> &amp; Umber<i>wick</i> Hollow<c>way\n"
    );
    for (which, text) in [("transcript", TELLING.to_owned()), ("captions", captions)] {
        let path = format!("{spoken}/{which}");
        done(ada.put(&path, json!({ "text": text })).await).await;
    }
}

async fn done(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a text");
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

const TELLING: &str = "I am Ada Lovelace of Umberwick Hollowway Academy, once Ada Byron; write to \
     ENCHANTRESS@home.example or countess@example.org. Mrs. Lovelace's class at \
     umberwick-hollowway listened, as they do at Marigold Meadows Elementary and all over Thornbury \
     County Schools.";

/// Forms: HTTP.
#[tokio::test]
async fn no_answer_tells_a_reviewer_whose_work_it_is() {
    let served = Served::new().await;
    let person = ada(&served);
    let ada = served.caller("countess", &[]);
    let grace = served.caller("grace", &[Role::Reviewer]);
    let reviewer = served.test.person("grace", &[]);

    asks_about_the_setting(&served);
    let begun = json!({ "micro_credential": "asking" });
    let begun = done(ada.post("/api/v1/submissions", begun).await).await;
    let submission = format!(
        "/api/v1/submissions/{}",
        begun["id"].as_str().expect("an id")
    );
    let id: SubmissionId = submission
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    upload(&ada, &submission, "lovelace-first-lesson.jpg", jpeg()).await;
    upload(&ada, &submission, "byron-first-lesson.png", png()).await;
    speaks(&ada, &submission).await;
    for body in [
        json!({ "requirement": "lesson", "link": "https://ada-lovelace.example/umberwick/lesson" }),
        json!({ "requirement": "reflection", "text": TELLING }),
    ] {
        done(ada.post(&format!("{submission}/evidence"), body).await).await;
    }
    let told = json!({ "context": { "setting": "fourth grade, marigold meadows elementary" } });
    done(ada.put(&format!("{submission}/preparation"), told).await).await;
    let hand_in = format!("{submission}/submit");
    done(
        ada.post(&hand_in, json!({ "note": TELLING, "privacy_statement": 1 }))
            .await,
    )
    .await;
    let review = format!("/api/v1/reviews/{id}");

    crawl(&served, &reviewer, id, "as it waits").await;
    done(grace.post(&format!("{review}/claim"), json!({})).await).await;
    crawl(&served, &reviewer, id, "claimed").await;
    // Even a reviewer who has heard the name and writes it down gives it on to no other.
    let scores = json!([
        { "criterion": "waiting", "level": "consistent" },
        { "criterion": "listening", "level": "absent", "comment": "Say more, Ada Lovelace." },
    ]);
    let returned = json!({ "version": 1, "scores": scores, "comment": "Nearly, Mrs. Byron." });
    done(grace.post(&review, returned).await).await;
    crawl(&served, &reviewer, id, "sent back").await;

    done(
        ada.post(&hand_in, json!({ "note": TELLING, "privacy_statement": 1 }))
            .await,
    )
    .await;
    let hopper = served.caller("hopper", &[Role::Reviewer]);
    let second = served.test.person("hopper", &[]);
    done(hopper.post(&format!("{review}/claim"), json!({})).await).await;
    crawl(&served, &second, id, "the second version").await;
    let met = json!([{ "criterion": "listening", "level": "consistent" }]);
    let finished = hopper
        .post(&review, json!({ "version": 2, "scores": met }))
        .await;
    let finished = finished.text().await.expect("a text").to_lowercase();
    assert!(
        finished.contains("accepted") && !finished.contains("\"award\""),
        "{finished}"
    );
    crawl(&served, &second, id, "accepted").await;

    // Nor does a calibration session on it, whatever those write down who know the name.
    let session = calibration(&served, id).await;
    let mut crawl = Crawl::of(&served, &second);
    for path in [CALIBRATIONS.to_owned(), session] {
        crawl.meet(&path).await;
    }
    crawl.everything(id).await;
    crawl.finds_nothing("calibrated");

    // The same crawl by the earner finds all of it, so that it would have been found.
    let mut own = Crawl::of(&served, &person);
    own.meet(&submission).await;
    own.everything(id).await;
    let found: BTreeSet<&str> = own.found.keys().copied().collect();
    let mut planted: BTreeSet<&str> = PLANTED.iter().map(|(planted, _)| *planted).collect();
    planted.insert("the digest of a file");
    assert_eq!(found, planted, "{:#?}", own.found);
}

/// A closed session on a submission, in which everybody names its earner.
async fn calibration(served: &Served, id: SubmissionId) -> String {
    let cora = served.caller("cora", &[Role::Coordinator]);
    let people = ["grace", "hopper"].map(|name| served.test.person(name, &[]).id.to_string());
    let new = json!({
        "title": "Ada Lovelace once more",
        "submission": id.to_string(),
        "reviewers": people,
    });
    let opened = done(cora.post(CALIBRATIONS, new).await).await;
    let session = format!("{CALIBRATIONS}/{}", opened["id"].as_str().expect("an id"));
    for name in ["grace", "hopper"] {
        let scores = json!([
            { "criterion": "waiting", "level": "consistent", "comment": "Well done, Mrs. Byron." },
            { "criterion": "listening", "level": "absent" },
        ]);
        let reviewer = served.caller(name, &[Role::Reviewer]);
        let given = json!({ "scores": scores });
        done(reviewer.post(&format!("{session}/scores"), given).await).await;
    }
    let clear = json!({ "criterion": "waiting", "text": "As Lovelace waits, it is met." });
    done(cora.post(&format!("{session}/clarifications"), clear).await).await;
    session
}

async fn crawl(served: &Served, reviewer: &Person, id: SubmissionId, when: &str) {
    let mut crawl = Crawl::of(served, reviewer);
    for path in [
        "/api/v1/organisations/host/reviews".to_owned(),
        "/api/v1/reviews".to_owned(),
        format!("/api/v1/reviews/{id}"),
    ] {
        crawl.meet(&path).await;
    }
    crawl.everything(id).await;
    crawl.finds_nothing(when);
}

const CALIBRATIONS: &str = "/api/v1/organisations/host/calibrations";

/// Of one line with several values not every combination is needed.
const MOST_OF_ONE: usize = 400;
