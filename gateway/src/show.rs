//! Looking at things: anchors, certificates, lists. Nothing here verifies,
//! except that anchors are checked for their fitness.

use std::io::{self, Write};
use std::path::Path;

use der::Decode;
use serde::Serialize;
use tashika::{Code, Error};
use x509_cert::name::Name;

use crate::cli::Certificate;
use crate::exit::{Exit, Failure};
use crate::key;

pub(crate) use certificate::time;
pub(crate) use trust::trust;

mod certificate;
mod list;
mod trust;

pub(crate) fn certificate(command: &Certificate) -> Result<Exit, Failure> {
    match command {
        Certificate::Show {
            file,
            show_attributes,
            json,
        } => {
            let shown = certificate::Shown::read(file, *show_attributes)?;
            print(&shown, *json, certificate::Shown::write)
        }
        Certificate::Key(options) => key::print(options),
    }
}

pub(crate) fn crl(file: &Path, json: bool) -> Result<Exit, Failure> {
    let shown = list::Shown::read(file)?;
    print(&shown, json, list::Shown::write)
}

/// Prints a value as JSON or by its own writer.
pub(crate) fn print<T: Serialize>(
    value: &T,
    json: bool,
    write: impl FnOnce(&T, &mut dyn Write) -> io::Result<()>,
) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        write(value, &mut out)?;
    }
    Ok(Exit::Accepted)
}

/// A name in the form of RFC 4514.
pub(crate) fn name(der: &[u8]) -> String {
    let name = Name::from_der(der);
    name.map_or_else(
        |_| "(unreadable)".to_owned(),
        |name| printable(&name.to_string()),
    )
}

/// Text that nobody vouches for, without what a terminal would obey: control
/// characters, and such as turn the direction of writing.
pub(crate) fn printable(text: &str) -> String {
    let obeyed = |c: char| {
        let turns = matches!(c, '\u{061C}' | '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns
    };
    let mut printed = String::with_capacity(text.len());
    for c in text.chars() {
        if obeyed(c) {
            printed.extend(c.escape_unicode());
        } else {
            printed.push(c);
        }
    }
    printed
}

/// What x509-cert cannot read is malformed evidence.
fn unfit(path: &Path, code: Code) -> Failure {
    Failure::unfit(path, Error::new(code))
}
