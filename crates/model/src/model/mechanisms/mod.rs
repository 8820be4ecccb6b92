//! The mechanisms, one file each; none names another, and [`super::wiring`] alone names all.

pub mod fighters;
pub mod measures;
pub mod plots;
pub mod population;
pub mod recruiters;
pub mod services;
pub mod sharing;
