//! Where a relying party is and whom it asks: a file, so that the same program
//! runs in front of a testbed and in front of the real thing.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};
use tashika::revocation::OutagePolicy;
use tashika::revocation::health::Notice;

/// The settings of one relying party, as TOML. Paths are relative to the file's
/// folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What people see in the address bar, such as `https://bank.example`: it
    /// goes into every challenge, request and transcript.
    pub origin: String,
    /// Where pages are served, in plain HTTP: TLS ends before it.
    pub listen: SocketAddr,
    /// How many proxies of our own stand in front, each of which appends to
    /// `X-Forwarded-For` whom it sees. Without, whoever connects is the visitor:
    /// behind a proxy all are then one, who may hold a hundred open transactions.
    #[serde(default)]
    pub proxies: Option<NonZeroUsize>,
    /// Where the staff's pages are served. There are none without: whoever
    /// reaches them has to have been let in before.
    #[serde(default)]
    pub staff: Option<Staff>,
    /// Where terminals (readers at a till or a gate) connect, without TLS: an
    /// address that nothing else reaches.
    #[serde(default)]
    pub terminals: Option<SocketAddr>,
    /// A folder of the relying party's own: keys, lists, evidence.
    pub data: PathBuf,
    /// Whose certificates are believed.
    pub certificates: Certificates,
    /// Revocation lists: URLs, files, and folders of files.
    pub lists: Vec<String>,
    /// How often they are looked for, in seconds.
    pub lists_every: u64,
    /// Responders.
    #[serde(default)]
    pub ocsp: Ocsp,
    /// Who is asked whether a certificate is revoked.
    pub ask: Ask,
    /// What an answer is worth.
    pub outage: OutagePolicy,
    /// The platform operator that knows which certificates are of one person.
    #[serde(default)]
    pub operator: Option<OperatorSettings>,
    /// In whose name phones are asked; without, requests are not signed.
    #[serde(default)]
    pub reader: Option<ReaderSettings>,
    /// Who we are at the auth app's provider.
    #[serde(default)]
    pub auth_app: Option<AuthAppSettings>,
    /// A file of roots (PEM) by which servers are known that are asked over TLS.
    #[serde(default)]
    pub tls_roots: Option<PathBuf>,
    /// A database that several nodes share; without, this process is alone.
    #[serde(default)]
    pub postgres: Option<String>,
    /// What somebody has written about the issuance of certificates.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// Where a testbed's phone and card are, as a page. In production there is
    /// none: browsers and apps have wallets of their own. So it is an error beside
    /// certificates that are no test's.
    #[serde(default)]
    pub testbed_wallet: Option<String>,
}

/// The staff's pages.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// Their origin.
    pub origin: String,
    /// Where they are served.
    pub listen: SocketAddr,
}

/// Whose certificates are believed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificates {
    /// A test's anchors cannot stand among those of production.
    pub test: bool,
    /// A folder of roots, in DER or PEM: those of cards in itself, those over
    /// documents of a type in `mdoc-issuer/TYPE`.
    pub anchors: PathBuf,
}

/// Responders, by what they answer about.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ocsp {
    /// Of 署名用 certificates.
    pub signing: Option<String>,
    /// Of 利用者証明用 certificates.
    pub authentication: Option<String>,
}

/// Who is asked about the certificates of cards. Documents' signers are always
/// looked up in lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Lists.
    Crl,
    /// A responder.
    Ocsp,
    /// Both, and both have to say good.
    Both,
    /// Lists, and a responder where they cannot say.
    CrlElseOcsp,
}

/// The platform operator that knows which certificates are of one person.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorSettings {
    /// Where it is asked for the status of certificates.
    pub status: String,
    /// Where it is asked for links.
    pub links: String,
}

/// In whose name phones are asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderSettings {
    /// The key: PKCS #8 in DER.
    pub key: PathBuf,
    /// Its certificate in DER.
    pub certificate: PathBuf,
}

/// Who we are at the auth app's provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthAppSettings {
    /// The base URL of its API.
    pub base: String,
    /// As whom we are registered.
    pub client_id: String,
    /// The key: PKCS #8 in DER.
    pub key: PathBuf,
    /// What its words of refusal mean, where they are not those of a standard.
    #[serde(default)]
    pub refusals: BTreeMap<String, String>,
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{0}: cannot be read")]
    Read(PathBuf, #[source] io::Error),
    /// It is not what settings look like.
    #[error("{0}: {1}")]
    Form(PathBuf, #[source] toml::de::Error),
    /// A testbed's phone and card are offered to people with real ones.
    #[error("{0}: testbed_wallet needs certificates.test = true")]
    Wallet(PathBuf),
}

impl Settings {
    /// Those of a file.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = fs::read_to_string(path);
        let text = text.map_err(|error| SettingsError::Read(path.to_owned(), error))?;
        let settings: Self =
            toml::from_str(&text).map_err(|error| SettingsError::Form(path.to_owned(), error))?;
        if settings.testbed_wallet.is_some() && !settings.certificates.test {
            return Err(SettingsError::Wallet(path.to_owned()));
        }
        Ok(settings.within(path.parent().unwrap_or(Path::new("."))))
    }

    /// As a file has them.
    ///
    /// # Errors
    /// If they cannot be written down.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    /// The same with relative paths taken from a folder.
    fn within(mut self, folder: &Path) -> Self {
        let paths = [&mut self.data, &mut self.certificates.anchors];
        let reader = self.reader.iter_mut();
        let reader = reader.flat_map(|reader| [&mut reader.key, &mut reader.certificate]);
        let auth_app = self.auth_app.iter_mut().map(|auth_app| &mut auth_app.key);
        let paths = paths.into_iter().chain(reader).chain(auth_app);
        for path in paths.chain(self.tls_roots.iter_mut()) {
            *path = folder.join(&*path);
        }
        for list in self.lists.iter_mut().filter(|list| !list.contains("://")) {
            *list = folder.join(&*list).to_string_lossy().into_owned();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"
        origin = "https://bank.example"
        listen = "127.0.0.1:8110"
        data = "data"
        lists = ["https://mirror.example/lists/13221.crl", "lists"]
        lists_every = 3600
        ask = "crl"
        [certificates]
        test = false
        anchors = "/etc/bank/anchors"
        [outage]
        max_age = 172800
    "#;

    fn read(text: &str) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, text).unwrap();
        Settings::read(&path)
    }

    #[test]
    fn paths_are_those_beside_the_file_and_what_is_written_reads_the_same() {
        let settings = read(LEAST).unwrap();
        assert!(settings.data.is_absolute() && settings.data.ends_with("data"));
        assert_eq!(
            settings.certificates.anchors,
            Path::new("/etc/bank/anchors")
        );
        assert_eq!(settings.lists[0], "https://mirror.example/lists/13221.crl");
        assert!(Path::new(&settings.lists[1]).is_absolute());
        // What is not said is not there: nothing weaker in its place.
        assert_eq!(settings.outage, OutagePolicy::strict(172_800));
        assert!(settings.proxies.is_none());
        assert!(settings.staff.is_none() && settings.testbed_wallet.is_none());
        let again = read(&settings.to_toml().unwrap()).unwrap();
        assert_eq!(format!("{settings:?}"), format!("{again:?}"));
    }

    #[test]
    fn a_testbeds_wallet_stands_beside_a_tests_certificates_alone() {
        let wallet = "lists_every = 3600\ntestbed_wallet = \"http://wallet.localhost:8101\"";
        let text = LEAST.replace("lists_every = 3600", wallet);
        let refused = read(&text).unwrap_err();
        assert!(matches!(refused, SettingsError::Wallet(_)), "{refused}");
        let test = text.replace("test = false", "test = true");
        assert!(read(&test).unwrap().testbed_wallet.is_some());
    }

    #[test]
    fn a_word_that_nobody_knows_is_an_error() {
        for (from, to) in [
            ("lists_every", "list_every"),
            ("\"crl\"", "\"whatever\""),
            ("max_age", "maxage"),
            ("test = false", ""),
            ("lists_every", "proxies = 0\n lists_every"),
        ] {
            let refused = read(&LEAST.replace(from, to)).unwrap_err();
            assert!(
                matches!(refused, SettingsError::Form(..)),
                "{to}: {refused}"
            );
        }
        let missing = Settings::read(Path::new("/nowhere/settings.toml"));
        assert!(matches!(missing, Err(SettingsError::Read(..))));
    }
}
