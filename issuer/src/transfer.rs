//! Taking micro-credentials in from elsewhere, and handing them out: Open Badges 3.0 and 2.0, CTDL,
//! and tables.
//!
//! What is handed out carries the whole content beside what its format can say, so that taking it in
//! again gives the same. What others wrote is taken as far as its format tells.

pub mod export;
mod foreign;
mod import;
pub mod table;

use std::fmt;
use std::str::FromStr;

use crate::micro_credential::OriginFormat;

pub use foreign::slug;
pub use import::{Fault, IMPORT_BYTES, Import, Mode, Outcome, Report, Row, import};

/// The member under which exported JSON documents carry the whole content. An absolute IRI needs
/// no context to be a property of linked data.
pub const CONTENT_MEMBER: &str = "urn:x-assay:content";

/// A word that is no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a format is one of csv, ob3, ob2, ctdl")]
pub struct FormatError;

impl FromStr for OriginFormat {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<OriginFormat, FormatError> {
        match text {
            "csv" => Ok(OriginFormat::Csv),
            "ob3" => Ok(OriginFormat::OpenBadges3),
            "ob2" => Ok(OriginFormat::OpenBadges2),
            "ctdl" => Ok(OriginFormat::Ctdl),
            _ => Err(FormatError),
        }
    }
}

impl fmt::Display for OriginFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            OriginFormat::Csv => "csv",
            OriginFormat::OpenBadges3 => "ob3",
            OriginFormat::OpenBadges2 => "ob2",
            OriginFormat::Ctdl => "ctdl",
        })
    }
}
