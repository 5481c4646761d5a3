//! The form of what it takes to pass.

use super::read;
use crate::error::Error;
use crate::http::pages::authoring::fields::Fields;
use crate::quality::training::Rules;

/// What was typed into the form of the rules.
pub struct Typed {
    pub exemplars: String,
    pub level_percent: String,
    pub met_percent: String,
    pub tries: String,
    pub wait_hours: String,
    pub months: String,
    pub badge: String,
}

impl Typed {
    /// The rules as they stand.
    pub fn of(rules: &Rules) -> Typed {
        Typed {
            exemplars: rules.exemplars.to_string(),
            level_percent: rules.level_percent.to_string(),
            met_percent: rules.met_percent.to_string(),
            tries: rules.tries.to_string(),
            wait_hours: rules.wait_hours.to_string(),
            months: rules.months.to_string(),
            badge: rules
                .badge
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
        }
    }

    /// What was typed.
    pub fn read(fields: &Fields) -> Typed {
        let get = |name: &str| fields.get(name).to_owned();
        Typed {
            exemplars: get("exemplars"),
            level_percent: get("level_percent"),
            met_percent: get("met_percent"),
            tries: get("tries"),
            wait_hours: get("wait_hours"),
            months: get("months"),
            badge: get("badge"),
        }
    }
}

/// Reads what was typed.
pub fn read_rules(typed: &Typed) -> Result<Rules, Error> {
    let number = |text: &str, name: &str| -> Result<u32, Error> {
        read(text, &format!("/{name}"), "please write a whole number")
    };
    Ok(Rules {
        exemplars: number(&typed.exemplars, "exemplars")?,
        level_percent: number(&typed.level_percent, "level_percent")?,
        met_percent: number(&typed.met_percent, "met_percent")?,
        tries: number(&typed.tries, "tries")?,
        wait_hours: number(&typed.wait_hours, "wait_hours")?,
        months: number(&typed.months, "months")?,
        badge: match typed.badge.as_str() {
            "" => None,
            badge => Some(read(badge, "/badge", "there is no such micro-credential")?),
        },
    })
}
