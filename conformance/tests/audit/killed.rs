//! A writer that is killed while it writes.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use tashika::audit::{ChainVerifier, Head};
use tashika_tower::{AuditSink, FileSink};
use tokio::runtime::Builder;

use crate::CHILD;
use crate::bench::{Bench, key, record, sink};

const KILLS: u32 = 25;
pub(crate) const DIRECTORY: &str = "TASHIKA_AUDIT_DIRECTORY";

/// This program as one that writes, or does something else.
pub(crate) fn child(does: &str, directory: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(CHILD, does).env(DIRECTORY, directory);
    command
}

pub(crate) fn directory() -> PathBuf {
    std::env::var_os(DIRECTORY).unwrap().into()
}

/// Tells on standard output of each head that is safe.
pub(crate) fn write_until_killed() -> ExitCode {
    let sink = sink(&directory()).unwrap();
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let sink = std::sync::Arc::new(sink);
    runtime.block_on(async {
        let tasks: Vec<_> = (0..8)
            .map(|_| tokio::spawn(write_and_tell(std::sync::Arc::clone(&sink))))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    ExitCode::SUCCESS
}

async fn write_and_tell(sink: std::sync::Arc<FileSink>) {
    for number in 0_u64.. {
        sink.write(record(number)).await.unwrap();
        let head = sink.head().unwrap();
        println!("{head}");
    }
}

pub(crate) fn killed_at_any_moment() {
    let bench = Bench::new();
    let mut records = 0;
    for kill in 0..KILLS {
        let mut child = child("writes", &bench.directory());
        let mut child = child.stdout(Stdio::piped()).spawn().unwrap();
        let told = BufReader::new(child.stdout.take().unwrap());
        let told = std::thread::spawn(move || told.lines().map_while(Result::ok).last());
        std::thread::sleep(Duration::from_millis(30 + u64::from(kill * 37 % KILLS) * 8));
        child.kill().unwrap();
        child.wait().unwrap();
        // The last that it told; the end of what it said may be cut off.
        let told = told.join().unwrap();
        let head = told.and_then(|line| line.parse::<Head>().ok());

        if bench.directory().exists() {
            let mut verifier = ChainVerifier::from_beginning(vec![key(1)]);
            if let Some(head) = head {
                verifier = verifier.expecting(head);
            }
            let found = bench.verify_with(verifier).unwrap();
            assert!(found.records >= records, "{} → {}", records, found.records);
            records = found.records;
        }
        // It goes on where it ended, with nothing torn in the middle.
        bench.wrote(0..1);
        let found = bench.verify().unwrap();
        assert_eq!((found.records, found.torn), (records + 1, 0));
        records = found.records;
    }
    assert!(records > u64::from(KILLS) * 2, "it never wrote: {records}");
}
