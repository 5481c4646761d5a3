//! What stands on the page of an account.

use askama::Template;

use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::{Caller, CameBy};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::sign_in::too_often;
use crate::person::{self, Address, EmailInBadges, NameInBadges, Proof, VerifiedBy};
use crate::rights::Scope;
use crate::session::{self, Session};
use crate::token::{self, TokenRecord};
use crate::wording;

#[derive(Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    site: Masthead,
    name: String,
    plain: bool,
    named: bool,
    did: String,
    addresses: Vec<Row>,
    sessions: Vec<Row>,
    tokens: Vec<Row>,
    scopes: Vec<String>,
    /// A token that was made just now, shown this once.
    pub new_token: Option<String>,
    /// What is wrong with what was typed, and where.
    pub problem: Option<(Section, String)>,
    /// What was typed where something is wrong.
    pub typed: Typed,
}

/// One thing in a list.
struct Row {
    /// What names it in a form.
    key: String,
    title: String,
    detail: String,
    /// Whether it is the one that counts first: the primary address, this browser.
    first: bool,
}

/// A part of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Section {
    You,
    Addresses,
    Sessions,
    Tokens,
}

/// What was typed into forms that could not be accepted.
#[derive(Default)]
pub struct Typed {
    address: String,
    token: String,
}

impl AccountPage {
    /// The page as it stands for somebody.
    pub async fn of(edge: &Edge, caller: Caller) -> Result<AccountPage, HttpError> {
        let (id, now) = (caller.person.id, edge.clock.now());
        let (person, addresses, sessions, tokens) = edge
            .work(move |app: &App| {
                let person = app.store.person(id)?.ok_or(Error::NotFound)?;
                let addresses = person::addresses(app, &person)?;
                let sessions = session::of(app, id, now)?;
                Ok((person, addresses, sessions, token::of(app, id)?))
            })
            .await?;
        let here = caller.came_by;
        let scopes = Scope::all().into_iter();
        let granted = scopes.filter(|scope| scope.is_covered_by(&caller.scopes));
        Ok(AccountPage {
            site: edge.masthead.clone(),
            name: person.name.to_string(),
            named: person.name_in_badges == NameInBadges::Shown,
            plain: person.email_in_badges == EmailInBadges::Plain,
            did: person.did.clone().unwrap_or_default(),
            addresses: addresses
                .iter()
                .map(|address| Row::of_address(address, address.email == *person.primary()))
                .collect(),
            sessions: sessions
                .iter()
                .map(|session| Row::of_session(session, here))
                .collect(),
            tokens: tokens.iter().map(Row::of_token).collect(),
            scopes: granted.map(|scope| scope.to_string()).collect(),
            new_token: None,
            problem: None,
            typed: Typed::default(),
        })
    }

    /// What is wrong in this part of the page.
    fn problem_in(&self, section: Section) -> Option<&str> {
        let (place, problem) = self.problem.as_ref()?;
        (*place == section).then_some(problem)
    }
}

impl Row {
    fn of_address(address: &Address, first: bool) -> Row {
        Row {
            key: address.email.to_string(),
            title: address.email.to_string(),
            detail: proof_in_words(&address.proof),
            first,
        }
    }

    fn of_session(session: &Session, here: CameBy) -> Row {
        let first = here == CameBy::Session(session.id);
        Row {
            key: session.id.to_string(),
            title: match first {
                true => "This browser".to_owned(),
                false => "Another browser".to_owned(),
            },
            detail: format!(
                "Signed in on {}, last used on {}",
                wording::moment(session.began),
                wording::day(session.used)
            ),
            first,
        }
    }

    fn of_token(token: &TokenRecord) -> Row {
        let scopes: Vec<_> = token.scopes.iter().map(Scope::to_string).collect();
        let used = token.used.map_or("never used".to_owned(), |used| {
            format!("last used on {}", wording::day(used))
        });
        Row {
            key: token.id.to_string(),
            title: token.name.to_string(),
            detail: format!(
                "Made on {}, {used}. Good for {}",
                wording::day(token.made),
                scopes.join(", ")
            ),
            first: false,
        }
    }
}

impl Section {
    /// Where the part stands.
    pub fn path(self) -> &'static str {
        match self {
            Section::You => "/account",
            Section::Addresses => "/account#addresses",
            Section::Sessions => "/account#browsers",
            Section::Tokens => "/account#tokens",
        }
    }
}

impl Typed {
    /// What was typed in this part of the page.
    pub fn of(section: Section, form: &Form) -> Typed {
        let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
        match section {
            Section::Addresses => Typed {
                address: text("email"),
                ..Typed::default()
            },
            Section::Tokens => Typed {
                token: text("name"),
                ..Typed::default()
            },
            Section::You | Section::Sessions => Typed::default(),
        }
    }
}

/// An error as a sentence on the page.
pub fn sentence(problem: &Error) -> String {
    if let Error::RateLimited { seconds } = problem {
        return too_often(*seconds);
    }
    let text = problem.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    let mut sentence: String = first.into_iter().flatten().chain(letters).collect();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

fn proof_in_words(proof: &Proof) -> String {
    let day = wording::day(proof.at);
    match &proof.by {
        VerifiedBy::Link => format!("Shown to be yours by a mailed link on {day}"),
        VerifiedBy::Registrar => format!("Given on {day} by whoever registered you"),
        VerifiedBy::Administrator { note, .. } => {
            format!("Added on {day} by an administrator: {note}")
        }
        VerifiedBy::Provider { issuer } => format!("Vouched for by {issuer} on {day}"),
    }
}
