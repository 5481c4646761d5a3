//! Finds the key that a proof names, and whether the issuer stands behind it.
//!
//! A signature only says that the holder of a key signed. That the holder is the issuer is said by
//! the issuer's own document: by the DID itself for did:key and did:jwk, by the DID document for did:web, by
//! what lies at the issuer's own web origin otherwise.

mod published;

use keys::data_integrity::Expected;
use keys::jsonld::Contexts;
use keys::{
    ControllerDocument, DidError, DidWeb, Jwk, JwkSet, KeyError, MethodError, PublicKey,
    VerificationMethod, did_jwk, did_key,
};
use schemas::json::{self, JsonLimits};
use schemas::timestamp::Timestamp;
use url::Url;

use crate::documents::{Document, DocumentKind, Shelf};
use crate::finding::Finding;
use crate::issuer;
use crate::policy::{Policy, UnboundKey};
use crate::reason::Reason;
use crate::report::Halt;

/// A key, and how it stands to the issuer.
#[derive(Debug)]
pub(crate) struct Signer {
    pub(crate) key: PublicKey,
    pub(crate) bond: Bond,
    /// From when on the key makes no new signatures.
    pub(crate) expires: Option<Timestamp>,
}

/// How a key stands to the issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bond {
    /// The issuer's own document names the key.
    Named,
    /// Nothing says whose key it is.
    Loose,
    /// Nothing has said so yet; the issuer's document can.
    Unasked,
}

/// What a key is looked up with.
pub(crate) struct Lookup<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) documents: &'a Shelf<'a>,
    pub(crate) policy: &'a Policy,
    pub(crate) now: Timestamp,
    pub(crate) terms: Terms<'a>,
}

/// What proofs have to be made for, and what the words of the document mean.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) expected: Expected<'a>,
    pub(crate) contexts: &'static Contexts,
}

impl Default for Terms<'_> {
    /// Those of every badge: its proofs vouch for it, and its contexts are pinned.
    fn default() -> Self {
        Terms {
            expected: Expected::default(),
            contexts: Contexts::embedded(),
        }
    }
}

impl Lookup<'_> {
    /// The key at the address `method`, of a Data Integrity proof or of a token's `kid`.
    ///
    /// Under the strict policy, an address outside the issuer is refused unread.
    pub(crate) fn method(&self, method: &str) -> Result<Signer, Halt> {
        let (controller, fragment) = match method.split_once('#') {
            Some((controller, fragment)) => (controller, Some(fragment)),
            None => (method, None),
        };
        if let Some(document) = own_document(controller) {
            let document = document.map_err(|error| Finding::of_controller(controller, &error))?;
            return self.key_of_did(method, &document);
        }
        if controller.starts_with("did:web:") {
            self.check_controller(method, controller)?;
            let named = self.document_key(method);
            return match fragment.map(PublicKey::from_multibase) {
                Some(Ok(key)) => self.or_in_the_address(named, key),
                _ => named,
            };
        }
        if issuer::web_address(controller).is_none() {
            return Err(Reason::MethodUnsupported {
                verification_method: method.to_owned(),
            }
            .into());
        }
        match fragment.map(PublicKey::from_multibase) {
            Some(Ok(key)) => {
                self.check_controller(method, controller)?;
                Ok(Signer {
                    key,
                    bond: Bond::Unasked,
                    expires: None,
                })
            }
            Some(Err(_)) if controller == self.issuer => self.document_key(method),
            _ => self.key_at(method, controller),
        }
    }

    /// Whether the issuer's document names a key whose signature has been found good, and until when
    /// that key was to sign.
    ///
    /// The key is known, so a document that cannot be had leaves the signature good and the key
    /// unbound, which is refused rather than left undecided.
    pub(crate) fn bond_of_fragment(
        &self,
        method: &str,
        signer: &Signer,
    ) -> Result<(Bond, Option<Timestamp>), Halt> {
        if self.policy.unbound_key == UnboundKey::Warn {
            return Ok((Bond::Loose, None));
        }
        match self.document_key(method) {
            Ok(named) if named.key == signer.key => Ok((Bond::Named, named.expires)),
            Err(Halt::Unknown(reason @ Reason::DocumentMissing { .. }, further)) => {
                Err(Halt::Unknown(reason, further))
            }
            Err(Halt::Fail(reason @ Reason::KeyRevoked { .. }, further)) => {
                Err(Halt::Fail(reason, further))
            }
            _ => Ok((Bond::Loose, None)),
        }
    }

    /// A key that a token brings with it: worth something only as one of the issuer's keys.
    pub(crate) fn embedded_key(&self, key: &PublicKey) -> Result<Signer, Halt> {
        let asks_nobody = own_document(self.issuer).is_some();
        if self.policy.unbound_key == UnboundKey::Warn && !asks_nobody {
            return Ok(loose(key.clone()));
        }
        self.own_key(key)?.ok_or_else(|| {
            Halt::from(Reason::EmbeddedKeyUntrusted {
                issuer: self.issuer.to_owned(),
            })
        })
    }

    /// The key as one of the issuer's own, if the issuer says it is: in its DID document, or in the
    /// key set of its host (implementation guide, key provenance). Both stand at addresses that
    /// only the issuer or its host can fill.
    fn own_key(&self, key: &PublicKey) -> Result<Option<Signer>, Halt> {
        let document = if let Some(document) = own_document(self.issuer) {
            document.map_err(|error| Finding::of_controller(self.issuer, &error))?
        } else if self.issuer.starts_with("did:web:") {
            self.issuer_document()?
        } else {
            let named = self
                .host_keys()?
                .into_iter()
                .any(|jwk| jwk.key == *key && jwk.issuer.as_deref() == Some(self.issuer));
            return Ok(named.then(|| Signer {
                key: key.clone(),
                bond: Bond::Named,
                expires: None,
            }));
        };
        let own = document
            .assertion_method()
            .iter()
            .filter_map(|id| document.assertion_key(id).ok())
            .find(|method| method.key == *key);
        own.map(|method| self.named(method)).transpose()
    }

    /// The key set that the host of an issuer with a web address publishes.
    fn host_keys(&self) -> Result<Vec<Jwk>, Halt> {
        let url = issuer::web_address(self.issuer)
            .and_then(|url| url.join("/.well-known/jwks.json").ok());
        let url = url.ok_or_else(|| self.not_controlled(self.issuer))?;
        let place = url.to_string();
        let document = self.document(url, DocumentKind::VerificationKey)?;
        let refused = |error| Finding::of_key(&place, error);
        let value = json::read(&document.bytes, &JsonLimits::default())
            .map_err(|_| refused(KeyError::Invalid("the key set is not strict JSON")))?;
        Ok(JwkSet::read(&value).map_err(refused)?.keys().to_vec())
    }

    /// The key of a DID that is its own document.
    fn key_of_did(&self, method: &str, document: &ControllerDocument) -> Result<Signer, Halt> {
        // Without its fragment the address names the controller, not a key of it, and the official
        // validator then compares nothing with the issuer.
        if method == document.id() {
            let key = document.verification_methods().first();
            let key = key.ok_or_else(|| self.not_controlled(method))?;
            return Ok(loose(key.key.clone()));
        }
        let named = self.key_in(document, method).map_err(|_| {
            let error = DidError::Invalid("its fragment is another key");
            Finding::of_controller(document.id(), &error)
        })?;
        self.check_controller(method, document.id())?;
        self.named(named)
    }

    /// What the issuer's document says of a key that also stands in its own address. The official
    /// validator takes the key from there and asks nobody; a key that was taken back stays refused.
    fn or_in_the_address(
        &self,
        named: Result<Signer, Halt>,
        key: PublicKey,
    ) -> Result<Signer, Halt> {
        match named {
            Ok(signer) => Ok(signer),
            Err(halt @ Halt::Unknown(Reason::DocumentMissing { .. }, _))
            | Err(halt @ Halt::Fail(Reason::KeyRevoked { .. }, _)) => Err(halt),
            Err(_) if self.policy.unbound_key == UnboundKey::Warn => Ok(loose(key)),
            Err(halt) => Err(halt),
        }
    }

    /// The method with this id in the issuer's document.
    fn document_key(&self, method: &str) -> Result<Signer, Halt> {
        let document = self.issuer_document()?;
        match self.key_in(&document, method) {
            Ok(named) => self.named(named),
            Err(MethodError::Unknown) => Err(self.not_controlled(method).into()),
            Err(MethodError::Revoked(revoked)) => Err(Reason::KeyRevoked {
                verification_method: method.to_owned(),
                revoked,
            }
            .into()),
            Err(error) => Err(Finding::of_method(method, error).into()),
        }
    }

    /// The key of a controller at an address, if it may be used for what the proof has to be made for.
    fn key_in<'d>(
        &self,
        document: &'d ControllerDocument,
        method: &str,
    ) -> Result<&'d VerificationMethod, MethodError> {
        document.key_for(self.terms.expected.proof_purpose, method)
    }

    fn issuer_document(&self) -> Result<ControllerDocument, Halt> {
        let refused = |error| Finding::of_controller(self.issuer, &error);
        let url = if self.issuer.starts_with("did:web:") {
            DidWeb::parse(self.issuer).map_err(refused)?.url().clone()
        } else if let Some(url) = issuer::web_address(self.issuer) {
            url
        } else {
            return Err(Reason::MethodUnsupported {
                verification_method: self.issuer.to_owned(),
            }
            .into());
        };
        let document = self.document(url, DocumentKind::DidDocument)?;
        Ok(ControllerDocument::read(&document.bytes, self.issuer).map_err(refused)?)
    }

    /// A key published by itself: one JWK, a JWK set, or one verification method.
    fn key_at(&self, method: &str, address: &str) -> Result<Signer, Halt> {
        let Ok(url) = Url::parse(address) else {
            return Err(self.not_controlled(method).into());
        };
        // A key that lies elsewhere and only claims to be the issuer's can be anybody's.
        let at_home = issuer::origin(self.issuer).is_some_and(|origin| origin == url.origin());
        if !at_home && self.policy.unbound_key == UnboundKey::Refuse {
            return Err(self.not_controlled(method).into());
        }
        let document = self.document(url, DocumentKind::VerificationKey)?;
        let published = published::read(&document.bytes, method, address)?;
        let owner = published.owner.as_deref();
        if owner.is_some_and(|owner| owner != self.issuer) {
            return Err(self.not_controlled(method).into());
        }
        self.not_taken_back(method, published.revoked)?;
        let loose = Signer {
            expires: published.expires,
            ..loose(published.key)
        };
        if !at_home {
            return Ok(loose);
        }
        // The same host may also serve what its users upload, so the issuer has to name the key.
        match self.own_key(&loose.key) {
            Ok(Some(own)) => Ok(Signer {
                expires: [own.expires, loose.expires].into_iter().flatten().min(),
                ..own
            }),
            Ok(None) => Ok(loose),
            Err(Halt::Unknown(Reason::Fetch { .. }, _))
                if self.policy.unbound_key == UnboundKey::Warn =>
            {
                Ok(loose)
            }
            Err(halt) => Err(halt),
        }
    }

    fn document(&self, url: Url, kind: DocumentKind) -> Result<&Document, Halt> {
        match self.documents.answer(&url, kind) {
            Some(Ok(document)) => Ok(document),
            Some(Err(failure)) => Err(Halt::Unknown(
                Reason::Fetch {
                    url,
                    failure: *failure,
                },
                Vec::new(),
            )),
            None => Err(Halt::Unknown(
                Reason::DocumentMissing { url, kind },
                Vec::new(),
            )),
        }
    }

    /// A key that the issuer's document names, unless it was taken back.
    fn named(&self, method: &VerificationMethod) -> Result<Signer, Halt> {
        self.not_taken_back(&method.id, method.revoked)?;
        Ok(Signer {
            key: method.key.clone(),
            bond: Bond::Named,
            expires: method.expires,
        })
    }

    /// Whoever has the key can write any date into a proof, so earlier dates prove nothing.
    fn not_taken_back(&self, method: &str, revoked: Option<Timestamp>) -> Result<(), Reason> {
        match revoked {
            Some(revoked) if revoked <= self.now => Err(Reason::KeyRevoked {
                verification_method: method.to_owned(),
                revoked,
            }),
            _ => Ok(()),
        }
    }

    fn check_controller(&self, method: &str, controller: &str) -> Result<(), Reason> {
        if controller == self.issuer {
            return Ok(());
        }
        Err(self.not_controlled(method))
    }

    pub(crate) fn not_controlled(&self, method: &str) -> Reason {
        Reason::KeyNotControlled {
            verification_method: method.to_owned(),
            issuer: self.issuer.to_owned(),
        }
    }
}

/// The document of a DID that needs none from elsewhere, because the key is in its text.
fn own_document(did: &str) -> Option<Result<ControllerDocument, DidError>> {
    if did.starts_with("did:key:") {
        return Some(did_key::document(did));
    }
    did.starts_with("did:jwk:").then(|| did_jwk::document(did))
}

fn loose(key: PublicKey) -> Signer {
    Signer {
        key,
        bond: Bond::Loose,
        expires: None,
    }
}
