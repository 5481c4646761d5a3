//! What was earned.

use serde_json::Number;

use super::{
    AchievementType, AlignmentTargetType, EndorsementCredential, IdentifierEntry, Profile,
    ResultDescription, Text, Types,
};

class! {
    /// The definition of what was earned; many credentials may share one (Open Badges 3.0, Achievement).
    pub struct Achievement {
        pub id: String,
        pub r#type: Types = ["Achievement"],
        pub name: Text,
        pub description: Text,
        pub criteria: Criteria,
        pub achievement_type: Option<AchievementType>,
        pub alignment: Vec<Alignment>,
        pub creator: Option<Profile>,
        pub credits_available: Option<Number>,
        pub endorsement: Vec<EndorsementCredential>,
        pub endorsement_jwt: Vec<String>,
        pub field_of_study: Option<Text>,
        pub human_code: Option<Text>,
        pub image: Option<Image>,
        pub in_language: Option<String>,
        pub other_identifier: Vec<IdentifierEntry>,
        pub related: Vec<Related>,
        pub result_description: Vec<ResultDescription>,
        pub specialization: Option<Text>,
        pub tag: Vec<Text>,
        pub version: Option<Text>,
    }
}

class! {
    /// How the achievement is earned: a page, a text, or both (Open Badges 3.0, Criteria). It has no type.
    pub struct Criteria {
        pub id: Option<String>,
        pub narrative: Option<Text>,
    }
}

class! {
    /// A link to a node in a framework outside (Open Badges 3.0, Alignment).
    pub struct Alignment {
        pub r#type: Types = ["Alignment"],
        pub target_name: Text,
        pub target_url: String,
        pub target_code: Option<Text>,
        pub target_description: Option<Text>,
        pub target_framework: Option<Text>,
        pub target_type: Option<AlignmentTargetType>,
    }
}

class! {
    /// A picture (Open Badges 3.0, Image).
    pub struct Image {
        pub id: String,
        pub r#type: String = "Image",
        pub caption: Option<Text>,
    }
}

class! {
    /// Another language edition or version of an achievement (Open Badges 3.0, Related).
    pub struct Related {
        pub id: String,
        pub r#type: Types = ["Related"],
        pub in_language: Option<String>,
        pub version: Option<Text>,
    }
}
