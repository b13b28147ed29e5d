//! A disk without room.

use std::process::{Command, ExitCode};

use rustix::process::{Resource, Rlimit, setrlimit};
use tashika::Code;

use crate::bench::{Bench, record, sink, write};
use crate::killed::{child, directory};

/// Writes until there is no room, and then with room again. A file that may not
/// grow is a disk that is full, as far as a writer can tell.
pub(crate) fn fill() -> ExitCode {
    let sink = sink(&directory()).unwrap();
    let room = |octets| {
        let limit = Rlimit {
            current: octets,
            maximum: None,
        };
        setrlimit(Resource::Fsize, limit).unwrap();
    };
    room(Some(10_000));
    let mut number = 0;
    while write(&sink, record(number)).is_ok() {
        number += 1;
    }
    let (full, head) = (number, sink.head());
    // Nothing of what is refused is there, however often it is tried.
    for _ in 0..10 {
        let refused = write(&sink, record(number));
        assert_eq!(refused, Err(Code::TransactionUnrecorded));
    }
    assert_eq!(sink.head(), head);
    room(None);
    for _ in 0..10 {
        write(&sink, record(number)).unwrap();
        number += 1;
    }
    println!("{full} {number}");
    ExitCode::SUCCESS
}

pub(crate) fn a_disk_that_is_full() {
    let bench = Bench::new();
    let fills = child("fills", &bench.directory());
    // With the signal ignored, a write beyond the limit is an error.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\""]);
    shell.arg(fills.get_program());
    shell.envs(
        fills
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = shell.output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let (full, all) = told.trim().split_once(' ').unwrap();
    let (full, all): (u64, u64) = (full.parse().unwrap(), all.parse().unwrap());
    assert!(full > 5 && all == full + 10, "{told}");
    let found = bench.verify().unwrap();
    assert_eq!((found.records, found.torn), (all, 0));
}
