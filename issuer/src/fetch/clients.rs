//! The clients by which the outside is called: one for each way, and none for what may not be called.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderValue};
use reqwest::{Certificate, Client, ClientBuilder};
use url::Url;
use verifier::FetchFailure;

use super::names::{JudgedNames, KnownNames, MachinesNames, Names};
use super::reach::{Reach, Way};

/// The clients by which the outside is called. Copies share their connections.
#[derive(Clone)]
pub(super) struct Clients {
    reach: Reach,
    /// Absent where the machine has no list of certificate authorities: then every call fails.
    public: Option<Client>,
    private: Option<Client>,
    development: Option<Client>,
}

/// Certificate authorities that an operator trusts for the private hosts, and for no others.
#[derive(Clone, Debug, Default)]
pub struct Authorities(Vec<Certificate>);

impl Authorities {
    /// Reads certificates in PEM, one or more.
    pub fn read(pem: &[u8]) -> Result<Authorities, AuthoritiesError> {
        let certificates = Certificate::from_pem_bundle(pem).map_err(|_| AuthoritiesError)?;
        if certificates.is_empty() {
            return Err(AuthoritiesError);
        }
        Ok(Authorities(certificates))
    }
}

/// The file holds no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("holds no certificate in PEM")]
pub struct AuthoritiesError;

impl Clients {
    /// Reach what `reach` allows; private hosts may show certificates of these authorities too.
    pub(super) fn reaching(reach: Reach, authorities: &Authorities) -> Clients {
        let private = reach
            .has_private_hosts()
            .then(|| private(authorities, builder))
            .flatten();
        Clients::with_private(reach, private)
    }

    /// The same, where private hosts are found at these addresses and nowhere else.
    pub(super) fn reaching_at(
        reach: Reach,
        authorities: &Authorities,
        addresses: HashMap<String, SocketAddr>,
    ) -> Clients {
        let known = Arc::new(KnownNames::new(addresses));
        let private = private(authorities, || builder().dns_resolver(known.clone()));
        Clients::with_private(reach, private)
    }

    fn with_private(reach: Reach, private: Option<Client>) -> Clients {
        let public = public(Arc::new(MachinesNames));
        if public.is_none() {
            tracing::warn!(
                "No certificate authorities were found on this machine: no public address can be fetched"
            );
        }
        Clients {
            private,
            development: reach.has_development().then(development).flatten(),
            public,
            reach,
        }
    }

    /// Looks the names of public hosts up here.
    pub(super) fn looking_up(self, names: Arc<dyn Names>) -> Clients {
        Clients {
            public: public(names),
            ..self
        }
    }

    /// The way to an address, or why it is not called.
    pub(super) fn way(&self, url: &Url) -> Result<Way, FetchFailure> {
        self.reach.way(url)
    }

    /// The client that may call this address.
    pub(super) fn client(&self, url: &Url) -> Result<&Client, FetchFailure> {
        let client = match self.way(url)? {
            Way::Public => &self.public,
            Way::Private => &self.private,
            Way::Development => &self.development,
        };
        client.as_ref().ok_or(FetchFailure::Tls)
    }
}

/// The client of the public web.
fn public(names: Arc<dyn Names>) -> Option<Client> {
    let client = builder().dns_resolver(JudgedNames(names)).https_only(true);
    client.build().ok()
}

/// The client of private hosts. An authority of the operator's own vouches for nobody else.
fn private(authorities: &Authorities, builder: impl Fn() -> ClientBuilder) -> Option<Client> {
    let own = || builder().https_only(true);
    let certificates = || authorities.0.iter().cloned();
    own()
        .tls_certs_merge(certificates())
        .build()
        // A machine without a list of authorities has the operator's at least.
        .or_else(|_| own().tls_certs_only(certificates()).build())
        .ok()
}

/// The client of the one origin on the loopback interface. Over plain http there is nobody to trust,
/// and a machine without a list of authorities serves as well.
fn development() -> Option<Client> {
    let client = builder().build();
    client
        .or_else(|_| builder().tls_certs_only([]).build())
        .ok()
}

fn builder() -> ClientBuilder {
    // Fails only when another provider was installed before, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let identity_only = [(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]
        .into_iter()
        .collect();
    Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(identity_only)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(MOST_CONNECTING)
        .http1_max_headers(100)
        .pool_max_idle_per_host(2)
        .pool_idle_timeout(Duration::from_secs(10))
}

const USER_AGENT: &str = concat!("assay/", env!("CARGO_PKG_VERSION"));

/// Connecting to a host that is up takes far less; a host that is down shall not hold a worker.
const MOST_CONNECTING: Duration = Duration::from_secs(2);
