//! The table of rights as it is published.

use std::collections::BTreeMap;
use std::fs;

use crate::support::repository;

/// One line of it.
pub struct Row {
    pub what: String,
    pub action: String,
    pub who: String,
    pub scope: String,
}

impl Row {
    /// Whether somebody of these words may.
    pub fn lets(&self, who: &str) -> bool {
        self.who.split(" or ").any(|one| one == who)
    }
}

/// The lines of `docs/rights.md`, by their actions.
pub fn published() -> BTreeMap<String, Row> {
    let text =
        fs::read_to_string(repository().join("docs/rights.md")).expect("the table of rights");
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim_matches('|').split('|');
        inner
            .map(|cell| cell.trim().trim_matches('`').to_owned())
            .collect()
    };
    let rows = text
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(cells);
    let rows = rows.filter(|cells| cells[1] != "action").map(|cells| Row {
        what: cells[0].clone(),
        action: cells[1].clone(),
        who: cells[2].clone(),
        scope: cells[3].clone(),
    });
    rows.map(|row| (row.action.clone(), row)).collect()
}
