//! A peer: a program that answers one question a line.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::Failed;
use serde_json::{Value, json};

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
        let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let place = |variable: &str, default: &str| {
            let default = package.join("../target/peers").join(default);
            env::var_os(variable).map_or(default, PathBuf::from)
        };
        let node = || place("TASHIKA_PEERS_NODE", "node").join("bin/node");
        let (program, script) = match self {
            Ours => return None,
            Auth0 => (node(), Some("auth0.mjs")),
            Owf => (node(), Some("owf.mjs")),
            PyMdoc => {
                let python = place("TASHIKA_PEERS_PYTHON", "venv/bin/python");
                (python, Some("pymdoc.py"))
            }
            Isomdl => {
                let default = "isomdl/release/isomdl-peer";
                (place("TASHIKA_PEERS_ISOMDL", default), None)
            }
        };
        let mut command = Command::new(program);
        command.args(script.map(|script| package.join("peers/mdoc").join(script)));
        Some(command)
    }
}

/// One that runs, or one that is not here.
pub(crate) struct Peer {
    name: Name,
    process: Option<Mutex<Process>>,
}

struct Process {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts it. What does not answer a first line is not here.
    pub(crate) fn start(name: Name) -> Self {
        let process = name.command().and_then(Process::start);
        let process = process.and_then(|mut p| p.ask(&json!({"op": "none"})).is_ok().then_some(p));
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
        process.ask(question)
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

impl Process {
    fn start(mut command: Command) -> Option<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().ok()?;
        Some(Self {
            questions: child.stdin.take()?,
            answers: BufReader::new(child.stdout.take()?),
            child,
        })
    }

    fn ask(&mut self, question: &Value) -> Result<Value, Failed> {
        writeln!(self.questions, "{question}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
