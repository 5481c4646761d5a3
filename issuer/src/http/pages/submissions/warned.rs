//! What the page of a submission warns its earner of.

use crate::app::App;
use crate::error::Error;
use crate::id::SubmissionId;
use crate::micro_credential::Content;
use crate::person::Person;
use crate::submission::{self, About};
use crate::wording;

/// Something that can still be changed before it is handed in.
pub struct Warned {
    /// The part of the page where it stands.
    pub place: String,
    /// What it is about.
    pub about: String,
    /// The words that reviewers will not see.
    pub words: Vec<String>,
    pub message: &'static str,
}

impl Warned {
    pub fn all(
        app: &App,
        person: &Person,
        id: SubmissionId,
        content: &Content,
    ) -> Result<Vec<Warned>, Error> {
        let found = submission::warnings(app, person, id)?.into_iter();
        Ok(found
            .map(|warning| {
                let (place, about) = match &warning.about {
                    About::Piece { requirement, .. } => {
                        let asked = content.requirement(requirement);
                        let about = asked.map(|asked| asked.name.to_string());
                        (format!("for-{requirement}"), about.unwrap_or_default())
                    }
                    About::Context(prompt) => {
                        let mut prompts = content.context_prompts.iter();
                        let asked = prompts.find(|asked| asked.id == *prompt);
                        let about = asked.map(|asked| asked.question.to_string());
                        (format!("context-{prompt}"), about.unwrap_or_default())
                    }
                    About::Note => ("note".to_owned(), "Note to the reviewer".to_owned()),
                };
                Warned {
                    place,
                    about,
                    words: warning.kind.words().to_vec(),
                    message: wording::of_warning(&warning.kind),
                }
            })
            .collect())
    }
}
