//! From a request to a design: its points, its blocks and its id.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use forestall_model::{Column, Table};

use super::error::DesignError;
use super::factor::{Factor, Levels};
use super::morris::Move;
use super::owen::ScrambledSobol;
use super::problem::Problem;
use super::sobol::MOST_DIMENSIONS;
use super::{grid, latin, morris, saltelli};
use crate::results::outside::shown;

/// Most numbers a design may hold.
const MOST_CELLS: usize = 200_000_000;

/// How points are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Every combination of evenly spaced values.
    Grid {
        /// Values of each numeric factor.
        levels: usize,
    },
    /// A Latin hypercube.
    Lhs {
        /// Whether points are moved apart.
        maximin: bool,
    },
    /// An Owen-scrambled Sobol sequence.
    Sobol,
    /// Blocks for Sobol indices.
    Saltelli {
        /// Whether second-order indices can be computed.
        second_order: bool,
    },
    /// One-at-a-time trajectories.
    Morris {
        /// Levels of the grid that trajectories walk on.
        levels: usize,
    },
    /// Points from elsewhere, without known structure.
    Points,
}

impl Method {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grid { .. } => "grid",
            Self::Lhs { .. } => "lhs",
            Self::Sobol => "sobol",
            Self::Saltelli { .. } => "saltelli",
            Self::Morris { .. } => "morris",
            Self::Points => "points",
        }
    }
}

/// What to plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DesignRequest {
    /// How points are laid out.
    pub method: Method,
    /// Points of a hypercube or sequence, blocks of Saltelli's design, trajectories of Morris's; a grid has its own.
    pub base: usize,
    /// Seed of all that is random in it.
    pub seed: u64,
}

/// Factors that are judged together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name; the factor's own where it stands alone.
    pub name: String,
    /// Places of its factors.
    pub members: Vec<usize>,
}

/// Factors × points, with the structure that analyses need.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    id: String,
    method: Method,
    factors: Vec<Factor>,
    /// One column of values a factor; categories by code.
    columns: Vec<Vec<f64>>,
    /// Whether the method is known, and not only recognised by the points.
    known: bool,
}

/// Plans a design.
///
/// # Errors
/// [`DesignError::Request`] where the request cannot be met: too many dimensions or rows, no point, odd levels.
pub fn plan(problem: &Problem, request: &DesignRequest) -> Result<Design, DesignError> {
    let factors = &problem.factors;
    let groups = groups(factors);
    let (count, base) = (factors.len(), request.base);
    if base == 0 && !matches!(request.method, Method::Grid { .. }) {
        return Err(DesignError::request("a design has at least one point (--points, or --base)"));
    }
    let rows_a_block = match request.method {
        Method::Saltelli { second_order } => saltelli::block_rows(groups.len(), second_order),
        Method::Morris { .. } => groups.len() + 1,
        _ => 1,
    };
    let cells = base.checked_mul(rows_a_block).and_then(|rows| rows.checked_mul(count));
    if cells.is_none_or(|cells| cells > MOST_CELLS) {
        let message = format!("this design would hold more than {MOST_CELLS} numbers; take a smaller --base");
        return Err(DesignError::request(message));
    }
    let points = |dimensions: usize| {
        ScrambledSobol::new(dimensions, request.seed).ok_or_else(|| {
            let message = format!(
                "{dimensions} dimensions are needed, and the Sobol sequence has {MOST_DIMENSIONS}; take --design lhs or \
                 morris, or fewer parameters"
            );
            DesignError::request(message)
        })
    };
    let rows: Vec<f64> = match request.method {
        Method::Grid { levels: 0 } => return Err(DesignError::request("a grid needs at least one level")),
        Method::Grid { levels } => grid::values(factors, levels, MOST_CELLS / count)?,
        Method::Lhs { maximin } => valued(factors, latin::ranks(request.seed, base, count, maximin)),
        Method::Sobol => {
            let points = points(count)?;
            let at = |cell: usize| points.at((cell / count) as u64, cell % count);
            valued(factors, (0..base * count).map(at).collect())
        }
        Method::Saltelli { second_order } => {
            valued(factors, saltelli::ranks(&points(2 * count)?, base, count, &groups, second_order))
        }
        Method::Morris { levels } if levels < 2 || levels % 2 == 1 => {
            return Err(DesignError::request(format!(
                "{levels} levels cannot be halved; take 4, or another even number"
            )));
        }
        Method::Morris { levels } => {
            let shares = morris::shares(request.seed, base, levels, count, &groups);
            let ranks = shares.iter().enumerate().map(|(i, s)| factors[i % count].rank_of_share(s.clamp(0.0, 1.0)));
            valued(factors, ranks.collect())
        }
        Method::Points => return Err(DesignError::request("points from elsewhere cannot be planned")),
    };
    let columns = (0..count).map(|d| rows.iter().skip(d).step_by(count).copied().collect()).collect();
    Ok(Design::new(request.method, factors.clone(), columns))
}

/// Ranks of all rows turned into values.
fn valued(factors: &[Factor], mut ranks: Vec<f64>) -> Vec<f64> {
    for (i, rank) in ranks.iter_mut().enumerate() {
        *rank = factors[i % factors.len()].value(*rank);
    }
    ranks
}

/// The groups in the order of their first factor; each factor its own where no group is named.
fn groups(factors: &[Factor]) -> Vec<Group> {
    let mut all: Vec<Group> = Vec::new();
    for (place, factor) in factors.iter().enumerate() {
        let name = factor.group.as_ref().unwrap_or(&factor.name);
        let known = all.iter_mut().find(|g| factor.group.is_some() && g.name == *name);
        if let Some(group) = known {
            group.members.push(place);
        } else {
            all.push(Group { name: name.clone(), members: vec![place] });
        }
    }
    all
}

impl Design {
    fn new(method: Method, factors: Vec<Factor>, columns: Vec<Vec<f64>>) -> Self {
        let id = identity(&factors, &columns);
        Self { id, method, factors, columns, known: true }
    }

    /// A table of points as a design; the blocks of Saltelli and the trajectories of Morris are recognised by
    /// their values. Columns that are no factor are left alone.
    ///
    /// # Errors
    /// [`DesignError::Mismatch`] where a factor has no column, or a value is none of its own.
    pub fn from_table(problem: &Problem, table: &Table) -> Result<Self, DesignError> {
        let factors = problem.factors.clone();
        let columns: Vec<Vec<f64>> = factors.iter().map(|f| column(f, table)).collect::<Result<_, _>>()?;
        if columns[0].is_empty() {
            return Err(DesignError::mismatch("the design has no row"));
        }
        let groups = groups(&factors);
        let saltelli = |second_order| saltelli::check(&columns, &groups, second_order).is_ok();
        let method = if saltelli(true) {
            Method::Saltelli { second_order: true }
        } else if saltelli(false) {
            Method::Saltelli { second_order: false }
        } else if morris::moves(&factors, &columns, &groups, LEVELS).is_ok() {
            Method::Morris { levels: LEVELS }
        } else {
            Method::Points
        };
        Ok(Self { known: false, ..Self::new(method, factors, columns) })
    }

    /// A table of points that this method is known to have made.
    ///
    /// # Errors
    /// [`DesignError::Mismatch`] where a factor has no column, or a value is none of its own.
    pub fn from_points(problem: &Problem, table: &Table, method: Method) -> Result<Self, DesignError> {
        let factors = problem.factors.clone();
        let columns: Vec<Vec<f64>> = factors.iter().map(|f| column(f, table)).collect::<Result<_, _>>()?;
        if columns[0].is_empty() {
            return Err(DesignError::mismatch("the design has no row"));
        }
        Ok(Self::new(method, factors, columns))
    }

    /// The same points under the method that is known to have made them.
    #[must_use]
    pub fn made_by(mut self, method: Method) -> Self {
        (self.method, self.known) = (method, true);
        self
    }

    /// The hash of factors and points, in hexadecimal.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How points are laid out.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The factors in the order of the columns.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// The number of points.
    pub fn rows(&self) -> usize {
        self.columns[0].len()
    }

    /// The values of factor `place`, categories by code.
    ///
    /// # Panics
    /// If there is no such factor: a defect of the caller.
    pub fn column(&self, place: usize) -> &[f64] {
        &self.columns[place]
    }

    /// The groups of factors.
    pub fn groups(&self) -> Vec<Group> {
        groups(&self.factors)
    }

    /// Which groups have one value, or one set of values, in all rows.
    pub fn constant_groups(&self) -> Vec<bool> {
        let still = |j: &usize| self.columns[*j].iter().all(|v| *v == self.columns[*j][0]);
        self.groups().iter().map(|group| group.members.iter().all(still)).collect()
    }

    /// How many rows in sequence belong together: a Saltelli block, a trajectory, or one.
    pub fn block_rows(&self) -> usize {
        let groups = self.groups().len();
        match self.method {
            Method::Saltelli { second_order } => saltelli::block_rows(groups, second_order),
            Method::Morris { .. } => groups + 1,
            _ => 1,
        }
    }

    /// How many rows in sequence were made to belong together, as [`Self::block_rows`]; one where structure is only
    /// recognised by the points, which hangs on the order of rows.
    pub fn known_block_rows(&self) -> usize {
        if self.known { self.block_rows() } else { 1 }
    }

    /// The steps of every trajectory.
    ///
    /// # Errors
    /// [`DesignError::Mismatch`] where the rows are no trajectories.
    pub fn moves(&self) -> Result<Vec<Vec<Move>>, DesignError> {
        let levels = if let Method::Morris { levels } = self.method { levels } else { LEVELS };
        let groups = self.groups();
        morris::moves(&self.factors, &self.columns, &groups, levels).map_err(|t| {
            DesignError::mismatch(format!(
                "trajectory {} of the design is none: in {} rows, each of the {} groups must move once",
                t + 1,
                groups.len() + 1,
                groups.len()
            ))
        })
    }

    /// The points as a table: one column a parameter, named as the parameter; categories by name.
    pub fn table(&self) -> Table {
        let mut table = Table::new();
        for (factor, values) in self.factors.iter().zip(&self.columns) {
            let column = match &factor.levels {
                Levels::Category(_) => Column::Text(values.iter().map(|v| factor.text(*v)).collect()),
                Levels::Number { whole: true, .. } => Column::Integer(values.iter().map(|v| Some(*v as i64)).collect()),
                Levels::Number { .. } => Column::Number(values.iter().map(|v| Some(*v)).collect()),
            };
            table.push(&factor.name, column);
        }
        table
    }
}

/// Levels of Morris's grid where nothing else is said.
const LEVELS: usize = 4;

/// The values of one factor in a table; names of categories become codes.
fn column(factor: &Factor, table: &Table) -> Result<Vec<f64>, DesignError> {
    let Some(found) = table.column(&factor.name) else {
        let names: Vec<&str> = table.columns().map(|(name, _)| name).collect();
        return Err(DesignError::mismatch(format!(
            "the design has no column `{}`; its columns are {}",
            factor.name,
            names.join(", ")
        )));
    };
    let wrong = |row: usize| {
        DesignError::mismatch(format!(
            "the design's `{}` in row {} is `{}`, which is not {}",
            factor.name,
            row + 1,
            shown(&found.text(row)),
            factor.describe()
        ))
    };
    // As written; otherwise as another tool may have written it again, where that can be one category alone.
    let code = |row: usize, names: &[String]| {
        let cell = found.text(row);
        let exact = names.iter().position(|name| *name == cell);
        let mut like = (0..names.len()).filter(|code| factor.is_called(*code as f64, &cell));
        let alone = like.next().filter(|_| like.next().is_none());
        exact.or(alone).map(|code| code as f64)
    };
    let value = |row: usize| match factor.categories() {
        Some(names) => code(row, names),
        None => found.number(row).filter(|x| x.is_finite()),
    };
    (0..found.len()).map(|row| value(row).ok_or_else(|| wrong(row))).collect()
}

fn identity(factors: &[Factor], columns: &[Vec<f64>]) -> String {
    let mut digest = Sha256::new();
    digest.update(b"forestall design 1\n");
    for (factor, column) in factors.iter().zip(columns) {
        let group = factor.group.as_deref().unwrap_or("");
        digest.update(format!("{}\u{1f}{group}\u{1f}{}\n", factor.name, factor.describe()).as_bytes());
        for value in column {
            // Adding zero makes −0 and 0 the same.
            digest.update((value + 0.0).to_le_bytes());
        }
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
