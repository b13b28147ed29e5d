//! The judge's door: questions as JSON lines in, verdicts as JSON lines out.
//!
//! Everything an answer depends on is in its line: there is no clock, no
//! network and no environment. `README.md` of this package describes the
//! lines, `judge.schema.json` their form.

mod answer;
mod jws;
mod lax;
mod lines;
mod mdoc;
mod ocsp;
mod octets;
mod parse;
mod path;
mod revocation;
mod row;
mod sig;
mod written;

pub use answer::{Answer, Status, Verdict};
pub use lines::{LINE, Summary, run, run_with};

use answer::{Finding, Refusal};
use row::Row;

/// Answers one line. Whatever it holds, there is an answer.
#[must_use]
pub fn answer(line: &[u8]) -> Answer {
    match Row::read(line) {
        Ok(row) => {
            let finding = ask(&row).unwrap_or_else(Finding::from);
            Answer::new(row.id, finding)
        }
        Err((id, refusal)) => Answer::new(id, refusal.into()),
    }
}

fn ask(row: &Row) -> Result<Finding, Refusal> {
    match row.op.as_str() {
        "path" => path::path(row),
        "crl" => path::crl(row),
        "ocsp" => path::ocsp(row),
        "cms" => path::cms(row),
        "mdoc" => mdoc::mdoc(row),
        "jws" => jws::jws(row),
        "sig" => sig::sig(row),
        "parse" => parse::parse(row),
        _ => Err(Refusal::Unsupported),
    }
}
