//! Who somebody is here: names, addresses, ways in, and what applications may do.

use super::{Out, told};
use crate::error::Error;
use crate::oauth::grant;
use crate::person;
use serde_json::{Value, json};

impl Out<'_> {
    pub(super) fn account(&mut self) -> Result<(), Error> {
        let (app, id) = (self.app, self.person.id);
        let addresses = person::addresses(app, self.person)?;
        let addresses: Vec<Value> = addresses
            .iter()
            .map(|address| json!({ "email": address.email, "shown_to_be_theirs": address.proof }))
            .collect();
        let sessions = app.store.sessions_of(id)?.into_iter();
        let sessions: Vec<Value> = sessions
            .map(|session| json!({ "began": session.began, "used": session.used }))
            .collect();
        let tokens = app.store.tokens_of(id)?.into_iter();
        let tokens: Vec<Value> = tokens
            .map(|token| json!({ "name": token.name, "scopes": token.scopes, "made": token.made }))
            .collect();
        let passkeys = app.store.passkeys_of(id)?.into_iter();
        let passkeys: Vec<Value> = passkeys
            .map(|key| json!({ "name": key.name, "made": key.made, "used": key.used }))
            .collect();
        let profile = json!({
            "person": self.person,
            "addresses": addresses,
            "memberships": app.store.memberships_of(id, MEMBERSHIPS)?,
            "accounts_elsewhere": app.store.identities_of(id)?,
            "passkeys": passkeys,
            "signed_in_browsers": sessions,
            "tokens": tokens,
        });
        self.index.section("You");
        self.record(
            "profile.json",
            "Names, addresses, memberships, and ways in",
            &profile,
        )?;
        self.applications()?;
        for kind in [
            "invitation",
            "cohort-facilitating",
            "join-request",
            "mail",
            "upload",
        ] {
            self.list(kind)?;
        }
        Ok(())
    }

    /// What they let applications do.
    fn applications(&mut self) -> Result<(), Error> {
        let allowed = grant::of(self.app, self.person.id, self.now)?;
        if allowed.is_empty() {
            return Ok(());
        }
        let allowed: Vec<Value> = allowed
            .iter()
            .map(|(grant, client)| {
                json!({
                    "application": client.about.client_name,
                    "site": client.about.client_uri,
                    "allowed": told(grant),
                })
            })
            .collect();
        self.record(
            "applications.json",
            "What you let applications do",
            &allowed,
        )
    }
}

/// More organisations than anybody works for.
const MEMBERSHIPS: usize = 100;
