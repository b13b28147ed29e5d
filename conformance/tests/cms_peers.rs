//! What other software signs with a card's key verifies, and is refused as
//! soon as one byte of its content is another.
//!
//! Needs the command `openssl`, and a Python with pyHanko
//! (conformance/peers/README.md). A case whose peer is missing is counted as
//! ignored, and said to be.

#![expect(
    clippy::expect_used,
    reason = "without a directory or a testbed the cases cannot run"
)]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::Arc,
};

use bytes::Bytes;
use libtest_mimic::{Arguments, Failed, Trial};
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::SignedDocument;
use tashika::{Code, Error};
use tashika_conformance::desk::Desk;
use tashika_testbed::{Algorithm, Generation, Kind};
use tempfile::TempDir;

/// Without line ends, so that no peer makes other ones of them.
const CONTENT: &[u8] = "契約書 / Contract 0001".as_bytes();
const OTHER_CONTENT: &[u8] = "契約書 / Contract 0003".as_bytes();

/// One message by one peer.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    peer: Peer,
    algorithm: Algorithm,
    options: Options,
    detached: bool,
    table: Table,
    expected: Expected,
}

#[derive(Clone, Copy, PartialEq)]
enum Peer {
    OpenSsl,
    PyHanko,
    ByHand,
}

#[derive(Clone, Copy)]
enum Table {
    Standard,
    Pss,
}

#[derive(Clone, Copy)]
enum Expected {
    /// It verifies; with another content it is refused with this code.
    Verifies(Code),
    /// It is refused as it is.
    Refused(Code),
}

use Expected::{Refused, Verifies};

const RSA: Algorithm = Algorithm::RSA_2048;
const DIGEST: Expected = Verifies(Code::CmsMessageDigest);
const SIGNATURE: Expected = Verifies(Code::SignatureInvalid);
#[rustfmt::skip]
const CASES: &[Case] = &[
    openssl("attached", &["-nodetach"], DIGEST),
    openssl("detached", &[], DIGEST).detached(),
    openssl("sha384", &["-nodetach", "-md", "sha384"], DIGEST),
    openssl("sha512", &["-nodetach", "-md", "sha512"], DIGEST),
    openssl("no-attributes", &["-nodetach", "-noattr"], SIGNATURE),
    openssl("no-attributes-detached", &["-noattr"], SIGNATURE).detached(),
    openssl("key-id", &["-nodetach", "-keyid"], DIGEST),
    openssl("key-id-no-attributes", &["-nodetach", "-keyid", "-noattr"], SIGNATURE),
    openssl("stream", &["-nodetach", "-stream"], DIGEST),
    openssl("indefinite", &["-nodetach", "-stream", "-indef"], DIGEST),
    openssl("indefinite-no-attributes", &["-nodetach", "-indef", "-noattr"], SIGNATURE),
    openssl("without-capabilities", &["-nodetach", "-nosmimecap"], DIGEST),
    openssl("cades", &["-nodetach", "-cades"], DIGEST),
    openssl("cades-detached", &["-cades"], DIGEST).detached(),
    openssl("with-issuer", &["-nodetach", "-certfile", "root.pem"], DIGEST),
    openssl("p384", &["-nodetach", "-md", "sha384"], DIGEST).with_key(Algorithm::P384),
    openssl("p384-cades", &["-nodetach", "-md", "sha384", "-cades"], DIGEST).with_key(Algorithm::P384),
    openssl("p384-no-attributes", &["-nodetach", "-md", "sha384", "-noattr"], SIGNATURE).with_key(Algorithm::P384),
    openssl("p256", &["-nodetach", "-md", "sha256"], DIGEST).with_key(Algorithm::P256),
    openssl("pss", &["-nodetach", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32"], DIGEST).table(Table::Pss),
    openssl("pss-no-attributes", &["-nodetach", "-noattr", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32"], SIGNATURE).table(Table::Pss),
    openssl("pss-longest-salt", &["-nodetach", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:max"], Refused(Code::CmsSignatureAlgorithm)).table(Table::Pss),
    openssl("pss-not-allowed", &["-nodetach", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32"], Refused(Code::CmsSignatureAlgorithm)),
    openssl("no-certificates", &["-nodetach", "-nocerts"], Refused(Code::CmsSignerCertificate)),
    openssl("sha1", &["-nodetach", "-md", "sha1"], Refused(Code::CmsDigestAlgorithm)),
    openssl("p384-sha1", &["-nodetach", "-md", "sha1"], Refused(Code::CmsDigestAlgorithm)).with_key(Algorithm::P384),
    openssl("content-missing", &[], Refused(Code::CmsContentMissing)),
    openssl("content-twice", &["-nodetach"], Refused(Code::CmsContentTwice)).detached(),
    pyhanko("attached", &["sha256"], DIGEST),
    pyhanko("detached", &["sha256", "detached"], DIGEST).detached(),
    pyhanko("cades", &["sha256", "cades"], DIGEST),
    pyhanko("cades-detached", &["sha256", "cades", "detached"], DIGEST).detached(),
    pyhanko("sha512", &["sha512"], DIGEST),
    pyhanko("pss", &["sha256", "pss"], DIGEST).table(Table::Pss),
    pyhanko("pss-cades-detached", &["sha256", "pss", "cades", "detached"], DIGEST).table(Table::Pss).detached(),
    pyhanko("pss-longest-salt", &["sha256", "pss-longest-salt"], Refused(Code::CmsSignatureAlgorithm)).table(Table::Pss),
    pyhanko("pss-not-allowed", &["sha256", "pss"], Refused(Code::CmsSignatureAlgorithm)),
    pyhanko("p384", &["sha384"], DIGEST).with_key(Algorithm::P384),
    pyhanko("p384-detached", &["sha384", "detached"], DIGEST).with_key(Algorithm::P384).detached(),
    pyhanko("p384-cades", &["sha384", "cades"], DIGEST).with_key(Algorithm::P384),
    pyhanko("p384-cades-detached", &["sha384", "cades", "detached"], DIGEST).with_key(Algorithm::P384).detached(),
    by_hand("attributes", &["sha256"], DIGEST),
    by_hand("no-attributes", &["sha256", "no-attributes"], SIGNATURE),
    by_hand("no-attributes-detached", &["sha256", "no-attributes", "detached"], SIGNATURE).detached(),
    by_hand("key-id", &["sha256", "key-id"], DIGEST),
    by_hand("key-id-detached", &["sha256", "key-id", "detached"], DIGEST).detached(),
    by_hand("key-id-no-attributes", &["sha256", "key-id", "no-attributes"], SIGNATURE),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let openssl = available("openssl".as_ref(), &["version"]);
    let python = python();
    let imports = "import asn1crypto.cms, cryptography, pyhanko.sign.signers";
    let pyhanko = available(&python, &["-c", imports]);
    if !arguments.list {
        if !openssl {
            eprintln!("IGNORED: no command `openssl`");
        }
        if !pyhanko {
            let python = python.display();
            eprintln!("IGNORED: no pyHanko in {python}: run `conformance/run peers`");
        }
    }
    let benches = [RSA, Algorithm::P384, Algorithm::P256].map(|a| Arc::new(Bench::new(a)));
    let trials = CASES.iter().map(|case| {
        let available = match case.peer {
            Peer::OpenSsl => openssl,
            Peer::PyHanko | Peer::ByHand => pyhanko,
        };
        let bench = benches.iter().find(|b| b.algorithm == case.algorithm);
        let bench = Arc::clone(bench.expect("a bench for each kind of key"));
        Trial::test(case.full_name(), move || case.run(&bench)).with_ignored_flag(!available)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

type Options = &'static [&'static str];

const fn openssl(name: &'static str, options: Options, expected: Expected) -> Case {
    Case::new(name, Peer::OpenSsl, options, expected)
}

const fn pyhanko(name: &'static str, options: Options, expected: Expected) -> Case {
    Case::new(name, Peer::PyHanko, options, expected)
}

const fn by_hand(name: &'static str, options: Options, expected: Expected) -> Case {
    Case::new(name, Peer::ByHand, options, expected)
}

impl Case {
    const fn new(name: &'static str, peer: Peer, options: Options, expected: Expected) -> Self {
        Self {
            name,
            peer,
            algorithm: RSA,
            options,
            detached: false,
            table: Table::Standard,
            expected,
        }
    }

    /// The content is supplied beside the message.
    const fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    const fn with_key(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    const fn table(mut self, table: Table) -> Self {
        self.table = table;
        self
    }

    fn full_name(&self) -> String {
        let peer = match self.peer {
            Peer::OpenSsl => "openssl",
            Peer::PyHanko => "pyhanko",
            Peer::ByHand => "asn1crypto",
        };
        format!("{peer}::{}", self.name)
    }

    fn run(&self, bench: &Bench) -> Result<(), Failed> {
        let message = match self.peer {
            Peer::OpenSsl => bench.openssl(self.options)?,
            Peer::PyHanko => bench.python("pyhanko", self.options)?,
            Peer::ByHand => bench.python("by-hand", self.options)?,
        };
        match self.expected {
            Refused(code) => refused(&self.verify(bench, &message, CONTENT), code),
            Verifies(code) => {
                let signed = self.verify(bench, &message, CONTENT);
                let content = signed.map_err(|error| format!("refused: {error}"))?;
                if content != CONTENT {
                    return Err("another content was verified".into());
                }
                let changed = replace(&message, CONTENT, OTHER_CONTENT);
                if (changed == message) != self.detached {
                    return Err("the content is not where it was expected".into());
                }
                refused(&self.verify(bench, &changed, OTHER_CONTENT), code)
            }
        }
    }

    fn verify(&self, bench: &Bench, message: &[u8], content: &[u8]) -> Result<Bytes, Error> {
        let message = Bytes::copy_from_slice(message);
        let document = if self.detached {
            SignedDocument::cms_detached(message, Bytes::copy_from_slice(content))
        } else {
            SignedDocument::cms(message)
        };
        let standard = AlgorithmTable::standard();
        let algorithms = match self.table {
            Table::Standard => standard,
            Table::Pss => standard.with_pss(),
        };
        let proof = bench.desk.verify(&document, algorithms)?;
        Ok(proof.content().cloned().unwrap_or_default())
    }
}

/// A card whose certificate and key lie in files.
struct Bench {
    algorithm: Algorithm,
    desk: Desk,
    dir: TempDir,
}

impl Bench {
    fn new(algorithm: Algorithm) -> Self {
        let desk = Desk::new(11, algorithm).expect("the testbed makes good anchors");
        let dir = TempDir::new().expect("a temporary directory");
        let root = desk.testbed().authority(Kind::Signing, Generation::Third);
        let credential = desk.card().signing();
        let key = credential.key().pkcs8();
        for (name, content) in [
            ("content", CONTENT.to_vec()),
            ("card.der", credential.certificate().to_vec()),
            ("card.pem", pem("CERTIFICATE", credential.certificate())),
            ("key.der", key.clone()),
            ("key.pem", pem("PRIVATE KEY", &key)),
            ("root.pem", pem("CERTIFICATE", root.certificate())),
        ] {
            fs::write(dir.path().join(name), content).expect("a file in it");
        }
        Self {
            algorithm,
            desk,
            dir,
        }
    }

    fn openssl(&self, options: &[&str]) -> Result<Vec<u8>, Failed> {
        let out = self.out();
        let mut command = Command::new("openssl");
        command.args(["cms", "-sign", "-binary", "-in", "content"]);
        command.args(["-signer", "card.pem", "-inkey", "key.pem"]);
        command.args(options).args(["-outform", "DER", "-out"]);
        self.made(command.arg(&out), &out)
    }

    fn python(&self, maker: &str, options: &[&str]) -> Result<Vec<u8>, Failed> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/sign.py");
        let out = self.out();
        let mut command = Command::new(python());
        command.arg(script).arg(maker);
        command.args(["card.der", "key.der", "content"]);
        self.made(command.arg(&out).args(options), &out)
    }

    /// A name for a message that no other trial uses.
    fn out(&self) -> PathBuf {
        let file = tempfile::Builder::new().tempfile_in(self.dir.path());
        let (_, path) = file
            .and_then(|f| f.keep().map_err(|e| e.error))
            .expect("a file");
        path
    }

    fn made(&self, command: &mut Command, out: &Path) -> Result<Vec<u8>, Failed> {
        let output = command.current_dir(self.dir.path()).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(fs::read(out)?)
    }
}

fn refused(outcome: &Result<Bytes, Error>, expected: Code) -> Result<(), Failed> {
    match outcome {
        Ok(_) => Err(format!("accepted instead of {expected}").into()),
        Err(error) if error.code() == expected => Ok(()),
        Err(error) => Err(format!("{} instead of {expected}", error.code()).into()),
    }
}

fn replace(message: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    let found = message.windows(from.len()).position(|w| w == from);
    if let Some(at) = found {
        message.splice(at..at + from.len(), to.iter().copied());
    }
    message
}

fn python() -> PathBuf {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers/venv/bin/python");
    env::var_os("TASHIKA_PEERS_PYTHON").map_or(venv, PathBuf::from)
}

fn available(program: &Path, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    let text = der::pem::encode_string(label, der::pem::LineEnding::LF, der);
    text.expect("labels of ASCII").into_bytes()
}
