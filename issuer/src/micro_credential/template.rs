//! Templates: what a new micro-credential may begin with, so that nobody begins with an empty page.

use super::Content;
use crate::text::{Line, Prose};
use serde::Serialize;
use serde_json::{Map, Value};

/// What a new micro-credential may begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// A lesson, what students made, and a reflection.
    ClassroomPractice,
    /// A goal, a conversation, and what a colleague says.
    CoachingColleagues,
}

impl Template {
    /// Every template there is.
    pub const ALL: [Template; 2] = [Template::ClassroomPractice, Template::CoachingColleagues];

    /// The template of a name, if there is one.
    pub fn named(name: &str) -> Option<Template> {
        Template::ALL
            .into_iter()
            .find(|template| template.as_str() == name)
    }

    /// Its name in forms and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Template::ClassroomPractice => "classroom-practice",
            Template::CoachingColleagues => "coaching-colleagues",
        }
    }

    /// What people read.
    pub fn title(self) -> &'static str {
        match self {
            Template::ClassroomPractice => {
                "Classroom practice: a lesson, students’ work and a reflection"
            }
            Template::CoachingColleagues => {
                "Coaching colleagues: a goal, a conversation and what came of it"
            }
        }
    }

    /// A draft that begins with it.
    pub fn content(self, name: Line, description: Prose) -> Content {
        let mut members = self.members();
        members.insert("name".to_owned(), name.as_str().into());
        members.insert("description".to_owned(), description.as_str().into());
        serde_json::from_value(Value::Object(members))
            .expect("a template says what a draft may say")
    }

    /// What it says, but for the title and description that are to be written.
    pub fn members(self) -> Map<String, Value> {
        let text = match self {
            Template::ClassroomPractice => {
                include_str!("../../assets/templates/classroom-practice.json")
            }
            Template::CoachingColleagues => {
                include_str!("../../assets/templates/coaching-colleagues.json")
            }
        };
        serde_json::from_str(text).expect("a template is an object")
    }
}
