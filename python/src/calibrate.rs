//! Calibration: the request in Python's words, the fit beside Python, and what it found.

use std::path::PathBuf;

use forestall::cli::Failure;
use forestall::cli::answers;
use forestall::{Calibration, CalibrationEvent, CalibrationOutcome, CalibrationRequest, FitMethod, Monitor, Study};
use forestall_study::Combine;
use pyo3::prelude::*;

use crate::answer::{Answer, Found, as_arrow, folder_of};
use crate::errors::raised;
use crate::progress::Shown;
use crate::work::{Watch, attend};

/// How a fit is to go, as Python says it.
pub struct Fit<'a> {
    /// `smc` or `regression`.
    pub method: &'a str,
    /// `sum` or `max`.
    pub distance: &'a str,
    /// Share of the table that is near the facts.
    pub accept: f64,
    /// Points that are tried as known truths.
    pub truths: usize,
}

impl Fit<'_> {
    /// The request that `make` makes of method and distance.
    ///
    /// # Errors
    /// A method or a distance that there is not.
    pub fn request(
        &self,
        py: Python<'_>,
        make: impl FnOnce(FitMethod, Combine) -> CalibrationRequest,
    ) -> PyResult<CalibrationRequest> {
        let wrong = |what: &str, found: &str, known: &str| {
            raised(py, Failure::usage(format!("the {what} is {known}; found `{found}`")))
        };
        let method = match self.method {
            "smc" => FitMethod::Generations,
            "regression" => FitMethod::Regression { accept: self.accept, truths: self.truths },
            other => return Err(wrong("method", other, "smc or regression")),
        };
        let combine = match self.distance {
            "sum" => Combine::Sum,
            "max" => Combine::Maximum,
            other => return Err(wrong("distance", other, "sum or max")),
        };
        Ok(make(method, combine))
    }
}

fn found(calibration: &Calibration) -> Result<Found, Failure> {
    let tables = vec![
        ("parameters", calibration.parameter_table()),
        ("patterns", calibration.pattern_table()),
        ("ranks", calibration.rank_table()),
        ("truths", calibration.truth_table()),
    ];
    Ok(Found {
        kind: "calibration",
        verdict: calibration.end_words(),
        text: answers::calibration_text(calibration),
        json: answers::calibration_json(calibration),
        tables: as_arrow(tables)?,
        notes: Vec::new(),
        path: Some(folder_of(&calibration.folder)),
    })
}

fn show(py: Python<'_>, event: &CalibrationEvent, shown: &mut Shown) -> PyResult<()> {
    match event {
        CalibrationEvent::Screening { of, most } => {
            shown.say(py, &format!("screening {of} parameters for the {most} that matter most"))
        }
        CalibrationEvent::Begins(runs) => {
            shown.begin(*runs);
            Ok(())
        }
        CalibrationEvent::Generation(generation) => shown.say(py, &answers::generation_line(generation)),
        CalibrationEvent::Progress(progress) => {
            shown.progress(*progress);
            Ok(())
        }
        CalibrationEvent::Ends => shown.end(py),
    }
}

/// Calibrates, draws the charts and writes the page into the calibration's folder.
///
/// # Errors
/// What the command line tells; an interrupt.
pub fn calibrate(
    py: Python<'_>,
    study: Study,
    scenario: PathBuf,
    request: CalibrationRequest,
    (threads, memory): (Option<usize>, Option<f64>),
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Answer> {
    let mut shown = Shown::new(py, progress)?;
    let work = move |watch: &Watch<'_, CalibrationEvent>| {
        if let Some(reason) = answers::too_little_memory(&study, 0, memory) {
            return Err(Failure::usage(reason));
        }
        let observe = |event: CalibrationEvent| (watch.tell)(event);
        let end = study.calibrate(&request, &Monitor { observe: &observe, cancel: watch.cancel })?;
        let CalibrationOutcome::Complete(calibration) = end.outcome else {
            // An interrupt has stopped it, and is what is raised.
            return Err(Failure::usage("stopped early; the same call goes on"));
        };
        answers::write_calibration_page(&calibration, (&scenario, study.scenario()), &request.provenance)?;
        found(&calibration)
    };
    let ended = attend(py, threads, work, |py, events| {
        events.iter().try_for_each(|event| show(py, event, &mut shown))?;
        shown.draw(py)
    });
    let closed = shown.end(py);
    let found = ended?;
    closed?;
    Answer::new(py, found)
}
