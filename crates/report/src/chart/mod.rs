//! Charts: tables in, SVG out; nothing here reads a file or runs a model.

mod acceptability;
mod canvas;
mod cases;
mod colormap;
mod convergence;
mod countries;
mod country_grid;
mod distribution;
mod ecdf;
mod elementary;
mod fan;
mod font;
mod forecasts;
mod forest;
mod glyphs;
mod harm_cost;
mod indices;
mod information;
mod inline;
mod intervals;
mod label;
mod ladder;
mod layout;
mod legend;
mod levers;
mod limits;
mod lives;
mod measure;
mod mechanisms;
mod number;
mod origin;
mod pareto;
mod pathway_outcome;
mod pipeline;
mod pit;
mod plane;
mod png;
mod posterior;
mod predictive;
mod ranks;
mod regret;
mod reliability;
mod roc;
mod rows;
mod scale;
mod services;
mod share_over_time;
mod stings;
mod theme;
mod tiles;
mod timeline;
mod tornado;
mod trade_off;
mod twin_lives;

#[cfg(test)]
mod case_layout_tests;
#[cfg(test)]
mod decision_layout_tests;
#[cfg(test)]
pub(crate) mod example;
#[cfg(test)]
mod layout_tests;

pub use acceptability::acceptability;
pub use cases::{BoxWorth, cases};
pub use convergence::convergence;
pub use countries::{COLUMNS as COUNTRIES_COLUMNS, countries};
pub use country_grid::country_grid;
pub use distribution::distribution;
pub use ecdf::ecdf;
pub use elementary::morris;
pub use fan::{cumulative, fan};
pub use forecasts::forecasts;
pub use forest::forest;
pub use glyphs::drawable;
pub use harm_cost::harm_cost;
pub use indices::sensitivity;
pub use information::information;
pub use intervals::{IntervalRow, IntervalWords, Mark, intervals};
pub use ladder::ladder;
pub use levers::{Lever, levers};
pub use limits::limits;
pub use lives::plot_lives;
pub use measure::{Better, Measure};
pub use mechanisms::mechanisms;
pub use pareto::pareto;
pub use pathway_outcome::pathway_outcome;
pub use pipeline::{COLUMNS as PIPELINE_COLUMNS, pipeline};
pub use pit::pit;
pub use plane::plane;
pub use png::png;
pub use posterior::posterior;
pub use predictive::predictive;
pub use ranks::ranks;
pub use regret::regret;
pub use reliability::reliability;
pub use roc::{Setting, roc};
pub use services::{COLUMNS as SERVICES_COLUMNS, services};
pub use share_over_time::{COLUMNS as SHARE_COLUMNS, share_by_start, share_over_time};
pub use stings::stings;
pub use tornado::tornado;
pub use trade_off::trade_off;
pub use twin_lives::{TwinWords, twin_lives};

pub(crate) use canvas::escape;
pub(crate) use font::{STACK, faces};
pub(crate) use forest::{effect, unit};
pub(crate) use inline::inline;
pub use measure::capital;
pub use number::{counted, short, together};

use forestall_model::Table;

/// The arm that every policy is compared with.
pub const BASELINE: &str = "baseline";

/// One arm of an experiment, as charts name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// The value in the tables' `arm` column.
    pub name: String,
    /// What readers see.
    pub label: String,
    /// How many replications finished.
    pub replications: usize,
}

/// A finished chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// File stem, the same for SVG, PNG and CSV.
    pub name: String,
    /// What is shown, in one line.
    pub title: String,
    /// A stand-alone SVG document.
    pub svg: String,
    /// The numbers drawn.
    pub data: Table,
    /// Sample size and what the intervals mean.
    pub caption: String,
    /// The picture in words.
    pub alt: String,
    /// Top and bottom, in pixels, of the drawing without its title and caption.
    pub picture: (f64, f64),
}

/// Why a chart could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// A table lacks a column that the chart shows.
    #[error("chart `{chart}` needs the column `{column}`, which its table does not have")]
    MissingColumn {
        /// The chart's name.
        chart: String,
        /// The missing column.
        column: String,
    },
    /// The drawing library refused.
    #[error("a chart could not be drawn: {0}")]
    Drawing(String),
    /// The SVG could not be read back.
    #[error("the drawing of `{chart}` is not valid SVG: {reason}")]
    Svg {
        /// The chart's name.
        chart: String,
        /// What the parser found.
        reason: String,
    },
    /// The picture would be too large or of no size.
    #[error("`{chart}` cannot be drawn at {scale} times its size; choose a scale between 0.1 and 10")]
    Size {
        /// The chart's name.
        chart: String,
        /// The scale asked for.
        scale: f64,
    },
}
