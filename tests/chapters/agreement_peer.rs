//! Agreement and Cohen's kappa against scikit-learn.

use issuer::quality::agreement::{Pairs, Weights};
use issuer::random::Random;
use serde_json::{Value, json};

use crate::peer::{Peer, peers_wanted};

/// A table as its pairs: both people's categories, thing by thing.
struct Scored {
    categories: usize,
    rows: Vec<usize>,
    columns: Vec<usize>,
}

/// Every kind of table that can come up: few pairs and many, two categories to eight, agreement from chance to
/// throughout, and people who know one category alone.
fn tables() -> Vec<Scored> {
    let random = Random::seeded([31; 32]);
    let mut tables = vec![one_cell(2, 1), one_cell(3, 40), one_cell(8, 7)];
    while tables.len() < 1_000 {
        let categories = 2 + random.below(7) as usize;
        let things = 1 + random.below([4, 30, 300][random.below(3) as usize]);
        let (agreeing, known) = (random.below(101), 1 + random.below(categories as u32));
        let draw = |below| random.below(below) as usize;
        let rows: Vec<usize> = (0..things).map(|_| draw(known)).collect();
        let other = |row: &usize| match random.below(100) < agreeing {
            true => *row,
            false => draw(categories as u32),
        };
        let columns = rows.iter().map(other).collect();
        tables.push(Scored {
            categories,
            rows,
            columns,
        });
    }
    tables
}

fn one_cell(categories: usize, things: usize) -> Scored {
    Scored {
        categories,
        rows: vec![1; things],
        columns: vec![1; things],
    }
}

#[test]
fn agreement_and_kappa_of_a_thousand_tables_are_those_of_scikit_learn() {
    if !peers_wanted("agreement_and_kappa_of_a_thousand_tables_are_those_of_scikit_learn") {
        return;
    }
    let mut peer = Peer::start("kappa");
    let (mut compared, mut undefined) = (0, 0);
    for table in tables() {
        let mut pairs = Pairs::new(table.categories);
        for (row, column) in table.rows.iter().zip(&table.columns) {
            pairs.add(*row, *column);
        }
        let told = peer.ask(&json!({
            "do": "kappa",
            "categories": table.categories,
            "rows": table.rows,
            "columns": table.columns,
        }));
        let mut hold = |what: &str, ours: Option<f64>, theirs: &Value| {
            match (ours, theirs.as_f64()) {
                (Some(ours), Some(theirs)) => {
                    let apart = (ours - theirs).abs();
                    assert!(apart <= 1e-12, "{what}: {ours}, not {theirs}: {told}");
                    compared += 1;
                }
                (None, None) => undefined += 1,
                (ours, theirs) => panic!("{what}: {ours:?}, not {theirs:?}"),
            };
        };
        hold("same", pairs.same(), &told["same"]);
        for (name, weights) in [
            ("unweighted", Weights::Unweighted),
            ("linear", Weights::Linear),
            ("quadratic", Weights::Quadratic),
        ] {
            hold(name, pairs.kappa(weights), &told[name]);
        }
    }
    assert_eq!(compared + undefined, 4_000);
    assert!(compared > 3_500, "{compared}");
    assert!(undefined >= 9, "{undefined}");
}
