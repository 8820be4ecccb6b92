//! Recruiters: in person (M6), virtual entrepreneurs (M7) and undercover personas (M8).

pub mod in_person;
pub mod stings;
pub mod virtual_entrepreneurs;
