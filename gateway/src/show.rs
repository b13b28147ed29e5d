//! Looking at things: anchors, certificates, lists. Nothing here verifies,
//! except that anchors are checked for their fitness.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use der::Decode;
use serde::Serialize;
use tashika::trust::{Anchor, PUBLISHED, TrustStore};
use tashika::{Code, Error, Time};
use x509_cert::name::Name;

use crate::cli::{Certificate, Trust, TrustOptions};
use crate::exit::{Exit, Failure};
use crate::{anchors, clock, key};

mod certificate;
mod list;

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

pub(crate) fn trust(command: &Trust) -> Result<Exit, Failure> {
    match command {
        Trust::Check(options) => {
            let checked = Checked::of(&load(options)?, options.at.unwrap_or_else(clock::now));
            print(&checked, options.json, Checked::write)
        }
        Trust::Show(options) => {
            let store = load(options)?;
            let now = options.at.unwrap_or_else(clock::now);
            let rows: Vec<_> = store.anchors().map(|a| AnchorRow::of(a, now)).collect();
            print(&rows, options.json, |rows, out| {
                rows.iter().try_for_each(|row| row.write(out))
            })
        }
    }
}

/// A directory whose anchors can all be used, as `trust check` prints it.
#[derive(Serialize)]
struct Checked {
    anchors: usize,
    not_valid_now: usize,
    environment: &'static str,
    trust_version: String,
}

impl Checked {
    fn of(store: &TrustStore, now: Time) -> Self {
        let valid = |anchor: &&Arc<Anchor>| anchor.validity().contains(now);
        let anchors = store.anchors().count();
        Self {
            anchors,
            not_valid_now: anchors - store.anchors().filter(valid).count(),
            environment: store.environment().as_str(),
            trust_version: store.version().to_string(),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{} anchors", self.anchors)?;
        if self.not_valid_now > 0 {
            write!(
                out,
                " ({} of them not valid at this time)",
                self.not_valid_now
            )?;
        }
        writeln!(
            out,
            ", environment {}, trust version {}",
            self.environment, self.trust_version
        )
    }
}

fn load(options: &TrustOptions) -> Result<TrustStore, Failure> {
    anchors::load(&options.dir, options.environment, &options.pin)
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

/// One anchor, as `trust show` prints it.
#[derive(Serialize)]
struct AnchorRow {
    purpose: &'static str,
    published_generation: Option<u8>,
    subject: String,
    sha256: String,
    not_before: String,
    not_after: String,
    state: &'static str,
    days_left: i64,
}

impl AnchorRow {
    fn of(anchor: &Anchor, now: Time) -> Self {
        let validity = anchor.validity();
        let state = if now < validity.not_before {
            "not yet valid"
        } else if now > validity.not_after {
            "expired"
        } else {
            "valid"
        };
        let published = PUBLISHED
            .iter()
            .find(|root| root.fingerprint == anchor.fingerprint());
        Self {
            purpose: anchor.purpose().as_str(),
            published_generation: published.map(|root| root.generation),
            subject: name(anchor.subject()),
            sha256: anchor.fingerprint().to_string(),
            not_before: validity.not_before.to_string(),
            not_after: validity.not_after.to_string(),
            state,
            days_left: validity
                .not_after
                .since(now)
                .as_seconds()
                .div_euclid(86_400),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.purpose)?;
        if let Some(generation) = self.published_generation {
            writeln!(out, "  published    generation {generation}")?;
        }
        writeln!(out, "  subject      {}", self.subject)?;
        writeln!(out, "  sha256       {}", self.sha256)?;
        writeln!(
            out,
            "  valid        {} to {}",
            self.not_before, self.not_after
        )?;
        match self.days_left {
            days @ ..0 => writeln!(out, "  state        {}, {} days ago", self.state, -days),
            days => writeln!(out, "  state        {}, {days} days left", self.state),
        }
    }
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
fn printable(text: &str) -> String {
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
