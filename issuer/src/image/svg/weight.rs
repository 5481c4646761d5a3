//! How much a picture draws, once everything that it refers to is drawn where it is referred to.
//!
//! A few lines that refer to one another in turn can ask for more shapes than any browser will
//! ever draw.

use std::collections::HashMap;

/// The elements of a picture as they stand in one another and refer to one another.
#[derive(Default)]
pub struct Weight {
    elements: Vec<Element>,
    open: Vec<usize>,
    named: HashMap<String, usize>,
}

#[derive(Default)]
struct Element {
    within: Vec<usize>,
    refers: Vec<String>,
    weight: Counted,
}

#[derive(Default, Clone, Copy)]
enum Counted {
    #[default]
    No,
    UnderWay,
    Yes(u64),
}

impl Weight {
    /// An element begins.
    pub fn begin(&mut self) {
        let index = self.elements.len();
        if let Some(parent) = self.open.last() {
            self.elements[*parent].within.push(index);
        }
        self.elements.push(Element::default());
        self.open.push(index);
    }

    /// The element that has just begun has this name; of two with one name the first counts.
    pub fn name(&mut self, id: &str) {
        if let Some(index) = self.open.last() {
            self.named.entry(id.to_owned()).or_insert(*index);
        }
    }

    /// The element that has just begun refers to the one of this name.
    pub fn refer(&mut self, id: &str) {
        if let Some(index) = self.open.last() {
            self.elements[*index].refers.push(id.to_owned());
        }
    }

    /// The element that began last of those that have not ended ends.
    pub fn end(&mut self) {
        self.open.pop();
    }

    /// How many elements are drawn; nothing if one of them draws itself.
    pub fn total(&mut self) -> Option<u64> {
        match self.elements.is_empty() {
            true => Some(0),
            false => self.of(0),
        }
    }

    /// Goes as deep as references lead, which is no deeper than there are elements.
    fn of(&mut self, index: usize) -> Option<u64> {
        match self.elements[index].weight {
            Counted::Yes(weight) => return Some(weight),
            Counted::UnderWay => return None,
            Counted::No => self.elements[index].weight = Counted::UnderWay,
        }
        let element = &self.elements[index];
        let referred = element.refers.iter().filter_map(|id| self.named.get(id));
        let drawn: Vec<usize> = element.within.iter().chain(referred).copied().collect();
        let mut weight = 1_u64;
        for part in drawn {
            weight = weight.saturating_add(self.of(part)?);
        }
        self.elements[index].weight = Counted::Yes(weight);
        Some(weight)
    }
}
