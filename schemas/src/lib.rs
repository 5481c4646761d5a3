//! What is a badge, and is this document well formed.
//!
//! ```
//! use schemas::json::{self, JsonLimits};
//! use schemas::lint;
//! use schemas::model::{Achievement, Criteria};
//!
//! let achievement = Achievement {
//!     id: "https://badges.example/achievements/wait-time".to_owned(),
//!     name: "Wait Time".into(),
//!     description: "Waits after asking.".into(),
//!     criteria: Criteria {
//!         narrative: Some("Three recordings.".into()),
//!         ..Criteria::default()
//!     },
//!     ..Achievement::default()
//! };
//! assert!(achievement.r#type.contains("Achievement"));
//!
//! let text = br#"{"id": "badges.example", "type": ["Profile"], "name": "Lakeside District"}"#;
//! let profile = json::read(text, &JsonLimits::default())?;
//! let findings = lint::lint(&profile);
//! assert_eq!(findings[0].code, "lint.relative_iri");
//! assert_eq!(findings[0].pointer, "/id");
//! # Ok::<(), json::JsonError>(())
//! ```
//!
//! The nouns: [`json`] reads what strangers send, [`timestamp`] reads instants, [`contexts`] holds
//! the JSON-LD contexts, [`model`] is the data model as types, [`schema`] and [`lint`] say what is
//! wrong with a document, a [`Finding`] each, and [`vc_rules`] what keeps one that is no badge
//! from being a W3C credential.
//!
//! This crate knows no keys, no network and no files.

pub mod contexts;
pub mod json;
pub mod lint;
pub mod model;
pub mod schema;
pub mod timestamp;
pub mod vc_rules;

mod finding;

pub use finding::Finding;
