//! Fighters: travel (M9), life abroad (M10), territory (M11), return (M12) and returnees (M13).

pub(crate) mod abroad;
pub(crate) mod returnees;
pub(crate) mod returns;
pub(crate) mod territory;
pub(crate) mod travel;
