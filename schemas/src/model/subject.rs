//! Who earned it.

use serde_json::Number;

use super::{Achievement, IdentifierType, Image, Profile, Result, Text, Types};

class! {
    /// What a badge says about its recipient (Open Badges 3.0, AchievementSubject).
    pub struct AchievementSubject {
        /// This or `identifier` is needed.
        pub id: Option<String>,
        pub r#type: Types = ["AchievementSubject"],
        pub achievement: Achievement,
        pub activity_end_date: Option<String>,
        pub activity_start_date: Option<String>,
        pub credits_earned: Option<Number>,
        pub identifier: Vec<IdentityObject>,
        pub image: Option<Image>,
        pub license_number: Option<Text>,
        pub narrative: Option<Text>,
        pub result: Vec<Result>,
        pub role: Option<Text>,
        pub source: Option<Profile>,
        pub term: Option<Text>,
    }
}

class! {
    /// An identifier of the recipient, hashed or plain (Open Badges 3.0, IdentityObject).
    pub struct IdentityObject {
        pub r#type: String = "IdentityObject",
        pub hashed: bool,
        /// `sha256$` and the hex digits of the hash, or the identifier itself when not hashed.
        pub identity_hash: String,
        pub identity_type: IdentifierType = IdentifierType::EmailAddress,
        pub salt: Option<String>,
    }
}
