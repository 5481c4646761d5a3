//! Lists of people to invite, as tables (CSV, RFC 4180): each row is read by itself, so that one
//! mistake does not keep the others out.

use super::Role;
use super::invitation::{self, Invitee, Outcome};
use crate::app::App;
use crate::error::Error;
use crate::id::{OrganisationId, PersonId};
use crate::person::Email;
use crate::spreadsheet::{self, shortened, unreadable};
use csv::StringRecord;
use schemas::timestamp::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// A list as it was read: who is to be invited, and what is wrong with the other rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The good rows.
    pub people: Vec<Invitee>,
    /// The others.
    pub problems: Vec<Problem>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1 on.
    pub line: u64,
    /// The column by its name, if it is one of them.
    pub column: Option<&'static str>,
    /// What stands there, as far as it is short.
    pub value: String,
    /// The stable code of this kind of problem.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: &'static str,
}

/// What became of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// To so many a link is on its way.
    pub invited: usize,
    /// So many had been invited, and their name or roles were changed.
    pub changed: usize,
    /// So many had been invited with the same words.
    pub invited_before: usize,
    /// So many are members already.
    pub members: usize,
    /// The rows that were left out.
    pub problems: Vec<Problem>,
}

/// Which roles a list may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giving {
    /// Any: an administrator has sent it.
    Roles,
    /// None.
    Nothing,
}

/// Reads a list and invites everybody in its good rows. Roles are for administrators to give.
pub fn send(
    app: &App,
    by: PersonId,
    organisation: &OrganisationId,
    bytes: &[u8],
    now: Timestamp,
) -> Result<Sent, Error> {
    let sender = app.store.membership(organisation, by)?;
    let giving = match sender.is_some_and(|sender| sender.administrates()) {
        true => Giving::Roles,
        false => Giving::Nothing,
    };
    let Roster { people, problems } = read(bytes, giving)?;
    let mut sent = Sent {
        problems,
        ..Sent::default()
    };
    for outcome in invitation::invite(app, by, organisation, &people, now)? {
        *match outcome {
            Outcome::Invited => &mut sent.invited,
            Outcome::Changed => &mut sent.changed,
            Outcome::InvitedBefore => &mut sent.invited_before,
            Outcome::Member => &mut sent.members,
        } += 1;
    }
    Ok(sent)
}

/// Reads a list. The first row names its columns; what concerns the whole list is an error.
pub fn read(bytes: &[u8], giving: Giving) -> Result<Roster, Error> {
    let (mut reader, mut lines) = spreadsheet::open(bytes, "list of people", ROSTER_BYTES)?;
    let header = reader.headers().map_err(unreadable)?;
    let columns = Columns::read(header)?;
    let mut roster = Roster {
        people: Vec::new(),
        problems: Vec::new(),
    };
    let mut seen = HashMap::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(unreadable)?;
        if row >= ROWS {
            let message = format!("a list has at most {ROWS} rows: send it in parts");
            return Err(Error::invalid("", message));
        }
        let line = lines.of(&record);
        // Spreadsheets leave rows of nothing but separators behind.
        if record.iter().all(str::is_empty) {
            continue;
        }
        match columns.invitee(&record, line, giving) {
            Err(problem) => roster.problems.push(problem),
            Ok(invitee) => match seen.insert(invitee.email.clone(), line) {
                Some(before) => {
                    seen.insert(invitee.email.clone(), before);
                    roster.problems.push(twice(&invitee.email, line, before));
                }
                None => roster.people.push(invitee),
            },
        }
    }
    Ok(roster)
}

/// Where the columns stand.
struct Columns {
    count: usize,
    email: usize,
    name: Option<usize>,
    roles: Option<usize>,
}

impl Columns {
    fn read(header: &StringRecord) -> Result<Columns, Error> {
        let mut places = HashMap::new();
        for (place, name) in header.iter().enumerate() {
            let name = name.to_lowercase();
            if !COLUMNS.contains(&name.as_str()) {
                let shown = shortened(&name);
                let known = COLUMNS.join(", ");
                let message = format!("there is no column “{shown}”: the first row names {known}");
                return Err(Error::invalid("/1", message));
            }
            if places.insert(name.clone(), place).is_some() {
                let message = format!("the column {name} is there twice");
                return Err(Error::invalid("/1", message));
            }
        }
        let email = places.get(EMAIL).copied();
        let missing = "the column email is missing: the first row names the columns";
        Ok(Columns {
            count: header.len(),
            email: email.ok_or(Error::invalid("/1", missing))?,
            name: places.get(NAME).copied(),
            roles: places.get(ROLES).copied(),
        })
    }

    fn invitee(
        &self,
        record: &StringRecord,
        line: u64,
        giving: Giving,
    ) -> Result<Invitee, Problem> {
        if record.len() > self.count {
            return Err(Problem {
                line,
                column: None,
                value: shortened(record.get(self.count).unwrap_or_default()),
                code: "roster.columns",
                message: "this row has more cells than there are columns".to_owned(),
                remedy: "Put cells that hold a comma in quotation marks.",
            });
        }
        let cell = |place: Option<usize>| place.and_then(|place| record.get(place)).unwrap_or("");
        let email = cell(Some(self.email));
        let invitee = Invitee {
            email: email.parse().map_err(|_| not_an_email(email, line))?,
            name: match cell(self.name) {
                "" => None,
                name => Some(name.parse().map_err(|error| Problem {
                    line,
                    column: Some(NAME),
                    value: shortened(name),
                    code: "roster.name",
                    message: format!("this cannot be a name: {error}"),
                    remedy: "Write the name in one line of plain text, or leave it out.",
                })?),
            },
            roles: roles(cell(self.roles), line)?,
        };
        match invitee.roles.is_empty() || giving == Giving::Roles {
            true => Ok(invitee),
            false => Err(Problem {
                line,
                column: Some(ROLES),
                value: shortened(cell(self.roles)),
                code: "roster.roles_not_yours",
                message: "roles are for administrators to give".to_owned(),
                remedy: "Leave the roles empty, or have an administrator send this row.",
            }),
        }
    }
}

fn roles(cell: &str, line: u64) -> Result<BTreeSet<Role>, Problem> {
    let words = cell.split([' ', ';', ',', '|']).map(str::trim);
    let words = words.filter(|word| !word.is_empty());
    let role = |word: &str| {
        let word = word.to_lowercase().replace('-', "_");
        Role::ALL.into_iter().find(|role| role.name() == word)
    };
    let read = words.map(|word| role(word).ok_or(word));
    read.collect::<Result<_, _>>().map_err(|word| Problem {
        line,
        column: Some(ROLES),
        value: shortened(word),
        code: "roster.role",
        message: "there is no such role".to_owned(),
        remedy: "The roles are author, reviewer, adjudicator, issuing_officer, coordinator and \
                 administrator, with blanks between them.",
    })
}

fn not_an_email(value: &str, line: u64) -> Problem {
    let (message, remedy) = match value.is_empty() {
        true => (
            "the e-mail address is missing",
            "Add the address, or remove the row.",
        ),
        false => (
            "this is not an e-mail address",
            "Correct the address: it has one @, and no blanks.",
        ),
    };
    Problem {
        line,
        column: Some(EMAIL),
        value: shortened(value),
        code: "roster.email",
        message: message.to_owned(),
        remedy,
    }
}

fn twice(email: &Email, line: u64, before: u64) -> Problem {
    Problem {
        line,
        column: Some(EMAIL),
        value: shortened(email.as_str()),
        code: "roster.twice",
        message: format!("this address stands in line {before} already, which counts"),
        remedy: "Remove one of the two rows.",
    }
}

const EMAIL: &str = "email";
const NAME: &str = "name";
const ROLES: &str = "roles";
const COLUMNS: [&str; 3] = [EMAIL, NAME, ROLES];

/// The teachers of a large district; a state sends one list a district.
pub const ROWS: usize = 5_000;
/// So many rows of two hundred bytes.
pub const ROSTER_BYTES: usize = 1024 * 1024;
