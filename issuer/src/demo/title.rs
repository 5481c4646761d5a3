//! What the story is told of, as its files have it.

use serde::Deserialize;
use serde_json::Value;

/// A micro-credential, and how its earner came by it.
#[derive(Deserialize)]
pub struct Title {
    pub id: String,
    pub content: Value,
    pub attempts: Vec<Attempt>,
    /// The requirements whose evidence the earner shares.
    pub shared: Vec<String>,
}

/// A micro-credential that nobody earns in the story.
#[derive(Deserialize)]
pub struct Listed {
    pub id: String,
    pub content: Value,
}

#[derive(Deserialize)]
pub struct Attempt {
    pub evidence: Vec<Piece>,
    pub note: Option<String>,
    pub scores: Value,
    pub comment: Option<String>,
    pub decision: String,
}

#[derive(Deserialize)]
pub struct Piece {
    pub requirement: String,
    pub text: Option<String>,
    pub file: Option<TextFile>,
}

#[derive(Deserialize)]
pub struct TextFile {
    pub name: String,
    pub text: String,
}

impl Title {
    /// What people call it.
    pub fn name(&self) -> &str {
        self.content["name"].as_str().unwrap_or(&self.id)
    }
}
