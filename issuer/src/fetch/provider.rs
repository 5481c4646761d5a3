//! Calls to identity providers, which the operator has named: bounded in time and size, what they
//! publish kept for an hour, and a provider that fails left alone for some seconds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use keys::JwkSet;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{RequestBuilder, Response, StatusCode};
use schemas::json::{self, JsonLimits};
use schemas::timestamp::Timestamp;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;
use verifier::FetchFailure;

use super::clients::{Authorities, Clients};
use super::names::failure;
use super::reach::{PrivateHost, Reach};
use crate::config::{Config, ProviderConfig};
use crate::key_file::{self, KeyFileError};
use crate::oidc::id_token::{self, Expected, IdTokenError};
use crate::oidc::metadata::{self, ClientAuthentication, Metadata};
use crate::oidc::{Callback, ClientSecret, Identity, OidcError, Provider, ProviderAttempt};

/// A provider that can be called.
pub struct ProviderCalls {
    /// The provider as the operator has named it.
    pub provider: Provider,
    clients: Clients,
    published: Mutex<Kept>,
    patience: Duration,
}

/// What a provider publishes about itself.
#[derive(Clone)]
struct Published {
    metadata: Arc<Metadata>,
    keys: Arc<JwkSet>,
    fetched: Instant,
}

#[derive(Default)]
struct Kept {
    published: Option<Published>,
    failed: Option<(Instant, OidcError)>,
}

/// What the token endpoint answers, as far as it is used.
struct Tokens {
    id_token: String,
    access_token: String,
}

/// The identity providers. Each may be called where the operator has named it, which may be in a
/// private network, and beyond that where badges may lead.
pub fn providers(config: &Config) -> Result<Vec<ProviderCalls>, KeyFileError> {
    let provider = |named: &ProviderConfig| {
        let client_secret = match &named.client_secret_file {
            Some(file) => ClientSecret::new(&key_file::read_text(file)?),
            None => None,
        };
        let url = &named.issuer_url;
        let mut hosts = config.verify.private_hosts.clone();
        hosts.extend(PrivateHost::of(url));
        let reach = Reach::with_private_hosts(hosts);
        // The configuration allows plain http in development alone.
        let reach = match url.scheme() {
            "http" => reach.and_development(url),
            _ => reach,
        };
        let provider = Provider {
            id: named.id.clone(),
            name: named.name.clone(),
            issuer: named.issuer.clone(),
            client_id: named.client_id.clone(),
            client_secret,
            trusted_domains: named.trusted_domains.clone(),
        };
        let authorities = &config.verify.authorities;
        Ok(ProviderCalls::new(provider, reach, authorities))
    };
    config.oidc.iter().map(provider).collect()
}

impl ProviderCalls {
    /// A provider that is reached as `reach` allows.
    pub fn new(provider: Provider, reach: Reach, authorities: &Authorities) -> ProviderCalls {
        ProviderCalls {
            provider,
            clients: Clients::reaching(reach, authorities),
            published: Mutex::default(),
            patience: ASKED_AGAIN_AFTER,
        }
    }

    /// The same, that asks for unknown keys at once: for a story in which things change at once.
    pub fn with_short_patience(self) -> ProviderCalls {
        ProviderCalls {
            patience: Duration::ZERO,
            ..self
        }
    }

    /// What the provider says about itself.
    pub async fn metadata(&self) -> Result<Arc<Metadata>, OidcError> {
        Ok(self.published(KEPT_FOR).await?.metadata)
    }

    /// Turns the answer to an attempt into who it is.
    pub async fn identify(
        &self,
        callback: Callback,
        attempt: &ProviderAttempt,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Identity, OidcError> {
        let published = self.published(KEPT_FOR).await?;
        let metadata = published.metadata;
        let code = callback.code(&metadata)?;
        let tokens = self
            .turn_in(&metadata, &code, attempt, redirect_uri)
            .await?;
        let expected = Expected {
            provider: &self.provider.id,
            issuer: &self.provider.issuer,
            client_id: &self.provider.client_id,
            nonce: attempt.nonce.as_str(),
        };
        let mut found = id_token::verify(&tokens.id_token, &published.keys, &expected, now);
        if found == Err(IdTokenError::KeyUnknown) {
            // The provider may have taken a new key since (Core, 10.1.1).
            let keys = self.published(self.patience).await?.keys;
            found = id_token::verify(&tokens.id_token, &keys, &expected, now);
        }
        let mut identity = found.map_err(OidcError::IdToken)?;
        // Where an access token is given, claims are at the userinfo endpoint (Core, 5.4).
        if let (None, Some(endpoint)) = (&identity.email, &metadata.userinfo_endpoint) {
            let bytes = self.userinfo(endpoint, &tokens.access_token).await?;
            identity
                .learn_from_userinfo(&bytes)
                .map_err(OidcError::IdToken)?;
        }
        Ok(identity)
    }

    /// What the provider publishes, not older than this as long as the provider answers.
    async fn published(&self, oldest: Duration) -> Result<Published, OidcError> {
        // Whoever comes while it is being fetched waits for the one answer.
        let mut kept = self.published.lock().await;
        if let Some(published) = &kept.published
            && published.fetched.elapsed() < oldest
        {
            return Ok(published.clone());
        }
        let failed = kept.failed.as_ref();
        let failed = failed.filter(|(at, _)| at.elapsed() < LEFT_ALONE_FOR);
        let fetched = match failed {
            Some((_, error)) => Err(error.clone()),
            None => self.fetch_published().await,
        };
        match (fetched, &kept.published) {
            (Ok(published), _) => {
                *kept = Kept {
                    published: Some(published.clone()),
                    failed: None,
                };
                Ok(published)
            }
            (Err(error), held) => {
                let held = held.clone();
                if failed.is_none() {
                    tracing::warn!(
                        provider = %self.provider.id,
                        "What the provider {} publishes could not be fetched: {error}",
                        self.provider.id
                    );
                    kept.failed = Some((Instant::now(), error.clone()));
                }
                // What was good an hour ago is better than nobody signing in.
                held.ok_or(error)
            }
        }
    }

    async fn fetch_published(&self) -> Result<Published, OidcError> {
        let issuer = Url::parse(&self.provider.issuer).ok();
        let address = issuer.as_ref().and_then(metadata::address);
        let address = address.ok_or(OidcError::Unusable("its issuer is not an address"))?;
        let bytes = self.get(&address, None).await?;
        let metadata = Metadata::read(&bytes, &self.provider.issuer)?;
        let no_keys = OidcError::Unusable("its keys cannot be read");
        let keys = self.get(&metadata.jwks_uri, None).await?;
        let keys = json::read(&keys, &LIMITS).map_err(|_| no_keys.clone())?;
        let keys = JwkSet::read(&keys).map_err(|_| no_keys)?;
        Ok(Published {
            metadata: Arc::new(metadata),
            keys: Arc::new(keys),
            fetched: Instant::now(),
        })
    }

    /// Turns the code in for tokens (Core, 3.1.3).
    async fn turn_in(
        &self,
        metadata: &Metadata,
        code: &str,
        attempt: &ProviderAttempt,
        redirect_uri: &str,
    ) -> Result<Tokens, OidcError> {
        let request = self.token_request(metadata, code, attempt, redirect_uri)?;
        let (status, bytes) = in_time(request).await?;
        let answer = json::read(&bytes, &LIMITS);
        match status {
            StatusCode::OK => {}
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
                let error = answer.ok();
                let error = error.as_ref().and_then(|answer| answer["error"].as_str());
                return Err(OidcError::Code(crate::oidc::shown(
                    error.unwrap_or_default(),
                )));
            }
            _ => return Err(OidcError::Unreachable(FetchFailure::Unreachable)),
        }
        let answer = answer.map_err(|_| OidcError::Answer("its tokens are not in strict JSON"))?;
        tokens(&answer).ok_or(OidcError::Answer("it gave no ID token"))
    }

    fn token_request(
        &self,
        metadata: &Metadata,
        code: &str,
        attempt: &ProviderAttempt,
        redirect_uri: &str,
    ) -> Result<RequestBuilder, OidcError> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("code_verifier", attempt.verifier.as_str());
        let provider = &self.provider;
        let endpoint = &metadata.token_endpoint;
        let client = self.clients.client(endpoint);
        let mut request = client
            .map_err(OidcError::Unreachable)?
            .post(endpoint.clone());
        match (&provider.client_secret, metadata.client_authentication) {
            (Some(secret), ClientAuthentication::Basic) => {
                // RFC 6749, 2.3.1: both are form-encoded before they are put together.
                let encoded = |text: &str| {
                    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
                };
                let id = encoded(&provider.client_id);
                request = request.basic_auth(id, Some(encoded(secret.expose())));
            }
            (Some(secret), ClientAuthentication::Post) => {
                form.append_pair("client_id", &provider.client_id)
                    .append_pair("client_secret", secret.expose());
            }
            (None, _) => {
                form.append_pair("client_id", &provider.client_id);
            }
        }
        Ok(request
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.finish()))
    }

    async fn userinfo(&self, endpoint: &Url, access_token: &str) -> Result<Vec<u8>, OidcError> {
        let bearer = HeaderValue::try_from(format!("Bearer {access_token}"));
        let mut bearer = bearer.map_err(|_| OidcError::Answer("its access token is none"))?;
        bearer.set_sensitive(true);
        self.get(endpoint, Some(bearer)).await
    }

    async fn get(
        &self,
        url: &Url,
        authorization: Option<HeaderValue>,
    ) -> Result<Vec<u8>, OidcError> {
        let client = self.clients.client(url).map_err(OidcError::Unreachable)?;
        let mut request = client.get(url.clone()).header(ACCEPT, "application/json");
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        match in_time(request).await? {
            (StatusCode::OK, bytes) => Ok(bytes),
            _ => Err(OidcError::Unreachable(FetchFailure::Unreachable)),
        }
    }
}

fn tokens(answer: &Value) -> Option<Tokens> {
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    // Core, 3.1.3.3: the type is Bearer, whatever its capitals.
    text("token_type").filter(|kind| kind.eq_ignore_ascii_case("bearer"))?;
    Some(Tokens {
        id_token: text("id_token")?,
        access_token: text("access_token")?,
    })
}

async fn in_time(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), OidcError> {
    let whole = async {
        let response = request.send().await.map_err(failure)?;
        let status = response.status();
        Ok((status, read(response).await?))
    };
    let answer = tokio::time::timeout(ONE_ANSWER, whole).await;
    let answer = answer.unwrap_or(Err(FetchFailure::Timeout));
    answer.map_err(OidcError::Unreachable)
}

async fn read(mut response: Response) -> Result<Vec<u8>, FetchFailure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if bytes.len() + chunk.len() > LIMITS.bytes {
            return Err(FetchFailure::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// How long what a provider publishes is kept. A key that is not known is asked for sooner.
const KEPT_FOR: Duration = Duration::from_secs(60 * 60);

/// How soon keys are asked for again: whoever shows tokens of unknown keys shall not make us call.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// How long a provider that failed is left alone: those who wait are answered at once.
const LEFT_ALONE_FOR: Duration = Duration::from_secs(5);

/// One answer. Somebody waits for it before a blank page.
const ONE_ANSWER: Duration = Duration::from_secs(5);

/// Key sets have 5 kB, tokens a few more.
const LIMITS: JsonLimits = JsonLimits {
    bytes: 256 * 1024,
    depth: 16,
    members: 5_000,
    string: 64 * 1024,
};
