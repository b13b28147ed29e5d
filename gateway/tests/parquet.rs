//! DuckDB joins what is exported as `tashika watch` does, and what DuckDB
//! writes is a portfolio.
//!
//! Needs a Python with DuckDB (conformance/peers/README.md). Without it the
//! cases are counted as ignored, and said to be.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use tashika_testbed::{Generation, Kind, Municipality, Partition, Reason, Register, Testbed};
use tempfile::TempDir;

const NOW: i64 = 1_800_000_000;
const AT: &str = "2027-01-15T08:00:00Z";
const PURPOSE: &str = "夜間の契約点検 / nightly review of contracts";
const KEY: [u8; 32] = [7; 32];

/// Revoked certificates: more than a row group of the portfolio holds.
const REVOKED: u32 = 3000;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let python = python();
    let available = has_duckdb(&python);
    if !available {
        let python = python.display();
        eprintln!("IGNORED: no DuckDB in {python}: run `conformance/run peers`");
    }
    let cases: [(&str, Case); 5] = [
        ("an_export_is_joined", an_export_is_joined),
        ("a_portfolio_is_read", a_portfolio_is_read),
        ("nulls_are_malformed", nulls_are_malformed),
        (
            "what_is_no_portfolio_is_refused",
            what_is_no_portfolio_is_refused,
        ),
        ("an_export_states_its_purpose", an_export_states_its_purpose),
    ];
    let trials = cases.map(|(name, case)| {
        let python = python.clone();
        let run = move || -> Result<(), Failed> {
            case(&Bench::new(python));
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!available)
    });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

type Case = fn(&Bench);

/// A store, a key and the portfolios that DuckDB wrote.
struct Bench {
    dir: TempDir,
    python: PathBuf,
}

impl Bench {
    fn new(python: PathBuf) -> Self {
        let dir = TempDir::new().unwrap();
        let bench = Self { dir, python };
        let testbed = Testbed::from_seed(7, NOW);
        let authority = testbed.authority(Kind::Authentication, Generation::Third);
        bench.write("trust/auth.cer", authority.certificate());
        let (mut register, mut serials) = (Register::new(), String::new());
        let reasons = [
            Reason::AffiliationChanged,
            Reason::Superseded,
            Reason::CessationOfOperation,
            Reason::CertificateHold,
        ];
        let places = Municipality::ALL.iter().cycle().zip(reasons.iter().cycle());
        for (number, (municipality, reason)) in (1..=REVOKED).zip(places) {
            let partition = Partition {
                kind: Kind::Authentication,
                generation: Generation::Third,
                municipality: *municipality,
            };
            let serial = (number * 977).to_be_bytes();
            let date = NOW - 86_400 - i64::from(number);
            register.revoke_serial(partition, &serial, *reason, date);
            serials += &format!("{}\n", hex(&serial));
        }
        let lists = testbed.lists(&register, Kind::Authentication, Generation::Third);
        for (number, list) in lists.iter().enumerate() {
            bench.write(&format!("lists/{number}.crl"), &list.der);
        }
        bench.sync();
        bench.write("serials", serials);
        let key = bench.write("lookup.key", KEY);
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
        let issuer = hex(testbed.card(0).authentication().issuer());
        let revoked = bench.path("serials");
        bench.join(&["portfolio", &hex(&KEY), &issuer, &revoked, &bench.path("p")]);
        bench
    }

    fn sync(&self) {
        let mut tashika = Command::new(env!("CARGO_BIN_EXE_tashika"));
        let paths = ["store", "trust", "lists"].map(|name| self.path(name));
        let tashika = tashika.args(["crl", "sync", "--environment", "test"]);
        let tashika = tashika.args(["--store", &paths[0], "--trust", &paths[1], &paths[2]]);
        assert!(tashika.stdout(Stdio::null()).status().unwrap().success());
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// The peer; what it prints.
    fn join(&self, arguments: &[&str]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/peers/join.py");
        let mut command = Command::new(&self.python);
        let output = command.arg(script).args(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Our command: its exit status, and what it says of what went wrong.
    fn tashika(&self, command: &[&str], arguments: &[&str]) -> (Option<i32>, String) {
        let (store, trust, key) = ("store", "trust", "lookup.key");
        let common = [
            ["--store", &self.path(store)],
            ["--trust", &self.path(trust)],
            ["--key-file", &self.path(key)],
            ["--environment", "test"],
        ];
        let mut tashika = Command::new(env!("CARGO_BIN_EXE_tashika"));
        let tashika = tashika.args(command).args(common.as_flattened());
        let output = tashika.args(arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), error)
    }

    /// Joins a portfolio: exit status, and the rows that were found.
    fn watch(&self, portfolio: &str) -> (Option<i32>, String) {
        let (portfolio, out) = (self.path(portfolio), self.path("found.csv"));
        let arguments = ["--portfolio", &portfolio, "--out", &out, "--at", AT];
        let (status, error) = self.tashika(&["watch"], &arguments);
        let found = fs::read_to_string(&out).unwrap_or(error);
        let _ = fs::remove_file(&out);
        // What a run that failed would go on with.
        let _ = fs::remove_dir_all(out + ".watch");
        (status, found)
    }

    fn export(&self) -> String {
        let out = self.path("revoked.parquet");
        let arguments = ["--keyed", "--purpose", PURPOSE, "--out", &out];
        let (status, error) = self.tashika(&["crl", "export"], &arguments);
        assert_eq!(status, Some(0), "{error}");
        out
    }
}

/// The columns that an export has, of what was found.
fn exported(found: &str) -> Vec<String> {
    let columns = |line: &str| {
        let fields = line.split(',').enumerate();
        let kept: Vec<_> = fields
            .filter(|(index, _)| [1, 3, 4, 6].contains(index))
            .map(|(_, field)| field)
            .collect();
        kept.join(",")
    };
    found.lines().map(columns).collect()
}

fn an_export_is_joined(bench: &Bench) {
    let (status, found) = bench.watch("p.csv");
    assert_eq!(status, Some(0), "{found}");
    let found = exported(&found);
    assert_eq!(found.len(), 1 + REVOKED as usize);
    let out = bench.path("joined.csv");
    bench.join(&["join", &bench.export(), &bench.path("p.csv"), &out]);
    let joined = fs::read_to_string(out).unwrap();
    assert_eq!(joined.lines().collect::<Vec<_>>(), found);
}

fn a_portfolio_is_read(bench: &Bench) {
    let (_, expected) = bench.watch("p.csv");
    for name in ["text", "groups", "plain", "octets"] {
        let (status, found) = bench.watch(&format!("p.{name}.parquet"));
        assert_eq!(status, Some(0), "{name}: {found}");
        assert_eq!(found, expected, "{name}");
    }
}

fn nulls_are_malformed(bench: &Bench) {
    let (_, all) = bench.watch("p.csv");
    let (status, found) = bench.watch("p.nulls.parquet");
    assert_eq!(status, Some(65));
    // Every tenth key is null; those are of customers who are on no list.
    assert_eq!(found, all);
}

fn what_is_no_portfolio_is_refused(bench: &Bench) {
    let (status, error) = bench.watch("p.numbers.parquet");
    assert_eq!(status, Some(64), "{error}");
    assert!(
        error.contains("no columns `key` and `reference`"),
        "{error}"
    );
    let (status, error) = bench.watch("p.zstd.parquet");
    assert_eq!(status, Some(66), "{error}");
    let whole = fs::read(bench.path("p.text.parquet")).unwrap();
    for length in [0, 3, whole.len() / 2, whole.len() - 1] {
        bench.write("p.short.parquet", whole.get(..length).unwrap());
        let (status, error) = bench.watch("p.short.parquet");
        assert_eq!(status, Some(66), "{error}");
    }
}

fn an_export_states_its_purpose(bench: &Bench) {
    let export = bench.export();
    assert_eq!(bench.join(&["purpose", &export]).trim_end(), PURPOSE);
    let mode = fs::metadata(&export).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let left: BTreeSet<_> = fs::read_dir(bench.dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("revoked"))
        .collect();
    assert_eq!(left, BTreeSet::from(["revoked.parquet".to_owned()]));
    for missing in [
        &["--purpose", PURPOSE, "--out", "x.parquet"][..],
        &["--keyed", "--out", "x.parquet"],
        &["--keyed", "--purpose", " ", "--out", "x.parquet"],
        &["--keyed", "--purpose", PURPOSE, "--out", "x.csv"],
    ] {
        let (status, error) = bench.tashika(&["crl", "export"], missing);
        assert_eq!(status, Some(64), "{error}");
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn python() -> PathBuf {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers/venv/bin/python");
    std::env::var_os("TASHIKA_PEERS_PYTHON").map_or(venv, PathBuf::from)
}

fn has_duckdb(python: &Path) -> bool {
    let mut command = Command::new(python);
    let command = command.args(["-c", "import duckdb"]);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
