//! Names by position: what a number in the state refers to.

/// A person, in the list of people.
pub type PersonId = u32;
/// A plot.
pub type PlotId = u32;
/// A service's file on a person.
pub type FileId = u32;
/// A lead about a named person.
pub type LeadId = u32;
/// A virtual entrepreneur.
pub type RecruiterId = u32;
/// A recruiter in person.
pub type InPersonId = u32;
/// A fragment's job on the central desk.
pub type JobId = u32;
/// A group clock.
pub type GroupId = u32;
/// A period of constant parameters.
pub type PeriodId = u32;
/// The end of a month.
pub type MonthId = u32;
/// A country, by position in the scenario.
pub type CountryId = u8;
