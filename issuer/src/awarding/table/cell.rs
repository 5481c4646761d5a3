//! One cell of a list: what it says, or what is wrong with it.

use super::Problem;
use crate::award::Achieved;
use crate::awarding::AwardError;
use crate::id::MicroCredentialId;
use crate::spreadsheet::shortened;
use schemas::timestamp::Timestamp;

/// What is wrong with a cell.
pub struct Fault {
    pub code: &'static str,
    pub message: String,
    pub remedy: &'static str,
}

impl Fault {
    /// The same with its place in the table.
    pub fn at(self, line: u64, column: Option<&str>, value: &str) -> Box<Problem> {
        Box::new(Problem {
            line,
            column: column.map(str::to_owned),
            value: shortened(value),
            code: self.code.to_owned(),
            message: self.message,
            remedy: self.remedy.to_owned(),
        })
    }
}

/// A day, or a moment with an offset. Days begin at midnight, UTC.
pub fn day(text: &str) -> Option<Timestamp> {
    let is_day = text.len() == 10;
    let whole = if is_day {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    Timestamp::parse(&whole).ok()
}

pub fn read_day(text: &str) -> Result<Timestamp, Fault> {
    day(text).ok_or(Fault {
        code: "award.date",
        message: "this is not a date".to_owned(),
        remedy: "Write it as 2026-05-31: year, month, day.",
    })
}

pub fn no_address(text: &str) -> Fault {
    let (message, remedy) = match text.is_empty() {
        true => (
            "the e-mail address is missing",
            "Add the address, or remove the row.",
        ),
        false => (
            "this is not an e-mail address",
            "Correct the address: it has one @, and no blanks.",
        ),
    };
    Fault {
        code: "award.email",
        message: message.to_owned(),
        remedy,
    }
}

/// The name of a micro-credential, also where its page's address was pasted.
pub fn name_of(text: &str) -> Result<MicroCredentialId, Fault> {
    let name = text.rsplit('/').next().unwrap_or_default();
    name.parse().map_err(|_| Fault {
        code: AwardError::Unknown.code(),
        message: match text.is_empty() {
            true => "the micro-credential is missing".to_owned(),
            false => AwardError::Unknown.to_string(),
        },
        remedy: AwardError::Unknown.remedy(),
    })
}

pub fn no_text(code: &'static str, error: crate::text::TextError) -> Fault {
    Fault {
        code,
        message: format!("this text cannot be used: {error}"),
        remedy: "Shorten it, write it as plain text, or leave it out.",
    }
}

pub fn link(text: &str) -> Result<crate::submission::Link, Fault> {
    text.parse().map_err(|error| Fault {
        code: "award.evidence",
        message: format!("{error}"),
        remedy: "Write whole addresses that begin with https://, with blanks between them.",
    })
}

pub fn result(text: &str) -> Result<Achieved, Fault> {
    let read = text.split_once('=').and_then(|(criterion, level)| {
        Some(Achieved {
            criterion: criterion.parse().ok()?,
            level: level.parse().ok()?,
        })
    });
    read.ok_or(Fault {
        code: "award.result",
        message: "this is no criterion with its level".to_owned(),
        remedy: "Write criterion=level with the names of the rubric, with blanks between them.",
    })
}

pub fn some<T>(
    text: &str,
    read: impl FnOnce(&str) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    match text {
        "" => Ok(None),
        text => read(text).map(Some),
    }
}

pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|sign: char| sign.is_whitespace() || sign == '|' || sign == ';');
    words.filter(|word| !word.is_empty())
}
