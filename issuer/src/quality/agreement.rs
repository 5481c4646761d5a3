//! How far two people agree who scored the same things, and how far beyond chance.

use serde::{Deserialize, Serialize};

/// What two people found of the same things: how often one gave this category and the other that.
///
/// The rows are one person's, the columns the other's. Categories are numbered from 0 and, where they have an
/// order, from lowest to highest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs {
    categories: usize,
    cells: Vec<u32>,
}

/// How much it counts when two people differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weights {
    /// Any difference counts alike.
    Unweighted,
    /// A difference counts as many times as there are steps between the categories.
    Linear,
    /// The same with the square of the steps, so that neighbours hardly count.
    Quadratic,
}

/// How far people agree, where there is enough to tell.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Agreement {
    /// How many pairs of scores it rests on.
    pub pairs: usize,
    /// The share of pairs that are the same; nothing for fewer than [`FEW`] pairs.
    pub same: Option<f64>,
    /// Cohen's kappa; nothing for fewer than [`FEW`] pairs, nor where it is not defined.
    pub kappa: Option<f64>,
    /// Cohen's kappa with linear weights, under the same conditions.
    pub weighted_kappa: Option<f64>,
}

impl Pairs {
    /// No pairs yet, of so many categories.
    pub fn new(categories: usize) -> Pairs {
        Pairs {
            categories,
            cells: vec![0; categories * categories],
        }
    }

    /// Adds a pair. A category that there is not is no category of either: the pair is left out.
    pub fn add(&mut self, row: usize, column: usize) {
        if row < self.categories && column < self.categories {
            self.cells[row * self.categories + column] += 1;
        }
    }

    /// How many pairs there are.
    pub fn count(&self) -> usize {
        usize::try_from(self.total()).unwrap_or(usize::MAX)
    }

    /// The share of pairs that are the same; nothing if there are none.
    pub fn same(&self) -> Option<f64> {
        let same: u64 = (0..self.categories).map(|one| self.cell(one, one)).sum();
        (self.total() > 0).then(|| same as f64 / self.total() as f64)
    }

    /// Cohen's kappa: 1 for agreement throughout, 0 for what chance would bring, less for less.
    ///
    /// It is not defined, and nothing is given, if there are no pairs, or if both people gave one and the same
    /// category every time: then chance would bring agreement throughout as well, and nothing is beyond it.
    pub fn kappa(&self, weights: Weights) -> Option<f64> {
        let total = self.total();
        let rows: Vec<u64> = (0..self.categories).map(|row| self.row(row)).collect();
        let columns: Vec<u64> = (0..self.categories).map(|one| self.column(one)).collect();
        let (mut observed, mut by_chance) = (0_u128, 0_u128);
        for (row, of_row) in rows.iter().enumerate() {
            for (column, of_column) in columns.iter().enumerate() {
                let weight = u128::from(weights.between(row, column));
                observed += weight * u128::from(self.cell(row, column));
                by_chance += weight * u128::from(*of_row) * u128::from(*of_column);
            }
        }
        // Whole numbers to the end: the only rounding is that of the result.
        let differing = (observed * u128::from(total)) as f64;
        (by_chance > 0).then(|| 1.0 - differing / by_chance as f64)
    }

    /// All figures, where there is enough to tell.
    pub fn agreement(&self) -> Agreement {
        let enough = self.count() >= FEW;
        let told = |figure: Option<f64>| figure.filter(|_| enough);
        Agreement {
            pairs: self.count(),
            same: told(self.same()),
            kappa: told(self.kappa(Weights::Unweighted)),
            weighted_kappa: told(self.kappa(Weights::Linear)),
        }
    }

    fn total(&self) -> u64 {
        self.cells.iter().map(|cell| u64::from(*cell)).sum()
    }

    fn cell(&self, row: usize, column: usize) -> u64 {
        u64::from(self.cells[row * self.categories + column])
    }

    fn row(&self, row: usize) -> u64 {
        let columns = 0..self.categories;
        columns.map(|column| self.cell(row, column)).sum()
    }

    fn column(&self, column: usize) -> u64 {
        (0..self.categories).map(|row| self.cell(row, column)).sum()
    }
}

impl Weights {
    fn between(self, one: usize, other: usize) -> u64 {
        let steps = one.abs_diff(other) as u64;
        match self {
            Weights::Unweighted => steps.min(1),
            Weights::Linear => steps,
            Weights::Quadratic => steps * steps,
        }
    }
}

/// From fewer pairs than this no figure is given: one pair more or less would move it by ten points and more.
pub const FEW: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(rows: &[&[u32]]) -> Pairs {
        Pairs {
            categories: rows.len(),
            cells: rows.concat(),
        }
    }

    #[test]
    fn kappa_is_what_the_textbook_says() {
        // Cohen 1960, table 1, as counts of 200: kappa = 0.492 (there .4915).
        let table = pairs(&[&[88, 14, 18], &[10, 40, 10], &[2, 6, 12]]);
        assert_eq!(table.count(), 200);
        assert_eq!(table.same(), Some(0.70));
        let kappa = table.kappa(Weights::Unweighted).expect("defined");
        assert!((kappa - 0.491_525_423_728).abs() < 1e-9, "{kappa}");
    }

    #[test]
    fn without_pairs_nothing_is_said() {
        let none = Pairs::new(3);
        assert_eq!((none.count(), none.same()), (0, None));
        for weights in [Weights::Unweighted, Weights::Linear, Weights::Quadratic] {
            assert_eq!(none.kappa(weights), None);
        }
        assert_eq!(Pairs::new(0).kappa(Weights::Linear), None);
    }

    #[test]
    fn of_one_category_throughout_the_agreement_is_whole_and_kappa_undefined() {
        let one_cell = pairs(&[&[0, 0], &[0, 12]]);
        assert_eq!(one_cell.same(), Some(1.0));
        assert_eq!(one_cell.kappa(Weights::Unweighted), None);
        // If only one of the two never changes, chance explains all there is.
        let one_row = pairs(&[&[0, 0], &[5, 7]]);
        assert_eq!(one_row.kappa(Weights::Unweighted), Some(0.0));
    }

    #[test]
    fn agreement_throughout_is_one_and_its_opposite_less_than_nothing() {
        let whole = pairs(&[&[5, 0], &[0, 5]]);
        assert_eq!(whole.kappa(Weights::Quadratic), Some(1.0));
        let opposite = pairs(&[&[0, 5], &[5, 0]]);
        assert_eq!(opposite.kappa(Weights::Unweighted), Some(-1.0));
    }

    #[test]
    fn weights_forgive_neighbours() {
        let neighbours = pairs(&[&[4, 2, 0], &[1, 4, 2], &[0, 1, 4]]);
        let kappa = |weights| neighbours.kappa(weights).expect("defined");
        assert!(kappa(Weights::Unweighted) < kappa(Weights::Linear));
        assert!(kappa(Weights::Linear) < kappa(Weights::Quadratic));
    }

    #[test]
    fn of_few_pairs_only_their_number_is_told() {
        let mut few = Pairs::new(2);
        for _ in 1..FEW {
            few.add(0, 0);
        }
        let told = few.agreement();
        assert_eq!((told.pairs, told.same), (FEW - 1, None));
        few.add(1, 1);
        assert_eq!(few.agreement().same, Some(1.0));
        few.add(7, 0);
        assert_eq!(few.count(), FEW, "there is no such category");
    }
}
