//! Mail: through a real mail server, by every way there is to one, and when it says no.

use std::fs;

use issuer::config::{MailConfig, MailLogin, MailSecurity};
use issuer::link;
use issuer::mail::{self, Fate, NotSent, PATIENCE};
use issuer::smtp::Postman;
use rcgen::{CertificateParams, KeyPair};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{PUBLIC_URL, TestApp};
use crate::browser::Browser;
use crate::certificates::authority;
use crate::mailbox;
use crate::peer::{Peer, peers_wanted};
use crate::served::Served;

/// A mail server with a certificate for this machine, and how the service is told of it.
struct MailServer {
    peer: Peer,
    folder: TempDir,
    authority: Vec<u8>,
}

impl MailServer {
    fn start() -> MailServer {
        let folder = TempDir::new().expect("a folder");
        let authority = authority();
        let key = KeyPair::generate().expect("a key");
        let names = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        let certificate = names.signed_by(&key, &authority).expect("a certificate");
        fs::write(folder.path().join("certificate"), certificate.pem()).expect("a file");
        fs::write(folder.path().join("key"), key.serialize_pem()).expect("a file");
        fs::write(folder.path().join("password"), "open sesame\n").expect("a file");
        MailServer {
            peer: Peer::start("mail"),
            folder,
            authority: authority.pem().into_bytes(),
        }
    }

    fn listen(&mut self, security: MailSecurity) -> MailConfig {
        let path = |name: &str| self.folder.path().join(name);
        let name = match security {
            MailSecurity::StartTls => "starttls",
            MailSecurity::Tls => "tls",
            MailSecurity::None => "none",
        };
        let login = (security != MailSecurity::None).then(|| MailLogin {
            user: "assay".to_owned(),
            password_file: path("password"),
        });
        let answer = self.peer.ask(&json!({
            "do": "listen",
            "security": name,
            "certificate": path("certificate"),
            "key": path("key"),
            "user": login.as_ref().map(|_| "assay"),
            "password": "open sesame",
        }));
        MailConfig {
            host: "localhost".to_owned(),
            port: answer["port"]
                .as_u64()
                .and_then(|port| port.try_into().ok())
                .expect("a port"),
            security,
            login,
            authority: Some(self.authority.clone()),
            from: "badges@example.org".parse().expect("an address"),
        }
    }

    fn messages(&mut self) -> Vec<Value> {
        let answer = self.peer.ask(&json!({ "do": "messages" }));
        answer["messages"].as_array().cloned().expect("a list")
    }
}

fn postman(config: &MailConfig) -> Postman {
    Postman::new(
        config,
        "badges.example.org",
        "Example Department of Education",
    )
    .expect("a way")
}

/// Sends what is due, as upkeep does.
fn send(test: &TestApp, postman: &Postman) -> usize {
    mail::send_due(&test.app, test.now, |mail| postman.send(mail)).expect("the store")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_registers_by_a_link_that_a_real_mail_server_carries() {
    if !peers_wanted("a_visitor_registers_by_a_link_that_a_real_mail_server_carries") {
        return;
    }
    let served = Served::new().await;
    let mut server = MailServer::start();
    let ways = [
        MailSecurity::StartTls,
        MailSecurity::Tls,
        MailSecurity::None,
    ];
    for (place, security) in ways.into_iter().enumerate() {
        let email = format!("ada{place}@example.net");
        let browser = Browser::new(&served);
        let asked = browser.post("/sign-in", &[("email", &email)]).await;
        assert_eq!(asked.status(), 303);
        assert_eq!(
            send(&served.test, &postman(&server.listen(security))),
            1,
            "{security:?}"
        );

        let messages = server.messages();
        assert_eq!(messages.len(), place + 1);
        let message = &messages[place];
        assert_eq!(message["to"], json!([email]));
        assert_eq!(message["from"], "badges@example.org");
        assert_eq!(
            message["subject"],
            "Sign in to Example Department of Education"
        );
        assert_eq!(message["tls"], json!(security != MailSecurity::None));
        let user = (security != MailSecurity::None).then_some("assay");
        assert_eq!(message["user"], json!(user));
        let text = message["text"].as_str().expect("a text");
        let link = mailbox::link_in(text);
        let entered = browser.post(&link, &[("name", "Ada Lovelace")]).await;
        assert_eq!(entered.status(), 303);
        let me: Value = browser
            .get("/api/v1/people/me")
            .await
            .json()
            .await
            .expect("an account");
        assert_eq!(me["emails"], json!([email]));
        // What was sent is forgotten, with the secret that was in it.
        assert_eq!(served.test.records(b"mail"), 0);
        // Nothing is sent a second time.
        assert_eq!(send(&served.test, &postman(&server.listen(security))), 0);
    }
    assert!(server.messages().iter().all(|message| {
        message["text"]
            .as_str()
            .is_some_and(|text| text.contains(PUBLIC_URL))
    }));
}

#[test]
fn a_mail_server_that_is_not_who_it_should_be_is_told_nothing() {
    if !peers_wanted("a_mail_server_that_is_not_who_it_should_be_is_told_nothing") {
        return;
    }
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    link::send_sign_in(&test.app, ada.primary(), None, "client", test.now).expect("a link");
    let mut server = MailServer::start();
    for security in [MailSecurity::StartTls, MailSecurity::Tls] {
        let honest = server.listen(security);
        let strangers = MailConfig {
            authority: None,
            ..honest.clone()
        };
        let misnamed = MailConfig {
            host: "127.0.0.1".to_owned(),
            ..honest
        };
        for config in [strangers, misnamed] {
            let found = mailbox::messages(&test, "ada@example.org");
            let refused = postman(&config).send(&found[0]);
            assert!(matches!(refused, Err(NotSent::ForNow(_))), "{refused:?}");
        }
    }
    // STARTTLS that is not offered is not done without.
    let mut plain = server.listen(MailSecurity::None);
    plain.security = MailSecurity::StartTls;
    let found = mailbox::messages(&test, "ada@example.org");
    assert!(postman(&plain).send(&found[0]).is_err());
    assert!(server.messages().is_empty());
}

#[test]
fn what_a_real_mail_server_puts_off_is_sent_later_and_what_it_refuses_is_given_up() {
    if !peers_wanted(
        "what_a_real_mail_server_puts_off_is_sent_later_and_what_it_refuses_is_given_up",
    ) {
        return;
    }
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let mut server = MailServer::start();
    let postman = postman(&server.listen(MailSecurity::None));
    for (answer, kept) in [
        ("451 4.7.1 Try again later", true),
        ("550 5.1.1 Nobody here", false),
    ] {
        mailbox::empty(&test);
        link::send_sign_in(&test.app, ada.primary(), None, "client", test.now).expect("a link");
        server
            .peer
            .ask(&json!({ "do": "refuse", "answer": answer }));
        assert_eq!(send(&test, &postman), 0);
        let fate = &mailbox::messages(&test, "ada@example.org")[0].fate;
        match (fate, kept) {
            (
                Fate::Waiting {
                    problem: Some(problem),
                    attempts: 1,
                    ..
                },
                true,
            )
            | (Fate::GivenUp { problem, .. }, false) => {
                assert!(problem.contains(&answer[..3]), "{problem}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_message_is_tried_with_growing_pauses_and_given_up_after_days() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    link::send_sign_in(&test.app, ada.primary(), None, "client", test.now).expect("a link");
    let mut tried = Vec::new();
    for second in (0..PATIENCE + 7_200).step_by(10) {
        let now = test.now.plus_seconds(second);
        let sent = mail::send_due(&test.app, now, |_| {
            tried.push(second);
            Err(NotSent::ForNow("nobody answers".to_owned()))
        });
        assert_eq!(sent.expect("the store"), 0);
    }
    let pauses: Vec<i64> = tried.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses[..5], [30, 60, 120, 240, 480]);
    assert!(
        pauses.windows(2).all(|pair| pair[0] <= pair[1]),
        "{pauses:?}"
    );
    assert_eq!(pauses.last(), Some(&3_600));
    let found = &mailbox::messages(&test, "ada@example.org")[0];
    assert!(matches!(&found.fate, Fate::GivenUp { problem, .. } if problem == "nobody answers"));
    // What it said goes; that it was, stays for a month.
    assert_eq!(found.text, "");
    let later = test.now.plus_seconds(PATIENCE + 30 * 24 * 60 * 60 + 7_200);
    test.app.store.forget_what_ended(later).expect("the store");
    assert!(mailbox::messages(&test, "ada@example.org").is_empty());
}

/// Two nodes, or one that died while it sent.
#[test]
fn a_message_is_tried_by_one_process_at_a_time() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    link::send_sign_in(&test.app, ada.primary(), None, "client", test.now).expect("a link");
    let within = mail::send_due(&test.app, test.now, |_| {
        let other = mail::send_due(&test.app, test.now, |_| panic!("it is tried twice at once"));
        assert_eq!(other.expect("the store"), 0);
        Ok(())
    });
    assert_eq!(within.expect("the store"), 1);
}

#[tokio::test]
async fn the_outbox_is_no_page_where_mail_is_sent() {
    let served = Served::new().await;
    let answer = served
        .request(Method::GET, "/outbox")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 404);
}
