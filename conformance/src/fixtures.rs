//! Real input: where the published files lie.

use std::{env, io, path::PathBuf, process::Command};

use serde_json::Value;

/// Why a package's folder was not found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `cargo metadata` could not be started.
    #[error("cargo metadata did not start")]
    Start(#[from] io::Error),
    /// `cargo metadata` refused.
    #[error("cargo metadata failed with {0}")]
    Refused(std::process::ExitStatus),
    /// `cargo metadata` did not answer in JSON.
    #[error("cargo metadata is not JSON")]
    Json(#[from] serde_json::Error),
    /// No package of that name is among the dependencies.
    #[error("no package {0} among the dependencies")]
    Missing(&'static str),
}

/// The folder of the package `myna-card`: the six published roots in `certs`, four
/// test roots in `certs/test`, and in `tests/fixtures` what was read off a test card.
///
/// # Errors
///
/// If cargo cannot say where it is.
pub fn myna_card_dir() -> Result<PathBuf, Error> {
    package_dir("myna-card")
}

fn package_dir(name: &'static str) -> Result<PathBuf, Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    if !output.status.success() {
        return Err(Error::Refused(output.status));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    manifest_dir(&metadata, name).ok_or(Error::Missing(name))
}

fn manifest_dir(metadata: &Value, name: &str) -> Option<PathBuf> {
    let packages = metadata.get("packages")?.as_array()?;
    let package = packages
        .iter()
        .find(|package| package.get("name") == Some(&name.into()))?;
    let manifest = PathBuf::from(package.get("manifest_path")?.as_str()?);
    Some(manifest.parent()?.to_path_buf())
}
