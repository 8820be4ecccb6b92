//! Fighters: travel (M9), life abroad (M10), territory (M11), return (M12) and returnees (M13).

pub mod abroad;
pub mod returnees;
pub mod returns;
pub mod territory;
pub mod travel;
