//! How a command ends: exit codes, and errors told to people.

use forestall_model::{Diagnostics, visible};
use forestall_report::assembly::AssemblyError;
use forestall_study::{AnalyseError, MonteCarloError, ReplayError, ResultsError, SelectError, StudyError};

use super::options::Common;
use super::terminal::{lost, tell};

/// Exit codes that scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All done.
    Done = 0,
    /// The program could not do its work, for a reason outside the scenario.
    Failed = 1,
    /// Wrong usage, or an error in the scenario.
    Usage = 2,
    /// Some replications failed; the others are there.
    SomeFailed = 3,
    /// The precision asked for was not reached.
    NotPrecise = 4,
    /// Stored data are damaged or belong to another run.
    Data = 5,
    /// Stopped early; running again goes on.
    Stopped = 75,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// Errors in the scenario.
    Scenario(Diagnostics),
    /// Errors in a problem file.
    Problem(Diagnostics),
    /// Errors in a targets file.
    Targets(Diagnostics),
    /// Anything else, with the exit code that it calls for.
    Other(Exit, anyhow::Error),
}

impl Failure {
    /// A mistake in how the command was called.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Other(Exit::Usage, anyhow::anyhow!(message.into()))
    }

    /// Tells the failure on standard error and gives the exit code.
    pub fn tell(self, common: &Common) -> Exit {
        let words = self.words(common.coloured());
        if matches!(self, Self::Other(..)) {
            let mark = if common.coloured() { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
            tell(&format!("{mark}: {words}"));
        } else {
            tell(&words);
        }
        self.exit()
    }

    /// The exit code that it calls for.
    pub fn exit(&self) -> Exit {
        if let Self::Other(exit, _) = self { *exit } else { Exit::Usage }
    }

    /// What is said of it; mistakes in a file with their places, and in colour if asked for.
    pub fn words(&self, coloured: bool) -> String {
        match self {
            Self::Scenario(diagnostics) => diagnostics.render(coloured),
            Self::Problem(diagnostics) => diagnostics.render_of("problem file", coloured),
            Self::Targets(diagnostics) => diagnostics.render_of("targets file", coloured),
            Self::Other(_, error) => {
                let mut text = error.to_string();
                for cause in error.chain().skip(1).map(ToString::to_string) {
                    // Some messages already say their cause.
                    if !text.contains(&cause) {
                        text = format!("{text}: {cause}");
                    }
                }
                visible(&text).to_string()
            }
        }
    }
}

/// Tells that standard output did not take all data, where it did not, and gives the exit code that is left.
pub fn with_losses(exit: Exit) -> Exit {
    let Some(reason) = lost() else { return exit };
    tell(&format!("error: standard output did not take all data: {reason}"));
    if exit == Exit::Done { Exit::Failed } else { exit }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Scenario(diagnostics)
    }
}

impl From<ResultsError> for Failure {
    fn from(error: ResultsError) -> Self {
        let exit = match &error {
            ResultsError::NoRun { .. } => Exit::Usage,
            _ if error.is_data_mismatch() => Exit::Data,
            _ => Exit::Failed,
        };
        Self::Other(exit, error.into())
    }
}

impl From<MonteCarloError> for Failure {
    fn from(error: MonteCarloError) -> Self {
        match error {
            MonteCarloError::Results(error) => error.into(),
            MonteCarloError::UnknownOutcome(_) => Self::Other(Exit::Usage, error.into()),
        }
    }
}

impl From<StudyError> for Failure {
    fn from(error: StudyError) -> Self {
        match error {
            StudyError::Scenario(diagnostics) => Self::Scenario(diagnostics),
            StudyError::MonteCarlo(error) => error.into(),
            StudyError::Results(error) => error.into(),
            StudyError::Replication { .. } => Self::Other(Exit::SomeFailed, error.into()),
            error => Self::Other(Exit::Usage, error.into()),
        }
    }
}

impl From<SelectError> for Failure {
    fn from(error: SelectError) -> Self {
        match error {
            SelectError::Study(error) => error.into(),
            SelectError::Analysis(error) => error.into(),
        }
    }
}

impl From<AnalyseError> for Failure {
    fn from(error: AnalyseError) -> Self {
        match error {
            AnalyseError::Analysis(error) => error.into(),
            AnalyseError::Design(error) => error.into(),
            AnalyseError::Sweep(error) => error.into(),
            AnalyseError::Results(error) => error.into(),
            AnalyseError::Study(error) => error.into(),
            AnalyseError::Targets(error) => error.into(),
            AnalyseError::Unfinished { .. } => Self::Other(Exit::Stopped, error.into()),
            error => Self::Other(Exit::Usage, error.into()),
        }
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Scenario(diagnostics) => Self::Scenario(diagnostics),
            ReplayError::Study(error) => error.into(),
            ReplayError::Results(error) => error.into(),
            ReplayError::Mismatch(_) => Self::Other(Exit::Data, error.into()),
            ReplayError::Request(_) => Self::Other(Exit::Usage, error.into()),
            ReplayError::Failed(_) => Self::Other(Exit::Failed, error.into()),
        }
    }
}

impl From<AssemblyError> for Failure {
    fn from(error: AssemblyError) -> Self {
        match error {
            AssemblyError::Chart(error) => error.into(),
            AssemblyError::Study(error) => error.into(),
        }
    }
}

impl From<forestall_study::DesignError> for Failure {
    fn from(error: forestall_study::DesignError) -> Self {
        match error {
            forestall_study::DesignError::Problem(diagnostics) => Self::Problem(diagnostics),
            error => Self::Other(if error.is_data_mismatch() { Exit::Data } else { Exit::Usage }, error.into()),
        }
    }
}

impl From<forestall_study::AnalysisError> for Failure {
    fn from(error: forestall_study::AnalysisError) -> Self {
        Self::Other(if error.is_data_mismatch() { Exit::Data } else { Exit::Usage }, error.into())
    }
}

impl From<forestall_study::ClusterError> for Failure {
    fn from(error: forestall_study::ClusterError) -> Self {
        use forestall_study::ClusterError;
        match error {
            ClusterError::Scenario(diagnostics) => Self::Scenario(diagnostics),
            ClusterError::Design(error) => error.into(),
            ClusterError::Results(error) => error.into(),
            error => {
                let exit = match error {
                    _ if error.is_data_mismatch() => Exit::Data,
                    ClusterError::Incomplete { .. } => Exit::Stopped,
                    ClusterError::Request(_) => Exit::Usage,
                    _ => Exit::Failed,
                };
                Self::Other(exit, error.into())
            }
        }
    }
}

impl From<forestall_study::ExploreError> for Failure {
    fn from(error: forestall_study::ExploreError) -> Self {
        use forestall_study::ExploreError;
        match error {
            ExploreError::Scenario(diagnostics) => Self::Scenario(diagnostics),
            ExploreError::Sweep(error) => error.into(),
            ExploreError::Results(error) => error.into(),
            error => Self::Other(Exit::Usage, error.into()),
        }
    }
}

impl From<forestall_report::chart::ChartError> for Failure {
    fn from(error: forestall_report::chart::ChartError) -> Self {
        Self::Other(Exit::Failed, error.into())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(Exit::Failed, error)
    }
}
