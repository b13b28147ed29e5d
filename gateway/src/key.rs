//! Keys of 32 octets, and files of keys that nobody else can read.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use tashika::jpki::{CertificateIdentity, Lookup, LookupKey};
use tashika::x509::Certificate;

use crate::cli::KeyOptions;
use crate::exit::{Exit, Failure};
use crate::input;

/// Reads the key of keyed identities.
///
/// With the key and a list of revoked certificates anybody can tell the
/// customers of a relying party from others.
pub(crate) fn load(path: &Path) -> Result<LookupKey, Failure> {
    Ok(LookupKey::from_octets(&octets(path)?))
}

/// Reads a key: 32 octets, or 64 hexadecimal digits on one line. A file that
/// others may read is refused.
pub(crate) fn octets(path: &Path) -> Result<[u8; 32], Failure> {
    refuse_exposed(path)?;
    let octets = input::read(path, 66)?;
    let key = match <[u8; 32]>::try_from(&octets[..]) {
        Ok(key) => Some(key),
        Err(_) => str::from_utf8(&octets).ok().and_then(digits),
    };
    key.ok_or_else(|| {
        let text = "a key is 32 octets or 64 hexadecimal digits, as from `openssl rand -hex 32`";
        Failure::Usage(format!("{}: {text}", path.display()))
    })
}

/// `tashika certificate key`.
pub(crate) fn print(options: &KeyOptions) -> Result<Exit, Failure> {
    let key = load(&options.key_file)?;
    let der = input::certificate(&options.file)?;
    let certificate = Certificate::from_der(&der);
    let certificate = certificate.map_err(|error| Failure::unfit(&options.file, error))?;
    let identity = CertificateIdentity::danger_stated_by(&certificate);
    writeln!(io::stdout().lock(), "{}", identity.lookup(&key))?;
    Ok(Exit::Accepted)
}

/// Hexadecimal digits have one reader; a keyed identity is as long as a key.
fn digits(text: &str) -> Option<[u8; 32]> {
    let octets: Lookup = text.trim_end().parse().ok()?;
    Some(*octets.octets())
}

/// Writes a file that nobody else may read, and that is not there yet.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(content));
    written.map_err(|error| Failure::unwritable(path, &error))
}

/// Refuses a file that others may read or change.
#[cfg(unix)]
pub(crate) fn refuse_exposed(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::MetadataExt;

    let unreadable = |source: io::Error| Failure::unreadable(path, source);
    let metadata = File::open(path).and_then(|file| file.metadata());
    if metadata.map_err(unreadable)?.mode() & 0o077 == 0 {
        return Ok(());
    }
    let text = "others may read or change it: chmod 600";
    Err(Failure::Usage(format!("{}: {text}", path.display())))
}

#[cfg(not(unix))]
pub(crate) fn refuse_exposed(_: &Path) -> Result<(), Failure> {
    Ok(())
}
