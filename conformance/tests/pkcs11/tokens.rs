//! The tokens, and the files of the keys in them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use cryptoki::context::Pkcs11;
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::{Session, UserType};
use tashika::signer::{Pkcs11Error, Pkcs11Module, Pkcs11Pin, Pkcs11Signer, TokenKey, TokenName};
use tempfile::TempDir;

pub(crate) const PIN: &str = "correct-horse-1";

/// Where distributions put the module.
const PLACES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

const FOLDER: &str = "TASHIKA_PKCS11_TEST";

/// Makes the keys and puts them into tokens. Only `signing` has any but the
/// one that every case can break.
const MAKE: &str = r#"
set -e
ec() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$2 -out $1.pem; }
token() { softhsm2-util --init-token --free --label "$1" --so-pin 12345678 --pin "$PIN"; }
import() { softhsm2-util --import $2.pem --token "$1" --pin "$PIN" --label "$3" --id $4 --force $5; }
ec p256 P-256
ec p384 P-384
ec p521 P-521
ec other P-256
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem
for key in p256 p384 p521 rsa; do openssl pkey -in $key.pem -pubout -out $key.pub; done
token signing
import signing p256 p256 01
import signing p384 p384 02
import signing rsa rsa 03
import signing p521 p521 04
import signing p256 twice 05
import signing other twice 06
import signing p256 lonely 07 --no-public-key
import signing p256 swapped 08 --no-public-key
import signing other another 09
for token in guarded lost twin; do
    token $token
    import $token p256 p256 01
done
token twin
"#;

/// Whether there is all that the tests need.
pub(crate) fn available() -> bool {
    let there = |program: &str| {
        let mut command = Command::new(program);
        let command = command.arg("version").stdout(Stdio::null());
        command.stderr(Stdio::null()).status().is_ok()
    };
    module().is_some() && there("softhsm2-util") && there("openssl")
}

fn module() -> Option<&'static str> {
    PLACES.into_iter().find(|place| Path::new(place).exists())
}

/// Tokens in a folder of their own.
#[derive(Clone)]
pub(crate) struct Tokens {
    folder: PathBuf,
}

impl Tokens {
    /// Those that this process was started to use.
    pub(crate) fn inherited() -> Option<Self> {
        let folder = env::var_os(FOLDER)?.into();
        Some(Self { folder })
    }

    pub(crate) fn none() -> Self {
        let folder = PathBuf::new();
        Self { folder }
    }

    pub(crate) fn exist(&self) -> bool {
        !self.folder.as_os_str().is_empty()
    }

    /// Makes tokens, which are gone when it is dropped.
    pub(crate) fn make() -> Made {
        let folder = TempDir::new().unwrap();
        let tokens = folder.path().join("tokens");
        fs::create_dir(&tokens).unwrap();
        let configuration = format!("directories.tokendir = {}\n", tokens.display());
        let made = Made { folder };
        fs::write(made.configuration(), configuration).unwrap();
        let mut shell = Command::new("bash");
        shell.args(["-c", MAKE]).env("PIN", PIN);
        let output = made.told(&mut shell).current_dir(&made.folder).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{output:?}");
        made
    }

    pub(crate) fn module(&self) -> Pkcs11Module {
        assert!(self.exist());
        Pkcs11Module::load(module().unwrap().as_ref()).unwrap()
    }

    pub(crate) fn open_in(
        &self,
        token: &str,
        pin: &str,
        key: TokenKey,
    ) -> Result<Pkcs11Signer, Pkcs11Error> {
        let token = TokenName::Label(token.to_owned());
        let pin = Pkcs11Pin::new(pin.to_owned());
        Pkcs11Signer::open(&self.module(), token, pin, key)
    }

    /// A key of the token `signing`.
    pub(crate) fn open(&self, key: TokenKey) -> Result<Pkcs11Signer, Pkcs11Error> {
        self.open_in("signing", PIN, key)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file of this case's own.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Whether OpenSSL finds that the key in `key.pub` made the signature over
    /// `message`.
    pub(crate) fn openssl_verifies(&self, key: &str, digest: &str, made: &Signed<'_>) -> bool {
        let case = made.case;
        let message = self.write(&format!("{case}.message"), made.message);
        let signature = self.write(&format!("{case}.signature"), made.signature);
        let mut openssl = Command::new("openssl");
        openssl.args(["dgst", digest, "-verify"]);
        openssl.arg(self.file(&format!("{key}.pub")));
        openssl.arg("-signature").arg(signature).arg(message);
        openssl.output().unwrap().status.success()
    }

    /// A session of somebody else in the same process.
    pub(crate) fn session(&self, token: &str) -> Session {
        // Ours has initialized the module and nobody may finalize it.
        let _ours = self.module();
        let context = Pkcs11::new(module().unwrap()).unwrap();
        std::mem::forget(context.clone());
        let slots = context.get_slots_with_token().unwrap();
        let is_it = |slot| context.get_token_info(slot).unwrap().label() == token;
        let slot = slots.into_iter().find(|slot| is_it(*slot)).unwrap();
        context.open_rw_session(slot).unwrap()
    }

    /// Gives the public key `09`, which belongs to another private key, to the
    /// private key `08`.
    pub(crate) fn swap_public_keys(&self) {
        let session = self.session("signing");
        // Some signer may have logged in already.
        let _ = session.login(UserType::User, Some(&PIN.to_owned().into()));
        let another = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::Id(vec![9]),
        ];
        let another = session.find_objects(&another).unwrap();
        let swapped = [Attribute::Id(vec![8])];
        session
            .update_attributes(*another.first().unwrap(), &swapped)
            .unwrap();
    }
}

/// What somebody signed, and the name of the case.
pub(crate) struct Signed<'s> {
    pub(crate) case: &'s str,
    pub(crate) message: &'s [u8],
    pub(crate) signature: &'s [u8],
}

/// Tokens before the module can see them.
pub(crate) struct Made {
    folder: TempDir,
}

impl Made {
    /// Runs this program again so that it does.
    pub(crate) fn run_again(self) -> ExitCode {
        let mut program = Command::new(env::current_exe().unwrap());
        program.args(env::args_os().skip(1));
        let folder = self.folder.path();
        let status = self.told(&mut program).env(FOLDER, folder).status();
        match status.unwrap().code() {
            Some(0) => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("softhsm2.conf")
    }

    fn told<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("SOFTHSM2_CONF", self.configuration())
    }
}
