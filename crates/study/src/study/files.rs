//! The files that a scenario is made of: read within bounds, held against the record beside them, and told where they
//! lie outside its folder.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use crate::results::{beside, bounded};
use forestall_model::{Diagnostic, Mark};

/// The files read so far.
#[derive(Debug, Default)]
pub(super) struct Files(RefCell<Vec<String>>);

impl Files {
    /// Reads a file that a scenario is or names.
    pub(super) fn read(&self, name: &str) -> Result<String, String> {
        self.0.borrow_mut().push(name.to_owned());
        let path = Path::new(name);
        let text = bounded::text(path, bounded::TEXT).map_err(|error| error.to_string())?;
        beside::check(path, text.as_bytes())?;
        Ok(text)
    }

    /// A warning for each file read that is not in the folder of `scenario`, or of a scenario given as text in the
    /// current folder, nor below it: links count as what they lead to.
    pub(super) fn outside(&self, scenario: &str, is_file: bool) -> Vec<Diagnostic> {
        let real = |path: &Path| std::fs::canonicalize(path).ok();
        let folder = if is_file { Path::new(scenario).parent().unwrap_or(Path::new("")) } else { Path::new("") };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        // Where the scenario itself is a link, what it names is looked for beside the link.
        let Some(folder) = real(folder) else { return Vec::new() };
        let outside = |name: &String| {
            let path: PathBuf = real(Path::new(name))?;
            (!path.starts_with(&folder)).then(|| {
                let mark = Mark { file: name.clone(), ..Mark::default() };
                let message = format!("this file lies outside the folder of the scenario, {}", folder.display());
                let help = "the scenario names it by `extends` or `draws`; look into the scenario if it is not yours";
                Diagnostic::at(&mark, message).help(help).as_warning()
            })
        };
        self.0.borrow().iter().skip(usize::from(is_file)).filter_map(outside).collect()
    }
}
