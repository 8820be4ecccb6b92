//! The integration tests, one binary.

mod docs;
