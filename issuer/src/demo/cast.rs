//! The people of the story.

use issuer::app::App;
use issuer::event::Actor;
use issuer::http::edge::Clock;
use issuer::id::OrganisationId;
use issuer::organisation::{self, Role};
use issuer::person::{self, EmailInBadges, NewPerson};
use issuer::rights::Scope;
use serde_json::json;
use url::Url;

use super::client::{Broken, Caller, text};
use super::folder::KeptPerson;
use crate::start::StartError;

/// The people of the story, each with their own way in.
pub struct Cast {
    pub office: Caller,
    pub reviewer: Caller,
    pub earner: Caller,
    pub kept: Vec<KeptPerson>,
}

/// Registers the first person, as `assay person add` does: somebody must let the others in.
pub fn register_first(app: &App) -> Result<String, StartError> {
    let now = Clock::System.now();
    let new = NewPerson {
        name: "Demo Office".parse().expect("a plain name"),
        emails: vec!["office@demo.example".parse().expect("a plain address")],
        did: None,
        email_in_badges: EmailInBadges::Hashed,
    };
    let office = person::register(app, new, now)?;
    let roles = [Role::Administrator, Role::Author, Role::IssuingOfficer];
    organisation::set_roles(
        app,
        Actor::Service,
        &OrganisationId::host(),
        office.id,
        roles.into(),
        now,
    )?;
    Ok(person::make_token(app, office.id, Scope::all(), now)?
        .expose()
        .to_owned())
}

impl Cast {
    /// Registers everybody else, through the interface.
    pub async fn gather(origin: &Url, office_token: &str) -> Result<Cast, Broken> {
        let stranger = Caller::stranger(origin)?;
        let office = stranger.with_token(office_token);
        let mut kept = vec![KeptPerson {
            name: "Demo Office".to_owned(),
            part: "office".to_owned(),
            token: office_token.to_owned(),
        }];
        let people = [
            (
                "Robin Osei",
                "reviewer",
                "reviewer@demo.example",
                Some("reviewer"),
            ),
            (
                "Dana Whitlock",
                "earner",
                "dana.whitlock@demo.example",
                None,
            ),
        ];
        for (name, part, email, role) in people {
            let body = json!({ "name": name, "emails": [email] });
            let person = text(&office.post("/api/v1/people", body).await?, "id")?;
            if let Some(role) = role {
                let member = format!("/api/v1/organisations/host/members/{person}");
                office.put(&member, json!({ "roles": [role] })).await?;
            }
            let path = format!("/api/v1/people/{person}/tokens");
            let token = text(&office.post(&path, json!({})).await?, "token")?;
            kept.push(KeptPerson {
                name: name.to_owned(),
                part: part.to_owned(),
                token,
            });
        }
        let (reviewer, earner) = (
            stranger.with_token(&kept[1].token),
            stranger.with_token(&kept[2].token),
        );
        Ok(Cast {
            office,
            reviewer,
            earner,
            kept,
        })
    }
}
