//! A PostgreSQL server of our own, for tests of what is kept in one.
//!
//! It needs Debian's package `postgresql`; of the server that the package starts
//! nothing is used.

mod account;
mod relay;

use std::env;
use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use account::Account;

pub use relay::{Conduct, Relay};

/// Who owns the databases, and may do everything.
const OWNER: &str = "owner";

/// The password that everybody has over TCP. Over the socket nobody is asked.
pub const PASSWORD: &str = "known to the tests";

/// How long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs, with its data in a folder that is gone when it is dropped.
///
/// It listens on a Unix socket and on a free port of 127.0.0.1.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    account: Account,
    settings: Vec<String>,
    port: u16,
    process: Child,
}

/// Where the server's programs are: in the folder that `TASHIKA_POSTGRES` names,
/// or where Debian puts them, the newest release first. None if they are not
/// there.
#[must_use]
pub fn programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| {
        ["initdb", "postgres"]
            .iter()
            .all(|program| folder.join(program).is_file())
    };
    if let Some(folder) = env::var_os("TASHIKA_POSTGRES") {
        return Some(PathBuf::from(folder)).filter(complete);
    }
    let releases = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut releases: Vec<_> = releases
        .filter_map(|release| Some(release.ok()?.path().join("bin")))
        .filter(complete)
        .collect();
    releases.sort_by_key(|folder| release_of(folder));
    releases.pop()
}

/// The number of the release in `/usr/lib/postgresql/15/bin`.
fn release_of(folder: &Path) -> u32 {
    let release = folder.parent().and_then(Path::file_name);
    let release = release.and_then(|release| release.to_str()?.parse().ok());
    release.unwrap_or_default()
}

impl Server {
    /// Starts one with these settings, each of the form `name=value`. Nothing is
    /// forced to disk unless `fsync=on` is among them: what these servers crash
    /// of is not the machine.
    ///
    /// # Errors
    /// If there are no programs, or they fail; what they said is in the error.
    pub fn start(settings: &[&str]) -> io::Result<Self> {
        let settings: Vec<_> = settings.iter().map(|&s| s.to_owned()).collect();
        Self::in_folder(&settings, initialise)
    }

    /// Starts one in a folder of its own, into which `fill` puts its data.
    fn in_folder(
        settings: &[String],
        fill: impl FnOnce(&Account, &Path) -> io::Result<()>,
    ) -> io::Result<Self> {
        let folder = TempDir::new()?;
        let account = Account::for_servers()?;
        account.own(folder.path())?;
        fill(&account, folder.path())?;
        // Nobody can hand it a socket: a port that was free a moment ago may be
        // taken, and then it is another one.
        for _ in 0..5 {
            let port = free_port()?;
            let mut process = spawn(&account, folder.path(), port, settings)?;
            if answers(&mut process, folder.path())? {
                return Ok(Self {
                    folder,
                    account,
                    settings: settings.to_vec(),
                    port,
                    process,
                });
            }
            // Another server has the port, or this one does not come to an end
            // of starting.
            let _ = process.kill();
            let _ = process.wait();
        }
        let log = fs::read_to_string(folder.path().join("log"));
        Err(io::Error::other(log.unwrap_or_default()))
    }

    /// A standby of it: a copy that follows, and only reads until it is promoted.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn standby(&self) -> io::Result<Self> {
        let primary = self.over_socket("postgres");
        Self::in_folder(&self.settings, |account, folder| {
            let copy = account
                .program("pg_basebackup")?
                .args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync"])
                .arg(format!("--dbname={primary}"))
                .arg("--pgdata")
                .arg(folder.join("data"))
                .output()?;
            succeeded(&copy)
        })
    }

    /// How its owner reaches a database of it over the Unix socket, unasked.
    #[must_use]
    pub fn over_socket(&self, database: &str) -> String {
        let folder = self.folder.path().display();
        let port = self.port;
        format!("host={folder} port={port} user={OWNER} dbname={database}")
    }

    /// How its owner reaches a database of it over TCP, with the password, at a
    /// port: the server's, or that of a [`Relay`].
    #[must_use]
    pub fn over_tcp(&self, port: u16, database: &str) -> String {
        format!("host=127.0.0.1 port={port} user={OWNER} password='{PASSWORD}' dbname={database}")
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs SQL in a database, as its owner, with Debian's `psql`, and gives what
    /// comes of it: one line a row, columns apart by `|`.
    ///
    /// # Errors
    /// If it fails; what `psql` said is in the error.
    pub fn sql(&self, database: &str, sql: &str) -> io::Result<String> {
        let output = self
            .program("psql")?
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--command", sql])
            .arg(self.over_socket(database))
            .output()?;
        succeeded(&output)?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// A new and empty database.
    ///
    /// # Errors
    /// As [`sql`](Self::sql).
    pub fn database(&self, name: &str) -> io::Result<()> {
        self.sql("postgres", &format!("CREATE DATABASE {name}"))
            .map(drop)
    }

    /// Puts a file into its folder, readable for the server alone, and gives its
    /// path: a key has to be so.
    ///
    /// # Errors
    /// What writing it fails with.
    pub fn file(&self, name: &str, octets: &[u8]) -> io::Result<PathBuf> {
        let path = self.folder.path().join(name);
        write_secret(&path, octets)?;
        self.account.own(&path)?;
        Ok(path)
    }

    /// What it has written into its log.
    ///
    /// # Errors
    /// What reading it fails with.
    pub fn log(&self) -> io::Result<String> {
        fs::read_to_string(self.folder.path().join("log"))
    }

    /// Stops it as its operator would: open connections end.
    ///
    /// # Errors
    /// If it does not stop.
    pub fn stop(&mut self) -> io::Result<()> {
        self.end(Signal::INT)
    }

    /// Has all of its processes end where they are, as a crash would.
    ///
    /// # Errors
    /// If it does not end.
    pub fn crash(&mut self) -> io::Result<()> {
        self.end(Signal::QUIT)
    }

    /// Starts it again, on the same port, after it was stopped or crashed.
    ///
    /// # Errors
    /// If it does not start; its log is in the error.
    pub fn restart(&mut self) -> io::Result<()> {
        let folder = self.folder.path();
        self.process = spawn(&self.account, folder, self.port, &self.settings)?;
        if answers(&mut self.process, folder)? {
            return Ok(());
        }
        Err(io::Error::other(self.log()?))
    }

    /// Stops it and starts it again with these settings as well.
    ///
    /// # Errors
    /// If it does not stop or start.
    pub fn restart_with(&mut self, settings: &[&str]) -> io::Result<()> {
        self.stop()?;
        let settings = settings.iter().map(|&s| s.to_owned());
        self.settings.extend(settings);
        self.restart()
    }

    fn program(&self, name: &str) -> io::Result<Command> {
        self.account.program(name)
    }

    fn end(&mut self, signal: Signal) -> io::Result<()> {
        if self.process.try_wait()?.is_some() {
            return Ok(());
        }
        kill_process(Pid::from_child(&self.process), signal)?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.process.try_wait()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err(io::Error::other("the server does not end"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.crash();
    }
}

fn initialise(account: &Account, folder: &Path) -> io::Result<()> {
    let password = folder.join("password");
    write_secret(&password, PASSWORD.as_bytes())?;
    account.own(&password)?;
    let output = account
        .program("initdb")?
        .args(["--no-sync", "--no-locale", "--encoding=UTF8"])
        .args(["--auth-local=trust", "--auth-host=scram-sha-256"])
        .arg(format!("--username={OWNER}"))
        .arg(format!("--pwfile={}", password.display()))
        .arg("--pgdata")
        .arg(folder.join("data"))
        .output()?;
    succeeded(&output)
}

fn succeeded(output: &std::process::Output) -> io::Result<()> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(said.into_owned()))
}

fn write_secret(path: &Path, octets: &[u8]) -> io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = File::options();
    let options = options.create(true).truncate(true).write(true).mode(0o600);
    options.open(path)?.write_all(octets)
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.port())
}

fn spawn(account: &Account, folder: &Path, port: u16, settings: &[String]) -> io::Result<Child> {
    let log = folder.join("log");
    let log = File::options().create(true).append(true).open(log)?;
    account
        .program("postgres")?
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-h", "127.0.0.1", "-p", &port.to_string()])
        .args(["-c", "fsync=off", "-c", "shared_buffers=32MB"])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
}

/// Whether it comes to take connections, which it writes into its file with the
/// number of its process. False if it ends instead.
fn answers(process: &mut Child, folder: &Path) -> io::Result<bool> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if process.try_wait()?.is_some() {
            return Ok(false);
        }
        let written = fs::read_to_string(folder.join("data/postmaster.pid"));
        let written = written.unwrap_or_default();
        let mut lines = written.lines();
        let ours = lines.next() == Some(&process.id().to_string());
        if ours && lines.next_back().map(str::trim) == Some("ready") {
            return Ok(true);
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(false)
}
