//! The service as the chapters see it: a real store in a folder of its own, real keys from fixed
//! seeds, a clock that stands still, and people with names.

use crate::catalogue::{content, wait_time};
use crate::people::{Learner, Reviewer};
use issuer::app::{App, Step};
use issuer::badge::{self, Badge, Revocation, Viewer, Visibility};
use issuer::bake;
use issuer::catalogue::Catalogue;
use issuer::cohort::CohortLimits;
use issuer::embedded::{self, Embedded};
use issuer::erasure::ErasureNotes;
use issuer::error::Error;
use issuer::event::Actor;
use issuer::id::{AwardId, BadgeId, OrganisationId};
use issuer::issuance;
use issuer::issued::Issued;
use issuer::issuers::{IssuerKind, Issuers, JwtKey};
use issuer::link::LinkLimits;
use issuer::log::{Entry, Log, LogPosition};
use issuer::micro_credential;
use issuer::oauth::OauthLimits;
use issuer::organisation::joining::JoinLimits;
use issuer::organisation::{self, OrganisationProfile, Role};
use issuer::page::PageRequest;
use issuer::person::{self, EmailInBadges, NewPerson, Person};
use issuer::picture;
use issuer::random::Random;
use issuer::retention::Retention;
use issuer::revocation;
use issuer::site::Site;
use issuer::status::{self, Fill};
use issuer::store::Store;
use issuer::topic;
use keys::{DidWeb, KeyId, KeyState, KeyUse, Keyring, KeyringKey, SecretKey};
use schemas::timestamp::Timestamp;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use url::Url;
use verifier::{Document, Documents, FetchFailure, Policy, Report, Verdict};

/// The service in a folder of its own.
pub struct TestApp {
    pub app: Held,
    /// The moment at which everything happens.
    pub now: Timestamp,
    /// Held so that it goes when the test ends.
    folder: Option<TempDir>,
}

/// The app of a test, which a listener may share. It can be changed until one does.
pub struct Held(Arc<App>);

impl Held {
    /// The app, for a listener.
    pub fn share(&self) -> Arc<App> {
        self.0.clone()
    }
}

impl Deref for Held {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut App {
        Arc::get_mut(&mut self.0).expect("no listener shares it yet")
    }
}

/// The public address of the service in tests. Nothing is ever sent there.
pub const PUBLIC_URL: &str = "https://badges.example.org";

impl TestApp {
    /// A new service, whose folder goes with it.
    pub fn new() -> TestApp {
        let folder = TempDir::new().expect("a folder");
        let mut test = TestApp::in_folder(
            folder.path(),
            keyring(),
            Random::seeded([42; 32]),
            App::log_step,
        );
        test.folder = Some(folder);
        test
    }

    /// A second service, at another address and with keys of its own.
    pub fn at(public_url: &str) -> TestApp {
        let folder = TempDir::new().expect("a folder");
        let url = Url::parse(public_url).expect("an address");
        let did = format!("did:web:{}", url.host_str().expect("a host"));
        let keys = vec![
            key([31; 32], KeyState::Current, KeyUse::DataIntegrity),
            key([32; 32], KeyState::Current, KeyUse::Jwt),
        ];
        let keyring = Keyring::did_web(&DidWeb::parse(&did).expect("a DID"), keys);
        let keyring = keyring.expect("one current key for each use");
        let random = Random::seeded([44; 32]);
        let mut test = TestApp::in_folder(folder.path(), self::keyring(), random, App::log_step);
        let kind = IssuerKind::DidWeb {
            public_url: url.clone(),
            jwt: JwtKey::P256,
        };
        test.app.issuers = Issuers::new(keyring, kind, folder.path().join("organisations"));
        test.app.site = Site::new(&url);
        test.folder = Some(folder);
        test
    }

    /// The service over a folder that outlives it: new, or as it was left.
    pub fn in_folder(
        folder: &Path,
        keyring: Keyring,
        random: Random,
        observer: fn(Step),
    ) -> TestApp {
        let app = open(folder, keyring, random, observer);
        let name = "Example Department of Education".parse().expect("a name");
        let profile = OrganisationProfile::named(name);
        organisation::establish_host(&app, profile, noon()).expect("the host");
        topic::seed(&app).expect("the topics");
        let test = TestApp {
            app: Held(Arc::new(app)),
            now: noon(),
            folder: None,
        };
        if test
            .app
            .store
            .micro_credential(&wait_time())
            .expect("the store")
            .is_none()
        {
            test.publish_wait_time();
        }
        test
    }

    /// A second process on the same store, with other keys.
    pub fn beside(&self, keyring: Keyring) -> App {
        self.beside_over(self.app.store.clone(), keyring)
    }

    /// The same, with what comes between it and the store.
    pub fn beside_over(&self, store: Store, keyring: Keyring) -> App {
        let folder = self.folder.as_ref().expect("a folder of its own").path();
        let log = Log::open(store.clone(), &folder.join("log-head")).expect("the log");
        let erasures = ErasureNotes::open(&folder.join("erased")).expect("a file");
        with(
            (store, log, erasures),
            issuers(folder, keyring),
            Random::seeded([43; 32]),
            App::log_step,
        )
    }

    /// The same service with other keys of the host.
    pub fn rotate(&mut self, keyring: Keyring) {
        let folder = self.folder.as_ref().expect("a folder of its own").path();
        self.app.issuers = issuers(folder, keyring);
    }

    /// Publishes the micro-credential that the chapters earn, written by Donna.
    fn publish_wait_time(&self) {
        let author = self.person("donna", &[Role::Author]);
        let id = wait_time();
        let host = OrganisationId::host();
        micro_credential::write(&self.app, &author, host, id.clone(), content())
            .expect("a good draft");
        micro_credential::publish(&self.app, Actor::Service, &id, self.now)
            .expect("its publication");
    }

    /// A person of this name: found, or registered with these roles.
    pub fn person(&self, name: &str, roles: &[Role]) -> Person {
        let email = format!("{name}@example.org").parse().expect("an address");
        if let Some(known) = self.app.store.person_by_email(&email).expect("the store") {
            return known;
        }
        let new = NewPerson {
            name: name.parse().expect("a name"),
            emails: vec![email],
            did: None,
            email_in_badges: EmailInBadges::Hashed,
        };
        let person = person::register(&self.app, new, self.now).expect("a new person");
        if !roles.is_empty() {
            self.join(&person, &OrganisationId::host(), roles);
        }
        person
    }

    /// Makes somebody a member of an organisation with these roles.
    pub fn join(&self, person: &Person, organisation: &OrganisationId, roles: &[Role]) {
        let roles = roles.iter().copied().collect();
        organisation::set_roles(
            &self.app,
            Actor::Service,
            organisation,
            person.id,
            roles,
            self.now,
        )
        .expect("a member");
    }

    /// Somebody who earns.
    pub fn learner(&self, name: &str) -> Learner<'_> {
        Learner::new(self, self.person(name, &[]))
    }

    /// Somebody who reviews.
    pub fn reviewer(&self, name: &str) -> Reviewer<'_> {
        Reviewer::new(self, self.person(name, &[Role::Reviewer]))
    }

    /// Somebody who revokes.
    pub fn officer(&self) -> Person {
        self.person("olga", &[Role::IssuingOfficer])
    }

    /// Everything the log tells.
    pub fn log(&self) -> Vec<Entry> {
        let leaves = self
            .app
            .log
            .leaves(LogPosition(0), 10_000)
            .expect("the log");
        leaves
            .iter()
            .map(|leaf| serde_json::from_slice(leaf).expect("a leaf"))
            .collect()
    }

    /// Ada hands in, Grace accepts, and the award waits to be issued.
    pub fn award(&self) -> AwardId {
        let submission = self.learner("ada").submits();
        self.reviewer("grace").accepts(submission)
    }

    /// Ada's award, issued.
    pub fn issued(&self) -> Issued {
        issuance::issue(&self.app, self.award(), self.now).expect("a badge")
    }

    /// A badge for each of these people.
    pub fn badges(&self, names: &[&str]) -> Vec<Issued> {
        let issue = |name: &&str| {
            let submission = self.learner(name).submits();
            let award = self.reviewer("grace").accepts(submission);
            issuance::issue(&self.app, award, self.now).expect("a badge")
        };
        names.iter().map(issue).collect()
    }

    /// The badges of somebody of this name.
    pub fn badges_of(&self, name: &str) -> Vec<Badge> {
        let person = self.person(name, &[]);
        let page = self.app.store.badges_of(person.id, &PageRequest::default());
        page.expect("the store").items
    }

    /// Olga revokes a badge.
    pub fn revoke(&self, id: BadgeId) -> Result<Revocation, Error> {
        let reason = "The recording was of another class."
            .parse()
            .expect("a text");
        revocation::revoke(&self.app, &self.officer(), id, reason, self.now)
    }

    /// How many records the store has under a prefix.
    pub fn records(&self, prefix: &[u8]) -> usize {
        let found = self.app.store.engine().scan(prefix, b"", 10_000);
        found.expect("the store").len()
    }

    /// How many places in status lists are drawn.
    pub fn drawn(&self) -> usize {
        self.records(b"status-drawn/")
    }

    /// The report on what a stranger presents, with whatever the service publishes about itself.
    pub fn verify(&self, presented: &[u8]) -> Report {
        let mut documents = Documents::default();
        loop {
            let report = verifier::verify(presented, &documents, &Policy::default(), self.now);
            let missing = report.missing();
            if missing.is_empty() {
                return report;
            }
            for request in missing {
                let answer = self.published(&request.url);
                documents.insert(request.url, answer);
            }
        }
    }

    /// What the service publishes at an address.
    fn published(&self, url: &Url) -> Result<Document, FetchFailure> {
        let app = &self.app;
        let founded = url
            .path()
            .strip_prefix("/organisations/")
            .and_then(|path| path.strip_suffix("/did.json"));
        let bytes = if url.path() == "/.well-known/did.json" {
            app.issuers.host().did_document().to_string()
        } else if let Some(organisation) = founded.and_then(|name| name.parse().ok()) {
            let keyring = app.issuers.keyring(&organisation);
            let keyring = keyring.map_err(|_| FetchFailure::Unreachable)?;
            keyring.did_document().to_string()
        } else {
            let number = url
                .path()
                .strip_prefix("/status/")
                .and_then(|number| number.parse().ok());
            let list = number.and_then(|number| status::list(app, number).ok());
            list.ok_or(FetchFailure::Unreachable)?.json
        };
        Ok(Document::new(bytes))
    }

    /// Follows every issuing test: as a stranger it takes the badge in all its forms, the log and
    /// the status list, verifies, and compares.
    pub fn check_badge(&self, id: BadgeId) {
        let (badge, issued) = self.seen_by_a_stranger(id);
        let catalogued = self.app.store.micro_credential(&badge.micro_credential);
        let catalogued = catalogued
            .expect("the store")
            .expect("the micro-credential");
        let picture = picture::for_baking(&self.app, &catalogued).expect("a picture");
        let baked = bake::bake(&picture, issued.json()).expect("a baked picture");
        let baked_jwt = bake::bake(&picture, issued.jwt()).expect("a baked picture");
        let forms = [
            issued.json().as_bytes(),
            issued.jwt().as_bytes(),
            &baked,
            &baked_jwt,
        ];
        for form in forms {
            let report = self.verify(form);
            assert_eq!(report.verdict(), Verdict::Verified, "{report:#?}");
            let credential = report.credential().expect("a credential");
            assert_eq!(credential["id"], self.app.site.badge(id));
            let keyring = self.app.issuers.keyring(&badge.organisation);
            let keyring = keyring.expect("its organisation's keys");
            assert_eq!(credential["issuer"]["id"], keyring.issuer_id());
        }

        let proof = self.app.log.prove(badge.current().log).expect("a proof");
        assert!(proof.holds());
        let entry: Entry = serde_json::from_slice(&proof.leaf).expect("a leaf");
        assert_eq!(entry.subject, issued.log_subject());
        let of_this_badge = self
            .log()
            .into_iter()
            .filter(|entry| entry.subject == issued.log_subject());
        assert_eq!(of_this_badge.count(), 1, "one badge, one log entry");
    }

    /// A badge as a stranger sees it once its earner shows it.
    fn seen_by_a_stranger(&self, id: BadgeId) -> (Badge, Issued) {
        let badge = self
            .app
            .store
            .badge(id)
            .expect("the store")
            .expect("the badge");
        let earner = self
            .app
            .store
            .person(badge.earner)
            .expect("the store")
            .expect("its earner");
        badge::set_visibility(&self.app, &earner, id, Visibility::Public)
            .expect("its earner's leave");
        badge::view(&self.app, id, Viewer::Stranger).expect("a public badge")
    }
}

/// The issuer's keys, the same in every test: Ed25519 for proofs, P-256 for JWTs.
pub fn keyring() -> Keyring {
    Keyring::did_web(
        &did(),
        vec![
            key([1; 32], KeyState::Current, KeyUse::DataIntegrity),
            key([2; 32], KeyState::Current, KeyUse::Jwt),
        ],
    )
    .expect("one current key for each use")
}

/// The issuer's identifier.
pub fn did() -> DidWeb {
    DidWeb::parse("did:web:badges.example.org").expect("a DID")
}

/// A key from a seed.
pub fn key(seed: [u8; 32], state: KeyState, usage: KeyUse) -> KeyringKey {
    let secret = match usage {
        KeyUse::DataIntegrity => SecretKey::ed25519(seed),
        KeyUse::Jwt => SecretKey::p256(seed).expect("a P-256 key"),
    };
    KeyringKey {
        id: KeyId::of(secret.public_key()),
        secret,
        state,
        usage,
    }
}

/// The moment at which everything happens.
pub fn noon() -> Timestamp {
    Timestamp::parse("2026-11-22T12:00:00Z").expect("a date-time")
}

fn open(folder: &Path, keyring: Keyring, random: Random, observer: fn(Step)) -> App {
    let engine = Embedded::open(&folder.join("store"), 16 << 20, Box::new(embedded::abort))
        .expect("the engine")
        // The disk of a machine that runs many tests at once may take its time.
        .with_patience(Duration::from_secs(60));
    let store = Store::open(Arc::new(engine)).expect("the store");
    let log = Log::open(store.clone(), &folder.join("log-head")).expect("the log");
    let erasures = ErasureNotes::open(&folder.join("erased")).expect("a file");
    with(
        (store, log, erasures),
        issuers(folder, keyring),
        random,
        observer,
    )
}

/// The keys of all organisations, those of the host given.
fn issuers(folder: &Path, host: Keyring) -> Issuers {
    let kind = match host.issuer_id().starts_with("did:key:") {
        true => IssuerKind::DidKey,
        false => IssuerKind::DidWeb {
            public_url: Url::parse(PUBLIC_URL).expect("an address"),
            jwt: JwtKey::P256,
        },
    };
    Issuers::new(host, kind, folder.join("organisations"))
}

fn with(
    (store, log, erasures): (Store, Log, ErasureNotes),
    issuers: Issuers,
    random: Random,
    observer: fn(Step),
) -> App {
    App {
        store,
        log,
        erasures,
        issuers,
        site: Site::new(&Url::parse(PUBLIC_URL).expect("an address")),
        random,
        fill: Fill::default(),
        catalogue: Catalogue::default(),
        link_limits: LinkLimits::default(),
        join_limits: JoinLimits::default(),
        cohort_limits: CohortLimits::default(),
        oauth_limits: OauthLimits::default(),
        retention: Retention::default(),
        run: None,
        observer,
    }
}
