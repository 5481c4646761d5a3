//! Starting: the checked configuration becomes the service, with everything it needs opened once.

mod error;
mod upkeep;

use std::io;
use std::sync::Arc;

use issuer::app::App;
use issuer::attempt;
use issuer::catalogue::Catalogue;
use issuer::checkpoint::{NoteError, NoteName, NoteSigner};
use issuer::cohort::CohortLimits;
use issuer::config::{Config, IssuerIdentity, JwtAlgorithm, LogConfig, Mode, VerifyConfig};
use issuer::embedded::{self, Embedded};
use issuer::erasure::{self, ErasureNotes};
use issuer::evidence::EvidenceFiles;
use issuer::fetch::{self, ProviderCalls, Reach, Web, WebhookCalls};
use issuer::http::Masthead;
use issuer::http::edge::{Clock, Edge, EdgeParts, Post};
use issuer::http::rates::Rates;
use issuer::id::RunId;
use issuer::issuers::{self, IssuerKind, Issuers, JwtKey};
use issuer::key_file;
use issuer::known_keys;
use issuer::link::LinkLimits;
use issuer::log::Log;
use issuer::log_line::LogLine;
use issuer::oauth::OauthLimits;
use issuer::organisation::joining::JoinLimits;
use issuer::organisation::{self, OrganisationProfile};
use issuer::public_url::{PublicUrl, is_loopback};
use issuer::random::{Random, RandomError};
use issuer::retention;
use issuer::site::Site;
use issuer::smtp::Postman;
use issuer::status;
use issuer::store::Store;
use issuer::text::Prose;
use issuer::topic;
use keys::{DidWeb, KeyUse, Keyring, SecretKey};
use tracing::warn;
use tracing_subscriber::EnvFilter;

pub use error::StartError;
pub use upkeep::Upkeep;

/// The service with everything opened, before it serves.
pub struct Started {
    pub app: App,
    evidence: EvidenceFiles,
    log_signer: NoteSigner,
    postman: Option<Arc<Postman>>,
    providers: Vec<ProviderCalls>,
    config: Config,
}

/// Opens what the configuration names. Nothing is made silently but an empty store.
pub fn from(config: &Config) -> Result<Started, StartError> {
    let kind = issuer_kind(config);
    let issuers = Issuers::new(keyring(config)?, kind, config.keys.organisations.clone());
    let log_signer = log_signer(config)?;
    let engine = Embedded::open(
        &config.folder.join("store"),
        STORE_CACHE_BYTES,
        Box::new(embedded::abort),
    )?
    .with_patience(config.limits.commit_time);
    let store = Store::open(Arc::new(engine))?;
    let random = Random::system()?;
    let app = App {
        // The embedded engine lets one process at a time work on its folder.
        run: Some(RunId::draw(&random)),
        log: Log::open(store.clone(), &config.folder.join("log-high-water"))?,
        erasures: ErasureNotes::open(&config.folder.join("erased"))?,
        store,
        issuers,
        site: Site::new(config.public_url.url()),
        random,
        fill: status::Fill::default(),
        catalogue: Catalogue::default(),
        link_limits: LinkLimits::default(),
        join_limits: JoinLimits::default(),
        cohort_limits: CohortLimits::default(),
        oauth_limits: OauthLimits::default(),
        retention: config.retention,
        observer: App::log_step,
    };
    let profile = OrganisationProfile {
        description: config.issuer.description.clone(),
        email: config.issuer.email.clone(),
        ..OrganisationProfile::named(config.issuer.name.clone())
    };
    organisation::establish_host(&app, profile, Clock::System.now())?;
    topic::seed(&app)?;
    known_keys::hold(&app, log_signer.verifier().key())?;
    retention::note_ended(&app, Clock::System.now())?;
    let again = erasure::replay(&app, Clock::System.now())?;
    if again > 0 {
        warn!("{again} people who had been erased were in the store again, and are erased again");
    }
    let evidence = EvidenceFiles::open(&config.folder)?.with_scanner(config.scanner.clone());
    let postman = postman(config)?;
    Ok(Started {
        app,
        postman,
        evidence,
        log_signer,
        providers: fetch::providers(config)?,
        config: config.clone(),
    })
}

impl Started {
    /// The service as the web sees it, and what must be done from time to time.
    pub fn into_service(self) -> (Edge, Upkeep) {
        let app = Arc::new(self.app);
        let issuer = self.config.issuer;
        let public_url = self.config.public_url;
        let masthead = Masthead {
            issuer_name: issuer.name.to_string(),
            description: issuer.description.as_ref().map(Prose::to_string),
        };
        let hooks = Reach::with_private_hosts(self.config.webhook_private_hosts);
        let webhooks = WebhookCalls::reaching(hooks, &self.config.verify.authorities);
        let verify = self.config.verify;
        let edge = Edge::from(EdgeParts {
            providers: Arc::new(self.providers),
            webhooks: Arc::new(webhooks),
            attempts: Arc::new(attempt::limits()),
            fetch: Arc::new(web(self.config.mode, &public_url, &verify)),
            newest_lists: Arc::default(),
            trust: verify.trust.map(Arc::new),
            app: app.clone(),
            evidence: Arc::new(self.evidence),
            log_signer: Arc::new(self.log_signer),
            clock: Clock::System,
            public_url,
            masthead,
            rates: Arc::new(Rates::new(
                self.config.limits.person,
                self.config.limits.address,
            )),
            limits: self.config.limits,
            trusted_proxies: self.config.trusted_proxies.into(),
            post: match (self.config.mail.is_some(), self.config.mode) {
                (true, _) => Post::Sent,
                (false, Mode::Development) => Post::Shown,
                (false, Mode::Production) => Post::Kept,
            },
            load: Arc::default(),
            exports: EdgeParts::archives(),
            verifying: EdgeParts::turns(),
        });
        let (postman, post) = (self.postman, edge.post);
        let receiving = edge.receiving();
        let upkeep = Upkeep {
            app,
            edge: edge.clone(),
            webhooks: edge.webhooks.clone(),
            receiving,
            postman,
            post,
        };
        (edge, upkeep)
    }
}

/// Sends log lines to standard error, as text or as JSON.
pub fn write_log(config: &LogConfig) -> Result<(), StartError> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|_| StartError::LogFilter)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .event_format(LogLine(config.format));
    lines.init();
    Ok(())
}

/// Draws an Ed25519 key.
pub fn new_ed25519() -> Result<SecretKey, RandomError> {
    Ok(SecretKey::ed25519(Random::system()?.bytes()))
}

/// Draws a P-256 key.
pub fn new_p256() -> Result<SecretKey, RandomError> {
    Ok(issuers::p256(&Random::system()?))
}

/// Organisations sign under the same kind of identifier as the one that runs the service.
fn issuer_kind(config: &Config) -> IssuerKind {
    let jwt = match config.issuer.jwt_algorithm {
        JwtAlgorithm::Rs256 => JwtKey::Rsa,
        JwtAlgorithm::Es256 | JwtAlgorithm::EdDsa => JwtKey::P256,
    };
    match config.issuer.identity {
        IssuerIdentity::DidKey => IssuerKind::DidKey,
        IssuerIdentity::DidWeb => IssuerKind::DidWeb {
            public_url: config.public_url.url().clone(),
            jwt,
        },
    }
}

fn keyring(config: &Config) -> Result<Keyring, StartError> {
    let signing = key_file::read(&config.keys.signing)?;
    if config.issuer.identity == IssuerIdentity::DidKey {
        return Ok(Keyring::did_key(signing)?);
    }
    let host = config.public_url.url().host_str().unwrap_or_default();
    let did = DidWeb::of(host, config.public_url.url().port(), &[])?;
    let jwt = key_file::read(&config.keys.jwt)?;
    // The key of the JWTs comes first: there are verifiers that take the first key of the document
    // for a token without looking at its `kid`.
    Ok(Keyring::did_web(
        &did,
        vec![
            issuers::current(jwt, KeyUse::Jwt),
            issuers::current(signing, KeyUse::DataIntegrity),
        ],
    )?)
}

/// The log is named after the place where it is read (C2SP tlog-checkpoint: a schema-less URL).
fn log_signer(config: &Config) -> Result<NoteSigner, StartError> {
    let base = config.public_url.base();
    let place = base.split_once("://").map_or(base, |(_, place)| place);
    let name = NoteName::new(&format!("{place}/log")).ok_or(NoteError::Malformed)?;
    Ok(NoteSigner::new(name, key_file::read(&config.keys.log)?)?)
}

/// The way to the mail server, if there is one.
fn postman(config: &Config) -> Result<Option<Arc<Postman>>, StartError> {
    let Some(mail) = &config.mail else {
        if config.mode == Mode::Production {
            warn!("No mail server is configured: nobody can sign in by a mailed link");
        }
        return Ok(None);
    };
    let host = config.public_url.url().host_str().unwrap_or_default();
    let postman = Postman::new(mail, host, config.issuer.name.as_str())?;
    Ok(Some(Arc::new(postman)))
}

fn web(mode: Mode, public_url: &PublicUrl, verify: &VerifyConfig) -> Web {
    let reach = Reach::with_private_hosts(verify.private_hosts.clone());
    let reach = match mode {
        Mode::Development if is_loopback(public_url.url()) => {
            reach.and_development(public_url.url())
        }
        Mode::Development | Mode::Production => reach,
    };
    Web::reaching(reach, &verify.authorities)
}

/// Room for the hot records of a large organisation; the rest is read from disk.
const STORE_CACHE_BYTES: u64 = 64 * 1024 * 1024;
