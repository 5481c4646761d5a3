//! Alignments: the nodes of frameworks elsewhere that a micro-credential answers to.

use crate::text::{Line, Prose, WebAddress};
use schemas::model::{self, AlignmentTargetType};
use serde::{Deserialize, Serialize};

/// A node of a framework elsewhere (Open Badges 3.0, Alignment): a teaching standard, a CASE item,
/// a competency or credential of CTDL, an industry certification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alignment {
    /// What the node is called.
    pub target_name: Line,
    /// Where it is found.
    pub target_url: WebAddress,
    /// Its code within its framework.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_code: Option<Line>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_description: Option<Prose>,
    /// What its framework is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_framework: Option<Line>,
    /// What it is: `CFItem`, `ceterms:Credential`, `ceasn:Competency` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_type: Option<AlignmentTargetType>,
}

impl Alignment {
    /// The same as it stands in badges.
    pub fn in_badge(&self) -> model::Alignment {
        model::Alignment {
            target_name: self.target_name.as_str().into(),
            target_url: self.target_url.to_string(),
            target_code: self.target_code.as_ref().map(|text| text.as_str().into()),
            target_description: self
                .target_description
                .as_ref()
                .map(|text| text.as_str().into()),
            target_framework: self
                .target_framework
                .as_ref()
                .map(|text| text.as_str().into()),
            target_type: self.target_type.clone(),
            ..Default::default()
        }
    }
}
