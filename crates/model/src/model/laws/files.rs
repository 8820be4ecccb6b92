//! A file and its group: open files are in one, watched ones in that of the watched, and closed ones wait for nothing.

use super::fail;
use crate::engine::heap::Handle;
use crate::model::sim::Sim;
use crate::model::state::ids::FileId;
use crate::model::state::{FileStatus, Group};

/// Fails where a file's group is not what its status says, or where a closed one waits for belief to fall.
pub(super) fn in_its_group(sim: &Sim, d: FileId) {
    let file = &sim.world.dossiers[d];
    let seen = sim.ever.grouped && file.status >= FileStatus::Open;
    let unwatched = file.group == Group::Watched && file.status != FileStatus::Watched;
    if seen != (file.group != Group::Closed) || unwatched {
        fail(sim, "an open file is in a group", &format!("{d:?}: {:?}, {:?}", file.status, file.group));
    }
    if file.status == FileStatus::Closed && file.fall != Handle::NONE {
        fail(sim, "nobody waits for a closed file to fall", &format!("{d:?}"));
    }
}
