//! Why a document cannot be read into statements.

use std::fmt;

/// A refusal: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdError {
    cause: Box<LdCause>,
    pointer: String,
}

/// What is wrong with a document or with a context that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LdCause {
    /// A member or a value that would leave no trace in the statements.
    DataLoss {
        /// What would be lost.
        what: String,
    },
    /// A context that is not pinned, or a pinned one that is faulty.
    ContextNotAllowed {
        /// Its address, or what it is.
        context: String,
    },
    /// A protected term that a later context defines differently (JSON-LD 1.1, section 4.1.11).
    ProtectedTerm {
        /// The term.
        term: String,
    },
    /// An identifier, a type or a datatype that is not an absolute IRI.
    RelativeIri {
        /// What stands there.
        value: String,
    },
    /// A keyword that signed documents may not use, or statements grafted onto another object.
    KeywordNotAllowed {
        /// The keyword, or the name of the node.
        keyword: String,
    },
    /// A second spelling of what a pinned context has a term or an alias for.
    AmbiguousAlias {
        /// What stands there.
        name: String,
    },
    /// A form that JSON-LD forbids.
    Syntax {
        /// What the standard asks for.
        expected: &'static str,
    },
    /// A limit was reached.
    Complexity {
        /// Of what there is too much.
        what: &'static str,
    },
}

impl LdError {
    /// The stable code of the cause.
    pub fn code(&self) -> &'static str {
        match *self.cause {
            LdCause::DataLoss { .. } => "ld.data_loss",
            LdCause::ContextNotAllowed { .. } => "ld.context_not_allowed",
            LdCause::ProtectedTerm { .. } => "ld.protected_term",
            LdCause::RelativeIri { .. } => "ld.relative_iri",
            LdCause::KeywordNotAllowed { .. } => "ld.keyword_not_allowed",
            LdCause::AmbiguousAlias { .. } => "ld.ambiguous_alias",
            LdCause::Syntax { .. } => "ld.syntax",
            LdCause::Complexity { .. } => "ld.complexity",
        }
    }

    /// The JSON pointer (RFC 6901) of the place; empty for the document as a whole.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The cause with its facts.
    pub fn cause(&self) -> &LdCause {
        &self.cause
    }

    pub(crate) fn complexity(what: &'static str) -> LdError {
        LdCause::Complexity { what }.into()
    }

    pub(super) fn data_loss(what: &str) -> LdError {
        LdCause::DataLoss {
            what: shortened(what),
        }
        .into()
    }

    pub(super) fn context(context: &str) -> LdError {
        LdCause::ContextNotAllowed {
            context: shortened(context),
        }
        .into()
    }

    pub(super) fn relative(value: &str) -> LdError {
        LdCause::RelativeIri {
            value: shortened(value),
        }
        .into()
    }

    pub(super) fn keyword(keyword: &str) -> LdError {
        LdCause::KeywordNotAllowed {
            keyword: shortened(keyword),
        }
        .into()
    }

    pub(super) fn alias(name: &str) -> LdError {
        LdCause::AmbiguousAlias {
            name: shortened(name),
        }
        .into()
    }

    pub(super) fn syntax(expected: &'static str) -> LdError {
        LdCause::Syntax { expected }.into()
    }

    /// The same error, seen from the object whose member `name` it is in.
    pub(super) fn in_member(mut self, name: &str) -> LdError {
        let token = name.replace('~', "~0").replace('/', "~1");
        self.pointer = format!("/{}{}", shortened(&token), self.pointer);
        self
    }

    /// The same error, seen from the array whose item `index` it is in.
    pub(super) fn in_item(mut self, index: usize) -> LdError {
        self.pointer = format!("/{index}{}", self.pointer);
        self
    }
}

impl From<LdCause> for LdError {
    fn from(cause: LdCause) -> LdError {
        LdError {
            cause: Box::new(cause),
            pointer: String::new(),
        }
    }
}

impl fmt::Display for LdError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.cause {
            LdCause::DataLoss { what } => {
                write!(formatter, "{what} would not be covered by a signature")?;
            }
            LdCause::ContextNotAllowed { context } => {
                write!(formatter, "the context {context} is not allowed")?;
            }
            LdCause::ProtectedTerm { term } => {
                write!(formatter, "the protected term {term} is defined anew")?;
            }
            LdCause::RelativeIri { value } => {
                write!(formatter, "{value:?} is not an absolute IRI")?;
            }
            LdCause::KeywordNotAllowed { keyword } => {
                write!(formatter, "{keyword} may not be used here")?;
            }
            LdCause::AmbiguousAlias { name } => {
                write!(formatter, "{name:?} is a second spelling of a known term")?;
            }
            LdCause::Syntax { expected } => {
                write!(formatter, "not JSON-LD: {expected}")?;
            }
            LdCause::Complexity { what } => {
                write!(formatter, "too much to process: {what}")?;
            }
        }
        match self.pointer.as_str() {
            "" => Ok(()),
            pointer => write!(formatter, " (at {pointer})"),
        }
    }
}

impl std::error::Error for LdError {}

/// As much of a stranger's text as an error message should carry.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
