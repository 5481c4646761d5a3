//! What people put elsewhere about a badge that its holder shares: its address, its identifier, a line
//! for a résumé, a link that adds it to a profile, and a frame that shows it.

use askama::Template;
use schemas::timestamp::Timestamp;
use serde_json::Value;
use url::Url;

use super::edge::Edge;
use super::error::HttpError;
use crate::badge::{Badge, Visibility};
use crate::id::BadgeId;
use crate::wording;

/// What people put elsewhere. There is none of it while the badge is private, or once it is revoked.
pub struct Sharing {
    /// The address of its page.
    pub url: String,
    /// What identifies it, to be typed on the page that verifies.
    pub id: BadgeId,
    /// A line for a résumé.
    pub line: String,
    /// The page of LinkedIn that adds it to a profile, with everything filled in.
    pub linkedin: String,
    /// What shows it on another site.
    pub frame: String,
}

/// The frame that shows a badge on another site.
#[derive(Template)]
#[template(
    source = r#"<iframe src="{{ url }}/embed" width="{{ width }}" height="{{ height }}" title="Badge: {{ title }}" loading="lazy" referrerpolicy="no-referrer" style="border: 0; max-width: 100%"></iframe>"#,
    ext = "html"
)]
struct Frame<'a> {
    url: &'a str,
    title: &'a str,
    width: u32,
    height: u32,
}

impl Sharing {
    /// What is shared of a badge, by what its issuer signed.
    pub fn of(edge: &Edge, badge: &Badge, document: &Value) -> Result<Option<Sharing>, HttpError> {
        let is_revoked = badge.current().revoked.is_some();
        if badge.visibility == Visibility::Private || is_revoked {
            return Ok(None);
        }
        let text = |place: &str| {
            let found = document.pointer(place).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        let time = |place: &str| Timestamp::parse(&text(place)).ok();
        let title = text("/credentialSubject/achievement/name");
        let issuer = text("/issuer/name");
        let awarded = time("/awardedDate").unwrap_or(badge.current().issued);
        let url = edge.app.site.badge(badge.id);
        let added = Added {
            name: &title,
            issuer: &issuer,
            awarded,
            expires: time("/validUntil"),
        };
        Ok(Some(Sharing {
            line: format!(
                "{title}, micro-credential by {issuer}, {}. {url}",
                wording::day(awarded)
            ),
            linkedin: added.to_linkedin(&url, badge.id),
            frame: frame(&url, &title, WIDTH, HEIGHT)?,
            id: badge.id,
            url,
        }))
    }
}

/// The markup of the frame that shows a badge.
pub fn frame(url: &str, title: &str, width: u32, height: u32) -> Result<String, HttpError> {
    let frame = Frame {
        url,
        title,
        width,
        height,
    };
    frame.render().map_err(HttpError::fault)
}

/// What a profile says of a badge.
struct Added<'a> {
    name: &'a str,
    issuer: &'a str,
    awarded: Timestamp,
    expires: Option<Timestamp>,
}

impl Added<'_> {
    fn to_linkedin(&self, url: &str, id: BadgeId) -> String {
        let mut address = Url::parse(LINKEDIN).expect("an address of ours");
        let mut fields = address.query_pairs_mut();
        fields
            .append_pair("startTask", "CERTIFICATION_NAME")
            .append_pair("name", self.name)
            .append_pair("organizationName", self.issuer);
        let dates = [("issue", Some(self.awarded)), ("expiration", self.expires)];
        for (which, date) in dates {
            let Some((year, month)) = date.and_then(year_and_month) else {
                continue;
            };
            fields
                .append_pair(&format!("{which}Year"), &year.to_string())
                .append_pair(&format!("{which}Month"), &month.to_string());
        }
        fields
            .append_pair("certUrl", url)
            .append_pair("certId", &id.to_string());
        drop(fields);
        address.to_string()
    }
}

fn year_and_month(time: Timestamp) -> Option<(u32, u32)> {
    let text = time.to_string();
    let mut parts = text.split('-');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

const LINKEDIN: &str = "https://www.linkedin.com/profile/add";
/// The badge beside its name, on a screen of any size.
pub const WIDTH: u32 = 480;
/// The picture, with room for three lines of a name.
pub const HEIGHT: u32 = 190;
