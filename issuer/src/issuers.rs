//! Who issues: the keys and the profile that each organisation signs its badges under.
//!
//! The keys of the organisation that runs this service come from the configuration. All others have
//! keys of their own, drawn when they are founded and kept in files of the service, so that a badge
//! of one is never signed by another.

use crate::app::App;
use crate::error::Error;
use crate::id::OrganisationId;
use crate::key_file::{self, KeyFileError};
use crate::known_keys::KnownKeys;
use crate::organisation::{Organisation, PostalAddress};
use crate::random::Random;
use crate::site::Site;
use crate::text::Line;
use keys::{
    DidError, DidWeb, KeyError, KeyId, KeyState, KeyUse, Keyring, KeyringError, KeyringKey,
    SecretKey,
};
use schemas::model::{Image, Profile};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// An organisation as it signs.
#[derive(Clone)]
pub struct Issuer {
    /// Its keys.
    pub keyring: Arc<Keyring>,
    /// Its profile as it stands in badges. Its id is the keyring's issuer.
    pub profile: Profile,
    /// How the recipient's e-mail address stands in its badges.
    pub identifier_policy: IdentifierPolicy,
}

/// The keys of every organisation of this service.
pub struct Issuers {
    host: Arc<Keyring>,
    kind: IssuerKind,
    folder: PathBuf,
    loaded: Mutex<HashMap<OrganisationId, Arc<Keyring>>>,
    /// What keys that are read from now on have to be.
    known: Mutex<HashMap<OrganisationId, KnownKeys>>,
}

/// Under which kind of identifier organisations sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssuerKind {
    /// A path below the public address, which keys of two uses belong to.
    DidWeb {
        /// The public address of the service.
        public_url: Url,
        /// The algorithm of the compact form.
        jwt: JwtKey,
    },
    /// One key that is the issuer.
    DidKey,
}

/// What the keys of JWTs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JwtKey {
    /// A key on P-256, for ES256.
    P256,
    /// An RSA key of 2048 bits, for RS256.
    Rsa,
}

/// How the recipient's e-mail address stands in an organisation's badges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierPolicy {
    /// As a hash with a salt of its own for each badge.
    #[default]
    SaltedHash,
    /// In the clear for those who have consented, as a hash for all others.
    PlainWithConsent,
    /// Not at all.
    None,
}

impl App {
    /// An organisation as it signs: with its keys, and the profile that it has now.
    pub fn issuer(&self, organisation: &OrganisationId) -> Result<Issuer, Error> {
        let found = self.store.organisation(organisation)?;
        self.issuer_of(&found.ok_or(Error::NotFound)?)
    }

    /// The same for an organisation that was found already.
    pub fn issuer_of(&self, organisation: &Organisation) -> Result<Issuer, Error> {
        let keyring = self.issuers.keyring(&organisation.id)?;
        let mut profile = profile(organisation, keyring.issuer_id(), &self.site);
        profile.parent_org = self.parent_of(organisation)?.map(Box::new);
        Ok(Issuer {
            profile,
            keyring,
            identifier_policy: organisation.identifier_policy,
        })
    }
}

impl App {
    /// The organisation that another one belongs to, by identifier and name alone.
    fn parent_of(&self, organisation: &Organisation) -> Result<Option<Profile>, Error> {
        let Some(parent) = &organisation.parent else {
            return Ok(None);
        };
        let found = self.store.organisation(parent)?;
        let found = found.ok_or(Error::Missing("a parent organisation"))?;
        Ok(Some(Profile {
            id: self.issuers.keyring(parent)?.issuer_id().to_owned(),
            name: Some(found.profile.name.as_str().into()),
            ..Profile::default()
        }))
    }
}

impl Issuers {
    /// Takes the keys of the organisation that runs this service, and the folder in which each of
    /// the others has a folder of its own.
    pub fn new(host: Keyring, kind: IssuerKind, folder: PathBuf) -> Issuers {
        Issuers {
            host: Arc::new(host),
            kind,
            folder,
            loaded: Mutex::default(),
            known: Mutex::default(),
        }
    }

    /// The keys of the organisation that runs this service.
    pub fn host(&self) -> &Keyring {
        &self.host
    }

    /// The keys of an organisation that was founded, read once and then kept.
    pub fn keyring(&self, organisation: &OrganisationId) -> Result<Arc<Keyring>, IssuerKeyError> {
        if organisation.is_host() {
            return Ok(self.host.clone());
        }
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = loaded.get(organisation) {
            return Ok(known.clone());
        }
        let read = |usage| key_file::read(&self.file(organisation, usage));
        let keyring = match &self.kind {
            IssuerKind::DidKey => Keyring::did_key(read(KeyUse::DataIntegrity)?)?,
            IssuerKind::DidWeb { public_url, .. } => {
                let keys = JWT_FIRST.map(|usage| read(usage).map(|secret| current(secret, usage)));
                let keys = keys.into_iter().collect::<Result<_, _>>()?;
                Keyring::did_web(&did(public_url, organisation)?, keys)?
            }
        };
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(organisation)
            && *known != KnownKeys::of(&keyring)
        {
            let whose = organisation.to_string();
            return Err(IssuerKeyError::Mismatch { whose });
        }
        let keyring = Arc::new(keyring);
        loaded.insert(organisation.clone(), keyring.clone());
        Ok(keyring)
    }

    /// Has the keys of an organisation be these and no others, whenever they are read.
    pub(crate) fn expect(&self, organisation: &OrganisationId, known: KnownKeys) {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(organisation.clone(), known);
    }

    /// Draws the keys of an organisation that is about to be founded, and syncs them.
    ///
    /// Keys that are there already were drawn by an attempt that came to nothing: nobody has seen
    /// a signature of theirs, and they are taken.
    pub(crate) fn draw(
        &self,
        organisation: &OrganisationId,
        random: &Random,
    ) -> Result<(), IssuerKeyError> {
        let uses: &[KeyUse] = match &self.kind {
            IssuerKind::DidKey => &[KeyUse::DataIntegrity],
            IssuerKind::DidWeb { public_url, .. } => {
                did(public_url, organisation)?;
                &JWT_FIRST
            }
        };
        for usage in uses {
            let file = self.file(organisation, *usage);
            if !file.exists() {
                match key_file::create(&file, &self.secret(*usage, random)?) {
                    // Somebody else was quicker with the same name.
                    Err(KeyFileError::Io { source, .. })
                        if source.kind() == std::io::ErrorKind::AlreadyExists => {}
                    created => created?,
                }
            }
        }
        Ok(())
    }

    fn secret(&self, usage: KeyUse, random: &Random) -> Result<SecretKey, KeyError> {
        match (usage, &self.kind) {
            (KeyUse::DataIntegrity, _) | (KeyUse::Jwt, IssuerKind::DidKey) => {
                Ok(SecretKey::ed25519(random.bytes()))
            }
            (KeyUse::Jwt, IssuerKind::DidWeb { jwt, .. }) => match jwt {
                JwtKey::P256 => Ok(p256(random)),
                JwtKey::Rsa => SecretKey::generate_rsa(),
            },
        }
    }

    fn file(&self, organisation: &OrganisationId, usage: KeyUse) -> PathBuf {
        let name = match usage {
            KeyUse::DataIntegrity => "signing.pem",
            KeyUse::Jwt => "jwt.pem",
        };
        // A slug has neither dots nor slashes.
        self.folder.join(organisation.as_str()).join(name)
    }
}

/// Draws a P-256 key. Of 2^32 draws one is no key, and is drawn again.
pub fn p256(random: &Random) -> SecretKey {
    loop {
        if let Ok(key) = SecretKey::p256(random.bytes()) {
            return key;
        }
    }
}

/// A key that signs from now on, under the name that follows from it.
pub fn current(secret: SecretKey, usage: KeyUse) -> KeyringKey {
    KeyringKey {
        id: KeyId::of(secret.public_key()),
        secret,
        state: KeyState::Current,
        usage,
    }
}

/// The profile of an organisation as it stands in its badges.
fn profile(organisation: &Organisation, issuer_id: &str, site: &Site) -> Profile {
    let stated = &organisation.profile;
    let url = match &stated.url {
        Some(own) => own.to_string(),
        None if organisation.id.is_host() => site.base().to_owned(),
        None => site.organisation(&organisation.id),
    };
    let address = stated
        .address
        .as_ref()
        .filter(|address| !address.is_empty());
    Profile {
        id: issuer_id.to_owned(),
        name: Some(stated.name.as_str().into()),
        url: Some(url),
        phone: stated.phone.as_ref().map(Line::to_string),
        description: stated.description.as_ref().map(|text| text.as_str().into()),
        email: stated.email.as_ref().map(Line::to_string),
        address: address.map(PostalAddress::stated),
        image: stated.image.as_ref().map(|image| Image {
            id: site.organisation_image(&organisation.id, image.media_type),
            caption: Some(format!("The sign of {}", stated.name).into()),
            ..Image::default()
        }),
        ..Profile::default()
    }
}

/// The identifier of an organisation: its path below the public address (did:web method, 2.5.2).
fn did(public_url: &Url, organisation: &OrganisationId) -> Result<DidWeb, DidError> {
    let host = public_url.host_str().unwrap_or_default();
    let path = ["organisations", organisation.as_str()];
    DidWeb::of(host, public_url.port(), &path)
}

/// Why the keys of an organisation cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum IssuerKeyError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The files hold good keys, and others than before.
    #[error(
        "the key files of {whose} hold other keys than those it has signed with: put the right ones back"
    )]
    Mismatch {
        /// Whose keys they are.
        whose: String,
    },
    /// No key could be drawn.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The keys do not make a keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The public address makes no identifier.
    #[error(transparent)]
    Did(#[from] DidError),
}

impl IssuerKeyError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            IssuerKeyError::File(error) => error.code(),
            IssuerKeyError::Mismatch { .. } => "key.mismatch",
            IssuerKeyError::Key(error) => error.code(),
            IssuerKeyError::Keyring(error) => error.code(),
            IssuerKeyError::Did(error) => error.code(),
        }
    }
}

/// The key of the JWTs comes first: there are verifiers that take the first key of the document for
/// a token without looking at its `kid`.
const JWT_FIRST: [KeyUse; 2] = [KeyUse::Jwt, KeyUse::DataIntegrity];
