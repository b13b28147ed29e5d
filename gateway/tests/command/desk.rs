//! A desk with everything the command needs on disk: anchors, lists, and what
//! a card of the testbed signed.

use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Output};
use std::sync::LazyLock;

use ::der::pem::LineEnding;
use serde_json::Value;
use tashika::trust::Fingerprint;
use tashika_testbed::{
    Card, CrlBuilder, Extension, GeneralName, Generation, Hash, Kind, Municipality, Name,
    OcspAnswer, OcspBuilder, Partition, Profile, Reason, Register, Scheme, Testbed, der, oid,
};
use tempfile::TempDir;

/// The moment around which the testbed is arranged: 2027-01-15T08:00:00Z.
pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const AT: &str = "2027-01-15T08:00:00Z";
pub(crate) const CONTRACT: &[u8] = "契約書 / Contract".as_bytes();

/// Generating its keys takes a while, so that all tests share one.
static TESTBED: LazyLock<Testbed> = LazyLock::new(|| Testbed::from_seed(7, NOW));

/// The card that signs: 架空 花子, born 1985-07-04, of Kiyose.
static CARD: LazyLock<Card> = LazyLock::new(|| TESTBED.card(0));

/// What tells of the cardholder, in every form in which it could be printed.
static MARKS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let serial = CARD.signing().serial();
    let hex: Vec<_> = serial.iter().map(|octet| format!("{octet:02x}")).collect();
    let decimal = serial
        .iter()
        .fold(0_u64, |n, octet| n << 8 | u64::from(*octet));
    let person = CARD.person();
    let texts = [
        person.name.as_str(),
        "架空",
        "花子",
        &person.address,
        "清瀬",
        &person.birth_date,
        "1985-07-04",
        "19850704",
        // The end of the validity is a birthday.
        "-07-04",
        "Kiyose",
    ];
    let serials = [
        hex.concat(),
        hex.concat().to_uppercase(),
        hex.join(":"),
        hex.join(":").to_uppercase(),
        decimal.to_string(),
    ];
    texts
        .into_iter()
        .map(str::to_owned)
        .chain(serials)
        .collect()
});

/// `tashika verify raw` up to the message.
pub(crate) const RAW: [&str; 6] = [
    "raw",
    "--certificate",
    "@sign.der",
    "--signature",
    "@contract.sig",
    "--message",
];

/// How one check of a report ended.
pub(crate) fn status_of<'a>(report: &'a Value, check: &str) -> &'a str {
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|row| row["id"] == check);
    check.map_or("(none)", |row| row["status"].as_str().unwrap())
}

pub(crate) struct Desk {
    dir: TempDir,
}

/// How the command ended and what it said.
pub(crate) struct Answer {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    /// Anchors of both kinds in `trust/`, today's lists of both kinds in
    /// `lists/`, and beside them what the card holds and signed.
    pub(crate) fn new() -> Self {
        let desk = Self {
            dir: TempDir::new().unwrap(),
        };
        desk.write_anchors("trust", &TESTBED);
        for kind in Kind::ALL {
            desk.write_lists("lists", kind, &Register::new());
        }
        let signing = CARD.signing().certificate();
        desk.write("sign.der", signing);
        desk.write("sign.pem", pem("CERTIFICATE", signing));
        desk.write("auth.der", CARD.authentication().certificate());
        desk.write("contract.txt", CONTRACT);
        desk.write("other.txt", "契約書 / Contract over ¥1,000,000");
        let signature = CARD.sign_raw(Scheme::Pkcs1(Hash::Sha256), CONTRACT);
        desk.write("contract.sig", signature);
        desk.write("attached.p7s", CARD.sign_cms(CONTRACT, |cms| cms));
        desk.write(
            "detached.p7s",
            CARD.sign_cms(CONTRACT, |cms| cms.detached()),
        );
        desk
    }

    /// The path of a file.
    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file, and the folder it lies in.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.path(name)
    }

    /// Writes the anchors of all generations of both kinds.
    pub(crate) fn write_anchors(&self, folder: &str, testbed: &Testbed) {
        for kind in Kind::ALL {
            for generation in Generation::ALL {
                let root = testbed.authority(kind, generation).certificate();
                self.write(&format!("{folder}/{kind:?}-{generation:?}.cer"), root);
            }
        }
    }

    /// Writes the lists of all municipalities for one kind.
    pub(crate) fn write_lists(&self, folder: &str, kind: Kind, register: &Register) {
        let lists = TESTBED.lists(register, kind, Generation::Third);
        for (number, list) in lists.iter().enumerate() {
            self.write(&format!("{folder}/{kind:?}-{number}.crl"), &list.der);
        }
    }

    /// The serial number of the card's signing certificate, in hexadecimal.
    pub(crate) fn serial(&self) -> &'static str {
        static SERIAL: LazyLock<String> = LazyLock::new(|| {
            let octets = CARD.signing().serial().iter();
            octets.map(|octet| format!("{octet:02x}")).collect()
        });
        &SERIAL
    }

    /// Under what an operator knows the card's signing certificate.
    pub(crate) fn subject(&self) -> (String, String) {
        let authority = TESTBED.authority(Kind::Signing, Generation::Third);
        let key = Fingerprint::of(&authority.key().spki());
        // Whole octets, without those that are zero in front.
        let serial = self.serial().strip_prefix("00").unwrap_or(self.serial());
        (key.to_string(), serial.to_owned())
    }

    /// A response that says now that the card's signing certificate is good,
    /// to whoever asks.
    pub(crate) fn ocsp_made_in_advance(&self) -> Vec<u8> {
        let authority = TESTBED.authority(Kind::Signing, Generation::Third);
        let answer = OcspAnswer::good(authority, CARD.signing().serial(), NOW);
        let response = OcspBuilder::direct(authority, NOW).answer(&answer);
        response.respond(authority.key())
    }

    /// Revokes the card's signing certificate.
    pub(crate) fn revoke<'r>(&self, register: &'r mut Register, reason: Reason) -> &'r Register {
        register.revoke(&CARD, Kind::Signing, reason, NOW - 7200)
    }

    /// Writes the lists on which the card's signing certificate is revoked.
    pub(crate) fn write_revoked(&self, folder: &str, reason: Reason) {
        let mut register = Register::new();
        let register = self.revoke(&mut register, reason);
        self.write_lists(folder, Kind::Signing, register);
    }

    /// Writes today's list of one municipality.
    pub(crate) fn write_list(&self, name: &str, municipality: Municipality) -> String {
        let partition = Partition {
            municipality,
            ..CARD.partition(Kind::Signing)
        };
        let key = TESTBED.authority(Kind::Signing, Generation::Third).key();
        let list = TESTBED.list(&Register::new(), partition).sign(key);
        self.write(name, list)
    }

    /// Writes the lists of all municipalities for signing certificates, with
    /// this number.
    pub(crate) fn write_numbered(&self, folder: &str, register: &Register, number: u64) {
        let key = TESTBED.authority(Kind::Signing, Generation::Third).key();
        for (place, municipality) in Municipality::ALL.into_iter().enumerate() {
            let partition = Partition {
                municipality,
                ..CARD.partition(Kind::Signing)
            };
            let list = TESTBED.list(register, partition).number(number).sign(key);
            self.write(&format!("{folder}/{place}.crl"), list);
        }
    }

    /// Writes today's list of the card's municipality, changed before it is signed.
    pub(crate) fn write_changed(
        &self,
        name: &str,
        register: &Register,
        change: impl FnOnce(CrlBuilder) -> CrlBuilder,
    ) -> String {
        let key = TESTBED.authority(Kind::Signing, Generation::Third).key();
        let list = TESTBED.list(register, CARD.partition(Kind::Signing));
        self.write(name, change(list).sign(key))
    }

    /// `tashika verify …` for a signing certificate, with anchors and time.
    /// Arguments that begin with `@` are names of files of this desk.
    pub(crate) fn verify(&self, arguments: &[&str]) -> Answer {
        let common = [
            "--kind",
            "sign",
            "--trust",
            "@trust",
            "--environment",
            "test",
            "--at",
            AT,
        ];
        self.run(&[&["verify"], arguments, &common].concat())
    }

    /// `tashika …`, which may tell nothing of the person.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        let answer = self.run_showing(arguments);
        for text in [&answer.stdout, &answer.stderr] {
            tells_nothing(arguments, text);
        }
        answer
    }

    /// What the command wrote, which may tell nothing of the person either.
    pub(crate) fn read(&self, name: &str) -> String {
        let text = fs::read_to_string(self.path(name)).unwrap();
        tells_nothing(&[name], &text);
        text
    }

    /// `tashika …`, which was asked to tell.
    pub(crate) fn run_showing(&self, arguments: &[&str]) -> Answer {
        let arguments = arguments.iter().map(|argument| {
            let file = argument.strip_prefix('@').map(|name| self.path(name));
            file.unwrap_or_else(|| (*argument).to_owned())
        });
        tashika(arguments)
    }
}

fn tells_nothing(source: &[&str], text: &str) {
    for mark in MARKS.iter() {
        assert!(!text.contains(mark), "{source:?} tells {mark:?}:\n{text}");
    }
}

impl Answer {
    /// The answer as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Asserts the exit status.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// Asserts that standard error names all of these.
    #[track_caller]
    pub(crate) fn complains(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "no {part:?}: {self}");
        }
        self
    }

    /// Asserts that standard output says all of these.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stdout.contains(part), "no {part:?}: {self}");
        }
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            status,
            stdout,
            stderr,
        } = self;
        write!(f, "status {status}\n{stdout}\n{stderr}")
    }
}

/// Runs the command.
pub(crate) fn tashika(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tashika"));
    command.args(arguments).output().unwrap().into()
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let Output {
            status,
            stdout,
            stderr,
        } = output;
        Self {
            status: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }
}

/// A certificate whose texts are orders to a terminal.
pub(crate) fn terminal_orders() -> Vec<u8> {
    let order = "\u{1b}[2J\u{202e}";
    let authority = TESTBED.authority(Kind::Signing, Generation::Third);
    let terms = TESTBED.terms(CARD.person(), Kind::Signing, Generation::Third, 0);
    let name = Name::new().common_name(order);
    let other = GeneralName::other(oid::JPKI_NAME, &der::utf8(order));
    let leaf = authority.leaf(CARD.person(), CARD.signing().key(), &terms);
    let leaf = leaf.issuer(&name).subject(&name);
    let names = Extension::subject_alt_name(&[other]);
    leaf.extension(names).sign(authority.key())
}

/// A hierarchy that passes itself off as the real service.
pub(crate) fn impostors() -> Testbed {
    Testbed::from_seed(8, NOW).profile(Profile {
        organization: "JPKI".to_owned(),
        ..Profile::default()
    })
}

/// PEM (RFC 7468).
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    ::der::pem::encode_string(label, LineEnding::LF, der).unwrap()
}
