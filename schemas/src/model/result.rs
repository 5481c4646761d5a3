//! Results that are possible, and results achieved.

use super::{Alignment, ResultStatusType, ResultType, Text, Types};

class! {
    /// A possible result of an achievement (Open Badges 3.0, ResultDescription).
    pub struct ResultDescription {
        pub id: String,
        pub r#type: Types = ["ResultDescription"],
        pub name: Text,
        pub result_type: ResultType = ResultType::Result,
        pub alignment: Vec<Alignment>,
        /// Ordered from low to high; the order is signed.
        pub allowed_value: Vec<Text>,
        pub required_level: Option<String>,
        pub required_value: Option<Text>,
        /// Ordered from low to high.
        pub rubric_criterion_level: Vec<RubricCriterionLevel>,
        pub value_max: Option<Text>,
        pub value_min: Option<Text>,
    }
}

class! {
    /// One level of a rubric criterion (Open Badges 3.0, RubricCriterionLevel).
    pub struct RubricCriterionLevel {
        pub id: String,
        pub r#type: Types = ["RubricCriterionLevel"],
        pub name: Text,
        pub alignment: Vec<Alignment>,
        pub description: Option<Text>,
        pub level: Option<Text>,
        pub points: Option<Text>,
    }
}

class! {
    /// A result that the recipient achieved (Open Badges 3.0, Result).
    pub struct Result {
        pub r#type: Types = ["Result"],
        /// The id of a level in the linked description.
        pub achieved_level: Option<String>,
        pub alignment: Vec<Alignment>,
        /// The id of a description in the same achievement.
        pub result_description: Option<String>,
        pub status: Option<ResultStatusType>,
        pub value: Option<Text>,
    }
}
