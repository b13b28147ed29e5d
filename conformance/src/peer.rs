//! Programs that judge us: each answers one question in JSON a line.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// Where `conformance/run peers` puts something below `target/peers`, or where
/// a variable of the environment says that it is.
#[must_use]
pub fn place(variable: &str, default: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/peers");
    env::var_os(variable).map_or(folder.join(default), PathBuf::from)
}

/// A script of the folder `peers`.
#[must_use]
pub fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("peers")
        .join(name)
}

/// A script of the folder `peers` for Node.
#[must_use]
pub fn node(name: &str) -> Command {
    let mut command = Command::new(place("TASHIKA_PEERS_NODE", "node").join("bin/node"));
    command.arg(script(name));
    command
}

/// One that runs. It ends when it is dropped.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts it; none if it does not answer a first line.
    #[must_use]
    pub fn start(mut command: Command) -> Option<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().ok()?;
        let mut peer = Self {
            questions: child.stdin.take()?,
            answers: BufReader::new(child.stdout.take()?),
            child,
        };
        peer.ask(&json!({"op": "none"})).is_ok().then_some(peer)
    }

    /// Its answer, which may have a member `error`.
    ///
    /// # Errors
    /// If it has ended, or does not answer in JSON.
    pub fn ask(&mut self, question: &Value) -> io::Result<Value> {
        writeln!(self.questions, "{question}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
