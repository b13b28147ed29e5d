//! Files: read whole, within a budget, DER or PEM.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use tashika::{Code, Error, limits};

use crate::exit::Failure;

/// A signed message that is read into memory at once, in octets.
const MESSAGE: usize = 1024 * 1024 * 1024;

/// The octets of a file of at most `budget` octets.
pub(crate) fn read(path: &Path, budget: usize) -> Result<Bytes, Failure> {
    let unreadable = |source| Failure::unreadable(path, source);
    let file = File::open(path).map_err(unreadable)?;
    let mut octets = Vec::new();
    let limit = u64::try_from(budget).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit)
        .read_to_end(&mut octets)
        .map_err(unreadable)?;
    if octets.len() > budget {
        return Err(Failure::unfit(path, Error::new(Code::InputTooLarge)));
    }
    Ok(octets.into())
}

/// The octets of pairs of hexadecimal digits; `None` if it is anything else.
pub(crate) fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let sound = digits.len().is_multiple_of(2) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let pairs = sound.then(|| digits.as_bytes().chunks_exact(2))?;
    let octet = |pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(octet).collect()
}

/// Reads a file of text line by line; `#` begins a comment.
pub(crate) fn lines(
    path: &Path,
    budget: usize,
    mut read_line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let octets = read(path, budget)?;
    let misuse = |number: usize, text: &dyn Display| {
        let path = path.display();
        Failure::Usage(format!("{path}: line {}: {text}", number + 1))
    };
    let text = str::from_utf8(&octets).map_err(|_| misuse(0, &"not UTF-8"))?;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            read_line(line).map_err(|failure| misuse(number, &failure))?;
        }
    }
    Ok(())
}

/// A message or its content.
pub(crate) fn message(path: &Path) -> Result<Bytes, Failure> {
    read(path, MESSAGE)
}

/// A certificate in DER, or the first one of a PEM file.
pub(crate) fn certificate(path: &Path) -> Result<Bytes, Failure> {
    // PEM is a third longer, and has room for text around it.
    let octets = read(path, 4 * limits::CERTIFICATE)?;
    let found = certificates_in(&octets).map_err(|e| Failure::unfit(path, e))?;
    Ok(found.into_iter().next().unwrap_or(octets))
}

/// All certificates of a file: one in DER, or any number in PEM.
pub(crate) fn certificates(path: &Path) -> Result<Vec<Bytes>, Failure> {
    let octets = read(path, 4 * limits::CERTIFICATE * limits::ANCHORS)?;
    let found = certificates_in(&octets).map_err(|e| Failure::unfit(path, e))?;
    Ok(if found.is_empty() {
        vec![octets]
    } else {
        found
    })
}

/// A revocation list in DER, or the first one of a PEM file.
pub(crate) fn revocation_list(path: &Path) -> Result<Bytes, Failure> {
    let octets = read(path, 2 * limits::CRL)?;
    if is_der(&octets) {
        return Ok(octets);
    }
    let pem = CertificateRevocationListDer::from_pem_slice(&octets).ok();
    Ok(pem.map_or(octets, |list| list.as_ref().to_vec().into()))
}

/// Whether a file is DER. PEM that stands somewhere inside it is then not
/// another certificate to look at: nobody else would read the file so.
pub(crate) fn is_der(octets: &[u8]) -> bool {
    // A SEQUENCE longer than 127 octets; no text goes on like this.
    matches!(octets, [0x30, 0x80..=0xff, ..])
}

/// The certificates of a PEM file; a section that cannot be read is an error,
/// not skipped.
fn certificates_in(octets: &[u8]) -> Result<Vec<Bytes>, Error> {
    if is_der(octets) {
        return Ok(Vec::new());
    }
    CertificateDer::pem_slice_iter(octets)
        .map(|section| match section {
            Ok(certificate) => Ok(certificate.as_ref().to_vec().into()),
            Err(_) => Err(Error::new(Code::InputCertificate)),
        })
        .collect()
}

/// The files of a directory with one of these endings, in the order of their
/// names; or the file itself.
pub(crate) fn files(path: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |source| Failure::unreadable(path, source);
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let ending = file.extension().and_then(|e| e.to_str());
        if ending.is_some_and(|e| endings.contains(&e.to_ascii_lowercase().as_str())) {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_certificate_is_read_out_of_another_one() {
        let pem = b"\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        let found = |file: &[u8]| certificates_in(file).unwrap();
        assert_eq!(found(pem), [Bytes::from_static(&[0x30, 0x00])]);
        let named = [b"0 s:/C=JP", &pem[..]].concat();
        assert_eq!(found(&named).len(), 1);
        let der = [&[0x30, 0x81, 0x80], &pem[..]].concat();
        assert_eq!(found(&der), [] as [Bytes; 0]);
    }
}
