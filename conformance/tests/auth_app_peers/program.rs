//! A program for Node, which all trials share.

use std::sync::{Mutex, PoisonError};

use libtest_mimic::Failed;
use serde_json::Value;
use tashika_conformance::peer::{Peer, node};

pub(crate) struct Program(Mutex<Peer>);

impl Program {
    /// Starts a script of `peers/auth_app`; none if its packages are not here.
    pub(crate) fn start(script: &str) -> Option<Self> {
        let peer = Peer::start(node(&format!("auth_app/{script}")));
        peer.map(|peer| Self(Mutex::new(peer)))
    }

    /// Its answer, which must be none of an error.
    pub(crate) fn ask(&self, question: &Value) -> Result<Value, Failed> {
        let mut peer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = peer.ask(question)?;
        match answer.get("error") {
            Some(error) => Err(error.to_string().into()),
            None => Ok(answer),
        }
    }

    /// What it accepts, or why not, in its own words.
    pub(crate) fn judge(&self, question: &Value) -> Result<Result<Value, String>, Failed> {
        let answer = self.ask(question)?;
        match answer["verdict"].as_str() {
            Some("accept") => Ok(Ok(answer)),
            Some("reject") => Ok(Err(answer["reason"].to_string())),
            _ => Err(format!("no verdict: {answer}").into()),
        }
    }
}
