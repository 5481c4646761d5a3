//! A badge as its maker describes it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use verifier::{Container, DataModel, Report};

/// What a maker writes (`tests/peers/node/make-embedded.mjs`).
#[derive(Deserialize)]
pub struct Made {
    pub badges: Vec<Row>,
    /// What the issuers publish.
    pub web: BTreeMap<String, String>,
    /// What stands there instead once they have taken the badges back.
    pub revoked: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub struct Row {
    pub maker: String,
    pub container: String,
    pub model: String,
    pub suite: String,
    pub source: String,
    pub status: String,
    good: String,
    changed: String,
}

impl Made {
    pub fn read(file: &Path) -> Made {
        let text = fs::read(file).expect("what the maker wrote");
        serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }
}

impl Row {
    pub fn good(&self) -> Vec<u8> {
        self.bytes(&self.good)
    }

    /// The same badge with one claim changed after it was signed.
    pub fn changed(&self) -> Vec<u8> {
        self.bytes(&self.changed)
    }

    fn bytes(&self, text: &str) -> Vec<u8> {
        match self.read_as() {
            Container::Text => text.as_bytes().to_vec(),
            Container::Png | Container::Svg => STANDARD.decode(text).expect("a picture in base64"),
        }
    }

    fn read_as(&self) -> Container {
        match self.container.split(' ').next() {
            Some("PNG") => Container::Png,
            Some("SVG") => Container::Svg,
            _ => Container::Text,
        }
    }

    pub fn has_status(&self) -> bool {
        self.status != "none"
    }

    /// A hosted assertion has no signature: what differs from it is not the issuer's.
    pub fn code_when_changed(&self) -> &'static str {
        match self.suite.as_str() {
            "hosted" => "legacy.hosted_mismatch",
            _ => "signature.invalid",
        }
    }

    pub fn code_when_revoked(&self) -> &'static str {
        "status.revoked"
    }

    /// What the report of the verified badge says otherwise than its maker.
    pub fn misread(&self, report: &Report) -> Vec<String> {
        let input = report.input();
        let mut faults = Vec::new();
        if input.container != Some(self.read_as()) {
            faults.push(format!("read as {:?}", input.container));
        }
        let model = match self.model.as_str() {
            "VC 2.0" | "CLR 2.0" => DataModel::Vc2,
            "OB 2.0" => DataModel::OpenBadges2,
            _ => DataModel::Vc1,
        };
        if input.model != Some(model) {
            faults.push(format!("read as {:?}", input.model));
        }
        let suite = self.suite.trim_end_matches(" P-384");
        let proofs: Vec<&str> = report.proofs().iter().map(|proof| &*proof.suite).collect();
        if suite != "hosted" && proofs != [suite] {
            faults.push(format!("read as {proofs:?}"));
        }
        if self.has_status() && report.statuses().is_empty() && self.model != "OB 2.0" {
            faults.push("its status was not looked up".to_owned());
        }
        faults
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "{} | {} | {} | {} | {} (by {})",
            self.container, self.model, self.suite, self.source, self.status, self.maker
        )
    }
}
