//! Taking micro-credentials in: each row by itself, good ones as drafts, and a word on every other.

use std::collections::{HashMap, HashSet};

use schemas::json::{self, JsonLimits};
use schemas::timestamp::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{foreign, table};
use crate::app::App;
use crate::catalogue::fold;
use crate::error::Error;
use crate::id::{MicroCredentialId, OrganisationId};
use crate::micro_credential::{self, Content, MicroCredential, Origin, OriginFormat};
use crate::page::PageRequest;
use crate::person::Person;
use crate::text::Line;

/// What is to be taken in.
#[derive(Debug, Clone)]
pub struct Import {
    /// The organisation whose drafts it becomes.
    pub organisation: OrganisationId,
    /// The format it is in.
    pub format: OriginFormat,
    /// Where it comes from, as whoever imports it calls that.
    pub source: Option<Line>,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Whether anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: to see what would come of it.
    Check,
    /// What is good.
    Commit,
}

/// What came of an import, or would.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// How many rows are good.
    pub good: usize,
    /// How many are there already.
    pub duplicates: usize,
    /// How many cannot be taken.
    pub refused: usize,
    /// Each row, in the order of the file.
    pub rows: Vec<Row>,
}

/// What came of one row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its number; 1 is the first after the heading.
    pub row: usize,
    /// Its title, as far as there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What was left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What came of one row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It is a draft of this name now, or would be.
    Good {
        /// The draft.
        id: MicroCredentialId,
    },
    /// It is there already.
    Duplicate {
        /// What has the same identifier or the same title.
        of: MicroCredentialId,
        /// Which of the two: `identifier` or `name`.
        same: &'static str,
    },
    /// It cannot be taken.
    Refused(Fault),
}

/// What is wrong with a row, and what would mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The column or member.
    pub column: String,
    /// What is wrong there.
    pub message: String,
}

/// A row as it was read.
struct Read {
    identifier: Option<String>,
    members: Result<Map<String, Value>, Fault>,
    notes: Vec<String>,
}

/// What an organisation has, by what makes it the same.
#[derive(Default)]
struct Known {
    by_identifier: HashMap<String, MicroCredentialId>,
    by_title: HashMap<String, MicroCredentialId>,
    taken: HashSet<MicroCredentialId>,
}

/// Takes a file in. Rows are independent of one another: the good ones proceed.
pub fn import(
    app: &App,
    author: &Person,
    import: &Import,
    mode: Mode,
    now: Timestamp,
) -> Result<Report, Error> {
    let rows = read(import)?;
    if rows.is_empty() || rows.len() > ROWS {
        let message = format!(
            "a file has between 1 and {ROWS} rows, and this one has {}",
            rows.len()
        );
        return Err(Error::invalid("", message));
    }
    let mut known = Known::of(app, &import.organisation)?;
    let mut report = Report::default();
    for (place, row) in rows.into_iter().enumerate() {
        let name = row
            .members
            .as_ref()
            .ok()
            .and_then(|members| members.get("name"));
        let name = name.and_then(Value::as_str).map(str::to_owned);
        let (identifier, mut notes) = (row.identifier, row.notes);
        let content = row
            .members
            .and_then(|members| content(app, members, &mut notes));
        let outcome = match content {
            Err(fault) => Outcome::Refused(fault),
            Ok(content) => {
                let new = New {
                    content,
                    identifier,
                };
                take(app, author, import, mode, now, new, &mut known)?
            }
        };
        match outcome {
            Outcome::Good { .. } => report.good += 1,
            Outcome::Duplicate { .. } => report.duplicates += 1,
            Outcome::Refused(_) => report.refused += 1,
        }
        report.rows.push(Row {
            row: place + 1,
            name,
            outcome,
            notes,
        });
    }
    Ok(report)
}

fn read(import: &Import) -> Result<Vec<Read>, Error> {
    if import.format == OriginFormat::Csv {
        let rows = table::read(&import.bytes)?.into_iter();
        return Ok(rows
            .map(|(identifier, members)| Read {
                identifier,
                members: members.map_err(|(column, message)| Fault { column, message }),
                notes: Vec::new(),
            })
            .collect());
    }
    let document = json::read(&import.bytes, &JsonLimits::default())
        .map_err(|error| Error::invalid("", format!("this is no JSON: {error}")))?;
    let documents = foreign::documents(document).into_iter();
    Ok(documents
        .map(|document| {
            let read = foreign::read(import.format, &document);
            Read {
                identifier: read.identifier,
                members: Ok(read.members),
                notes: read.notes,
            }
        })
        .collect())
}

/// The content of a row, held against the same rules as any draft.
fn content(
    app: &App,
    mut members: Map<String, Value>,
    notes: &mut Vec<String>,
) -> Result<Content, Fault> {
    for required in ["name", "description"] {
        if !members.contains_key(required) {
            return Err(Fault {
                column: required.to_owned(),
                message: format!("the {required} is missing"),
            });
        }
    }
    let image = members.remove("image");
    let read = serde_path_to_error::deserialize::<_, Content>(Value::Object(members));
    let mut content = read.map_err(|error| Fault {
        column: first_of(&error.path().to_string()),
        message: error.into_inner().to_string(),
    })?;
    if let Some(image) = image {
        content.image = serde_json::from_value(image).ok();
        let kept = content.image.as_ref();
        if kept.is_none_or(|image| crate::image::must_be_known(app, image).is_err()) {
            content.image = None;
            notes.push("the picture is not known here: upload it to the draft".to_owned());
        }
    }
    match micro_credential::check(app, &content) {
        Ok(()) => Ok(content),
        Err(error) => Err(Fault {
            column: error
                .pointer()
                .unwrap_or_default()
                .trim_start_matches('/')
                .to_owned(),
            message: error.to_string(),
        }),
    }
}

/// The column in a path such as `resources[2].link`.
fn first_of(path: &str) -> String {
    path.split(['.', '[']).next().unwrap_or_default().to_owned()
}

/// A row that is good by itself.
struct New {
    content: Content,
    identifier: Option<String>,
}

fn take(
    app: &App,
    author: &Person,
    import: &Import,
    mode: Mode,
    now: Timestamp,
    new: New,
    known: &mut Known,
) -> Result<Outcome, Error> {
    let title = title(&new.content.name);
    let by_identifier = new
        .identifier
        .as_ref()
        .and_then(|id| known.by_identifier.get(id));
    if let Some(of) = by_identifier {
        let of = of.clone();
        return Ok(Outcome::Duplicate {
            of,
            same: "identifier",
        });
    }
    if let Some(of) = known.by_title.get(&title) {
        let of = of.clone();
        return Ok(Outcome::Duplicate { of, same: "name" });
    }
    let identifier = match new
        .identifier
        .as_deref()
        .map(str::parse::<Line>)
        .transpose()
    {
        Ok(identifier) => identifier,
        Err(error) => {
            return Ok(Outcome::Refused(Fault {
                column: "identifier".to_owned(),
                message: error.to_string(),
            }));
        }
    };
    let id = free_name(app, &new.content, known)?;
    if mode == Mode::Commit {
        let draft = MicroCredential {
            origin: Some(Origin {
                format: import.format,
                identifier,
                source: import.source.clone(),
                imported: now,
            }),
            ..MicroCredential::draft(
                id.clone(),
                import.organisation.clone(),
                author.id,
                new.content,
            )
        };
        micro_credential::add(app, draft)?;
    }
    known.taken.insert(id.clone());
    known.by_title.insert(title, id.clone());
    if let Some(identifier) = new.identifier {
        known.by_identifier.insert(identifier, id.clone());
    }
    Ok(Outcome::Good { id })
}

/// A name for addresses, after the title, that nobody has.
fn free_name(app: &App, content: &Content, known: &Known) -> Result<MicroCredentialId, Error> {
    let slug =
        foreign::slug(content.name.as_str()).unwrap_or_else(|| "micro-credential".to_owned());
    for number in 1..=NAMESAKES {
        let name = match number {
            1 => slug.clone(),
            _ => format!("{slug}-{number}"),
        };
        // What the slug is made of keeps the rules of names.
        let Ok(id) = name.parse::<MicroCredentialId>() else {
            break;
        };
        if !known.taken.contains(&id) && app.store.micro_credential(&id)?.is_none() {
            return Ok(id);
        }
    }
    Err(Error::conflict("too many micro-credentials have this name"))
}

/// A title as it is compared.
fn title(name: &Line) -> String {
    fold::words(name.as_str()).join(" ")
}

impl Known {
    fn of(app: &App, organisation: &OrganisationId) -> Result<Known, Error> {
        let mut known = Known::default();
        let mut asked = PageRequest::default();
        loop {
            let page = app.store.micro_credentials_of(organisation, &asked)?;
            for held in page.items {
                let addresses = [Some(app.site.achievement(&held.id))];
                let origin = held.origin.and_then(|origin| origin.identifier);
                let identifiers = addresses
                    .into_iter()
                    .chain([origin.map(|line| line.to_string())]);
                for identifier in identifiers.flatten() {
                    known.by_identifier.insert(identifier, held.id.clone());
                }
                known.by_title.insert(title(&held.content.name), held.id);
            }
            match page.next {
                Some(next) => asked.cursor = Some(next),
                None => return Ok(known),
            }
        }
    }
}

/// More than any catalogue in use; a longer one comes in several files.
const ROWS: usize = 2_000;
/// As many of the same name as organisations.
const NAMESAKES: usize = 1_000;
/// What a file may have: two thousand rows of two kilobytes.
pub const IMPORT_BYTES: usize = 4 * 1024 * 1024;
