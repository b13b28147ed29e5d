//! Debian's mod_auth_openidc at the testbed's provider: it guards a page, which
//! says what it learnt of who reads it.

use std::fs::{self, File, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use tashika_testbed::Algorithm;
use tashika_testbed::auth_app::{Choice, Endpoint, Scenario};
use tempfile::TempDir;

use crate::Run;
use crate::browser::{Arrival, Browser};
use crate::ours::{CLIENT, public_key};
use crate::testbed::World;

/// The server with its module, where it is here.
pub(crate) struct Server;

pub(crate) const TRIALS: &[(&str, Run<Server>)] = &[
    (
        "a_person_reads_a_guarded_page",
        a_person_reads_a_guarded_page,
    ),
    ("somebody_cancels", somebody_cancels),
    ("defects_that_it_sees", defects_that_it_sees),
];

const MODULES: &str = "/usr/lib/apache2/modules";

/// What the page says, filled in by the server.
const PAGE: &str = r#"<!--#echo encoding="none" var="OIDC_CLAIM_sub" -->
<!--#echo encoding="none" var="OIDC_CLAIM_name" -->
<!--#echo encoding="none" var="OIDC_CLAIM_address" -->
<!--#echo encoding="none" var="OIDC_CLAIM_birthdate" -->
<!--#echo encoding="none" var="OIDC_CLAIM_gender" -->
<!--#echo encoding="none" var="OIDC_CLAIM_acr" -->
"#;

/// It wants the public key in a certificate, and falls over without one.
const CERTIFY: &str = r"
set -e
openssl pkey -in key.der -out key.pem
openssl req -x509 -key key.pem -subj /CN=shop -days 2 -out certificate.pem
";

impl Server {
    pub(crate) fn find() -> Option<Self> {
        let mut server = Command::new("apache2");
        let server = server.arg("-v").stdout(Stdio::null()).stderr(Stdio::null());
        let runs = server.status().is_ok_and(|status| status.success());
        let module = Path::new(MODULES).join("mod_auth_openidc.so");
        (runs && module.exists()).then_some(Self)
    }
}

/// A server of our own, at a provider of its own.
struct Apache {
    folder: TempDir,
    process: Child,
    port: u16,
    world: World,
}

impl Apache {
    fn start() -> Result<Self, Failed> {
        // Nobody can hand it a socket: a port that was free a moment ago may be
        // taken, and then it is another one.
        for _ in 0..5 {
            let free = TcpListener::bind("127.0.0.1:0")?;
            let port = free.local_addr()?.port();
            drop(free);
            let callback = format!("http://127.0.0.1:{port}/callback");
            // It signs assertions with RSA alone.
            let world = World::new(Algorithm::RSA_2048, &callback)?;
            let folder = TempDir::new()?;
            prepare(folder.path(), port, &world)?;
            let process = spawn(folder.path())?;
            let mut apache = Self {
                folder,
                process,
                port,
                world,
            };
            if apache.answers()? {
                return Ok(apache);
            }
        }
        Err("apache2 does not start".into())
    }

    fn answers(&mut self) -> Result<bool, Failed> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) && self.process.try_wait()?.is_none() {
            let number = fs::read_to_string(self.folder.path().join("pid"));
            let is_it = number.is_ok_and(|number| number.trim() == self.process.id().to_string());
            if is_it && TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(true);
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(false)
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Opens the page as somebody who chooses this when asked: what the browser
    /// shows in the end.
    fn read_as(&self, choice: Choice) -> Result<String, Failed> {
        let provider = &self.world.provider;
        let mut browser = Browser::default();
        let endpoint = provider.url(Endpoint::Authorization);
        let request = browser.open(&self.url("/guarded/page.shtml"), &endpoint)?;
        let callback = provider.authorize(&request.there()?, choice);
        match browser.open(&callback, &endpoint)? {
            Arrival::Page(_, page) => Ok(String::from_utf8(page.body().to_vec())?),
            Arrival::There(_) => Err("asked to log in again".into()),
        }
    }

    /// What it wrote down since it began.
    fn log(&self) -> Result<String, Failed> {
        Ok(fs::read_to_string(self.folder.path().join("error.log"))?)
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn prepare(folder: &Path, port: u16, world: &World) -> Result<(), Failed> {
    // As root it reads pages as somebody else.
    fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    fs::create_dir_all(folder.join("pages/guarded"))?;
    fs::write(folder.join("pages/guarded/page.shtml"), PAGE)?;
    fs::write(folder.join("key.der"), world.client.pkcs8())?;
    let made = Command::new("bash")
        .args(["-c", CERTIFY])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status()?;
    if !made.success() {
        return Err("openssl made no certificate".into());
    }
    let configuration = configuration(folder, port, world)?;
    Ok(fs::write(folder.join("httpd.conf"), configuration)?)
}

fn configuration(folder: &Path, port: u16, world: &World) -> Result<String, Failed> {
    let modules = [
        "mpm_event",
        "authn_core",
        "authz_core",
        "authz_user",
        "mime",
        "include",
        "auth_openidc",
    ];
    let modules = modules.map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n"));
    let (at, kid) = (folder.display(), public_key(&world.client)?.kid());
    let issuer = world.provider.issuer();
    Ok(format!(
        r#"{}ServerRoot "{at}"
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile pid
ErrorLog error.log
DefaultRuntimeDir "{at}"
Mutex "file:{at}"
User www-data
Group www-data
TypesConfig /dev/null
DocumentRoot "{at}/pages"
AddType "text/html; charset=utf-8" .shtml
AddOutputFilter INCLUDES .shtml
<Directory "{at}/pages">
    Options +Includes
    Require all granted
</Directory>
<Location />
    AuthType openid-connect
    Require valid-user
</Location>
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {CLIENT}
OIDCRedirectURI http://127.0.0.1:{port}/callback
OIDCCryptoPassphrase of-no-worth
OIDCPublicKeyFiles "{kid}#{at}/certificate.pem"
OIDCPrivateKeyFiles "{kid}#{at}/key.pem"
OIDCProviderTokenEndpointAuth private_key_jwt
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg ES256
OIDCScope "openid name address birthdate gender"
OIDCAuthRequestParams acr_values=aal3%20crl
OIDCPassClaimsAs environment
"#,
        modules.concat()
    ))
}

fn spawn(folder: &Path) -> Result<Child, Failed> {
    let out = File::create(folder.join("output"))?;
    // In one process, which its number ends.
    let mut command = Command::new("apache2");
    command.arg("-X").arg("-f").arg(folder.join("httpd.conf"));
    Ok(command.stdout(Stdio::null()).stderr(out).spawn()?)
}

fn a_person_reads_a_guarded_page(_: &Server) -> Result<(), Failed> {
    let apache = Apache::start()?;
    let page = apache.read_as(Choice::citizen("hanako"))?;
    let World {
        subject, hanako, ..
    } = &apache.world;
    let lines: Vec<_> = page.lines().collect();
    let [name, address] = [&hanako.name, &hanako.address].map(String::as_str);
    assert_eq!(lines, [subject, name, address, "19850704", "2", "aal3 crl"]);
    Ok(())
}

fn somebody_cancels(_: &Server) -> Result<(), Failed> {
    let apache = Apache::start()?;
    let page = apache.read_as(Choice::Cancel)?;
    assert!(page.contains("access_denied"), "{page}");
    assert!(!page.contains(&apache.world.subject));
    Ok(())
}

/// Some of the provider's defects, and what it writes into its log about each.
const DEFECTS: &[(&str, &str)] = &[
    ("callback.state_wrong", "unable to restore state"),
    ("token.id_token_missing", "no \"id_token\" parameter"),
    ("id_token.alg_none", "algorithm \"none\""),
    ("id_token.rs256", "RS256 != ES256"),
    ("id_token.hs256_of_es256_key", "HS256 != ES256"),
    ("id_token.kid_unknown", "could not find key with kid"),
    (
        "id_token.signature_broken",
        "JWT signature verification failed",
    ),
    (
        "id_token.signature_der",
        "JWT signature verification failed",
    ),
    ("id_token.iss_wrong", "does not match received \"iss\""),
    ("id_token.aud_wrong", "did not match the \"aud\""),
    ("id_token.exp_past", "JWT expired"),
    ("id_token.iat_old", "JWT was issued more than"),
    ("id_token.nonce_wrong", "did not match the one stored"),
    ("id_token.at_hash_wrong", "\"at_hash\" hash value"),
    ("userinfo.sub_wrong", "\"sub\" claim"),
];

fn defects_that_it_sees(_: &Server) -> Result<(), Failed> {
    let apache = Apache::start()?;
    for (name, words) in DEFECTS {
        let scenario = Scenario::named(name).ok_or_else(|| format!("no scenario {name}"))?;
        apache.world.provider.only(scenario.apply);
        let before = apache.log()?.len();
        let page = apache.read_as(Choice::citizen("hanako"))?;
        assert!(!page.contains(&apache.world.hanako.name), "{name}: {page}");
        let log = apache.log()?.split_off(before);
        assert!(log.contains(words), "{name}: {log}");
    }
    Ok(())
}
