//! The lines of the story, and whether each came out as told.

/// Prints the story and counts what did not come out as told.
pub struct Teller {
    lines: u32,
    failures: u32,
}

impl Teller {
    pub fn new() -> Teller {
        println!("Assay demo: from a submission to a verified badge\n");
        Teller {
            lines: 0,
            failures: 0,
        }
    }

    /// A line that claims nothing.
    pub fn say(&self, text: &str) {
        println!("{text}");
    }

    /// The title of a chapter.
    pub fn chapter(&self, title: &str) {
        println!("\n{title}");
    }

    /// A line that came out as told.
    pub fn holds(&mut self, text: &str) {
        self.lines += 1;
        println!("  ✓ {text}");
    }

    /// A line that did not.
    pub fn fails(&mut self, text: &str) {
        self.lines += 1;
        self.failures += 1;
        println!("  ✕ {text}");
    }

    /// Ends the story, and says whether every line came out as told.
    pub fn ending(&self) -> bool {
        match self.failures {
            0 => println!("\nAll {} lines came out as told.", self.lines),
            failures => println!(
                "\n{failures} of {} lines did not come out as told.",
                self.lines
            ),
        }
        self.failures == 0
    }
}
