//! The organisations that issue: profile, DID document, and keys one by one and as a set.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use keys::{KeyId, Keyring};
use schemas::model::{OB_CONTEXT, VC_CONTEXT};
use serde_json::{Value, json};

use super::LINKED_DATA;
use crate::app::App;
use crate::draft::ENDORSEMENT;
use crate::endorsement::Endorsed;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::{AnyCaller, Caller};
use crate::http::edge::Edge;
use crate::http::endorsing::Said;
use crate::http::error::HttpError;
use crate::http::headers::briefly_cached;
use crate::http::negotiation::Face;
use crate::http::organisation_tabs::Tabs;
use crate::http::pages::{organisations, page};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::OrganisationId;
use crate::image::{self, ImageType};
use crate::issuers::Issuer;
use crate::organisation::{Organisation, PostalAddress};
use crate::rights::{self, Action};
use crate::text::{Line, Prose};

pub fn routes() -> Vec<Route> {
    let published = Action::ReadPublished;
    vec![
        get("/issuer", published, host_issuer),
        get("/issuer.json", published, host_profile),
        get("/.well-known/did.json", published, host_did_document),
        get("/.well-known/jwks.json", published, jwks),
        get("/keys/{key}", published, host_key),
        get("/organisations/{organisation}", published, issuer),
        get(
            "/organisations/{organisation}/profile.json",
            published,
            profile,
        ),
        get(
            "/organisations/{organisation}/did.json",
            published,
            did_document,
        ),
        get("/organisations/{organisation}/keys/{key}", published, key),
        get(
            "/organisations/{organisation}/image.png",
            published,
            image_png,
        ),
        get(
            "/organisations/{organisation}/image.svg",
            published,
            image_svg,
        ),
    ]
}

#[derive(Template)]
#[template(path = "issuer.html")]
struct IssuerPage<'a> {
    site: &'a Masthead,
    page: Shown,
    endorsements: Vec<Said>,
}

/// An organisation as its page shows it.
struct Shown {
    name: String,
    description: Vec<String>,
    kind: &'static str,
    /// The organisation it belongs to, by path and name.
    parent: Option<(String, String)>,
    image: Option<String>,
    /// What this caller may open besides.
    links: Vec<(String, &'static str)>,
    issuer_id: String,
    url: Option<String>,
    phone: Option<String>,
    address: Vec<String>,
    email: Option<String>,
    did_document: Option<String>,
    profile: String,
    keys: Vec<KeyLine>,
}

struct KeyLine {
    /// Where its JWK stands; a key that signs no JWT stands in the DID document alone.
    path: Option<String>,
    name: String,
    algorithm: &'static str,
}

async fn host_issuer(
    edge: State<Edge>,
    caller: AnyCaller,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    issuer(edge, caller, Path(Id(OrganisationId::host())), headers).await
}

async fn host_profile(edge: State<Edge>) -> Result<Response, HttpError> {
    profile(edge, Path(Id(OrganisationId::host()))).await
}

async fn host_did_document(edge: State<Edge>) -> Result<Response, HttpError> {
    did_document(edge, Path(Id(OrganisationId::host()))).await
}

async fn host_key(edge: State<Edge>, Path(name): Path<String>) -> Result<Response, HttpError> {
    key(edge, Path((Id(OrganisationId::host()), name))).await
}

async fn issuer(
    State(edge): State<Edge>,
    AnyCaller(caller): AnyCaller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    match Face::by_accept(&headers, &[Face::Page, Face::Json]) {
        Some(Face::Json) => profile(State(edge), Path(Id(id))).await,
        Some(_) => {
            let looked = edge.work(move |app| {
                let shown = Shown::of(app, caller.as_ref(), &id)?;
                Ok((shown, Said::of(app, &Endorsed::Issuer(id))?))
            });
            let (shown, endorsements) = looked.await?;
            page(&IssuerPage {
                site: &edge.masthead,
                page: shown,
                endorsements,
            })
        }
        None => Err(HttpError::NotAcceptable),
    }
}

async fn profile(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    let (organisation, issuer) = found(&edge, &id).await?;
    let said = edge.work(move |app| Said::documents(app, &Endorsed::Issuer(organisation.id)));
    linked_data(&issuer, said.await?)
}

/// A `did:key` has no document: it is the key itself.
async fn did_document(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    let keyring = found(&edge, &id).await?.1.keyring;
    if !is_did_web(&keyring) {
        return Err(HttpError::NotFound);
    }
    let document = keyring.did_document().to_string();
    Ok((briefly_cached("application/did+json"), document).into_response())
}

async fn key(
    State(edge): State<Edge>,
    Path((Id(id), name)): Path<(Id<OrganisationId>, String)>,
) -> Result<Response, HttpError> {
    let key = KeyId::new(&name).ok_or(HttpError::NotFound)?;
    let jwk = found(&edge, &id).await?.1.keyring.jwk(&key);
    let jwk = jwk.ok_or(HttpError::NotFound)?;
    Ok((briefly_cached("application/jwk+json"), jwk.to_string()).into_response())
}

async fn image_png(edge: State<Edge>, id: Path<Id<OrganisationId>>) -> Result<Response, HttpError> {
    image_of(edge, id, ImageType::Png).await
}

async fn image_svg(edge: State<Edge>, id: Path<Id<OrganisationId>>) -> Result<Response, HttpError> {
    image_of(edge, id, ImageType::Svg).await
}

/// The sign of an organisation as it is now; it may be another one tomorrow.
async fn image_of(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<OrganisationId>>,
    media_type: ImageType,
) -> Result<Response, HttpError> {
    let bytes = edge.work(move |app| {
        let found = app.store.organisation(&id)?.ok_or(Error::NotFound)?;
        let image = found.profile.image;
        let image = image.filter(|image| image.media_type == media_type);
        image::bytes(app, &image.ok_or(Error::NotFound)?)
    });
    Ok((briefly_cached(media_type.as_str()), bytes.await?).into_response())
}

/// The keys of all organisations: each says whose it is, so that none vouches for another.
async fn jwks(State(edge): State<Edge>) -> Result<Response, HttpError> {
    let set = edge.work(all_keys).await?;
    Ok((briefly_cached("application/jwk-set+json"), set.to_string()).into_response())
}

fn all_keys(app: &App) -> Result<Value, Error> {
    let mut keys = Vec::new();
    let mut add = |keyring: &Keyring| {
        if let Value::Array(more) = keyring.jwks()["keys"].take() {
            keys.extend(more);
        }
    };
    add(app.issuers.host());
    for organisation in app.store.organisations(None, ORGANISATIONS)? {
        if !organisation.id.is_host() {
            add(app.issuers.keyring(&organisation.id)?.as_ref());
        }
    }
    Ok(json!({ "keys": keys }))
}

async fn found(edge: &Edge, id: &OrganisationId) -> Result<(Organisation, Issuer), HttpError> {
    let id = id.clone();
    edge.work(move |app| {
        let organisation = app.store.organisation(&id)?.ok_or(Error::NotFound)?;
        let issuer = app.issuer_of(&organisation)?;
        Ok((organisation, issuer))
    })
    .await
}

/// The profile that stands in every badge, with the public keys and what others say beside it.
fn linked_data(issuer: &Issuer, said: Vec<Value>) -> Result<Response, HttpError> {
    let mut profile = json!({ "@context": [VC_CONTEXT, OB_CONTEXT] });
    let stated = serde_json::to_value(&issuer.profile).map_err(HttpError::fault)?;
    let keys = issuer.keyring.did_document();
    if let (Some(members), Value::Object(stated)) = (profile.as_object_mut(), stated) {
        members.extend(stated);
        for member in ["verificationMethod", "assertionMethod"] {
            members.insert(member.to_owned(), keys[member].clone());
        }
        if !said.is_empty() {
            members.insert(ENDORSEMENT.to_owned(), said.into());
        }
    }
    Ok((briefly_cached(LINKED_DATA), profile.to_string()).into_response())
}

impl Shown {
    fn of(app: &App, caller: Option<&Caller>, id: &OrganisationId) -> Result<Shown, Error> {
        let organisation = app.store.organisation(id)?.ok_or(Error::NotFound)?;
        let mut shown = Shown::new(&organisation, &app.issuer_of(&organisation)?);
        if let Some(parent) = &organisation.parent
            && let Some(parent) = app.store.organisation(parent)?
        {
            let path = format!("/organisations/{}", parent.id);
            shown.parent = Some((path, parent.profile.name.to_string()));
        }
        let below = |path: &str| format!("/organisations/{id}/{path}");
        let may = |action| match caller {
            Some(caller) => rights::may(app, caller.person.id, action, Some(id)),
            None => Ok(false),
        };
        if let Some(caller) = caller {
            let groups = Tabs::of(app, caller, id)?.groups;
            let links = groups
                .iter()
                .map(|group| (group.path().to_owned(), group.name));
            shown.links.extend(links);
        }
        let joined = "Your membership";
        match may(Action::LeaveOrganisation)? {
            true => shown.links.push((below("join"), joined)),
            false => shown.links.push((below("join"), "Ask to join")),
        }
        Ok(shown)
    }

    fn new(organisation: &Organisation, issuer: &Issuer) -> Shown {
        let (id, stated) = (&organisation.id, &organisation.profile);
        let keyring = &issuer.keyring;
        let of_host = id.is_host();
        let below = |path: &str| match of_host {
            true => format!("/{path}"),
            false => format!("/organisations/{id}/{path}"),
        };
        let keys = keyring.keys().iter().map(|key| KeyLine {
            path: keyring
                .jwk(key.id())
                .map(|_| below(&format!("keys/{}", key.id().as_str()))),
            name: key.id().as_str().to_owned(),
            algorithm: key.algorithm().name(),
        });
        let document = match of_host {
            true => "/.well-known/did.json".to_owned(),
            false => below("did.json"),
        };
        let description = stated.description.as_ref().map(Prose::as_str);
        Shown {
            name: stated.name.to_string(),
            description: super::paragraphs(description.unwrap_or_default()),
            kind: organisations::kind(organisation.kind),
            parent: None,
            image: stated.image.as_ref().map(|image| {
                let extension = image.media_type.extension();
                format!("/organisations/{id}/image.{extension}")
            }),
            links: Vec::new(),
            issuer_id: keyring.issuer_id().to_owned(),
            phone: stated.phone.as_ref().map(Line::to_string),
            address: stated
                .address
                .as_ref()
                .map(PostalAddress::lines)
                .unwrap_or_default(),
            url: issuer.profile.url.clone(),
            email: stated.email.as_ref().map(Line::to_string),
            did_document: is_did_web(keyring).then_some(document),
            profile: match of_host {
                true => "/issuer.json".to_owned(),
                false => below("profile.json"),
            },
            keys: keys.collect(),
        }
    }
}

fn is_did_web(keyring: &Keyring) -> bool {
    keyring.issuer_id().starts_with("did:web:")
}

/// More organisations than one service has; a set of their keys has some 300 kB.
const ORGANISATIONS: usize = 1_000;
