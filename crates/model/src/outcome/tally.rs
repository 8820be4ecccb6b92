//! Counts facts of the counted period by country and by month.

use crate::model::kinds::fact::{Class, Fact, FactKind, FactSink, in_order};

/// How many kinds of fact there are.
const KINDS: usize = FactKind::COUNT;

/// Count and sum of values of one kind of fact.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    /// How many facts.
    pub number: f64,
    /// The sum of their values.
    pub sum: f64,
}

/// The counts of one replication.
#[derive(Clone, Debug)]
pub struct Tally {
    countries: usize,
    months: Vec<f64>,
    /// The month of the last fact: most facts fall into the same month as the one before.
    current: usize,
    by_country: Vec<Count>,
    by_month: Vec<Count>,
    last: Vec<f64>,
    log: Option<Vec<Fact>>,
}

impl Tally {
    /// Empty counts for so many countries; `months` are the first days of the months and the end.
    pub fn new(countries: usize, months: &[f64]) -> Self {
        Self {
            countries,
            by_country: vec![Count::default(); countries * KINDS],
            by_month: vec![Count::default(); months.len().saturating_sub(1) * KINDS],
            last: vec![0.0; countries * KINDS],
            months: months.to_vec(),
            current: 0,
            log: None,
        }
    }

    /// The same, keeping every fact besides.
    #[must_use]
    pub fn with_log(mut self) -> Self {
        self.log = Some(Vec::new());
        self
    }

    /// The facts kept, warm-up included, in the order in which they happened.
    pub fn into_log(self) -> Vec<Fact> {
        let mut log = self.log.unwrap_or_default();
        in_order(&mut log);
        log
    }

    /// The number of countries.
    pub fn countries(&self) -> usize {
        self.countries
    }

    /// The number of months.
    pub fn months(&self) -> usize {
        self.months.len().saturating_sub(1)
    }

    /// The length of a month in days.
    pub fn month_days(&self, month: usize) -> f64 {
        self.months[month + 1] - self.months[month]
    }

    /// Length of the counted period in days.
    pub fn days(&self) -> f64 {
        self.months.last().copied().unwrap_or(0.0)
    }

    /// One kind's count in one country, or in all.
    pub fn count(&self, kind: FactKind, country: Option<usize>) -> Count {
        let one = |c: usize| self.by_country[c * KINDS + kind as usize];
        match country {
            Some(c) => one(c),
            None => (0..self.countries)
                .map(one)
                .fold(Count::default(), |a, b| Count { number: a.number + b.number, sum: a.sum + b.sum }),
        }
    }

    /// The value that a kind stated last for a country.
    pub fn last(&self, kind: FactKind, country: usize) -> f64 {
        self.last[country * KINDS + kind as usize]
    }

    /// The first day of a month; of the month after the last, the end.
    pub fn month_start(&self, month: usize) -> f64 {
        self.months[month]
    }

    /// One kind's count in one month, over all countries.
    pub fn in_month(&self, kind: FactKind, month: usize) -> Count {
        self.by_month[month * KINDS + kind as usize]
    }

    fn month(&mut self, time: f64, closing: bool) -> Option<usize> {
        let within = self.months.get(self.current).zip(self.months.get(self.current + 1));
        if within.is_some_and(|(first, next)| *first < time && time < *next) {
            return Some(self.current);
        }
        // What is stated at the end of a month belongs to that month, everything else to the one that begins.
        let after = if closing {
            self.months.partition_point(|start| *start < time)
        } else {
            self.months.partition_point(|start| *start <= time)
        };
        let month = after.checked_sub(1)?;
        self.current = month.min(self.months().checked_sub(1)?);
        Some(self.current)
    }
}

impl FactSink for Tally {
    fn take(&mut self, fact: &Fact) {
        self.keep(fact);
        self.count(fact, 1);
    }

    fn count(&mut self, fact: &Fact, number: u32) {
        if fact.time < 0.0 {
            return;
        }
        let kind = fact.kind as usize;
        let add = |count: &mut Count| {
            count.number += f64::from(number);
            count.sum += fact.value;
        };
        if let Some(count) = self.by_country.get_mut(usize::from(fact.country) * KINDS + kind) {
            add(count);
            self.last[usize::from(fact.country) * KINDS + kind] = fact.value;
        }
        let closing = fact.kind.class() == Class::Stock;
        if let Some(month) = self.month(fact.time, closing) {
            add(&mut self.by_month[month * KINDS + kind]);
        }
    }

    fn keeps_each(&self) -> bool {
        self.log.is_some()
    }

    fn keep(&mut self, fact: &Fact) {
        if let Some(log) = &mut self.log {
            log.push(*fact);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::key::Key;
    use crate::model::state::{CountryId, MovementId};

    fn fact(kind: FactKind, time: f64, value: f64) -> Fact {
        Fact {
            id: 0,
            cause: 0,
            time,
            kind,
            country: CountryId(1),
            movement: MovementId(0),
            subject: Key::NONE,
            plot: Key::NONE,
            value,
        }
    }

    #[test]
    fn facts_fall_into_their_month_and_stocks_into_the_month_that_ends() {
        let mut tally = Tally::new(2, &[0.0, 31.0, 59.0]);
        tally.take(&fact(FactKind::PeopleHarmed, 31.0, 4.0));
        tally.take(&fact(FactKind::PeopleHarmed, 30.9, 2.0));
        tally.take(&fact(FactKind::PeopleHarmed, -1.0, 100.0));
        tally.take(&fact(FactKind::StockAbroad, 31.0, 7.0));
        assert_eq!(tally.in_month(FactKind::PeopleHarmed, 0).sum, 2.0);
        assert_eq!(tally.in_month(FactKind::PeopleHarmed, 1).sum, 4.0);
        assert_eq!(tally.in_month(FactKind::StockAbroad, 0).sum, 7.0);
        assert_eq!(tally.count(FactKind::PeopleHarmed, None), Count { number: 2.0, sum: 6.0 });
        assert_eq!(tally.count(FactKind::PeopleHarmed, Some(0)), Count::default());
    }
}
