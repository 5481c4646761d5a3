//! What an organisation says of itself, in the standard's terms.

use crate::id::written_as_text;
use crate::image::ImageRef;
use crate::text::{Line, Prose, read_address};
use schemas::model::{self, Text};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use url::Url;

/// What an organisation says of itself (Open Badges 3.0, Profile).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationProfile {
    /// What people call it.
    pub name: Line,
    /// What it does.
    pub description: Option<Prose>,
    /// Its own site.
    pub url: Option<WebAddress>,
    /// Where it can be written to.
    pub email: Option<Line>,
    /// Where it can be called.
    pub phone: Option<Line>,
    /// Where it is.
    pub address: Option<PostalAddress>,
    /// Its sign.
    pub image: Option<ImageRef>,
}

/// Where an organisation is (Open Badges 3.0, Address).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostalAddress {
    /// Street and number.
    pub street_address: Option<Line>,
    /// The number of a post office box.
    pub post_office_box_number: Option<Line>,
    /// Town or city.
    pub address_locality: Option<Line>,
    /// State or province.
    pub address_region: Option<Line>,
    /// Postal code.
    pub postal_code: Option<Line>,
    /// The country's name.
    pub address_country: Option<Line>,
    /// The country's two letters.
    pub address_country_code: Option<CountryCode>,
}

/// An address on the web, by https.
#[derive(Clone, PartialEq, Eq)]
pub struct WebAddress(Url);

/// A country by two capital letters (ISO 3166-1 alpha-2).
#[derive(Clone, PartialEq, Eq)]
pub struct CountryCode(String);

/// A text that is no https address, or a very long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an https address of at most {WEB_ADDRESS_BYTES} characters")]
pub struct WebAddressError;

/// A text that is no country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country is named by two letters, as US")]
pub struct CountryCodeError;

impl OrganisationProfile {
    /// The profile of an organisation of which the name alone is known.
    pub fn named(name: Line) -> OrganisationProfile {
        OrganisationProfile {
            name,
            description: None,
            url: None,
            email: None,
            phone: None,
            address: None,
            image: None,
        }
    }
}

impl PostalAddress {
    /// Whether nothing of it is known.
    pub fn is_empty(&self) -> bool {
        *self == PostalAddress::default()
    }

    /// The lines of a letter's address, as they are written in most countries.
    pub fn lines(&self) -> Vec<String> {
        let joined = |parts: &[&Option<Line>]| {
            let parts = parts.iter().filter_map(|part| part.as_ref());
            parts.map(Line::to_string).collect::<Vec<_>>().join(" ")
        };
        let country = match &self.address_country {
            Some(name) => name.to_string(),
            None => self
                .address_country_code
                .as_ref()
                .map_or_else(String::new, CountryCode::to_string),
        };
        let lines = [
            joined(&[&self.street_address]),
            joined(&[&self.post_office_box_number]),
            joined(&[
                &self.address_locality,
                &self.address_region,
                &self.postal_code,
            ]),
            country,
        ];
        lines.into_iter().filter(|line| !line.is_empty()).collect()
    }

    /// The address in the standard's shape.
    pub(crate) fn stated(&self) -> model::Address {
        let text = |line: &Option<Line>| line.as_ref().map(|line| Text::from(line.as_str()));
        model::Address {
            address_country: text(&self.address_country),
            address_country_code: self
                .address_country_code
                .as_ref()
                .map(|code| code.0.clone()),
            address_region: text(&self.address_region),
            address_locality: text(&self.address_locality),
            street_address: text(&self.street_address),
            post_office_box_number: text(&self.post_office_box_number),
            postal_code: text(&self.postal_code),
            ..model::Address::default()
        }
    }
}

impl FromStr for WebAddress {
    type Err = WebAddressError;

    fn from_str(text: &str) -> Result<WebAddress, WebAddressError> {
        let url = read_address(text.trim()).ok_or(WebAddressError)?;
        let plain = url.username().is_empty() && url.password().is_none();
        let fits = url.as_str().len() <= WEB_ADDRESS_BYTES;
        (url.scheme() == "https" && url.host().is_some() && plain && fits)
            .then_some(WebAddress(url))
            .ok_or(WebAddressError)
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str())
    }
}

written_as_text!(WebAddress);

impl FromStr for CountryCode {
    type Err = CountryCodeError;

    fn from_str(text: &str) -> Result<CountryCode, CountryCodeError> {
        let code = text.trim().to_ascii_uppercase();
        let fits = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        fits.then_some(CountryCode(code)).ok_or(CountryCodeError)
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

written_as_text!(CountryCode);

/// It stands twice in every badge.
const WEB_ADDRESS_BYTES: usize = 500;
