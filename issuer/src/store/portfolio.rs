//! What the store knows of portfolios.

use super::merge::AT_ONCE;
use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::{PersonId, PortfolioId};
use crate::layout;
use crate::portfolio::Portfolio;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Entry {
    portfolio: PortfolioId,
}

impl Store {
    /// Finds a portfolio, in order to show or change it.
    pub(crate) fn portfolio(
        &self,
        id: PortfolioId,
    ) -> Result<Option<Stored<Portfolio>>, StoreError> {
        self.read(&layout::portfolio(id))
    }

    /// Lists somebody's portfolios.
    pub(crate) fn portfolios_of(&self, person: PersonId) -> Result<Vec<Portfolio>, StoreError> {
        let entries = self.read_all::<Entry>(&layout::portfolios_of(person), b"", AT_ONCE)?;
        let mut found = Vec::new();
        for entry in entries {
            found.extend(
                self.portfolio(entry.value.portfolio)?
                    .map(|held| held.value),
            );
        }
        Ok(found)
    }

    /// Writes a new portfolio.
    pub(crate) fn add_portfolio(&self, portfolio: &Portfolio) -> Result<(), StoreError> {
        let key = layout::portfolio(portfolio.id);
        let mut batch = Batch::default();
        batch.require_absent(key.clone());
        batch.put_record(key, portfolio)?;
        batch.put_record(
            layout::portfolio_of(portfolio.person, portfolio.id),
            &Entry {
                portfolio: portfolio.id,
            },
        )?;
        self.commit(batch)
    }

    /// Writes a portfolio in place of the one that was read.
    pub(crate) fn replace_portfolio(
        &self,
        held: &Stored<Portfolio>,
        changed: &Portfolio,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        self.commit(batch)
    }

    /// Forgets a portfolio.
    pub(crate) fn remove_portfolio(&self, held: &Stored<Portfolio>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.delete(held.key().to_vec());
        batch.delete(layout::portfolio_of(held.value.person, held.value.id));
        self.commit(batch)
    }

    /// Moves portfolios to another person, and says how many there were.
    pub(super) fn move_portfolios(
        &self,
        from: PersonId,
        to: PersonId,
    ) -> Result<usize, StoreError> {
        let found = self.portfolios_of(from)?;
        for portfolio in &found {
            let Some(held) = self.portfolio(portfolio.id)? else {
                continue;
            };
            let moved = Portfolio {
                person: to,
                ..held.value.clone()
            };
            let mut batch = Batch::default();
            held.require_unchanged(&mut batch);
            batch.put_record(held.key().to_vec(), &moved)?;
            batch.delete(layout::portfolio_of(from, moved.id));
            batch.put_record(
                layout::portfolio_of(to, moved.id),
                &Entry {
                    portfolio: moved.id,
                },
            )?;
            self.commit(batch)?;
        }
        Ok(found.len())
    }
}
