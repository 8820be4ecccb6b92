//! A table of points simulated in shards: processes on many machines that share a folder, each with a file of its own.
//!
//! Point k depends on seed and k alone, so who simulates it plays no part. The command without a shard takes what is
//! there in place of simulating, simulates the rest, and gives what it would have given by itself, byte for byte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::calibration::{CalibrationError, prior_point};
use crate::cluster::Shard;
use crate::montecarlo::Progress;
use crate::results::{ResultsError, folder_name, sealed};

use super::session::BATCH;
use super::simulated::{Patterns, Simulated};
use super::{CalibrationEvent, CalibrationRequest, FitMethod, Monitor, checked, factors, hash};
use crate::study::Study;

/// The folder of the shards in that of the fit.
const SHARDS: &str = "shards";

/// What one shard has simulated, by number.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    points: BTreeMap<u64, Simulated>,
}

/// How far a shard has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationShard {
    /// Points of this shard.
    pub of: u64,
    /// Of these, points that were there before.
    pub found: u64,
    /// Of these, points that are there now.
    pub done: u64,
    /// Seconds that it took.
    pub seconds: f64,
}

impl Study {
    /// Simulates one shard of the table of a calibration by regression; [`Study::calibrate`] with the same request takes
    /// what all shards have left in its folder.
    ///
    /// # Errors
    /// [`CalibrationError`].
    pub fn calibrate_shard(
        &self,
        request: &CalibrationRequest,
        shard: Shard,
        monitor: &Monitor<CalibrationEvent>,
    ) -> Result<CalibrationShard, CalibrationError> {
        let plan = self.scenario();
        let (text, targets) = checked(request, plan)?;
        if !matches!(request.method, FitMethod::Regression { .. }) {
            return Err(CalibrationError::request(
                "--shard cuts the table of a fit by regression: add --method regression; generations follow each other, \
                 so fit by them in one process",
            ));
        }
        if request.table.is_some() {
            return Err(CalibrationError::request(
                "--table takes points that are there: leave out --shard, or --table",
            ));
        }
        let path = request.folder.join(folder_name(&format!("{}-calibration", plan.name), &hash(request, plan, &text)));
        let file = path.join(SHARDS).join(format!("{}-of-{}.json", shard.index, shard.of));
        let began = Instant::now();
        let numbers = shard.chunks(request.simulations);
        // Another cut of the same table may have simulated some.
        let all = read(&path)?;
        let mut own: BTreeMap<u64, Simulated> =
            numbers.clone().filter_map(|k| all.get(&k).map(|found| (k, found.clone()))).collect();
        let (of, found) = (numbers.end - numbers.start, own.len() as u64);
        let missing: Vec<u64> = numbers.filter(|k| !own.contains_key(k)).collect();
        let model = Patterns::new(plan, &targets.0);
        let free = factors(plan);
        let one = |&number: &u64| {
            let point = prior_point(&free, plan.seed, number);
            (!monitor.cancelled()).then(|| (number, model.of(&free, &point, request.replications)))
        };
        monitor.tell(CalibrationEvent::Begins(of));
        let tell = |done: u64| monitor.tell(CalibrationEvent::Progress(Progress { done, all: of }));
        tell(found);
        for batch in missing.chunks(BATCH) {
            let points: Option<Vec<(u64, Simulated)>> = batch.par_iter().with_max_len(1).map(one).collect();
            let Some(points) = points else { break };
            own.extend(points);
            // A second copy of this shard, such as one that a lost node still runs, writes there too.
            let mut part: Part = sealed::read(&file)?.unwrap_or_default();
            part.points.extend(own.iter().map(|(number, found)| (*number, found.clone())));
            sealed::write(&file, &part)?;
            tell(own.len() as u64);
        }
        monitor.tell(CalibrationEvent::Ends);
        Ok(CalibrationShard { of, found, done: own.len() as u64, seconds: began.elapsed().as_secs_f64() })
    }
}

/// Whether a text is what a shard leaves.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn readable(text: &[u8]) -> bool {
    sealed::parse::<Part>(text).is_ok()
}

/// What all shards of the fit in a folder have left, by number.
///
/// # Errors
/// If the folder cannot be read, or a file in it is damaged: removing that loses its points alone.
pub(super) fn read(folder: &Path) -> Result<BTreeMap<u64, Simulated>, CalibrationError> {
    let place = folder.join(SHARDS);
    let mut all = BTreeMap::new();
    let entries = match std::fs::read_dir(&place) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(all),
        Err(error) => return Err(ResultsError::io("read folder", &place, error).into()),
    };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    for file in files {
        if let Some(part) = sealed::read::<Part>(&file)? {
            all.extend(part.points);
        }
    }
    Ok(all)
}
