//! `assay person`: who may do what, and the tokens they show.

use std::process::ExitCode;

use issuer::app::App;
use issuer::config::Config;
use issuer::error::Error;
use issuer::event::Actor;
use issuer::http::edge::Clock;
use issuer::id::OrganisationId;
use issuer::organisation;
use issuer::person::{self, EmailInBadges, NewPerson};
use issuer::rights::Scope;

use super::{ConfigFile, Done, PersonCommand};
use crate::start::{self, StartError};

/// Works on the store itself, so the service must not be running on it meanwhile.
pub fn run(command: PersonCommand) -> Done {
    let now = Clock::System.now();
    let open = |config: ConfigFile| -> Result<App, StartError> {
        let config = Config::load(config.file.as_deref(), std::env::vars())?;
        Ok(start::from(&config)?.app)
    };
    let (app, person) = match command {
        PersonCommand::Add {
            config,
            name,
            email,
            roles,
        } => {
            let app = open(config)?;
            let new = NewPerson {
                name,
                emails: vec![email],
                did: None,
                email_in_badges: EmailInBadges::Hashed,
            };
            let person = person::register(&app, new, now)?;
            if !roles.is_empty() {
                let roles = roles.into_iter().map(Into::into).collect();
                organisation::set_roles(
                    &app,
                    Actor::Service,
                    &OrganisationId::host(),
                    person.id,
                    roles,
                    now,
                )?;
            }
            (app, person)
        }
        PersonCommand::Token { config, email } => {
            let app = open(config)?;
            let person = app.store.person_by_email(&email)?.ok_or(Error::NotFound)?;
            (app, person)
        }
    };
    let token = person::make_token(&app, person.id, Scope::all(), now)?;
    println!("{} ({})\n{}", person.name, person.id, token.expose());
    Ok(ExitCode::SUCCESS)
}
