//! What is wrong with a document.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of fault it is: `schema.…` or `lint.…`. Codes never change their meaning.
    pub code: &'static str,
    /// The place in the document, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// The fault in words. It never repeats values of the document, which may be long or personal.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let place = match self.pointer.as_str() {
            "" => "the document",
            pointer => pointer,
        };
        write!(formatter, "{}: {place} {}", self.code, self.message)
    }
}

/// A JSON pointer to a member of the object at `parent` (RFC 6901).
pub(crate) fn pointer_to(parent: &str, member: &str) -> String {
    format!("{parent}/{}", member.replace('~', "~0").replace('/', "~1"))
}
