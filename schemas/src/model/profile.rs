//! People and organisations.

use serde_json::Number;

use super::{EndorsementCredential, IdentifierType, Image, Text, Types};

class! {
    /// A person or organisation: issuer, endorser, creator, assessor or learner (Open Badges 3.0, Profile).
    pub struct Profile {
        pub id: String,
        pub r#type: Types = ["Profile"],
        pub name: Option<Text>,
        pub url: Option<String>,
        pub phone: Option<String>,
        pub description: Option<Text>,
        pub endorsement: Vec<EndorsementCredential>,
        pub endorsement_jwt: Vec<String>,
        pub image: Option<Image>,
        pub email: Option<String>,
        pub address: Option<Address>,
        pub other_identifier: Vec<IdentifierEntry>,
        pub official: Option<Text>,
        pub parent_org: Option<Box<Profile>>,
        pub family_name: Option<Text>,
        pub given_name: Option<Text>,
        pub additional_name: Option<Text>,
        pub patronymic_name: Option<Text>,
        pub honorific_prefix: Option<Text>,
        pub honorific_suffix: Option<Text>,
        pub family_name_prefix: Option<Text>,
        pub date_of_birth: Option<String>,
    }
}

class! {
    /// A postal address (Open Badges 3.0, Address).
    pub struct Address {
        pub r#type: Types = ["Address"],
        pub address_country: Option<Text>,
        pub address_country_code: Option<String>,
        pub address_region: Option<Text>,
        pub address_locality: Option<Text>,
        pub street_address: Option<Text>,
        pub post_office_box_number: Option<Text>,
        pub postal_code: Option<Text>,
        pub geo: Option<GeoCoordinates>,
    }
}

class! {
    /// A point on the earth (Open Badges 3.0, GeoCoordinates).
    pub struct GeoCoordinates {
        pub r#type: String = "GeoCoordinates",
        pub latitude: Number = 0,
        pub longitude: Number = 0,
    }
}

class! {
    /// Another identifier of the thing described (Open Badges 3.0, IdentifierEntry).
    pub struct IdentifierEntry {
        pub r#type: String = "IdentifierEntry",
        pub identifier: String,
        pub identifier_type: IdentifierType = IdentifierType::Identifier,
    }
}
