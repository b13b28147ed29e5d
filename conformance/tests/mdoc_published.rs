//! Published values of presentations: those of ISO/IEC 18013-5, annex D, of its
//! part 7, annex C, of OpenID4VP 1.0, of RFC 9180 and of RFC 8949, appendix A.
//!
//! They come from the vectors beside the repository. A file that is not there
//! is one test that is ignored, and none that passes.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

#[path = "mdoc_published/annex_c.rs"]
mod annex_c;
#[path = "mdoc_published/annex_d.rs"]
mod annex_d;
#[path = "mdoc_published/cbor.rs"]
mod cbor;
#[path = "mdoc_published/hpke.rs"]
mod hpke;
#[path = "mdoc_published/openid4vp.rs"]
mod openid4vp;

/// What is asked of the text of one file.
type Check = fn(&str) -> Result<(), Failed>;

/// The files, and what is asked of each.
const CHECKS: &[(&str, &[(&str, Check)])] = &[
    ("mdoc/annex_c_deterministic.json", annex_c::CHECKS),
    ("mdoc/iso18013_5_annex_d.json", annex_d::CHECKS),
    ("mdoc/oid4vp_handover.json", openid4vp::CHECKS),
    ("hpke/rfc9180.json", hpke::CHECKS),
    ("cbor/appendix_a.json", cbor::CHECKS),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (file, checks) in CHECKS {
        let Ok(text) = fs::read_to_string(vectors().join(file)) else {
            eprintln!("{file} IS NOT HERE: its values are ignored.");
            trials.push(Trial::test(*file, || Ok(())).with_ignored_flag(true));
            continue;
        };
        for (name, check) in *checks {
            let text = text.clone();
            trials.push(Trial::test(format!("{file}::{name}"), move || check(&text)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn vectors() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    env::var_os("TASHIKA_VECTORS_DIR").map_or_else(beside, PathBuf::from)
}

/// The value that a file gives in hexadecimal digits.
fn hex(digits: &str) -> Result<Vec<u8>, Failed> {
    let pairs = digits.as_bytes().chunks(2);
    let octet = |pair: &[u8]| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?);
    pairs.map(octet).collect()
}

fn sha256(octets: &[u8]) -> Vec<u8> {
    use aws_lc_rs::digest::{SHA256, digest};
    digest(&SHA256, octets).as_ref().to_vec()
}

/// A failure unless the two are the same. Values are not printed: they are
/// long, and their file is at hand.
fn same<T: PartialEq + ?Sized>(what: &str, one: &T, other: &T) -> Result<(), Failed> {
    if one == other {
        Ok(())
    } else {
        Err(format!("{what} is another").into())
    }
}
