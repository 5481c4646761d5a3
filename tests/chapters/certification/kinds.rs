//! Every kind of credential that the service issues, through each probe that the validator of 1EdTech is known to
//! make. The probes are made by programs of others; the validator itself is in no registry, and does not run here.

use issuer::badge::changing::{self, About, Act, Decision};
use issuer::badge::{self, Visibility};
use issuer::endorsement::{Endorsed, Showing};
use issuer::event::Actor;
use issuer::id::{BadgeId, MicroCredentialId, OrganisationId};
use issuer::issuers::IdentifierPolicy;
use issuer::micro_credential::{self, Content};
use issuer::organisation::{self, Role};
use issuer::person::{self, Details, EmailInBadges, NameInBadges, NewPerson};
use issuer::revocation;
use issuer::stack;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::TestApp;
use crate::catalogue::content;
use crate::chapters::catalogue_together::{earns, publish_stack};
use crate::chapters::endorsing::{found_wayne, of_wait_time, offered, shows};
use crate::chapters::organisations::wayne;
use crate::chapters::peers_service::service;
use crate::peer::{Peer, peers_wanted};
use crate::served::{Caller, Served};
use crate::support::spec;

/// A credential as the service publishes it.
struct Published {
    what: &'static str,
    /// The path of its document, and for a badge that of its token.
    json: String,
    jwt: Option<String>,
    /// The published schemas of its class: for JSON-LD, and for plain JSON.
    schemas: &'static [&'static str],
}

const BADGE: [&str; 2] = [
    "schemas/ob3/ob_v3p0_achievementcredential_schema.json",
    "schemas/ob3-plain-2024-07/ob_v3p0_achievementcredential-jsonschema1.json",
];
const ENDORSEMENT: [&str; 2] = [
    "schemas/ob3/ob_v3p0_endorsementcredential_schema.json",
    "schemas/ob3-plain-2024-07/ob_v3p0_endorsementcredential-jsonschema1.json",
];

/// CI-7, CI-8: every kind of credential, fetched over HTTP, has an embedded proof of a suite of the certification
/// that the libraries of Digital Bazaar verify, and is read by jsonld.js in safe mode without a warning. So are its
/// types, subject, dates, status, refresh and endorsements, and a token is one that the validator reads.
#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_credential_passes_the_probes_of_others() {
    let name = "every_kind_of_credential_passes_the_probes_of_others";
    if !peers_wanted(name) {
        return;
    }
    let spec = spec(name);
    let home = TempDir::new().expect("a folder");
    let served = Served::of(service(home.path())).await;
    let mut probes = probes(&served);
    let mut schemas = Peer::start("schemas");
    let kinds = every_kind(&served).await;
    assert_eq!(kinds.len(), 12);
    for kind in kinds {
        let (what, text) = (kind.what, text(&served, &kind.json).await);
        let told = probes.ask(&json!({ "do": "probe", "text": text }));
        assert_eq!(told["findings"], json!([]), "{what}: {text}");
        let statements = told["statements"].as_u64().expect("a number");
        assert!(statements > 5, "{what}: {told}");
        println!(
            "{what}: {statements} statements, asked for {}",
            told["asked"]
        );
        for schema in kind.schemas {
            let Some(spec) = &spec else { break };
            let asked = json!({ "do": "validate", "schema": spec.join(schema), "text": text });
            assert_eq!(schemas.ask(&asked)["faults"], json!([]), "{what}: {schema}");
        }
        if let Some(jwt) = &kind.jwt {
            let token = self::text(&served, jwt).await;
            let asked = json!({ "do": "token", "text": token, "document": text });
            let told = probes.ask(&asked);
            assert_eq!(
                told,
                json!({ "findings": [], "algorithm": "ES256" }),
                "{what}"
            );
        }
    }
}

/// The probes are no formality: each finds the fault that it looks for.
#[tokio::test(flavor = "multi_thread")]
async fn each_probe_finds_its_fault() {
    let name = "each_probe_finds_its_fault";
    if !peers_wanted(name) {
        return;
    }
    let home = TempDir::new().expect("a folder");
    let served = Served::of(service(home.path())).await;
    let test = &served.test;
    endorsed(test);
    let id = served.published_badge();
    let other = test.badges(&["mary"]).remove(0);
    let other: Value = serde_json::from_str(other.json()).expect("JSON");
    let good = text(&served, &format!("/badges/{id}.json")).await;
    let mut probes = probes(&served);
    let mut found = |text: &str| {
        let told = probes.ask(&json!({ "do": "probe", "text": text }));
        let findings = told["findings"].as_array().expect("a list").clone();
        findings
            .iter()
            .map(|finding| finding.as_str().expect("text").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&good), [""; 0]);
    let good: Value = serde_json::from_str(&good).expect("JSON");
    for (probe, place, value) in [
        ("warnings", "/unheardOf", json!("of")),
        ("safe mode", "/unheardOf", json!("of")),
        (
            "safe mode",
            "/credentialSubject/achievement/unheardOf",
            json!(1),
        ),
        ("types", "/type", json!(["VerifiableCredential"])),
        ("types", "/type", json!(["OpenBadgeCredential"])),
        (
            "contexts",
            "/@context/1",
            json!("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"),
        ),
        (
            "types of members",
            "/credentialSubject/type",
            json!(["Person"]),
        ),
        (
            "types of members",
            "/credentialSubject/identifier/0/type",
            json!("Identity"),
        ),
        (
            "types of members",
            "/credentialSubject/achievement/resultDescription/0/type",
            json!([]),
        ),
        ("types of members", "/issuer/type", json!(["Organization"])),
        (
            "subject",
            "/credentialSubject/achievement/criteria",
            json!({ "type": "Criteria" }),
        ),
        ("dates", "/validUntil", json!("2026-01-01T00:00:00Z")),
        ("dates", "/validFrom", json!("2126-01-01T00:00:00Z")),
        ("proof", "/name", json!("Wait Tame")),
        ("proof", "/proof/0/cryptosuite", json!("eddsa-2022")),
        ("proof", "/proof/0/proofPurpose", json!("authentication")),
        (
            "proof",
            "/proof/0/verificationMethod",
            json!("did:web:badges.example.org:organisations:wayne-county#key"),
        ),
        (
            "status",
            "/credentialStatus/statusPurpose",
            json!("suspension"),
        ),
        ("status", "/credentialStatus/statusListIndex", json!(1)),
        (
            "refresh",
            "/refreshService/id",
            other["refreshService"]["id"].clone(),
        ),
        (
            "endorsement",
            "/credentialSubject/achievement/endorsement/0/credentialSubject/endorsementComment",
            json!("Everybody holds it."),
        ),
    ] {
        let mut bad = good.clone();
        let (parent, member) = place.rsplit_once('/').expect("a place");
        match bad.pointer_mut(parent).expect("its parent") {
            Value::Array(list) => list[member.parse::<usize>().expect("a place")] = value,
            members => members[member] = value,
        }
        let found = found(&bad.to_string());
        let begins = format!("{probe}: ");
        assert!(
            found.iter().any(|one| one.starts_with(&begins)),
            "{probe} at {place}: {found:?}"
        );
    }
    let mut nobody = good.clone();
    for member in ["id", "identifier"] {
        nobody["credentialSubject"]
            .as_object_mut()
            .expect("members")
            .remove(member);
    }
    assert!(found(&nobody.to_string()).contains(&"subject: neither id nor identifier".to_owned()));

    let reason = "The recording was of another class."
        .parse()
        .expect("a text");
    revocation::revoke(&test.app, &test.officer(), id, reason, test.now).expect("its end");
    let found = found(&good.to_string());
    assert!(
        found.contains(&"status: it is revoked".to_owned()),
        "{found:?}"
    );
}

fn probes(served: &Served) -> Peer {
    let mut probes = Peer::start("certification");
    probes.ask(&json!({
        "do": "open",
        "base": served.public_url,
        "address": format!("http://{}", served.address),
    }));
    probes
}

async fn text(served: &Served, path: &str) -> String {
    let answer = served.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.expect("text")
}

/// What Wayne County says of the micro-credential and of the host stands in every badge from now on.
fn endorsed(test: &TestApp) -> [issuer::id::EndorsementId; 2] {
    found_wayne(test);
    let host = OrganisationId::host();
    [of_wait_time(), Endorsed::Issuer(host)].map(|subject| {
        let endorsement = offered(test, &subject);
        shows(test, &endorsement, Showing::InEveryBadge);
        endorsement.id
    })
}

async fn every_kind(served: &Served) -> Vec<Published> {
    let test = &served.test;
    let olga = served.caller("olga", &[Role::IssuingOfficer]);
    let mut all = Vec::new();
    let mut add = |what, id: BadgeId| {
        shared(test, id);
        all.push(Published {
            what,
            json: format!("/badges/{id}.json"),
            jwt: Some(format!("/badges/{id}.jwt")),
            schemas: &BADGE,
        });
    };
    add("a badge by review", served.badge());
    let bare = json!({ "email": "bare@example.net", "micro_credential": "wait-time" });
    add("a badge by hand", awarded(&olga, "host", bare).await);
    let full = json!({
        "email": "full@example.net",
        "micro_credential": "wait-time",
        "awarded": "2026-05-31",
        "narrative": "Taught the *spring* course with her own class.",
        "evidence": ["https://video.example.net/lesson-1"],
        "results": [{ "criterion": "waiting", "level": "exemplary" }],
    });
    add(
        "a badge by hand with results",
        awarded(&olga, "host", full).await,
    );
    publish(test, "whole", &OrganisationId::host(), whole());
    let whole = json!({ "email": "whole@example.net", "micro_credential": "whole" });
    add(
        "a badge of everything a catalogue says",
        awarded(&olga, "host", whole).await,
    );
    publish_stack(test);
    for part in ["first", "second", "third"] {
        earns(test, &part.parse().expect("a slug"));
    }
    stack::settle_all(&test.app, test.now).expect("upkeep");
    let held = test.badges_of("ada");
    let master = "master".parse().expect("a slug");
    let stack = held.iter().find(|badge| badge.micro_credential == master);
    add("the badge of a stack", stack.expect("the stack's").id);

    let endorsements = endorsed(test);
    publish(test, "of-the-county", &wayne(), content());
    let otto = served.caller("otto", &[]);
    let county = json!({ "email": "county@example.net", "micro_credential": "of-the-county" });
    add(
        "a badge of another organisation",
        awarded(&otto, "wayne-county", county).await,
    );
    let carrying = test.badges(&["mary"]).remove(0).badge();
    add("a badge that carries endorsements", carrying);
    let corrected = test.badges(&["bert"]).remove(0).badge();
    let decision = Decision {
        act: Act::Correct,
        by: test.officer().id,
        reason: "The level was another.".parse().expect("a text"),
        bulk: None,
    };
    changing::decide(&test.app, corrected, About::Current, &decision, test.now).expect("done");
    add("a further edition", corrected);
    add(
        "a badge for a holder who wants to be named",
        named(test, &olga).await,
    );
    all.push(Published {
        what: "an endorsement",
        json: format!("/endorsements/{}.json", endorsements[0]),
        jwt: None,
        schemas: &ENDORSEMENT,
    });
    for (what, number) in [("a status list", 1), ("another's status list", 2)] {
        all.push(Published {
            what,
            json: format!("/status/{number}.json"),
            jwt: None,
            schemas: &[],
        });
    }
    all
}

/// A badge that says its holder's identifier, name and e-mail address in the clear.
async fn named(test: &TestApp, olga: &Caller<'_>) -> BadgeId {
    let (app, host) = (&test.app, OrganisationId::host());
    let policy = IdentifierPolicy::PlainWithConsent;
    organisation::set_identifier_policy(app, Actor::Service, &host, policy, test.now)
        .expect("the policy");
    let new = NewPerson {
        name: "Lise Meitner".parse().expect("a name"),
        emails: vec!["lise@example.org".parse().expect("an address")],
        did: Some("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK".to_owned()),
        email_in_badges: EmailInBadges::Plain,
    };
    let lise = person::register(app, new, test.now).expect("a new person");
    let details = Details {
        name: lise.name,
        did: lise.did,
        email_in_badges: EmailInBadges::Plain,
        name_in_badges: NameInBadges::Shown,
    };
    person::change(app, lise.id, details).expect("her account");
    let wanted = json!({ "email": "lise@example.org", "micro_credential": "wait-time" });
    awarded(olga, "host", wanted).await
}

/// What an organisation may say of a micro-credential.
fn whole() -> Content {
    let mut said = serde_json::to_value(content()).expect("JSON");
    let more = json!({
        "alignments": [{
            "target_name": "Questioning",
            "target_url": "https://standards.example.org/questioning",
            "target_code": "Q.1",
            "target_description": "Asks and waits.",
            "target_framework": "Teaching",
            "target_type": "CFItem",
        }],
        "credits": 1.5,
        "language": "en-US",
        "validity_months": 36,
    });
    for (member, value) in more.as_object().expect("members") {
        said[member] = value.clone();
    }
    serde_json::from_value(said).expect("a content")
}

fn publish(test: &TestApp, id: &str, of: &OrganisationId, said: Content) {
    let author = test.person("donna", &[Role::Author]);
    if *of != OrganisationId::host() {
        test.join(&author, of, &[Role::Author]);
    }
    let id: MicroCredentialId = id.parse().expect("a slug");
    micro_credential::write(&test.app, &author, of.clone(), id.clone(), said).expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
}

/// An officer awards it, and it is issued at once.
async fn awarded(officer: &Caller<'_>, organisation: &str, mut wanted: Value) -> BadgeId {
    wanted["reason"] = json!("The certification looks at it.");
    let awards = format!("/api/v1/organisations/{organisation}/awards");
    let answer = officer.post(&awards, wanted).await;
    let status = answer.status();
    let award: Value = answer.json().await.expect("an award");
    assert_eq!(status, 201, "{award}");
    let badge = award["badge"].as_str().expect("a badge");
    badge.parse().expect("an identifier")
}

/// Its holder lets everybody see it.
fn shared(test: &TestApp, id: BadgeId) {
    let held = test
        .app
        .store
        .badge(id)
        .expect("the store")
        .expect("a badge");
    let holder = test.app.store.person(held.earner).expect("the store");
    let holder = holder.expect("its holder");
    badge::set_visibility(&test.app, &holder, id, Visibility::Public).expect("their leave");
}
