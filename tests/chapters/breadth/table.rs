//! The table of what was shown.

use std::collections::{BTreeMap, BTreeSet};

use super::row::Row;

/// Containers, data models and suites down, key sources across, status types in the cells.
#[derive(Default)]
pub struct Table {
    lines: BTreeMap<[String; 3], Line>,
    sources: BTreeSet<String>,
    cells: BTreeSet<[String; 5]>,
    badges: usize,
}

#[derive(Default)]
struct Line {
    statuses: BTreeMap<String, BTreeSet<String>>,
    makers: BTreeSet<String>,
}

impl Table {
    /// Takes up a badge that was judged rightly, with its twins.
    pub fn add(&mut self, row: &Row) {
        let name = [&row.container, &row.model, &row.suite].map(Clone::clone);
        let [container, model, suite] = name.clone();
        self.cells.insert([
            container,
            model,
            suite,
            row.source.clone(),
            row.status.clone(),
        ]);
        self.sources.insert(row.source.clone());
        let line = self.lines.entry(name).or_default();
        line.makers.insert(row.maker.clone());
        let cell = line.statuses.entry(row.source.clone()).or_default();
        cell.insert(row.status.clone());
        self.badges += 1;
    }

    pub fn print(&self) {
        println!(
            "Each letter is a badge that somebody else made and that Assay verifies; with one claim"
        );
        println!("changed it is refused. Its status: - none, and where it is refused once revoked");
        println!(
            "B BitstringStatusListEntry, S StatusList2021Entry, E 1EdTechRevocationList, R what Open"
        );
        println!("Badges 2.0 has in its place.\n");
        for (number, source) in self.sources.iter().enumerate() {
            println!("{:>2} {source}", number + 1);
        }
        print!("\n{:<12} {:<24} {:<24}", "container", "data model", "suite");
        for number in 1..=self.sources.len() {
            print!(" {number:<4}");
        }
        println!(" makers");
        for ([container, model, suite], line) in &self.lines {
            print!("{container:<12} {model:<24} {suite:<24}");
            for source in &self.sources {
                let statuses = line.statuses.get(source).into_iter().flatten();
                let letters: String = statuses.map(|status| letter(status)).collect();
                print!(" {letters:<4}");
            }
            let makers: Vec<&str> = line.makers.iter().map(String::as_str).collect();
            println!(" {}", makers.join("; "));
        }
        println!(
            "\n{} cells, shown by {} badges",
            self.cells.len(),
            self.badges
        );
    }
}

fn letter(status: &str) -> char {
    match status {
        "none" => '-',
        "BitstringStatusListEntry" => 'B',
        "StatusList2021Entry" => 'S',
        "1EdTechRevocationList" => 'E',
        _ => 'R',
    }
}
