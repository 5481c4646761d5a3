//! One person's way into the public interface.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Method, StatusCode, Url};
use serde_json::Value;

/// A person, or a stranger, who speaks to the service over HTTP.
#[derive(Clone)]
pub struct Caller {
    client: Client,
    origin: Url,
    token: Option<String>,
}

impl Caller {
    /// Somebody without a token.
    pub fn stranger(origin: &Url) -> Result<Caller, Broken> {
        // The service is on this machine and speaks HTTP: there is nobody to trust, and no proxy to ask.
        let client = Client::builder().no_proxy().tls_certs_only([]).build()?;
        Ok(Caller {
            client,
            origin: origin.clone(),
            token: None,
        })
    }

    /// The same way, with this token.
    pub fn with_token(&self, token: &str) -> Caller {
        Caller {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    pub async fn get(&self, path: &str) -> Result<Value, Broken> {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value, Broken> {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Result<Value, Broken> {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Result<Value, Broken> {
        self.call(Method::DELETE, path, None).await
    }

    /// Sends a file as it is.
    pub async fn upload(
        &self,
        path: &str,
        name: &str,
        requirement: &str,
        bytes: Vec<u8>,
    ) -> Result<Value, Broken> {
        let mut url = self.address(path)?;
        url.query_pairs_mut()
            .append_pair("requirement", requirement)
            .append_pair("name", name);
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/octet-stream")
            .body(bytes);
        self.send(request, path).await
    }

    /// The status of a page.
    pub async fn status(&self, url: &str) -> Result<StatusCode, Broken> {
        Ok(self.client.get(url).send().await?.status())
    }

    /// A page as a browser would get it.
    pub async fn page(&self, url: &str) -> Result<String, Broken> {
        let response = self
            .client
            .get(url)
            .header("accept", "text/html")
            .send()
            .await?;
        Ok(response.text().await?)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Broken> {
        let request = self.client.request(method, self.address(path)?);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        self.send(request, path).await
    }

    async fn send(&self, request: reqwest::RequestBuilder, path: &str) -> Result<Value, Broken> {
        let request = match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        let response = request.send().await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            return Err(Broken::Answer {
                path: path.to_owned(),
                status,
                text,
            });
        }
        serde_json::from_str(&text).map_err(|_| Broken::Answer {
            path: path.to_owned(),
            status,
            text,
        })
    }

    fn address(&self, path: &str) -> Result<Url, Broken> {
        self.origin
            .join(path)
            .map_err(|_| Broken::Address(path.to_owned()))
    }
}

/// A text in an answer.
pub fn text(value: &Value, member: &'static str) -> Result<String, Broken> {
    value[member]
        .as_str()
        .map(str::to_owned)
        .ok_or(Broken::Lacking(member))
}

/// Why the story cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("{path} answered {status}: {text}")]
    Answer {
        path: String,
        status: StatusCode,
        text: String,
    },
    #[error("{0} is no address")]
    Address(String),
    #[error("the answer has no {0}")]
    Lacking(&'static str),
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
