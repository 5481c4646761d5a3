//! What is kept how long, in words: the rules in force.

use super::{End, Retention};
use crate::attempt;
use crate::link;
use crate::oauth::{client, grant};
use crate::session;
use crate::upload;

/// One kind of thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub what: &'static str,
    /// How long it is kept.
    pub kept: String,
    /// What happens then, or why it is kept.
    pub then: &'static str,
}

/// What is kept how long, by kind.
pub fn table(retention: &Retention) -> Vec<Line> {
    let months = |end| months(retention.months(end, None));
    let line = |what, kept: String, then| Line { what, kept, then };
    vec![
        line(
            "Accounts, badges, the issuance log, figures",
            "until somebody is erased".to_owned(),
            "a badge lives for decades; being erased is one click on the page of one's account",
        ),
        line(
            "Drafts, and work returned with feedback",
            "for good".to_owned(),
            "there is no deadline",
        ),
        line(
            "Evidence of work that was accepted",
            months(End::Accepted),
            "files, texts and addresses are removed; digests, the decision and what is shared with a badge stay",
        ),
        line(
            "Evidence of work that was declined or withdrawn",
            months(End::Unaccepted),
            "files, texts and addresses are removed; digests and the decision stay",
        ),
        line(
            "Notice before evidence is removed",
            format!("{} days", retention.evidence_notice_days),
            "a message with the link to take everything away; whoever asks to keep it keeps it",
        ),
        line(
            "Reports on lists of awards and changes of many badges",
            self::months(retention.award_report_months),
            "what came of each row is removed; awards and badges stay",
        ),
        line(
            "Audit trails of organisations",
            self::months(retention.audit_months),
            "names stand in none of them",
        ),
        line(
            "What webhooks were told",
            format!("{} days", retention.webhook_delivery_days),
            "from when it was delivered or given up",
        ),
        line(
            "Messages by mail",
            format!(
                "until they are sent; given up, {} days",
                retention.given_up_mail_days
            ),
            "of what was given up the address and the subject stay so long, and not the text",
        ),
        line(
            "Sessions of browsers",
            format!(
                "{} unused, {} at most",
                lasting(session::LONGEST_UNUSED),
                lasting(session::LONGEST)
            ),
            "whoever signs in begins a new one",
        ),
        line(
            "Mailed links",
            format!("{} after they are over", lasting(link::OVER_IS_KEPT)),
            "so that whoever opens one late is told so",
        ),
        line(
            "What applications may do",
            format!(
                "codes {}, access {}, going on {} from the last time",
                lasting(grant::CODE_LASTS),
                lasting(grant::ACCESS_LASTS),
                lasting(grant::REFRESH_LASTS)
            ),
            "people are asked anew",
        ),
        line(
            "Applications that nobody lets act",
            lasting(client::UNUSED_LASTS),
            "they register anew",
        ),
        line(
            "Answers to requests that may come twice",
            "a day".to_owned(),
            "so that a request that is sent again is done once",
        ),
        line(
            "What was begun in a browser and leads elsewhere",
            format!(
                "until it is finished, {} at most",
                lasting(attempt::LONGEST)
            ),
            "what nobody finished is removed within the hour",
        ),
        line(
            "Uploads that were not finished",
            lasting(upload::EXPIRY_SECONDS),
            "from the last part that arrived",
        ),
    ]
}

fn months(months: Option<u32>) -> String {
    months.map_or_else(|| "for good".to_owned(), lasting_months)
}

/// So many months, or years where they are even.
pub fn lasting_months(months: u32) -> String {
    match months {
        1 => "a month".to_owned(),
        12 => "a year".to_owned(),
        months if months % 12 == 0 => format!("{} years", months / 12),
        months => format!("{months} months"),
    }
}

fn lasting(seconds: i64) -> String {
    const HOUR: i64 = 60 * 60;
    const DAY: i64 = 24 * HOUR;
    match seconds {
        DAY => "a day".to_owned(),
        HOUR => "an hour".to_owned(),
        days if days % DAY == 0 => format!("{} days", days / DAY),
        hours if hours % HOUR == 0 => format!("{} hours", hours / HOUR),
        seconds => format!("{} minutes", seconds / 60),
    }
}
