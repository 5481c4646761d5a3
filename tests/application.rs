//! An application that acts for people by the Open Badges API: it registers, asks, and calls.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use issuer::person::Person;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use url::Url;

use crate::browser::Browser;
use crate::served::{FORM, Served, header};

/// An application that has registered itself.
pub struct Application<'a> {
    pub served: &'a Served,
    pub id: String,
    pub secret: String,
}

impl<'a> Application<'a> {
    /// Registers with everything that there is to ask for.
    pub async fn register(served: &'a Served) -> Application<'a> {
        Application::registered_as(served, metadata()).await
    }

    pub async fn registered_as(served: &'a Served, metadata: Value) -> Application<'a> {
        let answer = registering(served, &metadata).await;
        assert_eq!(answer.status(), 201);
        let told: Value = answer.json().await.expect("JSON");
        let text = |name: &str| told[name].as_str().expect("a text").to_owned();
        Application {
            served,
            id: text("client_id"),
            secret: text("client_secret"),
        }
    }

    /// The parameters of a request, some of them others, or left out where they are empty.
    pub fn asking(&self, others: &[(&str, &str)]) -> Vec<(String, String)> {
        let usual = [
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", CALLBACK),
            ("scope", ALL),
            ("state", "a state"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let value = |name: &str, usual: &str| {
            let other = others.iter().find(|(other, _)| *other == name);
            other.map_or(usual, |(_, value)| *value).to_owned()
        };
        usual
            .into_iter()
            .map(|(name, usual)| (name.to_owned(), value(name, usual)))
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    /// The address at which a person is asked.
    pub fn address(&self, others: &[(&str, &str)]) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.asking(others))
            .finish();
        format!("/oauth/authorize?{query}")
    }

    /// The person allows all that is asked for: where they are sent.
    pub async fn allowed(&self, person: &Person, others: &[(&str, &str)]) -> Url {
        let asking = self.asking(others);
        let mut fields: Vec<(&str, &str)> = asking
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let allowed: Vec<String> = ALL
            .split(' ')
            .map(|scope| format!("allow {scope}"))
            .collect();
        fields.extend(allowed.iter().map(|name| (name.as_str(), "yes")));
        fields.push(("answer", "allow"));
        let browser = Browser::of(self.served, person);
        let answer = browser.post("/oauth/authorize", &fields).await;
        assert_eq!(answer.status(), 303);
        Url::parse(header(&answer, "location")).expect("an address")
    }

    /// A code that the person has given.
    pub async fn code(&self, person: &Person, others: &[(&str, &str)]) -> String {
        let back = self.allowed(person, others).await;
        value(&back, "code").expect("a code")
    }

    /// Turns a code in; some fields are others, or left out where they are empty.
    pub async fn turn_in(&self, code: &str, others: &[(&str, &str)]) -> Response {
        let usual = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.post("/oauth/token", &usual, others).await
    }

    /// Turns a refresh token in.
    pub async fn refresh(&self, token: &str, others: &[(&str, &str)]) -> Response {
        let usual = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post("/oauth/token", &usual, others).await
    }

    /// Gives a token back.
    pub async fn revoke(&self, token: &str, hint: &str) -> Response {
        let usual = [("token", token), ("token_type_hint", hint)];
        self.post("/oauth/revoke", &usual, &[]).await
    }

    async fn post(&self, path: &str, usual: &[(&str, &str)], others: &[(&str, &str)]) -> Response {
        let mut fields: Vec<(&str, &str)> = Vec::new();
        for (name, value) in usual {
            let other = others.iter().find(|(other, _)| other == name);
            fields.push((name, other.map_or(*value, |(_, value)| *value)));
        }
        let is_new = |(name, _): &&(&str, &str)| !usual.iter().any(|(known, _)| known == name);
        fields.extend(others.iter().filter(is_new));
        fields.retain(|(_, value)| !value.is_empty());
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.request(path)
            .body(form)
            .send()
            .await
            .expect("an answer")
    }

    /// A request that shows which application it is.
    pub fn request(&self, path: &str) -> RequestBuilder {
        let shown = STANDARD.encode(format!("{}:{}", self.id, self.secret));
        self.served
            .request(Method::POST, path)
            .header("authorization", format!("Basic {shown}"))
            .header("content-type", FORM)
    }

    /// The tokens that a person lets it have: what was answered.
    pub async fn tokens(&self, person: &Person, scope: &str) -> Value {
        let code = self.code(person, &[("scope", scope)]).await;
        let answer = self.turn_in(&code, &[]).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.expect("tokens")
    }

    /// An access token for these scopes.
    pub async fn access(&self, person: &Person, scope: &str) -> String {
        let tokens = self.tokens(person, scope).await;
        tokens["access_token"].as_str().expect("a token").to_owned()
    }

    /// Calls the Open Badges API.
    pub async fn get(&self, token: &str, path: &str) -> Response {
        let request = self.served.request(Method::GET, &format!("{API}{path}"));
        request.bearer_auth(token).send().await.expect("an answer")
    }

    /// Brings something by the Open Badges API.
    pub async fn bring(
        &self,
        method: Method,
        token: &str,
        path: &str,
        media_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> Response {
        self.served
            .request(method, &format!("{API}{path}"))
            .bearer_auth(token)
            .header("content-type", media_type)
            .body(body)
            .send()
            .await
            .expect("an answer")
    }
}

/// What an application says of itself.
pub fn metadata() -> Value {
    json!({
        "client_name": "Example Wallet",
        "client_uri": "https://wallet.example.com",
        "logo_uri": "https://wallet.example.com/logo.png",
        "tos_uri": "https://wallet.example.com/terms",
        "policy_uri": "https://wallet.example.com/privacy",
        "software_id": "c88b6ed8-269e-448e-99be-7e2ff47167d1",
        "software_version": "1.0",
        "redirect_uris": [CALLBACK, "https://wallet.example.com/second?x=1"],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": ALL,
    })
}

pub async fn registering(served: &Served, metadata: &Value) -> Response {
    served
        .request(Method::POST, "/oauth/register")
        .json(metadata)
        .send()
        .await
        .expect("an answer")
}

/// A value after the question mark of an address.
pub fn value(address: &Url, name: &str) -> Option<String> {
    let mut pairs = address.query_pairs();
    let found = pairs.find(|(found, _)| found == name);
    found.map(|(_, value)| value.into_owned())
}

/// The status of an answer of the authorisation server, and its error.
pub async fn refused(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    assert_eq!(header(&answer, "cache-control"), "no-store");
    let body: Value = answer.json().await.expect("JSON");
    (
        status,
        body["error"].as_str().unwrap_or_default().to_owned(),
    )
}

/// The status of an answer of the Open Badges API, and its code.
pub async fn status_info(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    assert_eq!(header(&answer, "content-type"), "application/json");
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(body["imsx_codeMajor"], "failure", "{body}");
    assert_eq!(body["imsx_severity"], "error", "{body}");
    let field = &body["imsx_codeMinor"]["imsx_codeMinorField"][0];
    assert!(field["imsx_codeMinorFieldName"].is_string(), "{body}");
    let code = field["imsx_codeMinorFieldValue"].as_str();
    (status, code.unwrap_or_default().to_owned())
}

pub const API: &str = "/ims/ob/v3p0";
pub const CALLBACK: &str = "https://wallet.example.com/callback";

/// RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub const READ: &str = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly";
pub const UPSERT: &str = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.upsert";
pub const PROFILE: &str = "https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.readonly";
pub const UPDATE: &str = "https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.update";
pub const ALL: &str = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly \
                       https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.upsert \
                       https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.readonly \
                       https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.update \
                       offline_access";
