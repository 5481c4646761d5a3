//! Checking what was just signed as a stranger would, with the service's own documents and without the network.

use crate::app::App;
use crate::error::Error;
use crate::id::OrganisationId;
use crate::status::{self, StatusListNumber};
use keys::DidWeb;
use schemas::timestamp::Timestamp;
use url::Url;
use verifier::{Document, Documents, Policy, Verdict};

/// What a stranger would be given, taken from the store.
pub(crate) struct SelfCheck<'a> {
    app: &'a App,
    documents: Documents,
    now: Timestamp,
}

impl SelfCheck<'_> {
    /// A check for which nothing is at hand yet.
    pub(crate) fn new(app: &App, now: Timestamp) -> SelfCheck<'_> {
        SelfCheck {
            app,
            documents: Documents::default(),
            now,
        }
    }

    /// Lays out who an organisation is, and one of its status lists.
    pub(crate) fn with_signer(
        self,
        organisation: &OrganisationId,
        list: StatusListNumber,
    ) -> Result<Self, Error> {
        let list = status::keep_fresh(self.app, list, self.now)?;
        let address = self.app.site.status_list(list.number);
        let mut check = self.with_document(&address, list.json.as_bytes())?;
        let keyring = check.app.issuers.keyring(organisation)?;
        // A `did:key` has no document: it is the key itself.
        if let Ok(did) = DidWeb::parse(keyring.issuer_id()) {
            let bytes = keyring.did_document().to_string().into_bytes();
            check
                .documents
                .insert(did.url().clone(), Ok(Document::new(bytes)));
        }
        Ok(check)
    }

    /// Lays out what will stand at an address.
    pub(crate) fn with_document(mut self, address: &str, bytes: &[u8]) -> Result<Self, Error> {
        let url = Url::parse(address).map_err(|_| fault("json.address"))?;
        self.documents.insert(url, Ok(Document::new(bytes)));
        Ok(self)
    }

    /// Verifies both forms of what was issued at this time.
    pub(crate) fn verify(self, forms: [&str; 2], issued: Timestamp) -> Result<(), Error> {
        for form in forms {
            let report = verifier::verify(
                form.as_bytes(),
                &self.documents,
                &Policy::default(),
                self.now.max(issued),
            );
            if report.verdict() != Verdict::Verified {
                let code = report.reason().map(|reason| reason.code());
                return Err(fault(code.unwrap_or("undetermined")));
            }
        }
        Ok(())
    }
}

fn fault(reason: &str) -> Error {
    Error::SelfCheck {
        reason: reason.to_owned(),
    }
}
