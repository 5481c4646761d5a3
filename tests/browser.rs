//! A person's browser, as far as forms, redirects and cookies go.

use std::cell::RefCell;

use issuer::person::Person;
use issuer::session;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};

use crate::app::PUBLIC_URL;
use crate::served::{BROWSER, FORM, Served, header};

/// A browser: it keeps the site's cookie, and says where its forms come from.
pub struct Browser<'a> {
    served: &'a Served,
    client: Client,
    cookie: RefCell<Option<String>>,
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
            cookie: RefCell::default(),
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

    /// The cookie that the browser sends, as it stands in the header.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.borrow().clone()
    }

    /// Puts a cookie into the browser.
    pub fn keep(&self, cookie: &str) {
        *self.cookie.borrow_mut() = Some(cookie.to_owned());
    }

    /// A request as a browser sends it, with the cookie and without an origin.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path.strip_prefix(PUBLIC_URL).unwrap_or(path);
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
        let request = request.header("origin", PUBLIC_URL);
        self.send(request.header("content-type", FORM).body(body))
            .await
    }

    async fn send(&self, request: RequestBuilder) -> Response {
        let answer = request.send().await.expect("an answer");
        let set = header(&answer, "set-cookie");
        if let Some((cookie, attributes)) = set.split_once(';') {
            *self.cookie.borrow_mut() = match attributes.contains("Max-Age=0;") {
                true => None,
                false => Some(cookie.to_owned()),
            };
        }
        answer
    }
}

/// The name of the session's cookie where the service is reached over TLS.
pub const COOKIE: &str = "__Host-assay";
