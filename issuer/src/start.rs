//! Starting: the checked configuration becomes the service, with everything it needs opened once.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use issuer::app::App;
use issuer::attempt;
use issuer::awarding;
use issuer::backup::BackupError;
use issuer::badge::{bulk, expiry};
use issuer::catalogue::Catalogue;
use issuer::checkpoint::{NoteError, NoteName, NoteSigner};
use issuer::cohort::CohortLimits;
use issuer::config::{
    Config, ConfigError, IssuerIdentity, JwtAlgorithm, LogConfig, Mode, VerifyConfig,
};
use issuer::embedded::{self, Embedded};
use issuer::endorsement::giving;
use issuer::engine::EngineError;
use issuer::erasure::{self, ErasureNotes, ErasureNotesError};
use issuer::error::Error;
use issuer::evidence::{EvidenceError, EvidenceFiles};
use issuer::fetch::{self, ProviderCalls, Reach, Web, WebhookCalls};
use issuer::http::edge::{Clock, Edge, Post};
use issuer::http::rates::Rates;
use issuer::http::{Masthead, importing};
use issuer::id::RunId;
use issuer::interop::InteropKeyError;
use issuer::issuance;
use issuer::issuers::{self, IssuerKind, Issuers, JwtKey};
use issuer::key_file::{self, KeyFileError};
use issuer::known_keys;
use issuer::link::LinkLimits;
use issuer::log::{Log, LogError};
use issuer::log_line::LogLine;
use issuer::mail::{self, NotSent};
use issuer::merge;
use issuer::oauth::OauthLimits;
use issuer::organisation::joining::JoinLimits;
use issuer::organisation::{self, OrganisationProfile};
use issuer::public_url::{PublicUrl, is_loopback};
use issuer::random::{Random, RandomError};
use issuer::retention;
use issuer::site::Site;
use issuer::smtp::{Postman, PostmanError};
use issuer::status;
use issuer::store::{Store, StoreError};
use issuer::text::Prose;
use issuer::tls::TlsError;
use issuer::topic;
use issuer::upload::Receiving;
use keys::{DidError, DidWeb, KeyError, KeyUse, Keyring, KeyringError, SecretKey};
use tokio::sync::oneshot;
use tracing::{error, info, warn};
use tracing_subscriber::EnvFilter;

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
        let edge = Edge {
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
            exports: Edge::archives(),
            verifying: Edge::turns(),
        };
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

/// What keeps the service right while it runs: lists signed anew in time, awards taken up that a
/// crash left open.
pub struct Upkeep {
    app: Arc<App>,
    edge: Edge,
    receiving: Receiving,
    webhooks: Arc<WebhookCalls>,
    postman: Option<Arc<Postman>>,
    post: Post,
}

impl Upkeep {
    /// What must be done before the first request: verifiers must find fresh lists.
    pub async fn first(&self) -> Result<(), StartError> {
        Ok(self.once().await?)
    }

    /// Goes on until it is dropped.
    pub async fn for_ever(self) {
        tokio::join!(
            self.round_by_round(),
            self.looking_after_uploads(),
            self.carrying_mail(),
            self.working_off_lists(),
            self.telling_webhooks(),
            self.changing_many(),
            self.letting_go(),
            self.importing(),
            self.compacting(),
        );
    }

    async fn carrying_mail(&self) {
        if self.post == Post::Shown {
            return;
        }
        loop {
            tokio::time::sleep(BETWEEN_MAIL).await;
            let (app, postman) = (self.app.clone(), self.postman.clone());
            let work = tokio::task::spawn_blocking(move || {
                // Without a mail server messages are given up in time, so that they do not heap up.
                let none = || NotSent::ForNow("no mail server is configured".to_owned());
                mail::send_due(&app, Clock::System.now(), |mail| match &postman {
                    Some(postman) => postman.send(mail),
                    None => Err(none()),
                })
            });
            if let Ok(Err(error)) = work.await {
                error!("Mail waits because of {error} ({})", error.code());
            }
        }
    }

    async fn telling_webhooks(&self) {
        loop {
            if let Err(error) = self.webhooks.deliver_due(&self.app, Clock::System).await {
                error!("Webhooks wait because of {error} ({})", error.code());
            }
            tokio::time::sleep(BETWEEN_MESSAGES).await;
        }
    }

    /// Beside the rest: thousands of badges take minutes.
    async fn changing_many(&self) {
        loop {
            tokio::time::sleep(BETWEEN_BULKS).await;
            let app = self.app.clone();
            let work = tokio::task::spawn_blocking(move || bulk::resume(&app, Clock::System.now()));
            if let Ok(Err(error)) = work.await {
                error!(
                    "A change of many badges waits because of {error} ({})",
                    error.code()
                );
            }
        }
    }

    /// Looks at badges that people brought from other hosts.
    async fn importing(&self) {
        loop {
            match importing::work_off(&self.edge).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => error!("Imports wait because of {error} ({})", error.code()),
            }
            tokio::time::sleep(BETWEEN_LISTS).await;
        }
    }

    /// Removes what is kept no longer: at once while there is more, or else after a while.
    async fn letting_go(&self) {
        loop {
            let app = self.app.clone();
            let round = move || retention::look_after(&app, Clock::System.now());
            let done = match tokio::task::spawn_blocking(round).await {
                Ok(Ok(done)) => done,
                Ok(Err(error)) => {
                    error!("What is over is not removed: {error} ({})", error.code());
                    retention::Done::default()
                }
                // A panic ends with its thread and was written there.
                Err(_) => retention::Done::default(),
            };
            let pause = match done.is_nothing() {
                true => BETWEEN_REMOVALS,
                false => BETWEEN_LISTS,
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Leaves nothing of what was removed in the store's files. In a thread of its own, for which a stop does not wait:
    /// what is half written does not count.
    async fn compacting(&self) {
        loop {
            let app = self.app.clone();
            let (told, done) = oneshot::channel();
            let began = Instant::now();
            let work = move || drop(told.send(app.store.compact_if_asked()));
            let thread = std::thread::Builder::new().name("compaction".to_owned());
            if let Err(error) = thread.spawn(work) {
                error!("The store is not compacted: {error}");
            }
            let pause = match done.await {
                Ok(Ok(None)) => BETWEEN_LISTS,
                Ok(Ok(Some(compacted))) => {
                    info!(
                        "Compacted the store after something was removed: {} records, {} bytes before, {} now, in {:.1?}",
                        compacted.records,
                        compacted.bytes_before,
                        compacted.bytes,
                        began.elapsed()
                    );
                    // A tenth of the time is enough for a large store from which something is removed again and again.
                    BETWEEN_LISTS.max(began.elapsed() * 9)
                }
                Ok(Err(error)) => {
                    error!("The store is not compacted: {error} ({})", error.code());
                    BETWEEN_REMOVALS
                }
                // A panic ends with its thread and was written there.
                Err(_) => BETWEEN_REMOVALS,
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn round_by_round(&self) {
        loop {
            tokio::time::sleep(BETWEEN_UPKEEP).await;
            if let Err(error) = self.once().await {
                error!(
                    "Upkeep failed and will be tried again: {error} ({})",
                    error.code()
                );
            }
        }
    }

    /// Awards what lists name, round by round: at once while there is more, or else after a pause.
    async fn working_off_lists(&self) {
        loop {
            let app = self.app.clone();
            let round = move || awarding::work_off(&app, Clock::System.now());
            let worked = tokio::task::spawn_blocking(round).await;
            let rows = match worked {
                Ok(Ok(worked)) => {
                    for (list, error) in worked.failed {
                        error!("List {list} of awards waits: {error} ({})", error.code());
                    }
                    worked.rows
                }
                Ok(Err(error)) => {
                    error!("Lists of awards wait: {error} ({})", error.code());
                    0
                }
                // A panic ends with its thread and was written there.
                Err(_) => 0,
            };
            if rows == 0 {
                tokio::time::sleep(BETWEEN_LISTS).await;
            }
        }
    }

    /// Beside the rest: to remove gigabytes, or to have them looked at, takes a while.
    async fn looking_after_uploads(&self) {
        loop {
            if let Err(error) = self.receiving.look_after(Clock::System.now()).await {
                error!("Uploads wait because of {error}");
            }
            tokio::time::sleep(BETWEEN_UPKEEP).await;
        }
    }

    async fn once(&self) -> Result<(), Error> {
        let (app, now) = (self.app.clone(), Clock::System.now());
        let work = tokio::task::spawn_blocking(move || {
            for (number, error) in status::keep_all_fresh(&app, now)?.failed {
                error!(
                    "Status list {number} is not signed anew: {error} ({})",
                    error.code()
                );
            }
            app.store.forget_what_ended(now)?;
            merge::resume(&app, now)?;
            expiry::remind(&app, now)?;
            awarding::remind(&app, now)?;
            erasure::resume(&app, now)?;
            let endorsed = giving::resume(&app, now)?;
            if endorsed.given > 0 {
                info!(
                    "Gave {} endorsements whose giving had been interrupted",
                    endorsed.given
                );
            }
            for (id, error) in endorsed.failed {
                error!(endorsement.id = %id, "Endorsement {id} stays open: {error} ({})", error.code());
            }
            let resumed = issuance::resume(&app, now)?;
            if resumed.issued > 0 {
                info!(
                    "Issued {} badges whose issuing had been interrupted",
                    resumed.issued
                );
            }
            if resumed.reissued > 0 {
                info!(
                    "Issued {} further editions whose issuing had been interrupted",
                    resumed.reissued
                );
            }
            for (badge, error) in resumed.failed_editions {
                error!(badge.id = %badge, "An edition of badge {badge} stays open: {error} ({})", error.code());
            }
            for (award, error) in resumed.failed {
                error!(award.id = %award, "Award {award} stays open: {error} ({})", error.code());
            }
            Ok(())
        });
        // A panic in upkeep ends with its thread and was written there; the next round is another.
        work.await.unwrap_or(Ok(()))
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

/// Why a command came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("log_filter is not a filter")]
    LogFilter,
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error(transparent)]
    Did(#[from] DidError),
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Erasures(#[from] ErasureNotesError),
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Random(#[from] RandomError),
    #[error(transparent)]
    Service(#[from] Error),
    #[error(transparent)]
    InteropKeys(#[from] InteropKeyError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Postman(#[from] PostmanError),
    #[error("the VC-API cannot be served like this: {0}")]
    Interop(&'static str),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl StartError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            StartError::Config(error) => error.code(),
            StartError::LogFilter => "config.invalid",
            StartError::KeyFile(error) => error.code(),
            StartError::Key(error) => error.code(),
            StartError::Keyring(error) => error.code(),
            StartError::Did(error) => error.code(),
            StartError::Note(error) => error.code(),
            StartError::Engine(error) => error.code(),
            StartError::Store(error) => error.code(),
            StartError::Log(error) => error.code(),
            StartError::Erasures(error) => error.code(),
            StartError::Evidence(error) => error.code(),
            StartError::Backup(error) => error.code(),
            StartError::Random(_) => "system.random",
            StartError::Service(error) => error.code(),
            StartError::InteropKeys(error) => error.code(),
            StartError::Tls(error) => error.code(),
            StartError::Postman(_) => "config.invalid",
            StartError::Interop(_) => "config.invalid",
            StartError::Io(_) => "system.io",
        }
    }
}

/// Room for the hot records of a large organisation; the rest is read from disk.
const STORE_CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// People look into their mailboxes as soon as they are told that something comes.
const BETWEEN_MAIL: Duration = Duration::from_secs(1);

/// Whoever has sent a list looks at its page to see it begin.
const BETWEEN_LISTS: Duration = Duration::from_secs(1);
/// Whoever begins one waits for it to move.
const BETWEEN_BULKS: Duration = Duration::from_secs(1);

/// What is over has been for months: an hour matters to nobody.
const BETWEEN_REMOVALS: Duration = Duration::from_secs(60 * 60);

/// Programs are told as soon as people are.
const BETWEEN_MESSAGES: Duration = Duration::from_secs(1);

/// A crash leaves an award open for at most this long; lists are signed anew long before they end.
const BETWEEN_UPKEEP: Duration = Duration::from_secs(60);
