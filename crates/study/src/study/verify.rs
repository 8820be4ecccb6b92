//! The model against analytical solutions of queueing and branching theory.

use crate::verification::{CASES, Case, CaseReport, Effort, Values, VerificationError, case, check, scenario};

/// What is checked, and how hard.
#[derive(Clone, Debug, Default)]
pub struct VerifyRequest {
    /// The case; all if none is named.
    pub case: Option<String>,
    /// Keys of the case with their values: `agents=5`.
    pub sets: Vec<String>,
    /// Replications; as many as show a wrong rate of 5 % if not given.
    pub replications: Option<u64>,
    /// Seed of all random numbers.
    pub seed: u64,
}

impl VerifyRequest {
    /// The cases that are meant.
    ///
    /// # Errors
    /// [`VerificationError::UnknownCase`].
    pub fn cases(&self) -> Result<Vec<&'static Case>, VerificationError> {
        self.case.as_ref().map_or_else(|| Ok(CASES.to_vec()), |name| Ok(vec![case(name)?]))
    }

    /// The values of a case.
    fn values(&self, case: &'static Case) -> Result<Values, VerificationError> {
        let mut values = Values::shipped(case);
        self.sets.iter().try_for_each(|set| values.assign(set))?;
        Ok(values)
    }

    /// The scenario of each case, as text that [`Study::from_text`](super::Study::from_text) takes.
    ///
    /// # Errors
    /// [`VerificationError`].
    pub fn scenarios(&self) -> Result<Vec<String>, VerificationError> {
        self.cases()?.into_iter().map(|case| scenario(case, &self.values(case)?)).collect()
    }
}

/// Checks the model; `observe` is given each case as soon as it is checked.
///
/// # Errors
/// [`VerificationError`]; that the model disagrees is a finding and no error.
pub fn verify(
    request: &VerifyRequest,
    observe: &mut dyn FnMut(&'static Case, &CaseReport),
) -> Result<(), VerificationError> {
    for case in request.cases()? {
        let effort = Effort { replications: request.replications, seed: request.seed };
        observe(case, &check(case, &request.values(case)?, effort)?);
    }
    Ok(())
}
