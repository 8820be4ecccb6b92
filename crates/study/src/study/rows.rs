//! Where the rows of a run are: in its folder, from which what is wanted is read, or in memory.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use bytes::Bytes;

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
    pub beliefs: Table,
    pub events: Table,
}

impl Tables {
    fn table(&self, name: TableName) -> &Table {
        match name {
            TableName::Replications => &self.replications,
            TableName::Monthly => &self.monthly,
            TableName::ByCountry => &self.by_country,
            TableName::Matched => &self.matched,
            TableName::Beliefs => &self.beliefs,
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
    Folder(Box<Stored>),
}

/// The tables in the folder of a run.
#[derive(Debug)]
pub(super) struct Stored {
    folder: ResultsFolder,
    /// The file of replications, small as it is, which nearly everything reads columns of; it decodes.
    replications: Bytes,
    /// What it holds, once somebody wants all of it.
    whole: OnceLock<Table>,
    /// The other files that agree with the record.
    checked: Mutex<BTreeSet<TableName>>,
}

impl Stored {
    fn replications(&self) -> Result<TableReader, ResultsError> {
        TableReader::from_shared(self.replications.clone(), &self.folder.table(TableName::Replications))
    }

    /// A reader of another table; `None` where it has no file and need not have one.
    fn reader(&self, name: TableName) -> Result<Option<TableReader>, ResultsError> {
        if matches!(name, TableName::Events | TableName::Beliefs) && !self.folder.table(name).exists() {
            return Ok(None);
        }
        let known = self.checked.lock().unwrap_or_else(PoisonError::into_inner).contains(&name);
        let reader = if known { self.folder.unchecked_reader(name)? } else { self.folder.reader(name)? };
        self.checked.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
        Ok(Some(reader))
    }
}

impl Rows {
    /// The rows in the folder of a run with replications.
    pub(super) fn in_folder(folder: ResultsFolder) -> Result<Self, StudyError> {
        let replications = folder.content(TableName::Replications)?.into();
        let stored = Stored { folder, replications, whole: OnceLock::new(), checked: Mutex::default() };
        stored.replications()?.pieces().try_for_each(|piece| piece.map(drop))?;
        Ok(Self::Folder(Box::new(stored)))
    }

    pub(super) fn folder(&self) -> Option<&ResultsFolder> {
        match self {
            Self::Memory(_, folder) => folder.as_ref(),
            Self::Folder(stored) => Some(&stored.folder),
        }
    }

    /// Lets others write into the folder.
    pub(super) fn unlock(&mut self) {
        match self {
            Self::Memory(_, folder) => folder.iter_mut().for_each(ResultsFolder::unlock),
            Self::Folder(stored) => stored.folder.unlock(),
        }
    }

    pub(super) fn replications(&self) -> &Table {
        match self {
            Self::Memory(tables, _) => &tables.replications,
            // The same bytes were decoded when the run was opened.
            Self::Folder(stored) => {
                stored.whole.get_or_init(|| stored.replications().and_then(TableReader::read_all).unwrap_or_default())
            }
        }
    }

    /// Some columns of the table of replications.
    pub(super) fn of_replications(&self, columns: &[&str]) -> Table {
        match self {
            Self::Memory(tables, _) => tables.replications.select(columns),
            // As above.
            Self::Folder(stored) => {
                stored.replications().and_then(|reader| reader.only(columns).read_all()).unwrap_or_default()
            }
        }
    }

    /// A whole table; that of events or beliefs is empty where none was kept.
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

    /// A table with all its columns a stretch at a time, the columns without rows before all.
    pub(super) fn each_whole_stretch(
        &self,
        name: TableName,
        see: &mut dyn FnMut(&Table) -> Result<(), StudyError>,
    ) -> Result<(), StudyError> {
        match self.source(name)? {
            Source::Nothing => Ok(()),
            Source::Memory(table) => see(table),
            Source::File(reader) => {
                see(reader.columns())?;
                reader.pieces().try_for_each(|piece| see(&piece?))
            }
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
        let reader = match self {
            Self::Memory(tables, _) => return Ok(Source::Memory(tables.table(name))),
            Self::Folder(stored) if name == TableName::Replications => Some(stored.replications()?),
            Self::Folder(stored) => stored.reader(name)?,
        };
        Ok(reader.map_or(Source::Nothing, Source::File))
    }
}

/// Where a table is read.
enum Source<'a> {
    /// There are no such rows.
    Nothing,
    Memory(&'a Table),
    File(TableReader),
}
