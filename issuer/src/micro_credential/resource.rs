//! What helps on the way: resources, and the research behind a micro-credential.

use crate::text::{LanguageTag, Line, WebAddress};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that helps: read, watch, visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// What it is called.
    pub name: Line,
    /// What it is.
    pub kind: ResourceKind,
    /// Where it is found.
    #[serde(flatten)]
    pub place: ResourcePlace,
    /// How long it takes, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// On what terms it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Line>,
    /// The language it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageTag>,
}

/// Where a resource is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourcePlace {
    /// At this address.
    Link(WebAddress),
    /// In a file of this name, which the organisation hands out.
    File(Line),
}

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// An article or a report.
    Article,
    /// A book.
    Book,
    /// A video.
    Video,
    /// A recording of sound.
    Audio,
    /// A webinar or a course.
    Course,
    /// A template or a tool.
    Tool,
    /// A visit to a classroom.
    Visit,
    /// A community of people.
    Community,
    /// A site, and whatever else.
    Site,
}

/// A source of what research notes say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Author, year, title, place: as it is cited.
    pub citation: Line,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<WebAddress>,
}

impl ResourceKind {
    /// Every kind there is.
    pub const ALL: [ResourceKind; 9] = [
        ResourceKind::Article,
        ResourceKind::Book,
        ResourceKind::Video,
        ResourceKind::Audio,
        ResourceKind::Course,
        ResourceKind::Tool,
        ResourceKind::Visit,
        ResourceKind::Community,
        ResourceKind::Site,
    ];
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            ResourceKind::Article => "article",
            ResourceKind::Book => "book",
            ResourceKind::Video => "video",
            ResourceKind::Audio => "audio",
            ResourceKind::Course => "course",
            ResourceKind::Tool => "tool",
            ResourceKind::Visit => "visit",
            ResourceKind::Community => "community",
            ResourceKind::Site => "site",
        })
    }
}

/// A word that is no kind of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a resource is one of article, book, video, audio, course, tool, visit, community, site")]
pub struct ResourceKindError;

impl std::str::FromStr for ResourceKind {
    type Err = ResourceKindError;

    fn from_str(text: &str) -> Result<ResourceKind, ResourceKindError> {
        let found = ResourceKind::ALL
            .into_iter()
            .find(|kind| kind.to_string() == text);
        found.ok_or(ResourceKindError)
    }
}
