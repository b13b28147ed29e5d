//! What the lists of a source cover where they do not say so themselves.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use http::Uri;
use tashika::revocation::{Binding, DistributionPointName};

use super::mirrors::Location;
use super::source::Source;
use crate::exit::Failure;
use crate::{input, transport};

/// Octets of a file of bindings: thousands of them.
const BINDINGS: usize = 16 * 1024 * 1024;

/// `[4]` and `[6]`: a directory name or a URI, where a certificate begins with
/// a SEQUENCE.
const NAMES: [u8; 2] = [0xa4, 0x86];

/// What configuration says about sources.
#[derive(Default)]
pub(super) struct Bindings {
    files: HashMap<PathBuf, Binding>,
    mirrors: HashMap<Uri, Binding>,
}

impl Bindings {
    /// Those of files of lines `SOURCE<TAB>FILE`.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut bindings = Self::default();
        for path in paths {
            input::lines(path, BINDINGS, |line| bindings.add(line))?;
        }
        Ok(bindings)
    }

    fn add(&mut self, line: &str) -> Result<(), Failure> {
        let parts = line.split_once('\t');
        let (source, file) = parts.ok_or_else(|| misuse("not a source, a tab and a file"))?;
        let binding = read(Path::new(file))?;
        let known = if transport::is_url(source) {
            let url = Location::parse(source)?.into_url();
            self.mirrors.insert(url, binding.clone())
        } else {
            self.files.insert(source.into(), binding.clone())
        };
        match known {
            Some(known) if known != binding => Err(misuse("the source has another binding")),
            Some(_) | None => Ok(()),
        }
    }

    /// What is said about a source.
    pub(super) fn of(&self, source: &Source) -> Binding {
        let binding = match source {
            Source::File(path) => self.files.get(path),
            Source::Mirror(location) => self.mirrors.get(location.url()),
        };
        binding.cloned().unwrap_or_default()
    }
}

/// The distribution point that a file names.
fn read(path: &Path) -> Result<Binding, Failure> {
    let octets = input::certificate(path)?;
    let binding = match octets.first() {
        Some(tag) if NAMES.contains(tag) => {
            DistributionPointName::from_der(&octets).map(Binding::to)
        }
        _ => Binding::of_certificate(&octets),
    };
    binding.map_err(|error| Failure::unfit(path, error))
}

fn misuse(text: &str) -> Failure {
    Failure::Usage(text.to_owned())
}
