//! `tashika auth-app jwk` and `login` with a key in a token of SoftHSM.
//!
//! Needs Debian's `softhsm2` and the command `openssl`. Without them the cases
//! are counted as ignored, and said to be.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, ExitCode, Output, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use tashika_testbed::auth_app::{
    Choice, Citizen, ClientKey, Clock, Endpoint, Provider, RegisteredClient, Settings,
};
use tashika_testbed::{Municipality, Person};
use tempfile::TempDir;

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "correct-horse-1";
const WRONG: &str = "wrong-horse-9";

const MAKE: &str = r#"
set -e
umask 077
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
openssl pkey -in key.pem -pubout -out key.pub
softhsm2-util --init-token --free --label bank --so-pin 12345678 --pin "$PIN"
softhsm2-util --import key.pem --token bank --pin "$PIN" --label client --id 0a1b
printf '%s\n' "$PIN" > pin
printf '%s' "$WRONG" > wrong
printf '%s\n' "$PIN" "$PIN" > lines
"#;

type Case = (&'static str, fn(&Bank));

const CASES: [Case; 5] = [
    ("a_token_tells_its_public_key", a_token_tells_its_public_key),
    (
        "a_pin_is_in_a_file_or_a_variable",
        a_pin_is_in_a_file_or_a_variable,
    ),
    ("what_is_missing_is_named", what_is_missing_is_named),
    ("a_module_is_a_module", a_module_is_a_module),
    ("a_token_says_who_we_are", a_token_says_who_we_are),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let there = |program: &str| {
        let mut command = Command::new(program);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.arg("version").status().is_ok()
    };
    let available = Path::new(MODULE).exists() && there("softhsm2-util") && there("openssl");
    if !available {
        eprintln!("IGNORED: no SoftHSM or no openssl: run `conformance/run install`");
    }
    let trials = CASES.map(|(name, case)| {
        let run = move || -> Result<(), Failed> {
            case(&Bank::new());
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!available)
    });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

/// A token, and the files of its key.
struct Bank {
    folder: TempDir,
}

impl Bank {
    fn new() -> Self {
        let bank = Self {
            folder: TempDir::new().unwrap(),
        };
        fs::create_dir(bank.folder.path().join("tokens")).unwrap();
        fs::write(
            bank.folder.path().join("softhsm2.conf"),
            format!("directories.tokendir = {}\n", bank.path("tokens")),
        )
        .unwrap();
        let made = bank.told("bash").args(["-c", MAKE]).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        bank
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// A program that sees the token.
    fn told(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        command.env("SOFTHSM2_CONF", self.path("softhsm2.conf"));
        command.env("PIN", PIN).env("WRONG", WRONG);
        command
    }

    /// The command with these arguments, behind those that name the module. It
    /// may not tell a PIN.
    fn show(&self, module: &str, arguments: &[&str], variable: Option<&str>) -> Answer {
        let mut command = self.told(env!("CARGO_BIN_EXE_tashika"));
        command.args(["auth-app", "jwk", "--pkcs11-module", module]);
        command.args(arguments).env_remove("TASHIKA_PKCS11_PIN");
        command.envs(variable.map(|pin| ("TASHIKA_PKCS11_PIN", pin)));
        Answer::of(command.output().unwrap())
    }
}

/// Exit status, standard output and standard error.
#[derive(Debug)]
struct Answer(i32, String, String);

impl Answer {
    fn of(output: Output) -> Self {
        let texts = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        for text in &texts {
            assert!(!text.contains(PIN) && !text.contains(WRONG), "{text}");
        }
        let [stdout, stderr] = texts;
        Self(output.status.code().unwrap(), stdout, stderr)
    }

    #[track_caller]
    fn fails(self, status: i32, text: &str) {
        assert!(
            self.0 == status && self.2.contains(text),
            "{text}: {self:?}"
        );
    }
}

fn a_token_tells_its_public_key(bank: &Bank) {
    let expected = fs::read_to_string(bank.path("key.pub")).unwrap();
    let in_file = ["auth-app", "jwk", "--key-file", "key.pem"];
    let mut command = bank.told(env!("CARGO_BIN_EXE_tashika"));
    let in_file = Answer::of(command.args(in_file).output().unwrap());
    for key in [
        &["--key", "client"][..],
        &["--key-id", "0a1b"],
        &["--key-id", "0A1B", "--key", "client"],
    ] {
        let token = [&["--token", "bank", "--pin-file", "pin"], key].concat();
        let pem = bank.show(MODULE, &[&token[..], &["--pem"]].concat(), None);
        assert!(pem.0 == 0 && pem.1 == expected, "{pem:?}");
        let all = bank.show(MODULE, &token, None);
        assert_eq!(all.1, in_file.1);
    }
}

fn a_pin_is_in_a_file_or_a_variable(bank: &Bank) {
    let key = ["--token", "bank", "--key", "client"];
    let with = |more: &[&str], variable| bank.show(MODULE, &[&key, more].concat(), variable);
    assert_eq!(with(&[], Some(PIN)).0, 0);
    assert_eq!(with(&["--pin-file", "pin"], Some(WRONG)).0, 0);
    with(&[], None).fails(64, "--pin-file");
    with(&[], Some(WRONG)).fails(64, "PinIncorrect");
    with(&["--pin-file", "wrong"], Some(PIN)).fails(64, "PinIncorrect");
    with(&["--pin-file", "lines"], None).fails(64, "one line");
    with(&["--pin-file", "absent"], None).fails(66, "absent");
    let mut chmod = bank.told("chmod");
    assert!(chmod.args(["644", "pin"]).status().unwrap().success());
    with(&["--pin-file", "pin"], None).fails(64, "chmod 600");
}

fn what_is_missing_is_named(bank: &Bank) {
    let show = |arguments: &[&str]| bank.show(MODULE, arguments, Some(PIN));
    show(&["--token", "shop", "--key", "client"]).fails(64, "no such token");
    show(&["--slot", "7", "--key", "client"]).fails(64, "no such token");
    show(&["--token", "bank", "--key", "other"]).fails(64, "no such private key");
    show(&["--token", "bank", "--key-id", "0a"]).fails(64, "no such private key");
    for id in ["", "0", "0g", "+f"] {
        show(&["--token", "bank", "--key-id", id]).fails(64, "--key-id");
    }
}

fn a_module_is_a_module(bank: &Bank) {
    let key = ["--token", "bank", "--key", "client"];
    bank.show("./absent.so", &key, Some(PIN))
        .fails(66, "absent.so");
    bank.show("./key.pub", &key, Some(PIN)).fails(66, "key.pub");
    bank.show("libc.so.6", &key, Some(PIN))
        .fails(64, "no PKCS #11 module");
}

/// The provider takes what the token signs, as it knows the public key alone.
fn a_token_says_who_we_are(bank: &Bank) {
    let settings = Settings {
        clock: Clock::System,
        ..Settings::default()
    };
    let provider = Provider::start(settings).unwrap();
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let host = port.local_addr().unwrap().to_string();
    drop(port);
    let redirect_uri = format!("http://{host}/callback");
    let key = fs::read_to_string(bank.path("key.pub")).unwrap();
    let key = ClientKey::from_pem(&key).unwrap();
    provider.register(RegisteredClient::new("shop", &redirect_uri, key));
    let person = Person::new("仮名　某", "300000000", "3", "仮称町", Municipality::NAHA);
    provider.enrol(Citizen::new("person", &person));

    let mut command = bank.told(env!("CARGO_BIN_EXE_tashika"));
    command.args(["auth-app", "login", "--client-id", "shop"]);
    command.args([
        "--provider",
        &provider.base(),
        "--redirect-uri",
        &redirect_uri,
    ]);
    command.args(["--audience", &provider.url(Endpoint::Token)]);
    command.args(["--pkcs11-module", MODULE, "--token", "bank"]);
    command.args(["--key", "client", "--pin-file", "pin"]);
    let piped = command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let steps = BufReader::new(child.stderr.take().unwrap());
    let mut steps = steps.lines().map(Result::unwrap);
    assert!(steps.any(|step| step.starts_with("open ")));
    let begun = get(&host, "/start", "");
    let field = |name: &str| {
        let mut fields = begun.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(found, _)| *found == name).unwrap().1
    };
    let back = provider.authorize(field("location"), Choice::citizen("person"));
    let cookie = field("set-cookie").split(';').next().unwrap();
    let path = back.strip_prefix(&format!("http://{host}")).unwrap();
    let page = get(&host, path, &format!("Cookie: {cookie}\r\n"));
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// What a browser is answered.
fn get(host: &str, path: &str, fields: &str) -> String {
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
