//! Where the rows of a run are: in its folder, from which what is wanted is read, or in memory.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::montecarlo::plots::{Cutter, See, each_replication};
use crate::results::parquet_file::TableReader;
use crate::results::{ResultsError, ResultsFolder, TableName};
use forestall_model::Table;

use super::StudyError;

/// The tables of a run in memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub replications: Table,
    pub monthly: Table,
    pub by_country: Table,
    pub matched: Table,
    pub events: Table,
}

impl Tables {
    fn table(&self, name: TableName) -> &Table {
        match name {
            TableName::Replications => &self.replications,
            TableName::Monthly => &self.monthly,
            TableName::ByCountry => &self.by_country,
            TableName::Matched => &self.matched,
            TableName::Events => &self.events,
        }
    }
}

/// The rows of a run.
#[derive(Debug)]
pub(super) enum Rows {
    /// In memory, all of them; the folder where no run has finished yet.
    Memory(Box<Tables>, Option<ResultsFolder>),
    /// In a folder.
    Folder {
        folder: ResultsFolder,
        /// Small, and wanted by nearly everything.
        replications: Table,
        /// The files that agree with the record.
        checked: Mutex<BTreeSet<TableName>>,
    },
}

impl Rows {
    /// The rows in the folder of a run with replications.
    pub(super) fn in_folder(folder: ResultsFolder) -> Result<Self, StudyError> {
        let replications = folder.read(TableName::Replications)?;
        Ok(Self::Folder { folder, replications, checked: Mutex::default() })
    }

    pub(super) fn folder(&self) -> Option<&ResultsFolder> {
        match self {
            Self::Memory(_, folder) => folder.as_ref(),
            Self::Folder { folder, .. } => Some(folder),
        }
    }

    pub(super) fn replications(&self) -> &Table {
        match self {
            Self::Memory(tables, _) => &tables.replications,
            Self::Folder { replications, .. } => replications,
        }
    }

    /// A whole table; that of events is empty where none was kept.
    pub(super) fn whole(&self, name: TableName) -> Result<Table, StudyError> {
        match self.source(name)? {
            Source::Nothing => Ok(Table::new()),
            Source::Memory(table) => Ok(table.clone()),
            Source::File(reader) => Ok(reader.read_all()?),
        }
    }

    /// Some columns in the rows of one policy, or of all.
    pub(super) fn columns(&self, name: TableName, columns: &[&str], policy: Option<&str>) -> Result<Table, StudyError> {
        let mut with_arm = columns.to_vec();
        if policy.is_some() && !columns.contains(&"arm") {
            with_arm.push("arm");
        }
        let mut all: Option<Table> = None;
        self.each_stretch(name, &with_arm, &mut |rows| {
            let mut own = rows.select(columns);
            if let Some(policy) = policy {
                let arms = rows.texts("arm").unwrap_or(&[]);
                own = own.take(&(0..arms.len()).filter(|&row| arms[row] == policy).collect::<Vec<_>>());
            }
            match &mut all {
                None => all = Some(own),
                Some(all) => all.append_rows(&own, 0..own.rows()),
            }
            Ok(())
        })?;
        Ok(all.unwrap_or_default())
    }

    /// A table a stretch at a time.
    pub(super) fn each_stretch(
        &self,
        name: TableName,
        columns: &[&str],
        see: &mut dyn FnMut(&Table) -> Result<(), StudyError>,
    ) -> Result<(), StudyError> {
        match self.source(name)? {
            Source::Nothing => Ok(()),
            Source::Memory(table) => see(table),
            Source::File(reader) => reader.only(columns).pieces().try_for_each(|piece| see(&piece?)),
        }
    }

    /// The plots of every replication, in the order of draw and replication.
    pub(super) fn each_replication(&self, see: &mut See) -> Result<(), StudyError> {
        match self.source(TableName::Matched)? {
            Source::Nothing => Ok(()),
            Source::Memory(table) => {
                let mut cutter = Cutter::default();
                let told = cutter.push(table, see).and_then(|()| cutter.end(see));
                told.map_err(|found| ResultsError::unsound(Path::new("memory"), found).into())
            }
            Source::File(reader) => Ok(each_replication(reader, see)?),
        }
    }

    fn source(&self, name: TableName) -> Result<Source<'_>, ResultsError> {
        let (folder, checked) = match self {
            Self::Memory(tables, _) => return Ok(Source::Memory(tables.table(name))),
            Self::Folder { replications, .. } if name == TableName::Replications => {
                return Ok(Source::Memory(replications));
            }
            Self::Folder { folder, checked, .. } => (folder, checked),
        };
        if name == TableName::Events && !folder.table(name).exists() {
            return Ok(Source::Nothing);
        }
        let known = checked.lock().unwrap_or_else(PoisonError::into_inner).contains(&name);
        let reader = if known { folder.unchecked_reader(name)? } else { folder.reader(name)? };
        checked.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
        Ok(Source::File(reader))
    }
}

/// Where a table is read.
enum Source<'a> {
    /// There are no such rows.
    Nothing,
    Memory(&'a Table),
    File(TableReader),
}
