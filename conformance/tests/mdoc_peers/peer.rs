//! A peer: a program that answers one question a line.

use std::process::Command;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::Failed;
use serde_json::Value;
use tashika_conformance::peer::{self, node, place, script};

/// Whose software.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// The testbed as maker, the sdk as judge. No program.
    Ours,
    Auth0,
    Owf,
    PyMdoc,
    Isomdl,
}

use Name::{Auth0, Isomdl, Ours, Owf, PyMdoc};

impl Name {
    pub(crate) const ALL: [Self; 5] = [Ours, Auth0, Owf, PyMdoc, Isomdl];
    pub(crate) const PROGRAMS: [Self; 4] = [Auth0, Owf, PyMdoc, Isomdl];

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Ours => "ours",
            Auth0 => "auth0",
            Owf => "owf",
            PyMdoc => "pymdoc",
            Isomdl => "isomdl",
        }
    }

    fn command(self) -> Option<Command> {
        match self {
            Ours => None,
            Auth0 => Some(node("mdoc/auth0.mjs")),
            Owf => Some(node("mdoc/owf.mjs")),
            PyMdoc => {
                let mut command = Command::new(place("TASHIKA_PEERS_PYTHON", "venv/bin/python"));
                command.arg(script("mdoc/pymdoc.py"));
                Some(command)
            }
            Isomdl => {
                let default = "isomdl/release/isomdl-peer";
                Some(Command::new(place("TASHIKA_PEERS_ISOMDL", default)))
            }
        }
    }
}

/// One that runs, or one that is not here.
pub(crate) struct Peer {
    name: Name,
    process: Option<Mutex<peer::Peer>>,
}

impl Peer {
    /// Starts it. What does not answer a first line is not here.
    pub(crate) fn start(name: Name) -> Self {
        let process = name.command().and_then(peer::Peer::start);
        Self {
            name,
            process: process.map(Mutex::new),
        }
    }

    pub(crate) fn is_here(&self) -> bool {
        self.process.is_some()
    }

    /// Its answer, which must be none of an error.
    pub(crate) fn ask(&self, question: &Value) -> Result<Value, Failed> {
        let answer = self.answer(question)?;
        match answer.get("error") {
            Some(error) => Err(format!("{}: {error}", self.name.label()).into()),
            None => Ok(answer),
        }
    }

    fn answer(&self, question: &Value) -> Result<Value, Failed> {
        let process = self.process.as_ref().ok_or("not here")?;
        let mut process = process.lock().map_err(|_| "another trial panicked")?;
        Ok(process.ask(question)?)
    }

    /// What it makes of this order, or why it does not.
    pub(crate) fn issue(&self, order: &Value) -> Result<Result<Vec<u8>, String>, Failed> {
        let answer = self.answer(order)?;
        match answer["response"].as_str() {
            Some(response) => Ok(Ok(STANDARD.decode(response)?)),
            None => Ok(Err(answer["error"].to_string())),
        }
    }

    /// Whether it accepts, and why not.
    pub(crate) fn verify(&self, question: &Value) -> Result<Result<(), String>, Failed> {
        let answer = self.ask(question)?;
        match answer["verdict"].as_str() {
            Some("accept") => Ok(Ok(())),
            Some("reject") => Ok(Err(answer["reason"].to_string())),
            _ => Err(format!("no verdict: {answer}").into()),
        }
    }
}
