//! Certificates for TLS from OpenSSL, for tests of what goes over the network.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Makes a root, another root, and under the first a server's certificate for
/// `localhost` and a client's.
const MAKE: &str = r"
set -e
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=root -keyout root.key -out root.pem
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout other.key -out other.pem
issue() {
    openssl req -newkey rsa:2048 -nodes -subj /CN=$1 -keyout $1.key -out $1.csr
    printf '%s\n' $2 basicConstraints=CA:FALSE > $1.ext
    openssl x509 -req -in $1.csr -CA root.pem -CAkey root.key -CAcreateserial -days 2 \
        -extfile $1.ext -out $1.pem
}
issue server subjectAltName=DNS:localhost
issue client extendedKeyUsage=clientAuth
";

/// A folder with `root`, `other`, `server` and `client`, each as `.pem` and
/// `.key`. It is gone when it is dropped.
#[derive(Debug)]
pub struct Pki {
    folder: TempDir,
}

impl Pki {
    /// Makes new keys and certificates, which are valid for two days.
    ///
    /// # Errors
    /// What running `bash` and `openssl` fails with, and what they printed if
    /// they failed themselves.
    pub fn generate() -> io::Result<Self> {
        let folder = TempDir::new()?;
        let made = Command::new("bash")
            .args(["-c", MAKE])
            .current_dir(&folder)
            .output()?;
        if !made.status.success() {
            return Err(io::Error::other(format!("{made:?}")));
        }
        Ok(Self { folder })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a file.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The octets of a file.
    ///
    /// # Errors
    /// What reading it fails with.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.file(name))
    }

    /// The folder, for whoever needs it for longer.
    #[must_use]
    pub fn into_folder(self) -> TempDir {
        self.folder
    }
}
