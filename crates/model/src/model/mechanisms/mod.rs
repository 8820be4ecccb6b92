//! The mechanisms, one file each; none names another, and [`super::wiring`] alone names all.

pub(crate) mod fighters;
pub(crate) mod measures;
pub(crate) mod plots;
pub(crate) mod population;
pub(crate) mod recruiters;
pub(crate) mod services;
pub(crate) mod sharing;
