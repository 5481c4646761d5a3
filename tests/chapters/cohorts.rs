//! Cohorts: people join by their own act, talk among themselves, and leave with their words or without.

use issuer::cohort::help::{self, Question};
use issuer::cohort::people::{self, Choices};
use issuer::cohort::{self, About, facilitating, posts};
use issuer::event::Actor;
use issuer::id::{CohortId, HelpId, MicroCredentialId, OrganisationId, PostId};
use issuer::organisation::{self, Role};
use issuer::person::Person;
use issuer::submission;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::organisations::{self, district};
use crate::app::TestApp;
use crate::mailbox;
use crate::served::{Caller, Served, problem};

/// A cohort that Mia is in and Fred facilitates, with what she says and asks, and a link that nobody has opened.
pub fn furnish(
    test: &TestApp,
    id: &OrganisationId,
    by: &Person,
    offered: &MicroCredentialId,
) -> (CohortId, PostId, HelpId, String) {
    let (app, now) = (&test.app, test.now);
    let about = About {
        name: "New teachers".parse().expect("a name"),
        goal: "A first badge each.".parse().expect("a goal"),
        lines: Vec::new(),
        office_hours: None,
        office_link: None,
    };
    let made = cohort::make(app, by.id, id, about, now).expect("a cohort");
    let (mia, fred) = (test.person("mia", &[]), test.person("fred", &[]));
    let code = made.code.to_string();
    people::join(app, &mia, &code, Choices::default(), now).expect("a member");
    let asks = |name: &str| {
        let name = name.parse().expect("a name");
        facilitating::appoint(app, by.id, made.id, name, None, now)
            .expect("a link")
            .1
    };
    facilitating::accept(app, &fred, &asks("Fred"), now).expect("a facilitator");
    let text = || "How long do you wait?".parse().expect("a text");
    let post = posts::say(app, &mia, made.id, text(), now)
        .expect("a post")
        .id;
    let question = Question {
        submission: submission::start(app, &mia, offered, now)
            .expect("a beginning")
            .id,
        stuck: None,
        text: text(),
    };
    let help = help::ask(app, &mia, made.id, question, now)
        .expect("a request")
        .id;
    let fred_is_asked = help::show_draft(app, &mia, made.id, help, fred.id, now);
    fred_is_asked.expect("a draft to see");
    (made.id, post, help, asks("Lee").expose().to_owned())
}

pub async fn body(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

pub async fn delete(caller: &Caller<'_>, path: &str) -> Response {
    let request = caller.request(Method::DELETE, path);
    request.send().await.expect("an answer")
}

/// A cohort of Wayne County: Cora coordinates, Fred facilitates, and Ada and Bob have joined.
pub struct Wayne<'a> {
    pub cora: Caller<'a>,
    pub fred: Caller<'a>,
    pub ada: Caller<'a>,
    pub bob: Caller<'a>,
    /// Its address in the interface.
    pub path: String,
    pub code: String,
}

impl<'a> Wayne<'a> {
    pub async fn of(served: &'a Served) -> Wayne<'a> {
        let test = &served.test;
        let founded = district(&organisations::wayne(), "Wayne County");
        organisation::found(&test.app, Actor::Service, founded, test.now).expect("founded");
        test.join(
            &test.person("cora", &[]),
            &organisations::wayne(),
            &[Role::Coordinator],
        );
        let cora = served.caller("cora", &[]);
        let about = json!({
            "name": "New teachers",
            "goal": "A first badge each by May.",
            "micro_credentials": ["wait-time"],
            "office_hours": "Tuesdays at 16:00, room 12",
            "office_link": "https://meet.example.net/wayne",
        });
        let made = cora.post("/api/v1/organisations/wayne-county/cohorts", about);
        let made = body(made.await).await;
        let path = format!("/api/v1/cohorts/{}", made["id"].as_str().expect("an id"));
        let code = made["code"].as_str().expect("a code").to_owned();
        let (fred, ada) = (served.caller("fred", &[]), served.caller("ada", &[]));
        let bob = served.caller("bob", &[]);
        let wayne = Wayne {
            cora,
            fred,
            ada,
            bob,
            path,
            code,
        };
        wayne.appoint(&wayne.fred).await;
        for one in [&wayne.ada, &wayne.bob] {
            wayne.joins(one, json!({})).await;
        }
        wayne
    }

    /// Asks somebody to facilitate, who agrees.
    pub async fn appoint(&self, whom: &Caller<'_>) {
        let accepted = whom.post(&self.link("Somebody").await, json!({})).await;
        assert_eq!(body(accepted).await["part"], "facilitator");
    }

    /// The address at which somebody agrees to facilitate.
    pub async fn link(&self, name: &str) -> String {
        let path = format!("{}/facilitators/invitations", self.path);
        let asked = body(self.cora.post(&path, json!({ "name": name })).await).await;
        let link = asked["link"].as_str().expect("a link");
        let secret = link.rsplit('/').next().expect("a secret");
        format!("/api/v1/cohorts/invitations/{secret}/accept")
    }

    pub async fn joins(&self, who: &Caller<'_>, choices: Value) -> Value {
        let mut wanted = choices;
        wanted["code"] = json!(self.code);
        body(who.post("/api/v1/cohorts/join", wanted).await).await
    }

    /// Says something, and gives its address.
    pub async fn says(&self, who: &Caller<'_>, text: &str) -> String {
        let path = format!("{}/posts", self.path);
        let said = body(who.post(&path, json!({ "text": text })).await).await;
        format!("{path}/{}", said["id"].as_str().expect("an id"))
    }

    pub async fn replies(&self, who: &Caller<'_>, to: &str, text: &str) -> String {
        let path = format!("{to}/replies");
        let said = body(who.post(&path, json!({ "text": text })).await).await;
        let id = said["id"].as_str().expect("an id");
        format!("{}/posts/{id}", self.path)
    }

    pub fn id(&self) -> CohortId {
        let id = self.path.rsplit('/').next().expect("an id");
        id.parse().expect("an id")
    }
}

/// Row 79 of the plan: posts are visible to the cohort only.
#[tokio::test]
async fn posts_are_visible_to_the_cohort_only() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let said = wayne
        .says(&wayne.ada, "Counting to five feels endless.")
        .await;
    wayne
        .replies(&wayne.bob, &said, "<b>Count</b> to ten.")
        .await;
    wayne.replies(&wayne.fred, &said, "It gets shorter.").await;

    for reader in [&wayne.ada, &wayne.bob, &wayne.fred] {
        let wall = body(reader.get(&format!("{}/posts", wayne.path)).await).await;
        assert_eq!(wall["items"][0]["text"], "Counting to five feels endless.");
        assert_eq!(
            (&wall["items"][0]["name"], &wall["items"][0]["replies"]),
            (&json!("ada"), &json!(2))
        );
        let replies = body(reader.get(&format!("{said}/replies")).await).await;
        let texts = replies["items"].as_array().expect("replies").iter();
        let texts: Vec<_> = texts.map(|one| one["text"].as_str()).collect();
        let expected = [Some("<b>Count</b> to ten."), Some("It gets shorter.")];
        assert_eq!(texts, expected, "in the order in which they were given");
    }
    // Neither whoever made it, nor an administrator of the organisation, nor of the site, nor who was only invited.
    let test = &served.test;
    test.join(
        &test.person("adele", &[]),
        &organisations::wayne(),
        &[Role::Administrator],
    );
    test.join(&test.person("ivy", &[]), &organisations::wayne(), &[]);
    let (adele, ivy) = (served.caller("adele", &[]), served.caller("ivy", &[]));
    let invited = json!({ "person": test.person("ivy", &[]).id });
    body(
        wayne
            .cora
            .post(&format!("{}/people", wayne.path), invited)
            .await,
    )
    .await;
    let operator = served.caller("olga", &[Role::Administrator]);
    let stranger = served.caller("mallory", &[]);
    for outsider in [&wayne.cora, &adele, &ivy, &operator, &stranger] {
        for path in [
            format!("{}/posts", wayne.path),
            said.clone(),
            format!("{said}/replies"),
        ] {
            let answer = problem(outsider.get(&path).await).await;
            assert_eq!(answer, (404, "auth.not_found".to_owned()), "{path}");
        }
        let say = json!({ "text": "Hello?" });
        let answer = outsider.post(&format!("{}/posts", wayne.path), say).await;
        assert_eq!(problem(answer).await.0, 404);
        assert_eq!(problem(delete(outsider, &said).await).await.0, 404);
    }
    // Those who lead it see what it is for; the invited see nothing before they join.
    assert_eq!(
        body(adele.get(&wayne.path).await).await["name"],
        "New teachers"
    );
    assert_eq!(problem(ivy.get(&wayne.path).await).await.0, 403);
    assert_eq!(problem(stranger.get(&wayne.path).await).await.0, 404);
}

#[tokio::test]
async fn people_join_by_their_own_act_and_leave_with_their_words_or_without() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let test = &served.test;
    let people_path = format!("{}/people", wayne.path);
    // Only members of the organisation are invited, and they are in it once they say so.
    let ivy_is = test.person("ivy", &[]);
    let ivy = served.caller("ivy", &[]);
    let wanted = json!({ "person": ivy_is.id });
    let refused = wayne.cora.post(&people_path, wanted.clone()).await;
    assert_eq!(problem(refused).await, (422, "input.invalid".to_owned()));
    test.join(&ivy_is, &organisations::wayne(), &[]);
    let invited = body(wayne.cora.post(&people_path, wanted.clone()).await).await;
    assert_eq!(invited["part"], "invited");
    assert_eq!(mailbox::messages(test, "ivy@example.org").len(), 1);
    let mine = body(ivy.get("/api/v1/cohorts").await).await;
    assert_eq!(mine["items"][0]["part"], "invited");
    assert_eq!(mine["items"][0]["code"], Value::Null);
    // Members do not see who is only invited; who leads and who facilitates do.
    for (reader, seen) in [(&wayne.ada, 3), (&wayne.fred, 4), (&wayne.cora, 4)] {
        let list = body(reader.get(&people_path).await).await;
        assert_eq!(list["items"].as_array().expect("people").len(), seen);
    }
    let no = json!({ "cohort": wayne.id() });
    assert_eq!(
        ivy.post("/api/v1/cohorts/decline", no.clone())
            .await
            .status(),
        204
    );
    assert_eq!(
        body(ivy.get("/api/v1/cohorts").await).await["items"],
        json!([])
    );
    let late = ivy.post("/api/v1/cohorts/join", no.clone()).await;
    assert_eq!(problem(late).await.0, 404);
    body(wayne.cora.post(&people_path, wanted).await).await;
    let joined = body(ivy.post("/api/v1/cohorts/join", no).await).await;
    assert_eq!(
        (&joined["part"], &joined["choices"]["progress"]),
        (&json!("member"), &json!("kept"))
    );
    assert_eq!(wayne.joins(&ivy, json!({})).await["since"], joined["since"]);

    // Bob leaves and his words stay; Ada leaves and hers go, but for the place above Bob's reply.
    let hers = wayne.says(&wayne.ada, "Mine.").await;
    let alone = wayne.says(&wayne.ada, "Mine too.").await;
    let his = wayne.replies(&wayne.bob, &hers, "Bob's.").await;
    let leave = format!("{}/leave", wayne.path);
    assert_eq!(wayne.bob.post(&leave, json!({})).await.status(), 204);
    assert_eq!(
        wayne
            .ada
            .post(&leave, json!({ "words": "go_too" }))
            .await
            .status(),
        204
    );
    for gone in [&wayne.ada, &wayne.bob] {
        assert_eq!(problem(gone.get(&hers).await).await.0, 404);
        assert_eq!(problem(gone.get(&wayne.path).await).await.0, 404);
    }
    let left = body(ivy.get(&hers).await).await;
    assert_eq!(
        (&left["state"], &left["text"], &left["name"]),
        (&json!("taken_back"), &Value::Null, &Value::Null)
    );
    assert_eq!(problem(ivy.get(&alone).await).await.0, 404);
    let replies = body(ivy.get(&format!("{hers}/replies")).await).await;
    assert_eq!(
        (&replies["items"][0]["name"], &replies["items"][0]["text"]),
        (&json!("bob"), &json!("Bob's."))
    );
    // Whoever has left takes nothing back; the coordinator takes people out, and does not touch words.
    assert_eq!(problem(delete(&wayne.bob, &his).await).await.0, 404);
    let out = delete(&wayne.cora, &format!("{people_path}/{}", ivy_is.id)).await;
    assert_eq!(out.status(), 204);
    assert_eq!(problem(ivy.get(&hers).await).await.0, 404);
}

#[tokio::test]
async fn a_code_can_be_drawn_anew_and_an_archived_cohort_takes_nobody_and_nothing() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let said = wayne.says(&wayne.ada, "Before.").await;
    let renewed = body(
        wayne
            .cora
            .post(&format!("{}/code", wayne.path), json!({}))
            .await,
    )
    .await;
    let eve = served.caller("eve", &[]);
    let old = json!({ "code": wayne.code });
    let refused = eve.post("/api/v1/cohorts/join", old).await;
    assert_eq!(
        problem(refused).await,
        (422, "organisation.join_code_unknown".to_owned())
    );
    let code = json!({ "code": renewed["code"].as_str().expect("a code").to_lowercase() });
    body(eve.post("/api/v1/cohorts/join", code.clone()).await).await;
    assert_eq!(body(eve.get(&wayne.path).await).await["code"], Value::Null);
    assert_eq!(
        body(wayne.fred.get(&wayne.path).await).await["code"],
        code["code"].as_str().expect("a code").to_uppercase()
    );

    let link = wayne.link("Late").await;
    body(
        wayne
            .cora
            .post(&format!("{}/archive", wayne.path), json!({}))
            .await,
    )
    .await;
    let late = served.caller("late", &[]);
    let refused = late.post("/api/v1/cohorts/join", code.clone()).await;
    assert_eq!(
        problem(refused).await,
        (422, "organisation.join_code_over".to_owned())
    );
    assert_eq!(problem(late.post(&link, json!({})).await).await.0, 409);
    let after = json!({ "text": "After." });
    assert_eq!(
        problem(eve.post(&format!("{}/posts", wayne.path), after).await)
            .await
            .0,
        409
    );
    assert_eq!(body(eve.get(&said).await).await["text"], "Before.");
    body(
        wayne
            .cora
            .post(&format!("{}/reopen", wayne.path), json!({}))
            .await,
    )
    .await;
    body(late.post("/api/v1/cohorts/join", code).await).await;
}

#[tokio::test]
async fn a_facilitator_hides_with_a_reason_that_the_writer_reads() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let said = wayne
        .says(&wayne.ada, "Tim in my class never speaks.")
        .await;
    let reason = json!({ "reason": "It names a student." });
    for other in [&wayne.ada, &wayne.bob] {
        let refused = other.post(&format!("{said}/hide"), reason.clone()).await;
        assert_eq!(problem(refused).await, (403, "auth.forbidden".to_owned()));
    }
    body(wayne.fred.post(&format!("{said}/hide"), reason).await).await;
    for (reader, may) in [(&wayne.ada, true), (&wayne.fred, true), (&wayne.bob, false)] {
        let seen = body(reader.get(&said).await).await;
        assert_eq!(
            (&seen["state"], &seen["name"]),
            (&json!("hidden"), &json!("ada"))
        );
        assert_eq!(seen["reason"] == "It names a student.", may);
        assert_eq!(seen["text"] == "Tim in my class never speaks.", may);
    }
    let reply = json!({ "text": "Which Tim?" });
    let refused = wayne.bob.post(&format!("{said}/replies"), reply).await;
    assert_eq!(problem(refused).await.0, 422);
    body(wayne.fred.post(&format!("{said}/show"), json!({})).await).await;
    assert_eq!(body(wayne.bob.get(&said).await).await["state"], "shown");
    // Nobody takes back what another said, not even a facilitator.
    assert_eq!(problem(delete(&wayne.fred, &said).await).await.0, 404);
    assert_eq!(delete(&wayne.ada, &said).await.status(), 204);
    assert_eq!(problem(wayne.ada.get(&said).await).await.0, 404);
}

#[tokio::test]
async fn everything_that_is_typed_has_a_limit() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let posts = format!("{}/posts", wayne.path);
    for text in ["x".repeat(4_001), "  ".to_owned(), "bell \u{7}".to_owned()] {
        let refused = problem(wayne.ada.post(&posts, json!({ "text": text })).await).await;
        assert!([400, 422].contains(&refused.0), "{refused:?}");
    }
    let about = |change: (&str, Value)| {
        let mut about = json!({ "name": "N", "goal": "G" });
        about[change.0] = change.1;
        about
    };
    for wrong in [
        ("name", json!("x".repeat(301))),
        ("goal", json!("two\nlines")),
        ("office_link", json!("javascript:alert(1)")),
        ("office_link", json!("http://meet.example.net/")),
        ("micro_credentials", json!(["no-such-thing"])),
        ("colour", json!("red")),
    ] {
        let refused = wayne.cora.put(&wayne.path, about(wrong.clone())).await;
        assert!([400, 422].contains(&problem(refused).await.0), "{wrong:?}");
    }
    // Nobody says more than forty things in one go.
    let mut said = 0;
    let refused = loop {
        let answer = wayne.bob.post(&posts, json!({ "text": "Again." })).await;
        match answer.status().as_u16() {
            201 => said += 1,
            _ => break problem(answer).await,
        }
    };
    assert_eq!((said, refused), (40, (429, "rate.limited".to_owned())));
    // Five facilitators, those among them who have not answered; a link is good once.
    let mut links = Vec::new();
    for _ in 0..4 {
        links.push(wayne.link("One more").await);
    }
    let path = format!("{}/facilitators/invitations", wayne.path);
    let sixth = wayne.cora.post(&path, json!({ "name": "Sixth" })).await;
    assert_eq!(problem(sixth).await, (422, "input.invalid".to_owned()));
    let (gail, hans) = (served.caller("gail", &[]), served.caller("hans", &[]));
    body(gail.post(&links[0], json!({})).await).await;
    let again = problem(hans.post(&links[0], json!({})).await).await;
    assert_eq!(again, (409, "link.used".to_owned()));
    let asked = body(wayne.cora.get(&path).await).await;
    let one = asked["items"][0]["id"].as_str().expect("an id");
    assert_eq!(
        delete(&wayne.cora, &format!("{path}/{one}")).await.status(),
        204
    );
    assert_eq!(
        body(wayne.cora.get(&path).await).await["items"]
            .as_array()
            .expect("items")
            .len(),
        2
    );
    // Guessing codes is slow.
    let mut tried = 0;
    let answer = loop {
        let guess = json!({ "code": "BCDFG-HJKLM" });
        let answer = problem(hans.post("/api/v1/cohorts/join", guess).await).await;
        if answer.0 == 429 {
            break answer;
        }
        tried += 1;
    };
    assert_eq!((tried, answer.0), (10, 429));
}
