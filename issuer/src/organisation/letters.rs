//! The letters that organisations write to those who join them, in plain text.

use super::invitation::Invitation;
use super::{Organisation, Role};
use crate::app::App;
use crate::error::Error;
use crate::letter::site_name;
use crate::link::LinkSecret;
use crate::mail::Letter;
use crate::person::Person;
use crate::text::Prose;

/// Tells somebody that they are a member now.
pub fn approved(app: &App, to: &Organisation, person: &Person) -> Result<Letter, Error> {
    let (site, name) = (site_name(app)?, &to.profile.name);
    let page = app.site.organisation(&to.id);
    Ok(Letter {
        subject: format!("You are a member of {name}"),
        text: format!(
            "Dear {},\n\nyour request to join {name} at {site} was approved. You are a member \
             now:\n\n{page}\n",
            person.name
        ),
    })
}

/// Tells somebody that their request was declined.
pub fn declined(
    app: &App,
    by: &Organisation,
    person: &Person,
    reason: Option<&Prose>,
) -> Result<Letter, Error> {
    let (site, name) = (site_name(app)?, &by.profile.name);
    let reason = match reason {
        Some(reason) => format!(" The reason given:\n\n{reason}"),
        None => " No reason was given.".to_owned(),
    };
    Ok(Letter {
        subject: format!("Your request to join {name}"),
        text: format!(
            "Dear {},\n\nyour request to join {name} at {site} was declined.{reason}\n\nYou need \
             no organisation to earn: everything in the catalogue is open to you.\n",
            person.name
        ),
    })
}

/// Invites somebody by a link.
pub fn invited(
    app: &App,
    by: &Organisation,
    invitation: &Invitation,
    secret: &LinkSecret,
) -> Result<Letter, Error> {
    let (site, name) = (site_name(app)?, &by.profile.name);
    let address = format!("{}/invitations/{}", app.site.base(), secret.expose());
    let dear = match &invitation.name {
        Some(person) => format!("Dear {person},\n\n"),
        None => String::new(),
    };
    let roles: Vec<String> = invitation.roles.iter().map(Role::to_string).collect();
    let roles = match roles.is_empty() {
        true => String::new(),
        false => format!(" Your part there: {}.", roles.join(", ")),
    };
    Ok(Letter {
        subject: format!("{name} invites you to {site}"),
        text: format!(
            "{dear}{name} invites you to join it at {site}, where educators earn micro-credentials \
             for what they can do.{roles}\n\nOpen this link to accept:\n\n{address}\n\nThe link is \
             good once, for 30 days. No account is made and nothing is kept of you beyond this \
             invitation unless you accept it.\n"
        ),
    })
}
