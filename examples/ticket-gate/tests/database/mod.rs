//! A PostgreSQL server of our own.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A server on a Unix socket in a folder of its own, until it is dropped.
pub(crate) struct Database {
    folder: TempDir,
    account: Option<(u32, u32)>,
    process: Child,
}

/// Where the server's programs are: in the folder that `TASHIKA_POSTGRES` names,
/// or where Debian puts them.
pub(crate) fn programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| folder.join("initdb").is_file();
    if let Some(folder) = std::env::var_os("TASHIKA_POSTGRES") {
        return Some(PathBuf::from(folder)).filter(complete);
    }
    let releases = fs::read_dir("/usr/lib/postgresql").ok()?;
    let releases = releases.filter_map(|release| Some(release.ok()?.path().join("bin")));
    releases.filter(complete).max()
}

impl Database {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let account = account(folder.path());
        if let Some((user, group)) = account {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let data = folder.path().join("data");
        let initialised = program("initdb", account)
            .args([
                "--username=owner",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ])
            .arg("--pgdata")
            .arg(&data)
            .output()
            .unwrap();
        assert!(initialised.status.success(), "{initialised:?}");
        let log = File::create(folder.path().join("log")).unwrap();
        let process = program("postgres", account)
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-k"])
            .arg(folder.path())
            .arg("-D")
            .arg(&data)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let begun = Instant::now();
        // It writes this when it listens.
        while !folder.path().join(".s.PGSQL.5432").exists() || !ready(&data) {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "the server does not start"
            );
            thread::sleep(Duration::from_millis(20));
        }
        Self {
            folder,
            account,
            process,
        }
    }

    pub(crate) fn connection(&self) -> String {
        let folder = self.folder.path().display();
        format!("host={folder} port=5432 user=owner dbname=postgres")
    }

    /// Stops it where it stands.
    pub(crate) fn stop(&mut self) {
        if self.process.try_wait().unwrap().is_some() {
            return;
        }
        let stopped = program("pg_ctl", self.account)
            .args(["stop", "--mode=immediate", "--silent", "--pgdata"])
            .arg(self.folder.path().join("data"))
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.stop();
    }
}

fn ready(data: &Path) -> bool {
    let status = fs::read_to_string(data.join("postmaster.pid"));
    status.is_ok_and(|status| status.contains("ready"))
}

/// Whom a server runs as where we are root, as whom it refuses to.
fn account(ours: &Path) -> Option<(u32, u32)> {
    if fs::metadata(ours).unwrap().uid() != 0 {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap();
    let line = accounts.lines().find(|line| line.starts_with("postgres:"));
    let mut fields = line
        .unwrap()
        .split(':')
        .skip(2)
        .map(|field| field.parse().unwrap());
    Some((fields.next().unwrap(), fields.next().unwrap()))
}

fn program(name: &str, account: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(programs().unwrap().join(name));
    command.env_clear().env("LC_ALL", "C").current_dir("/");
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    command
}
