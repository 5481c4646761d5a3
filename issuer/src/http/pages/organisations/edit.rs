//! The page on which an organisation says what it says of itself.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, sentence};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::OrganisationId;
use crate::image::{self, IMAGE_BYTES};
use crate::organisation::{self, OrganisationProfile, PostalAddress};
use crate::person::Email;
use crate::rights::Action;
use std::str::FromStr;

pub fn routes() -> Vec<Route> {
    let (edit, action) = (
        "/organisations/{organisation}/edit",
        Action::ChangeOrganisation,
    );
    vec![get(edit, action, open), post(edit, action, save)]
}

#[derive(Template)]
#[template(path = "organisation/edit.html")]
struct EditPage<'a> {
    site: &'a Masthead,
    head: Head,
    is_host: bool,
    image: Option<String>,
    fields: Vec<Field>,
    description: String,
    problem: Option<String>,
}

/// One line of the form.
struct Field {
    name: &'static str,
    title: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    value: String,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    let profile = profile_of(&edge, &id).await?;
    let known = |name: &str| known(&profile, name);
    show(&edge, caller, id, &known, None).await
}

async fn save(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let form = Form::read(&headers, body, IMAGE_BYTES + TYPED_BYTES).await?;
    let former = profile_of(&edge, &id).await?;
    let saving = match read(&form, &former, id.is_host()) {
        Err(problem) => Err(HttpError::Service(problem)),
        Ok(profile) => {
            let (place, picture) = (id.clone(), form.bytes("image").cloned());
            let remove = form.text("remove_image").is_some();
            edge.work(move |app| {
                // The picture first: what is wrong with it keeps everything as it was.
                let taken = picture
                    .map(|bytes| image::take_in(app, &bytes))
                    .transpose()?;
                organisation::change_profile(app, by, &place, profile, now)?;
                if taken.is_some() || remove {
                    organisation::set_image(app, by, &place, taken, now)?;
                }
                Ok(())
            })
            .await
        }
    };
    match saving {
        Ok(()) => Ok(Redirect::to(&format!("/organisations/{id}")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let typed = |name: &str| form.text(name).unwrap_or_default().to_owned();
            let shown = show(&edge, caller, id, &typed, Some(sentence(&problem))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn profile_of(edge: &Edge, id: &OrganisationId) -> Result<OrganisationProfile, HttpError> {
    let id = id.clone();
    edge.work(move |app| Ok(app.store.organisation(&id)?.ok_or(Error::NotFound)?.profile))
        .await
}

async fn show(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    value: &(dyn Fn(&str) -> String + Sync),
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let of_host = id.is_host();
    let (head, image) = edge
        .work(move |app| {
            let found = app.store.organisation(&id)?.ok_or(Error::NotFound)?;
            let image = found.profile.image.map(|image| {
                let extension = image.media_type.extension();
                format!("/organisations/{id}/image.{extension}")
            });
            Ok((Head::of(app, &caller, &id)?, image))
        })
        .await?;
    let shown = FIELDS
        .iter()
        .filter(|(name, ..)| !(of_host && FIXED.contains(name)));
    let fields = shown.map(|(name, title, kind, autocomplete)| Field {
        name,
        title,
        kind,
        autocomplete,
        value: value(name),
    });
    page(&EditPage {
        site: &edge.masthead,
        head,
        is_host: of_host,
        image,
        fields: fields.collect(),
        description: value("description"),
        problem,
    })
}

/// What is known of an organisation, by the name of the field.
fn known(profile: &OrganisationProfile, name: &str) -> String {
    let address = profile.address.clone().unwrap_or_default();
    let text = |line: &Option<crate::text::Line>| line.as_ref().map(ToString::to_string);
    let value = match name {
        "name" => Some(profile.name.to_string()),
        "description" => profile.description.as_ref().map(ToString::to_string),
        "url" => profile.url.as_ref().map(ToString::to_string),
        "email" => text(&profile.email),
        "phone" => text(&profile.phone),
        "street_address" => text(&address.street_address),
        "post_office_box_number" => text(&address.post_office_box_number),
        "address_locality" => text(&address.address_locality),
        "address_region" => text(&address.address_region),
        "postal_code" => text(&address.postal_code),
        "address_country_code" => address.address_country_code.map(|code| code.to_string()),
        _ => None,
    };
    value.unwrap_or_default()
}

fn read(
    form: &Form,
    former: &OrganisationProfile,
    of_host: bool,
) -> Result<OrganisationProfile, Error> {
    let stated = match of_host {
        // These come from the configuration of the service.
        true => former.clone(),
        false => OrganisationProfile {
            description: value(form, "description")?,
            email: match value::<Email>(form, "email")? {
                Some(email) => email.as_str().parse().ok(),
                None => None,
            },
            ..OrganisationProfile::named(
                value(form, "name")?.ok_or(Error::invalid("/name", "the name is missing"))?,
            )
        },
    };
    let address = PostalAddress {
        street_address: value(form, "street_address")?,
        post_office_box_number: value(form, "post_office_box_number")?,
        address_locality: value(form, "address_locality")?,
        address_region: value(form, "address_region")?,
        postal_code: value(form, "postal_code")?,
        address_country: former
            .address
            .as_ref()
            .and_then(|it| it.address_country.clone()),
        address_country_code: value(form, "address_country_code")?,
    };
    Ok(OrganisationProfile {
        url: value(form, "url")?,
        phone: value(form, "phone")?,
        address: Some(address).filter(|address| !address.is_empty()),
        ..stated
    })
}

/// What was typed into a field, if anything was.
fn value<T: FromStr<Err: std::fmt::Display>>(form: &Form, name: &str) -> Result<Option<T>, Error> {
    let Some(text) = form.text(name) else {
        return Ok(None);
    };
    let title = FIELDS.iter().find(|(field, ..)| *field == name);
    let title = title.map_or("Description", |(_, title, ..)| title);
    text.parse()
        .map(Some)
        .map_err(|error| Error::invalid(format!("/{name}"), format!("{title}: {error}")))
}

/// Name, title, kind and what a browser may fill in.
const FIELDS: [(&str, &str, &str, &str); 10] = [
    ("name", "Name", "text", "organization"),
    ("url", "Its own site", "url", "url"),
    ("email", "E-mail", "email", "email"),
    ("phone", "Phone", "tel", "tel"),
    ("street_address", "Street", "text", "street-address"),
    ("post_office_box_number", "Post office box", "text", "off"),
    ("address_locality", "Town", "text", "address-level2"),
    ("address_region", "State", "text", "address-level1"),
    ("postal_code", "Postal code", "text", "postal-code"),
    (
        "address_country_code",
        "Country, by two letters",
        "text",
        "country",
    ),
];

/// What the configuration says of the organisation that runs the service.
const FIXED: [&str; 2] = ["name", "email"];
/// All lines and the description.
const TYPED_BYTES: usize = 64 * 1024;
