//! Every change in the life of a badge, and what everybody outside sees of it: page, JSON, JWT, status list,
//! log, webhook, mail and audit trail.

mod caching;
mod looking;
mod table;

use issuer::badge::Visibility;
use issuer::badge::changing::Act;
use issuer::event::Actor;
use issuer::id::BadgeId;
use issuer::mail::Mail;
use issuer::micro_credential;
use issuer::organisation::Role;
use issuer::person::{self, Details, EmailInBadges, NameInBadges};
use serde_json::{Value, json};
use verifier::Verdict;

use self::caching::Caching;
use self::looking::{Look, Watched, alone};
use self::table::{Change, Seen, TABLE, Who};
use super::editions::expiring;
use super::peers_service::{machine_clock, request, write};
use crate::catalogue::wait_time;
use crate::peer::{Peer, peers_wanted};
use crate::served::{Caller, Served};

const REASON: &str = "The recording was of another class.";

#[tokio::test]
async fn every_change_is_seen_on_page_forms_status_list_log_webhook_mail_and_trail() {
    for seen in TABLE {
        let watched = Watched::new().await;
        let served = &watched.served;
        let olga = served.caller("olga", &[Role::IssuingOfficer]);
        let ada = served.caller("ada", &[]);
        let badge = before(served, seen.change, &olga).await;
        let earlier = Look::at(&watched, badge).await;
        let badge = happens(served, seen.change, badge, &olga, &ada).await;
        let later = Look::at(&watched, Some(badge)).await;
        compare(&watched, seen, badge, (&earlier, &later)).await;
        println!("{:?}: seen everywhere", seen.change);
    }
}

/// What was there before the change: a badge that everybody sees, if there was one.
async fn before(served: &Served, change: Change, olga: &Caller<'_>) -> Option<BadgeId> {
    let test = &served.test;
    let badge = match change {
        Change::Earned | Change::AwardedByHand => return None,
        Change::Renewed => expiring(test),
        _ => served.published_badge(),
    };
    if let Change::Reinstated | Change::RevokedForGood = change {
        decides(olga, badge, Act::Suspend).await;
    }
    if let Change::Corrected | Change::Updated = change {
        let ada = test.person("ada", &[]);
        let details = Details {
            name: "Ada Lovelace".parse().expect("a name"),
            did: None,
            email_in_badges: EmailInBadges::Hashed,
            name_in_badges: NameInBadges::Shown,
        };
        person::change(&test.app, ada.id, details).expect("her account");
    }
    if change == Change::Superseded {
        earns_newer_version(served);
    }
    Some(badge)
}

/// Ada earns the next version as well, and keeps that badge to herself.
fn earns_newer_version(served: &Served) {
    let test = &served.test;
    let donna = test.person("donna", &[]);
    let next = micro_credential::revise(&test.app, &donna, &wait_time(), None).expect("a draft");
    let published = micro_credential::publish(&test.app, Actor::Service, &next.id, test.now);
    published.expect("its publication");
    let ada = test.learner("ada");
    let prepared = ada.prepares_for(&next.id).id;
    ada.hands_in(prepared).expect("a complete submission");
    let award = test.reviewer("grace").accepts(prepared);
    issuer::issuance::issue(&test.app, award, test.now).expect("a badge");
}

/// The change, over HTTP as those make it who may.
async fn happens(
    served: &Served,
    change: Change,
    badge: Option<BadgeId>,
    olga: &Caller<'_>,
    ada: &Caller<'_>,
) -> BadgeId {
    let Some(badge) = badge else {
        let new = match change {
            Change::Earned => earns(served, ada).await,
            _ => awards(olga).await,
        };
        shares(ada, new).await;
        return new;
    };
    match change {
        Change::Corrected => decides(olga, badge, Act::Correct).await,
        Change::Renewed => decides(olga, badge, Act::Renew).await,
        Change::Suspended => decides(olga, badge, Act::Suspend).await,
        Change::Reinstated => decides(olga, badge, Act::Reinstate).await,
        Change::Revoked | Change::RevokedForGood => decides(olga, badge, Act::Revoke).await,
        Change::Superseded => {
            let mut own = served.test.badges_of("ada").into_iter();
            let newer = own.find(|one| one.visibility == Visibility::Private);
            shares(ada, newer.expect("the newer badge").id).await;
        }
        Change::Updated => {
            let path = format!("/api/v1/badges/{badge}/update");
            assert_eq!(ada.post(&path, json!({})).await.status(), 200);
        }
        Change::Erased => {
            let confirmed = json!({ "confirm": "ada@example.org" });
            let erased = ada.post("/api/v1/account/erasure", confirmed).await;
            assert_eq!(erased.status(), 204);
        }
        Change::Earned | Change::AwardedByHand => unreachable!("there is a badge already"),
    }
    badge
}

async fn decides(olga: &Caller<'_>, badge: BadgeId, act: Act) {
    let path = format!("/api/v1/badges/{badge}/{}", act.name());
    let decided = olga.post(&path, json!({ "reason": REASON })).await;
    assert!(decided.status().is_success(), "{act:?}");
}

async fn shares(ada: &Caller<'_>, badge: BadgeId) {
    let path = format!("/api/v1/badges/{badge}/visibility");
    let shown = ada.put(&path, json!({ "visibility": "public" })).await;
    assert_eq!(shown.status(), 200);
}

fn badge_in(body: &Value) -> BadgeId {
    let badge = body["badge"].as_str().expect("a badge");
    badge.parse().expect("an identifier")
}

async fn awards(olga: &Caller<'_>) -> BadgeId {
    let path = "/api/v1/organisations/host/awards";
    let body =
        json!({ "email": "ada@example.org", "micro_credential": "wait-time", "reason": REASON });
    let made = olga.post(path, body).await;
    assert_eq!(made.status(), 201);
    badge_in(&made.json().await.expect("an award"))
}

/// Ada hands in, and Grace finds everything met.
async fn earns(served: &Served, ada: &Caller<'_>) -> BadgeId {
    let grace = served.caller("grace", &[Role::Reviewer]);
    let path = ada.begins().await;
    let submission = path.rsplit('/').next().expect("an id").to_owned();
    for (requirement, what, content) in [
        ("lesson", "link", "https://video.example.net/1"),
        ("reflection", "text", "I counted to five."),
    ] {
        let mut piece = json!({ "requirement": requirement });
        piece[what] = json!(content);
        assert_eq!(
            ada.post(&format!("{path}/evidence"), piece).await.status(),
            201
        );
    }
    let confirmed = json!({ "privacy_statement": 1 });
    assert!(
        ada.post(&format!("{path}/submit"), confirmed)
            .await
            .status()
            .is_success()
    );
    let review = format!("/api/v1/reviews/{submission}");
    assert_eq!(
        grace
            .post(&format!("{review}/claim"), json!({}))
            .await
            .status(),
        200
    );
    let score = |criterion| json!({ "criterion": criterion, "level": "consistent" });
    let scores = json!({ "version": 1, "scores": [score("waiting"), score("listening")] });
    assert!(grace.post(&review, scores).await.status().is_success());
    let [badge] = served.test.badges_of("ada").try_into().expect("one badge");
    badge.id
}

/// Holds what was seen before and after a change against the line of the table.
async fn compare(watched: &Watched, seen: &Seen, badge: BadgeId, looks: (&Look, &Look)) {
    let (earlier, later) = looks;
    let change = seen.change;
    let served = &watched.served;

    // The log: the entries that are new, each with its proof, in a tree that begins with the one before.
    let entries = watched.new_entries(earlier, later).await;
    let kinds: Vec<&str> = entries
        .iter()
        .map(|entry| entry["kind"].as_str().expect("a kind"))
        .collect();
    assert_eq!(kinds, seen.log, "{change:?}");

    // The page first, then the history that programs read.
    assert!(later.page.contains(seen.page), "{change:?}: {}", later.page);
    let told: Vec<&str> = later.told.iter().map(String::as_str).collect();
    assert_eq!(told, seen.told, "{change:?}");
    assert_eq!(later.state.as_deref(), seen.state, "{change:?}");
    let status = match seen.state {
        Some(_) => 200,
        None => 410,
    };
    assert_eq!(later.statuses, [status; 5], "{change:?}: page and forms");

    // Messages, in the order of what was done, each signed; and the trail, with who did it and why.
    let messages = watched.messages_about(badge);
    let of_badge: Vec<&str> = messages[earlier.messages..]
        .iter()
        .map(String::as_str)
        .collect();
    let kinds: Vec<&str> = seen.events.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(of_badge, kinds, "{change:?}");
    watched.check_signatures();
    let trail = &later.trail[earlier.trail.len()..];
    let done: Vec<(String, Who)> = trail.iter().map(|event| watched.done(event)).collect();
    let expected: Vec<(String, Who)> = seen
        .events
        .iter()
        .map(|(kind, who)| ((*kind).to_owned(), *who))
        .collect();
    assert_eq!(done, expected, "{change:?}");
    let last = watched.last_message();
    if change == Change::Erased {
        assert_eq!(last["type"], "person.erased");
    }
    assert_eq!(last["timestamp"], served.test.now.to_string(), "{change:?}");

    // The letter to the earner.
    let is_new = |letter: &&Mail| earlier.letters.iter().all(|known| known.id != letter.id);
    let letters: Vec<&Mail> = later.letters.iter().filter(is_new).collect();
    match seen.letter {
        Some(words) => {
            let [letter] = letters.as_slice() else {
                panic!("{change:?}: {} letters", letters.len())
            };
            assert!(
                letter.subject.contains("Wait Time") && letter.subject.contains(words),
                "{}",
                letter.subject
            );
            // Whoever has not opened an account yet is sent a link to it.
            let way = match change {
                Change::AwardedByHand => "/link/".to_owned(),
                _ => format!("/my/badges/{badge}"),
            };
            assert!(letter.text.contains(&way), "{}", letter.text);
            let is_decided = seen.events.iter().any(|(_, who)| *who == Who::Officer);
            assert_eq!(letter.text.contains(REASON), is_decided, "{}", letter.text);
        }
        None => assert!(letters.is_empty(), "{change:?}"),
    }
    if change == Change::Erased {
        assert!(later.letters.is_empty(), "nothing waits for who is gone");
    }
    forms(served, seen, earlier, later).await;
}

/// Both forms as they were and as they are, judged alone and by both forms of the status list.
async fn forms(served: &Served, seen: &Seen, earlier: &Look, later: &Look) {
    let change = seen.change;
    let counts = |state: Option<&str>| match state {
        Some("in_force") => None,
        _ => Some("status.revoked"),
    };
    if let Some(forms) = &later.forms {
        let expected = counts(seen.state);
        for form in [&forms.json, &forms.jwt] {
            assert_eq!(alone(served, form).await.as_deref(), expected, "{change:?}");
        }
        let is_set = expected.is_some();
        assert_eq!(
            forms.bits(served).await,
            [is_set; 2],
            "{change:?}: both forms of the list"
        );
        if !is_set {
            let badge = forms.badge();
            served.check_badge(badge).await;
        }
    }
    let Some(former) = &earlier.forms else {
        return;
    };
    // A further edition ends the one before, a suspension ended it already, and who is erased revokes nothing.
    let ended = !seen.log.is_empty() || earlier.state.as_deref() == Some("suspended");
    for form in [&former.json, &former.jwt] {
        let found = alone(served, form).await;
        assert_eq!(
            found.as_deref(),
            ended.then_some("status.revoked"),
            "{change:?}"
        );
    }
    assert_eq!(
        former.bits(served).await,
        [ended; 2],
        "{change:?}: both forms of the list"
    );
}

/// The changes that take a badge, or the copy of it that was handed out, out of force.
const ENDING: [Act; 3] = [Act::Revoke, Act::Suspend, Act::Correct];

/// A verifier that keeps the list as long as its headers allow, and asks again then.
#[tokio::test]
async fn within_a_minute_of_a_change_our_verifier_and_two_others_refuse_what_was_taken_back() {
    let name = "within_a_minute_of_a_change_our_verifier_and_two_others_refuse_what_was_taken_back";
    let mut peers = match peers_wanted(name) {
        true => vec!["digitalbazaar", "openvc", "verifier-core"],
        false => Vec::new(),
    }
    .into_iter()
    .map(|name| (name, Peer::start(name)))
    .collect::<Vec<_>>();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for act in ENDING {
        // The peers read the machine's clock.
        let served = Served::at(machine_clock()).await;
        let olga = served.caller("olga", &[Role::IssuingOfficer]);
        let badge = served.published_badge();
        let forms = looking::Forms::of(&served, badge).await;
        let began = served.test.now;
        let caching = Caching::new(served.address, began);
        // Everybody has verified the badge a moment before, and keeps what they may keep.
        see(&mut peers, &caching, &forms, folder, None).await;
        decides(&olga, badge, act).await;
        caching.at(began.plus_seconds(59));
        let kept = caching.fetches();
        see(&mut peers, &caching, &forms, folder, None).await;
        assert_eq!(
            caching.fetches(),
            kept,
            "{act:?}: everything is kept for a minute"
        );
        caching.at(began.plus_seconds(60));
        see(&mut peers, &caching, &forms, folder, Some("status.revoked")).await;
        println!(
            "{act:?}: refused a minute later, by ours and {} others",
            peers.len()
        );
    }
}

/// Our verifier and the others look at a badge with what they have kept.
async fn see(
    peers: &mut [(&str, Peer)],
    caching: &Caching,
    forms: &looking::Forms,
    folder: &std::path::Path,
    expected: Option<&str>,
) {
    for form in [&forms.json, &forms.jwt] {
        let report = caching.verifies(form).await;
        let code = report.reason().map(|reason| reason.code());
        assert_eq!(code, expected, "{report:#?}");
        let is_verified = report.verdict() == Verdict::Verified;
        assert_eq!(is_verified, expected.is_none());
    }
    write(
        folder,
        "did.json",
        caching
            .get("/.well-known/did.json", "application/json")
            .await,
    );
    write(folder, "badge.json", &forms.json);
    let list = forms.list();
    let fetched = caching.get(&list, "application/vc+ld+json").await;
    write(folder, "list.json", fetched);
    for (name, peer) in peers {
        let asked = request(&list, folder, "json", "badge.json", Some("list.json"));
        let answer = peer.ask(&asked);
        let status = expected.map_or("clear", |_| "set");
        assert_eq!(answer["status"], status, "{name}: {answer}");
        if expected.is_none() {
            assert_eq!(answer["verified"], true, "{name}: {answer}");
        }
    }
}
