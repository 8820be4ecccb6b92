//! The shipped cases, in the order in which they are run.

mod belief;
mod conservation;
mod desk;
mod families;
mod fighters;
mod lives;
mod onset;
mod queue;
mod watch;

use super::VerificationError;
use super::case::{Case, Setting};

/// Every case.
pub static CASES: [&Case; 13] = [
    &queue::TERROR_QUEUE,
    &queue::FALSE_LEADS,
    &queue::PROPORTIONAL_HAZARDS,
    &desk::ERLANG_A,
    &desk::LITTLES_LAW,
    &watch::SURVEILLANCE,
    &belief::SEQUENTIAL_TEST,
    &belief::SEARCH_EFFORT,
    &fighters::FIGHTERS,
    &onset::POISSON_ONSET,
    &families::CONTAGION,
    &lives::PLOT_LIFE,
    &conservation::PEOPLE,
];

/// Mean lives or relaxation times after which the start is forgotten: what is left of it is e^−15.
const FORGOTTEN: f64 = 15.0;
/// The longest warm-up that a scenario can have.
const MOST_WARM_UP: f64 = 36_525.0;
/// Arrivals that one replication should see.
const ARRIVALS: f64 = 6_000.0;
/// Most days counted: the reader takes no dates in a far future.
const MOST_DAYS: f64 = 60_000.0;
/// Most arrivals of a replication that a case may call for.
const MOST_ARRIVALS: f64 = 2e6;

/// Least days counted where means are over the whole time.
const SHORT: f64 = 60.0;
/// Least days counted where a quantity is read at the ends of months.
const MONTHS: f64 = 360.0;

/// How long to warm up and to count, for a system that forgets its start at rate `forgets_per_day` and sees
/// `arrival_per_day`; at least so many days.
fn spans(arrival_per_day: f64, forgets_per_day: f64, least: f64) -> Result<(u32, u32), VerificationError> {
    let warm_up = (FORGOTTEN / forgets_per_day).ceil();
    if warm_up > MOST_WARM_UP {
        return Err(VerificationError::NoSteadyState(format!(
            "with these values the system takes {warm_up:.0} days to forget its start, more than the {MOST_WARM_UP} \
             days of warm-up that a scenario can have; multiply all rates by the same factor (only the unit of time \
             changes) until the smallest is {:.1e} a day",
            FORGOTTEN / MOST_WARM_UP
        )));
    }
    let days = (ARRIVALS / arrival_per_day).max(2.0 * warm_up).max(least).min(MOST_DAYS).ceil();
    if (days + warm_up) * arrival_per_day > MOST_ARRIVALS {
        return Err(VerificationError::TooLarge(format!(
            "with these values one replication would see {:.0} arrivals before it has forgotten its start a few \
             times; lower the arrivals, or raise the rates at which plots, leads or people leave",
            (days + warm_up) * arrival_per_day
        )));
    }
    Ok((warm_up as u32, days as u32))
}

/// Arrivals a day among `residents`, as the yearly rate per million of them that scenarios state.
fn per_million_per_year(per_day: f64, residents: f64) -> f64 {
    per_day * forestall_model::DAYS_PER_YEAR * 1e6 / residents
}

/// A rate a day as a rate a year.
fn per_year(per_day: f64) -> f64 {
    per_day * forestall_model::DAYS_PER_YEAR
}

/// A scenario that runs for the spans given.
fn setting(extends: &'static str, (warm_up_days, days): (u32, u32), body: String) -> Setting {
    Setting { extends, body, warm_up_days, days }
}
