//! The letters that are written to people, in plain text.

use crate::app::App;
use crate::error::Error;
use crate::id::OrganisationId;
use crate::link::{Link, LinkSecret, Purpose};
use crate::mail::Letter;
use crate::wording;
use schemas::timestamp::Timestamp;

/// The letter that brings a link.
pub fn with_link(app: &App, link: &Link, secret: &LinkSecret) -> Result<Letter, Error> {
    let site = site_name(app)?;
    let address = format!("{}/link/{}", app.site.base(), secret.expose());
    let (subject, why, what, lasts) = match link.purpose {
        Purpose::SignIn => (
            format!("Sign in to {site}"),
            format!("Somebody, probably you, wants to sign in to {site} with this address."),
            "Open this link in the browser in which you want to be signed in:",
            "an hour",
        ),
        Purpose::Claim { .. } => (
            format!("Your account at {site}"),
            format!("An account was made for you at {site}, with this address."),
            "Open this link to take it over:",
            "two weeks",
        ),
        // Without the name of who asks: anybody can call themselves anything, and must not be able
        // to write to strangers in our name.
        Purpose::Prove { .. } => (
            format!("Add this address to your account at {site}"),
            format!(
                "Somebody who is signed in at {site} wants to add this address to their account."
            ),
            "If that is you, open this link in the browser in which you are signed in:",
            "a day",
        ),
    };
    let text = format!(
        "{why}\n\n{what}\n\n{address}\n\nThe link is good once, for {lasts}. If you did not expect \
         this message, you need do nothing: without the link nobody gets in.\n"
    );
    Ok(Letter { subject, text })
}

/// Tells somebody that an administrator has given their account a further address.
pub fn address_added(app: &App, name: &str, added: &str, note: &str) -> Result<Letter, Error> {
    let site = site_name(app)?;
    let account = format!("{}/account", app.site.base());
    Ok(Letter {
        subject: format!("An address was added to your account at {site}"),
        text: format!(
            "Dear {name},\n\nan administrator of {site} has added the address {added} to your \
             account. The reason given: {note}\n\nIf you did not ask for this, remove the address \
             on your account's page and tell us:\n\n{account}\n"
        ),
    })
}

/// Asks a colleague to look at a draft. Nothing in it is the asker's: nobody writes to strangers in our name.
pub fn draft_shown(app: &App, secret: &LinkSecret) -> Result<Letter, Error> {
    let site = site_name(app)?;
    let address = app.site.draft_invitation(secret);
    Ok(Letter {
        subject: format!("A colleague asks for your opinion at {site}"),
        text: format!(
            "Somebody who is earning a micro-credential at {site} asks you to look at a draft and to say what \
             you think.\n\nOpen this link to see whose it is:\n\n{address}\n\nYou will be asked to sign in. The \
             link is for you alone, and it is good until the draft is handed in. If you would rather not, you \
             need do nothing.\n"
        ),
    })
}

/// Tells somebody that an identifier was added to their account.
pub fn did_bound(app: &App, name: &str, did: &str) -> Result<Letter, Error> {
    let site = site_name(app)?;
    let page = format!("{}/account/did", app.site.base());
    Ok(Letter {
        subject: format!("An identifier was added to your account at {site}"),
        text: format!(
            "Dear {name},\n\nsomebody who is signed in to your account at {site} has shown that they have the \
             key of\n\n{did}\n\nBadges issued to you from now on are issued to it. If that was not you, remove \
             it and tell us:\n\n{page}\n"
        ),
    })
}

/// Tells somebody that an account was joined to theirs.
pub fn accounts_joined(app: &App, name: &str) -> Result<Letter, Error> {
    let site = site_name(app)?;
    let account = format!("{}/account", app.site.base());
    Ok(Letter {
        subject: format!("Two accounts at {site} are one now"),
        text: format!(
            "Dear {name},\n\nthe account of this address was joined to another one at {site}, by \
             somebody who had access to both. Everything that was in it is there now:\n\n\
             {account}\n\nIf that was not you, please tell us at once.\n"
        ),
    })
}

/// Tells somebody that evidence of theirs will be removed, well before.
pub fn evidence_ends(
    app: &App,
    name: &str,
    titles: &[String],
    removal: Timestamp,
) -> Result<Letter, Error> {
    let site = site_name(app)?;
    let page = format!("{}/account/privacy", app.site.base());
    let day = wording::day(removal);
    let mut list = String::new();
    for title in titles.iter().take(TITLES) {
        list += &format!("  {title}\n");
    }
    if titles.len() > TITLES {
        list += &format!("  and {} more\n", titles.len() - TITLES);
    }
    Ok(Letter {
        subject: format!("Your evidence at {site} is kept until {day}"),
        text: format!(
            "Dear {name},\n\nthe evidence of this work was decided about long ago, and is kept until \
             {day}:\n\n{list}\nAfter that day its files, texts and addresses are removed. Your badges stay as \
             they are, and so does what you share with them.\n\nOn this page you can take everything with \
             you, or say that it is to be kept:\n\n{page}\n"
        ),
    })
}

/// What people call the organisation that runs this service.
pub(crate) fn site_name(app: &App) -> Result<String, Error> {
    let host = app.store.organisation(&OrganisationId::host())?;
    Ok(host.map_or_else(
        || app.site.base().to_owned(),
        |host| host.profile.name.to_string(),
    ))
}

/// More makes no letter easier to read; the page has all of them.
const TITLES: usize = 20;
