//! Recruiters: in person (M6), virtual entrepreneurs (M7) and undercover personas (M8).

pub(crate) mod in_person;
pub(crate) mod stings;
pub(crate) mod virtual_entrepreneurs;
