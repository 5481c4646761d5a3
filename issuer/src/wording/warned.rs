//! What an earner is told before handing in, in words.

use crate::submission::WarningKind;

/// What reviewers will not see as it was meant, and what can be done about it.
pub fn of_warning(kind: &WarningKind) -> &'static str {
    match kind {
        WarningKind::LinkMasked { .. } => {
            "This link says who you are. Reviewers see it with brackets in it, and it leads them nowhere: hand in \
             the work itself as a file, or put it at an address without your name."
        }
        WarningKind::TextMasked { .. } => {
            "This says who you are. Reviewers read a word in brackets instead. Please check that it still makes sense."
        }
        WarningKind::ConsentMissing => {
            "This has words or work of students, and no consent is recorded. Reviewers see it, and no badge will name it."
        }
    }
}
