//! isomdl, which checks no digest: a program beside us that says itself how
//! long it takes (`conformance/peers/README.md`).

use std::cell::RefCell;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::scoreboard::contest::{Cases, Contender};
use crate::scoreboard::failure::{Fault, Faulty};
use crate::scoreboard::wallets::Presentation;

pub(super) const NAME: &str = "isomdl";

/// The contender, where its program was built.
pub(crate) fn presentation(cases: &Cases<Presentation>) -> Result<Option<Contender>, Faulty> {
    let program = program();
    if !program.exists() {
        return Ok(None);
    }
    let process = Process::start(program).ok_or(Faulty {
        contender: NAME,
        fault: Fault::Unprepared,
    })?;
    let process = Rc::new(RefCell::new(process));
    let asked = Rc::clone(&process);
    let verify = move |question: &Value| {
        let answer = asked.borrow_mut().ask(question);
        answer.is_some_and(|answer| answer.get("verdict") == Some(&json!("accept")))
    };
    let prepare = |case: &Presentation| Some(question(case));
    Contender::timed(NAME, cases, prepare, verify, move |questions, _, times| {
        let mut process = process.borrow_mut();
        questions.iter().map(|q| process.measure(q, times)).sum()
    })
    .map(Some)
}

pub(super) fn program() -> PathBuf {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let built = package.join("../target/peers/isomdl/release/isomdl-peer");
    env::var_os("TASHIKA_PEERS_ISOMDL").map_or(built, PathBuf::from)
}

fn question(case: &Presentation) -> Value {
    json!({
        "op": "verify",
        "target": STANDARD.encode(&case.response),
        "transcript": STANDARD.encode(&case.transcript),
        "anchors": [STANDARD.encode(&case.root)],
    })
}

struct Process {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    fn start(program: PathBuf) -> Option<Self> {
        let mut command = Command::new(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().ok()?;
        Some(Self {
            questions: child.stdin.take()?,
            answers: BufReader::new(child.stdout.take()?),
            child,
        })
    }

    fn ask(&mut self, question: &Value) -> Option<Value> {
        writeln!(self.questions, "{question}").ok()?;
        let mut line = String::new();
        self.answers.read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }

    fn measure(&mut self, question: &Value, times: u32) -> Option<Duration> {
        let mut question = question.clone();
        let fields = question.as_object_mut()?;
        fields.insert("op".to_owned(), json!("measure"));
        fields.insert("times".to_owned(), json!(times));
        let nanoseconds = self.ask(&question)?.get("nanoseconds")?.as_u64();
        nanoseconds.map(Duration::from_nanos)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
