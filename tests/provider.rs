//! An identity provider of the tests' own, which answers rightly unless it is told to do otherwise.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use issuer::fetch::{Authorities, ProviderCalls, Reach};
use issuer::oidc::{ClientSecret, Provider};
use keys::SecretKey;
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::app::noon;

/// A provider that listens on this machine.
pub struct TestProvider {
    pub issuer: String,
    state: Arc<Mutex<State>>,
}

/// What the provider does otherwise than it should.
type Change = Box<dyn Fn(&mut Answer) + Send>;

/// What is about to be answered, for a test to spoil.
pub struct Answer {
    /// Which answer: `metadata`, `jwks`, `token` or `userinfo`.
    pub what: &'static str,
    pub status: u16,
    pub body: Value,
    /// The header and the claims of the ID token, and the key that signs it.
    pub header: Value,
    pub claims: Value,
    pub key: SecretKey,
    /// Put in the place of the signature, if it is to be spoilt.
    pub signature: Option<String>,
    /// Answer nothing at all, and keep the connection open.
    pub silent: bool,
}

#[derive(Default)]
struct State {
    codes: HashMap<String, Grant>,
    change: Option<Change>,
    requests: Vec<(String, String)>,
    key: u8,
    given: u32,
    now: i64,
    visitor: Value,
}

struct Grant {
    challenge: String,
    redirect_uri: String,
    nonce: String,
    person: Value,
}

pub const CLIENT_ID: &str = "assay tests";
const CLIENT_SECRET: &str = "correct horse: battery+staple";

impl TestProvider {
    pub fn start() -> TestProvider {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State {
            key: 1,
            now: noon().unix_seconds(),
            ..State::default()
        }));
        let provider = TestProvider {
            issuer: issuer.clone(),
            state: state.clone(),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, issuer) = (state.clone(), issuer.clone());
                std::thread::spawn(move || serve(stream, &issuer, &state));
            }
        });
        provider
    }

    /// The provider as an operator names it.
    pub fn calls(&self, trusted_domains: &[&str]) -> ProviderCalls {
        let provider = Provider {
            id: "example-id".parse().expect("a slug"),
            name: "Example ID".parse().expect("a name"),
            issuer: self.issuer.clone(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: ClientSecret::new(CLIENT_SECRET),
            trusted_domains: trusted_domains
                .iter()
                .map(|domain| domain.to_string())
                .collect(),
        };
        let url = Url::parse(&self.issuer).expect("an address");
        let reach = Reach::default().and_development(&url);
        ProviderCalls::new(provider, reach, &Authorities::default())
    }

    /// From now on answers are changed like this.
    pub fn change(&self, change: impl Fn(&mut Answer) + Send + 'static) {
        self.state.lock().expect("nobody panicked").change = Some(Box::new(change));
    }

    /// The provider at another time, where whoever is sent to is taken for this person.
    pub fn visited_by(&self, person: Value, now: Timestamp) {
        let mut state = self.state.lock().expect("nobody panicked");
        state.now = now.unix_seconds();
        state.visitor = person;
    }

    /// From now on another key signs, and is published.
    pub fn rotate(&self) {
        self.state.lock().expect("nobody panicked").key += 1;
    }

    /// Every request that came, by its path and its body.
    pub fn requests(&self) -> Vec<(String, String)> {
        self.state.lock().expect("nobody panicked").requests.clone()
    }

    /// What somebody's browser is sent back to, who was sent here and is this person.
    pub fn signs_in(&self, sent_to: &str, person: Value) -> String {
        let mut state = self.state.lock().expect("nobody panicked");
        state.signs_in(&self.issuer, sent_to, person)
    }
}

impl State {
    fn signs_in(&mut self, issuer: &str, sent_to: &str, person: Value) -> String {
        let state = self;
        let url = Url::parse(sent_to).expect("an address");
        let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT_ID);
        assert_eq!(asked["code_challenge_method"], "S256", "attack A-01");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        state.given += 1;
        let code = format!("code-{}", state.given);
        state.codes.insert(
            code.clone(),
            Grant {
                challenge: asked["code_challenge"].clone(),
                redirect_uri: asked["redirect_uri"].clone(),
                nonce: asked["nonce"].clone(),
                person,
            },
        );
        let mut back = Url::parse(&asked["redirect_uri"]).expect("an address");
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &asked["state"])
            .append_pair("iss", issuer);
        back.to_string()
    }
}

fn serve(mut stream: TcpStream, issuer: &str, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    let authorization = headers.get("authorization").cloned().unwrap_or_default();

    let mut held = state.lock().expect("nobody panicked");
    held.requests.push((path.clone(), body.clone()));
    if path.starts_with("/authorize") {
        let visitor = held.visitor.clone();
        let back = held.signs_in(issuer, &format!("{issuer}{path}"), visitor);
        let head = "HTTP/1.1 303 Back\r\nConnection: close\r\nContent-Length: 0\r\n";
        return write!(stream, "{head}Location: {back}\r\n\r\n").ok();
    }
    let mut answer = answer(issuer, &mut held, &path, &body, &authorization);
    if let Some(change) = &held.change {
        change(&mut answer);
    }
    drop(held);
    if answer.what == "token" && answer.status == 200 {
        answer.body["id_token"] = Value::from(answer.id_token());
    }
    if answer.silent {
        // Until the other side gives up.
        return stream.read(&mut [0]).map(|_| ()).ok();
    }
    let body = answer.body.to_string();
    write!(
        stream,
        "HTTP/1.1 {} Answer\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        answer.status,
        body.len()
    )
    .ok()
}

fn answer(issuer: &str, state: &mut State, path: &str, body: &str, authorization: &str) -> Answer {
    let kid = format!("key-{}", state.key);
    let key = SecretKey::p256([state.key; 32]).expect("a key");
    let mut jwk = key.public_key().jwk();
    jwk["kid"] = Value::from(kid.clone());
    let mut answer = Answer {
        what: "jwks",
        status: 200,
        body: json!({ "keys": [jwk] }),
        header: json!({ "alg": "ES256", "typ": "JWT", "kid": kid }),
        claims: Value::Null,
        key,
        signature: None,
        silent: false,
    };
    match path {
        "/.well-known/openid-configuration" => {
            answer.what = "metadata";
            answer.body = json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/jwks"),
                "userinfo_endpoint": format!("{issuer}/userinfo"),
                "response_types_supported": ["code", "id_token"],
                "code_challenge_methods_supported": ["plain", "S256"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "authorization_response_iss_parameter_supported": true,
            });
        }
        "/jwks" => {}
        "/token" => {
            answer.what = "token";
            tokens(issuer, state, body, authorization, &mut answer);
        }
        _ => {
            answer.what = "userinfo";
            let subject = authorization
                .strip_prefix("Bearer access-")
                .unwrap_or_default();
            answer.body =
                json!({ "sub": subject, "email": "userinfo@example.net", "email_verified": true });
        }
    }
    answer
}

/// Gives tokens for a code, once, to whoever shows the verifier and the secret.
fn tokens(issuer: &str, state: &mut State, body: &str, authorization: &str, answer: &mut Answer) {
    let form: HashMap<_, _> = url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    let basic = "assay+tests:correct+horse%3A+battery%2Bstaple";
    let known = authorization == format!("Basic {}", STANDARD.encode(basic));
    let grant = state
        .codes
        .remove(form.get("code").map_or("", String::as_str));
    let verifier = form.get("code_verifier").map_or("", String::as_str);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let grant = grant.filter(|grant| {
        grant.challenge == challenge && Some(&grant.redirect_uri) == form.get("redirect_uri")
    });
    let Some(grant) = grant.filter(|_| known) else {
        answer.status = 400;
        answer.body = json!({ "error": "invalid_grant" });
        return;
    };
    let now = state.now;
    answer.claims = json!({
        "iss": issuer,
        "aud": CLIENT_ID,
        "exp": now + 300,
        "iat": now,
        "nonce": grant.nonce,
    });
    for (name, value) in grant.person.as_object().into_iter().flatten() {
        answer.claims[name] = value.clone();
    }
    let subject = answer.claims["sub"].as_str().unwrap_or_default();
    answer.body = json!({ "token_type": "bearer", "access_token": format!("access-{subject}") });
}

impl Answer {
    fn id_token(&self) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&self.header), encode(&self.claims));
        let signature = match &self.signature {
            Some(signature) => signature.clone(),
            None => {
                let signature = self.key.sign_jws(signed.as_bytes());
                URL_SAFE_NO_PAD.encode(signature.expect("a signature"))
            }
        };
        format!("{signed}.{signature}")
    }
}
