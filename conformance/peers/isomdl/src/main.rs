//! isomdl as issuer with a wallet, as holder and reader of a proximity session, and
//! as verifier: JSON lines in, JSON lines out (`conformance/peers/README.md`).

mod holder;
mod issuer;
mod question;
mod reader;
mod verifier;

use std::io::{self, BufRead, Write};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::holder::Holder;
use crate::question::Question;
use crate::reader::Reader;

/// The session of each side; there is one at a time.
#[derive(Default)]
struct Peer {
    holder: Option<Holder>,
    reader: Option<Reader>,
}

impl Peer {
    fn answer(&mut self, question: &Question) -> Result<Value> {
        match question.text("op")? {
            "issue" => issuer::issue(question),
            "verify" => verifier::verify(question),
            "measure" => verifier::measure(question),
            "engage" => {
                let (holder, answer) = Holder::engage(question)?;
                self.holder = Some(holder);
                Ok(answer)
            }
            "respond" => self
                .holder
                .as_mut()
                .context("engage first")?
                .respond(question),
            "ask" => {
                let (reader, answer) = Reader::ask(question)?;
                self.reader = Some(reader);
                Ok(answer)
            }
            "read" => self.reader.as_mut().context("ask first")?.read(question),
            other => bail!("no op {other}"),
        }
    }

    fn line(&mut self, line: &str) -> Value {
        let question = match serde_json::from_str(line) {
            Ok(question) => Question(question),
            Err(error) => return json!({"id": null, "error": error.to_string()}),
        };
        let mut answer = self
            .answer(&question)
            .unwrap_or_else(|error| json!({"error": format!("{error:#}")}));
        answer["id"] = question.0["id"].clone();
        answer
    }
}

fn main() -> Result<()> {
    let mut peer = Peer::default();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(out, "{}", peer.line(&line))?;
            out.flush()?;
        }
    }
    Ok(())
}
