//! The event engine: time, agenda, clocks and keyed draws; it knows no domain word.
