//! Plots: how they start (M14), work (M15), keep secrets (M16), leave survivors (M17) and where (M18).

pub mod harm;
pub mod life;
pub mod pathways;
pub mod place;
pub mod secrecy;
pub mod survivors;
pub mod work;

/// How a plot came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pathway {
    /// One to a few friends, self-started.
    Inspired,
    /// A cluster with ties to a returnee or a support milieu.
    Networked,
    /// Instructed by a virtual entrepreneur.
    OnlineDirected,
    /// Trained people sent.
    Dispatched,
}

impl Pathway {
    /// All pathways in order.
    pub const ALL: [Self; 4] = [Self::Inspired, Self::Networked, Self::OnlineDirected, Self::Dispatched];

    /// The pathway's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inspired => "inspired",
            Self::Networked => "networked",
            Self::OnlineDirected => "online_directed",
            Self::Dispatched => "dispatched",
        }
    }

    /// Whether somebody outside gives the order.
    pub fn directed(self) -> bool {
        matches!(self, Self::OnlineDirected | Self::Dispatched)
    }
}
