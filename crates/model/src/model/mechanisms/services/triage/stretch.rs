//! What a desk does by itself: counted leads arrive, wait, go stale and are worked off, and nobody else is asked.
//!
//! Most of a desk's work is of this kind ([`super::cohort`]). It is done here in one stretch over the desk alone, up to
//! a moment or to the first lead that the world outside the desk depends on.

use crate::engine::draw::Draws;
use crate::engine::key::Key;
use crate::model::kinds::decision::Decision;
use crate::model::sim::live;
use crate::model::state::Lead;
use crate::model::state::desk::{Desk, Waiting};
use crate::model::state::ids::{LeadId, List};

use super::{FALSE, Triage, first_look, patience};

/// Something that is told one by one: going stale always, the rest to those who keep each.
#[derive(Clone, Copy, Debug)]
pub(super) enum Happening {
    Received,
    Waited(f64),
    Assessed,
    Stale,
}

/// A desk at work.
pub(super) struct Stretch<'a> {
    desk: &'a mut Desk,
    leads: &'a List<LeadId, Lead>,
    t: &'a Triage,
    draws: Draws,
    key: Key,
    each: bool,
    /// Arrivals and assessments handled.
    pub events: u64,
    /// What is to be told, with its time.
    pub told: Vec<(f64, Happening)>,
}

impl<'a> Stretch<'a> {
    /// A desk, the leads about named people, the parameters in force, and the draws with the country's key.
    pub(super) fn new(
        desk: &'a mut Desk,
        leads: &'a List<LeadId, Lead>,
        t: &'a Triage,
        (draws, key): (Draws, Key),
        each: bool,
    ) -> Self {
        Self { desk, leads, t, draws, key, each, events: 0, told: Vec::new() }
    }

    fn tell(&mut self, at: f64, happening: Happening) {
        if self.each {
            self.told.push((at, happening));
        }
    }

    /// Works up to a moment, or to the first lead that presses, with the time at which it is taken up.
    pub(super) fn up_to(&mut self, until: f64) -> Option<(f64, Waiting)> {
        loop {
            let (done, arrives) = (self.desk.cohort.assessment.due, self.desk.cohort.due);
            let at = arrives.min(done);
            if at > until {
                return None;
            }
            self.events += 1;
            if done <= arrives {
                self.finish(at);
                if let Some(lead) = self.take_up(at) {
                    return Some((at, lead));
                }
            } else {
                self.arrive(at);
            }
        }
    }

    /// A counted lead has been assessed, without consequence.
    fn finish(&mut self, at: f64) {
        let assessment = &mut self.desk.cohort.assessment;
        let threshold = self.draws.exponential(self.key, Decision::Assessment.number(), assessment.finished + 1);
        assessment.done(at, self.t.assessments_per_analyst_per_day, threshold);
        self.desk.set_busy(at, -1);
        self.assessed(at);
    }

    fn assessed(&mut self, at: f64) {
        self.desk.cohort.told.assessed.add(at, 0.0);
        self.tell(at, Happening::Assessed);
    }

    /// A counted lead arrives, and the next is booked.
    fn arrive(&mut self, at: f64) {
        let cohort = &mut self.desk.cohort;
        let (count, hazard) = (cohort.arrived, cohort.clock.hazard());
        cohort.arrived += 1;
        cohort.told.received.add(at, 1.0);
        let threshold = self.draws.exponential(self.key, Decision::FalseLead.number(), cohort.arrived);
        cohort.book(at, threshold, hazard);
        self.tell(at, Happening::Received);
        live!("triage");
        if self.t.assessments_per_analyst_per_day == 0.0 {
            self.assessed(at);
        } else if self.desk.busy < self.desk.analysts {
            self.serve(at, at);
        } else {
            let deadline = at + patience(self.draws, self.t, self.key, count);
            let priority = first_look(self.draws, self.t, self.desk.prior_log_odds, (self.key, count), false, 1.0);
            let order = u64::from(count);
            self.desk.put(Waiting { priority, arrival: at, deadline, lead: FALSE, presses: false, order });
        }
    }

    /// A counted lead is taken up.
    fn serve(&mut self, arrival: f64, at: f64) {
        self.desk.note_wait(arrival, at, true);
        if at > arrival {
            self.desk.cohort.told.waited.add(at, at - arrival);
            self.tell(at, Happening::Waited(at - arrival));
        }
        self.desk.set_busy(at, 1);
        let assessment = &mut self.desk.cohort.assessment;
        assessment.set(at, assessment.busy + 1, self.t.assessments_per_analyst_per_day);
    }

    /// Free analysts take the best leads that wait, up to the first that presses.
    pub(super) fn take_up(&mut self, at: f64) -> Option<Waiting> {
        while self.desk.busy < self.desk.analysts {
            let first = self.desk.take()?;
            if first.lead == FALSE {
                if first.deadline <= at {
                    self.desk.note_wait(first.arrival, first.deadline, false);
                    self.told.push((first.deadline, Happening::Stale));
                } else if first.presses {
                    return Some(first);
                } else {
                    self.serve(first.arrival, at);
                }
            } else if self.leads[first.lead].waiting && self.leads[first.lead].key.bits() == first.order {
                return Some(first);
            } else {
                self.desk.note_wait(first.arrival, first.deadline, false);
            }
        }
        None
    }
}
