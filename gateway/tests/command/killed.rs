//! `tashika crl sync`, killed at any moment, two hundred times.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tashika_testbed::{Reason, Register};

use crate::desk::{AT, Desk};
use crate::store::TRUST;

const KILLS: u32 = 200;

impl Desk {
    /// Number and revoked certificates of each partition, tombstones included.
    /// No file is damaged.
    pub(crate) fn rows(&self) -> Vec<(u64, u64)> {
        let status = ["crl", "status", "--store", "@store", "--json", "--check"];
        let shown = self.run_showing(&[&status[..], &["--at", AT], &TRUST].concat());
        let shown = shown.exits(0).json();
        let partitions = shown.get("partitions").and_then(|p| p.as_array());
        let rows = partitions.unwrap().iter();
        let number = |row: &serde_json::Value| {
            let digits = row["number"].as_str().unwrap();
            u64::from_str_radix(&digits[2..], 16).unwrap()
        };
        let revoked = |row: &serde_json::Value| {
            row["revoked"].as_u64().unwrap() + row["dropped"].as_u64().unwrap()
        };
        rows.map(|row| (number(row), revoked(row))).collect()
    }

    fn spawn_sync(&self) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tashika"));
        command.args(["crl", "sync", "--environment", "test"]);
        command.args(["--trust", &self.path("trust")]);
        command.args(["--store", &self.path("store"), &self.path("today")]);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }
}

#[test]
fn a_sync_that_is_killed_leaves_old_or_new() {
    let desk = Desk::new();
    let mut register = Register::new();
    let revoked = desk.revoke(&mut register, Reason::CertificateHold);
    // The first lists revoke the certificate, all others have dropped it.
    desk.write_numbered("today", revoked, 1);
    let begun = Instant::now();
    assert!(desk.spawn_sync().wait().unwrap().success());
    let whole_run = begun.elapsed();

    let mut due = 1;
    let mut known = desk.rows();
    let (mut old, mut new) = (0, 0);
    for kill in 0..KILLS {
        if known.iter().all(|(number, _)| *number == due) {
            due += 1;
            desk.write_numbered("today", &Register::new(), due);
        }
        let mut sync = desk.spawn_sync();
        thread::sleep(moment(kill, whole_run));
        sync.kill().unwrap();
        sync.wait().unwrap();
        let found = desk.rows();
        assert_eq!(found.len(), known.len());
        for ((before, revoked), (number, still)) in known.iter().zip(&found) {
            assert!(number == before || *number == due, "{before} → {number}");
            assert!(still >= revoked, "a revoked certificate was lost");
        }
        if found == known {
            old += 1;
        } else {
            new += 1;
        }
        known = found;
    }
    assert!(old > 0 && new > 0, "{old} old, {new} new");

    assert!(desk.spawn_sync().wait().unwrap().success());
    assert!(desk.rows().iter().all(|(number, _)| *number == due));
    desk.verify(&["cert", "@sign.der", "--store", "@store"])
        .exits(1)
        .says(&["revoked.certificate_hold"]);
    // One file for each list and one for the list before it.
    let mut files: Vec<_> = fs::read_dir(desk.path("store"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let indexes = files.iter().filter(|name| name.ends_with(".index")).count();
    files.retain(|name| !name.ends_with(".index") && !name.ends_with(".summary"));
    assert_eq!(indexes, 10);
    assert_eq!(files, ["lock", "manifest", "manifest.previous"]);
}

/// Spread over the whole of a run, in no order.
fn moment(kill: u32, whole_run: Duration) -> Duration {
    let step = kill.wrapping_mul(77) % KILLS;
    whole_run * 5 / 4 * step / KILLS
}
