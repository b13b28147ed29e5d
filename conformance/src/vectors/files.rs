//! The files in which the vectors are committed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::Vector;

/// Why vectors were not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be read or written.
    #[error("{path}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not a vector.
    #[error("{path}")]
    Json {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

/// The folder of the committed vectors, with a folder for each area in it.
#[must_use]
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Every vector below `directory`, by path.
///
/// # Errors
///
/// If a file cannot be read or is not a vector.
pub fn read(directory: &Path) -> Result<Vec<(PathBuf, Vector)>, Error> {
    let vector = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|source| at(&path, source))?;
        let vector = serde_json::from_str(&text).map_err(|source| Error::Json {
            path: path.clone(),
            source,
        })?;
        Ok((path, vector))
    };
    paths(directory)?.into_iter().map(vector).collect()
}

/// Writes the vectors below `directory`, and removes those that are not among them.
///
/// # Errors
///
/// If a file cannot be written or removed.
pub fn write(directory: &Path, vectors: &[Vector]) -> Result<(), Error> {
    for path in paths(directory)? {
        fs::remove_file(&path).map_err(|source| at(&path, source))?;
    }
    for vector in vectors {
        let path = vector.path(directory);
        let area = path.parent().unwrap_or(directory);
        fs::create_dir_all(area).map_err(|source| at(area, source))?;
        fs::write(&path, vector.to_json()).map_err(|source| at(&path, source))?;
    }
    Ok(())
}

impl Vector {
    /// Where its file is below `directory`.
    #[must_use]
    pub fn path(&self, directory: &Path) -> PathBuf {
        directory.join(format!("{}.json", self.id))
    }

    /// What stands in its file.
    ///
    /// # Panics
    ///
    /// Never: it has no map whose keys are not strings.
    #[must_use]
    #[expect(clippy::expect_used, reason = "see above")]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings for keys");
        text.push('\n');
        text
    }
}

/// The files of vectors: those in the folders of the areas.
fn paths(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for area in entries(directory)?.iter().filter(|path| path.is_dir()) {
        found.extend(entries(area)?);
    }
    found.sort();
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let list = || -> io::Result<Vec<_>> {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    };
    list().map_err(|source| at(folder, source))
}

fn at(path: &Path, source: io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        source,
    }
}
