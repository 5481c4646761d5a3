//! Attacks by names: those that are looked up, and those that are shown.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use issuer::fetch::{LookingUp, Names, Web as RealWeb};
use reqwest::Method;
use serde_json::{Value, json};

use super::super::fetch::{v4, v6};
use crate::forge::{Key, badge, header, payload, signed, token, with};
use crate::forms::{Case, hold};
use crate::served::{Served, form};
use crate::web;
use crate::web::Web;

/// A resolver that answers as it is told, and writes down what it was asked.
#[derive(Default)]
pub struct Resolver {
    answers: BTreeMap<String, Vec<Vec<IpAddr>>>,
    pub asked: Mutex<Vec<String>>,
}

impl Names for Resolver {
    fn look_up<'a>(&'a self, name: &'a str) -> LookingUp<'a> {
        let mut asked = self.asked.lock().expect("no panic");
        let times = asked.iter().filter(|earlier| *earlier == name).count();
        asked.push(name.to_owned());
        let answers = self.answers.get(name);
        let answer = answers.map(|all| all[times % all.len()].clone());
        Box::pin(async move { answer.ok_or(io::Error::from(io::ErrorKind::NotFound)) })
    }
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_n_05_a_name_is_looked_up_once_and_all_its_answers_are_judged() {
    let public: IpAddr = v4("93.184.215.14").into();
    let private: IpAddr = v4("10.0.0.1").into();
    let local: IpAddr = v6("::1").into();
    let answers = [
        ("private.example", vec![vec![private]]),
        ("mixed.example", vec![vec![public, private]]),
        ("mixed-otherwise.example", vec![vec![local, public]]),
        // Harmless when it is judged, and harmful a moment later: there is no later.
        (
            "turning.example",
            vec![vec![local], vec![private], vec![local, private]],
        ),
        ("nowhere.example", vec![vec![]]),
    ];
    let resolver = Arc::new(Resolver {
        answers: answers
            .map(|(name, answers)| (name.to_owned(), answers))
            .into(),
        ..Resolver::default()
    });
    let web = RealWeb::new().looking_up(resolver.clone());
    let served = Served::in_world(Arc::new(web)).await;
    let ask = async |name: &str| {
        let path = format!(
            "/api/v1/verify?{}",
            form("url", &format!("https://{name}/badge"))
        );
        let answer = served
            .request(Method::POST, &path)
            .send()
            .await
            .expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        body["code"].as_str().unwrap_or_default().to_owned()
    };
    for (name, code) in [
        ("private.example", "fetch.address_blocked"),
        ("mixed.example", "fetch.address_blocked"),
        ("mixed-otherwise.example", "fetch.address_blocked"),
        ("turning.example", "fetch.address_blocked"),
        ("turning.example", "fetch.address_blocked"),
        ("turning.example", "fetch.address_blocked"),
        ("nowhere.example", "fetch.unreachable"),
        ("unknown.example", "fetch.unreachable"),
    ] {
        let before = resolver.asked.lock().expect("no panic").len();
        assert_eq!(ask(name).await, code, "{name}");
        let asked = resolver.asked.lock().expect("no panic").split_off(before);
        assert_eq!(asked, [name], "once, and nothing else");
        resolver
            .asked
            .lock()
            .expect("no panic")
            .push(name.to_owned());
    }
}

/// Names of issuers that are taken for others, and such that are not. Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_n_15_a_name_that_may_be_taken_for_another_is_pointed_out() {
    let key = Key::School;
    let named = |name: &str| {
        let badge = with(&badge(&key.did()), "/issuer/name", json!(name));
        signed(&badge, &key.method(), key).to_string()
    };
    // The samples of UTS 39 and of UTR 36: letters of two scripts, of another, and none at all.
    let deceiving = [
        ("Раypal School", "mixedScripts"),
        ("Example Uniνersity", "mixedScripts"),
        ("scоpe", "mixedScripts"),
        ("Sсhool of Wait Time", "mixedScripts"),
        ("ехаѕр", "lookAlike"),
        ("Example ЅСНОО", "lookAlike"),
        ("ΑΒΕ", "lookAlike"),
        ("Example\u{200b} School", "hidden"),
        ("Ex\u{ad}ample", "hidden"),
        ("Example \u{202e}loohcS", "hidden"),
        ("\u{2066}Example\u{2069}", "hidden"),
        ("Exam\u{200d}ple", "hidden"),
        ("Example\u{e0041}", "hidden"),
        ("\u{feff}Example", "hidden"),
    ];
    let honest = [
        "Example School District",
        "École Zürich — Außenstelle №2",
        "Министерство образования",
        "Министерство образования and Friends",
        "Πανεπιστήμιο Αθηνών",
        "東京大学",
        "とうきょう大学 Tokyo",
        "株式会社ABCスクール",
        "서울대학교 (SNU)",
        "جامعة القاهرة",
        "می\u{200c}خواهم",
        "क्\u{200d}ष विद्यालय",
        "אוניברסיטת תל אביב",
        "School 👩\u{200d}🏫 ❤\u{fe0f}",
        "O’Brien’s School, 2nd floor",
    ];
    let cases: Vec<Case> = deceiving
        .iter()
        .map(|(name, _)| *name)
        .chain(honest)
        .map(|name| Case::new(name, named(name), "verified"))
        .collect();
    hold("N-15", &cases).await;
    let found = |case: &Case| -> Vec<Value> {
        let report = case
            .web
            .verify_at(&case.presented, &Default::default(), case.now)
            .0;
        // Nothing is taken out of what was signed.
        let credential = report.credential().expect("a badge");
        assert_eq!(credential["issuer"]["name"], case.name.as_str());
        let report = json!(report);
        let warnings = report["warnings"].as_array().cloned().unwrap_or_default();
        warnings
            .into_iter()
            .filter(|one| one["code"] == "warn.confusable")
            .collect()
    };
    for (case, (_, deception)) in cases.iter().zip(deceiving) {
        let found = found(case);
        assert_eq!(found.len(), 1, "{}: {found:?}", case.name);
        assert!(
            found[0].to_string().contains(&format!("\"{deception}\"")),
            "{}: {}",
            case.name,
            found[0]
        );
        assert_eq!(found[0]["pointer"], "/issuer/name");
    }
    for case in &cases[deceiving.len()..] {
        assert_eq!(found(case), Vec::<Value>::new(), "{}", case.name);
    }

    // Hosts are shown as they are called. The second is аррӏе in letters of Cyrillic.
    for (host, is_deceiving) in [
        ("badges.example", false),
        ("xn--80ak6aa92e.example", true),
        ("xn--mnchen-3ya.example", false),
        ("xn--pypal-4ve.example", true),
        ("xn--e1afmkfd.example", false),
    ] {
        let did = format!("did:web:{host}");
        let signer = Key::DistrictP256;
        let id = format!("{did}#key");
        let document = json!({
            "@context": ["https://www.w3.org/ns/did/v1"],
            "id": did,
            "verificationMethod": [{
                "id": id, "type": "JsonWebKey", "controller": did, "publicKeyJwk": signer.public().jwk(),
            }],
            "assertionMethod": [id],
        });
        let mut web = Web::read();
        web.serve(
            &format!("https://{host}/.well-known/did.json"),
            document.to_string(),
        );
        let web = Arc::new(web);
        let badge = token(&header(signer, &id), &payload(&badge(&did)), signer);
        let case = Case::new(host, badge.clone(), "verified").on(&web);
        hold("N-15", &[case]).await;
        let (report, _) = web.verify_at(badge.as_bytes(), &Default::default(), web::now());
        let report = json!(report).to_string();
        assert_eq!(report.contains("warn.confusable"), is_deceiving, "{host}");
        assert!(report.contains(&did), "as it is written");
    }

    let served = Served::new().await;
    let page = served
        .paste(&named("Example \u{202e}loohcS"))
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("turn it around (U+202E)"), "{page}");
    assert!(
        !page.contains('\u{202e}'),
        "the page is not turned around itself"
    );
    assert!(
        page.contains("Example \u{fffd}loohcS"),
        "a mark stands where it stood"
    );
}
