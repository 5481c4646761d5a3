//! A person's browser, as far as forms, redirects and cookies go.

use std::cell::RefCell;
use std::collections::BTreeMap;

use issuer::person::Person;
use issuer::session;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};

use crate::served::{BROWSER, FORM, Served};

/// A browser: it keeps the site's cookies, and says where its forms come from.
pub struct Browser<'a> {
    served: &'a Served,
    client: Client,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    /// A browser in which nobody is signed in.
    pub fn new(served: &'a Served) -> Browser<'a> {
        let client = Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .redirect(Policy::none());
        Browser {
            served,
            client: client.build().expect("a client"),
            cookies: RefCell::default(),
        }
    }

    /// A browser in which this person is signed in.
    pub fn of(served: &'a Served, person: &Person) -> Browser<'a> {
        let browser = Browser::new(served);
        let secret = session::begin(&served.test.app, person.id, served.test.now);
        let secret = secret.expect("a session");
        browser.keep(&format!("{COOKIE}={}", secret.expose()));
        browser
    }

    /// The cookies that the browser sends, as they stand in the header.
    pub fn cookie(&self) -> Option<String> {
        let cookies = self.cookies.borrow();
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Puts a cookie into the browser.
    pub fn keep(&self, cookie: &str) {
        let (name, value) = cookie.split_once('=').expect("a cookie");
        let mut cookies = self.cookies.borrow_mut();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// A request as a browser sends it, with the cookie and without an origin.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path.strip_prefix(&self.served.public_url).unwrap_or(path);
        let address = format!("http://{}{path}", self.served.address);
        let request = self.client.request(method, address);
        let request = request.header("accept", BROWSER);
        match self.cookie() {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    /// Opens a page; a redirect is an answer too.
    pub async fn get(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path)).await
    }

    /// Sends a form of this site.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self.request(Method::POST, path);
        let request = request.header("origin", &self.served.public_url);
        self.send(request.header("content-type", FORM).body(body))
            .await
    }

    async fn send(&self, request: RequestBuilder) -> Response {
        let answer = request.send().await.expect("an answer");
        for set in answer.headers().get_all("set-cookie") {
            let set = set.to_str().expect("a header in ASCII");
            let (cookie, attributes) = set.split_once(';').expect("a cookie with attributes");
            self.keep(cookie);
            if attributes.contains("Max-Age=0;") {
                let (name, _) = cookie.split_once('=').expect("a cookie");
                self.cookies.borrow_mut().remove(name);
            }
        }
        answer
    }
}

/// The name of the session's cookie where the service is reached over TLS.
pub const COOKIE: &str = "__Host-assay";
