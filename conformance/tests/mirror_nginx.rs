//! Lists from nginx, as a mirror would run it: unchanged, resumed, swapped in
//! the middle, refused, slow, over TLS with a certificate of our own.
//!
//! Needs the commands `nginx` and `openssl`. Without nginx the cases are
//! counted as ignored, and said to be.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use tashika::revocation::mirror::{Fetched, Mirror, MirrorError, MirrorLimits, Validators};
use tashika::transport::{Origins, Tls, Transport};
use tashika_conformance::tls::Pki;
use tempfile::TempDir;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let available = has_nginx();
    if !available {
        eprintln!("IGNORED: no nginx: run `conformance/run install`");
    }
    let cases: [(&str, Case); 6] = [
        (
            "an_unchanged_list_is_not_sent",
            an_unchanged_list_is_not_sent,
        ),
        ("a_broken_download_goes_on", a_broken_download_goes_on),
        (
            "a_swapped_list_is_fetched_anew",
            a_swapped_list_is_fetched_anew,
        ),
        (
            "nothing_is_compressed_on_the_way",
            nothing_is_compressed_on_the_way,
        ),
        ("refusals_are_no_lists", refusals_are_no_lists),
        ("both_sides_show_certificates", both_sides_show_certificates),
    ];
    let trials = cases.map(|(name, case)| {
        let run = move || -> Result<(), Failed> {
            case();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!available)
    });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}

type Case = fn();

fn has_nginx() -> bool {
    let mut nginx = Command::new("nginx");
    let nginx = nginx.arg("-v").stdout(Stdio::null()).stderr(Stdio::null());
    nginx.status().is_ok_and(|status| status.success())
}

/// Octets that begin like a list; `issue` tells two of the same length apart.
fn list(issue: u8) -> Vec<u8> {
    let mut list = vec![issue; 3_000_000];
    list.insert(0, 0x30);
    list
}

const LOCATIONS: &str = r#"
    location /list { root files; }
    location /gzip { root files; gzip on; gzip_types *; gzip_min_length 1; }
    location /packed { root files; add_header Content-Encoding gzip; }
    location /slow { root files; limit_rate 1k; }
    location /moved { return 302 /list; }
    location /trouble { return 500; }
    location /page { default_type text/html; return 200 "<html>maintenance</html>"; }
"#;

/// nginx, with files below `files/`.
struct Nginx {
    folder: TempDir,
    process: Child,
    port: u16,
}

impl Nginx {
    /// Starts it with these lines in its `server`.
    fn start(folder: TempDir, listen: &str, server: &str) -> Self {
        // Nobody can hand nginx a socket: a port that was free a moment ago
        // may be taken, and then it is another one.
        for _ in 0..5 {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            let mut process = spawn(folder.path(), port, listen, server);
            if answers(&mut process, folder.path()) {
                return Self {
                    folder,
                    process,
                    port,
                };
            }
            let _ = process.kill();
            let _ = process.wait();
        }
        panic!("nginx does not start");
    }

    fn plain() -> Self {
        let nginx = Self::start(TempDir::new().unwrap(), "", LOCATIONS);
        for name in ["list", "gzip", "packed", "slow"] {
            nginx.publish(name, 1);
        }
        nginx
    }

    /// Puts an issue of a list in the place of another one.
    fn publish(&self, name: &str, issue: u8) {
        publish(self.folder.path(), name, issue);
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn publish(folder: &Path, name: &str, issue: u8) {
    let files = folder.join("files");
    fs::create_dir_all(&files).unwrap();
    let new = files.join(format!("{name}.new"));
    fs::write(&new, list(issue)).unwrap();
    // Issues are days apart: nginx makes entity tags of date and length.
    let date = Duration::from_secs(1_700_000_000 + 86_400 * u64::from(issue));
    let date = std::time::UNIX_EPOCH + date;
    File::options()
        .write(true)
        .open(&new)
        .unwrap()
        .set_modified(date)
        .unwrap();
    fs::rename(new, files.join(name)).unwrap();
}

fn spawn(folder: &Path, port: u16, listen: &str, server: &str) -> Child {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path tmp;\n"))
        .collect();
    let configuration = format!(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log error.log;\n\
         events {{}}\nhttp {{\naccess_log access.log;\n{temporary}\
         server {{\nlisten 127.0.0.1:{port} {listen};\n{server}}}\n}}\n"
    );
    fs::create_dir_all(folder.join("files")).unwrap();
    fs::write(folder.join("nginx.conf"), configuration).unwrap();
    Command::new("nginx")
        .args(["-e", "error.log", "-c", "nginx.conf", "-p"])
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Whether it comes to listen: nginx writes the number of its process down
/// once it has the port. False if somebody else has it.
fn answers(process: &mut Child, folder: &Path) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) && process.try_wait().unwrap().is_none() {
        let written = fs::read_to_string(folder.join("nginx.pid")).unwrap_or_default();
        if written.trim() == process.id().to_string() {
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    false
}

/// A way to a server on which the first connection is cut after so many
/// octets of what comes back. Then `at_the_cut` happens.
fn cut_first(to: u16, octets: u64, at_the_cut: impl Fn() + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut cut = Some(octets);
        for client in listener.incoming().map_while(Result::ok) {
            let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
            let (mut up, mut down) = (client.try_clone().unwrap(), client);
            let (mut there, back) = (server.try_clone().unwrap(), server);
            thread::spawn(move || std::io::copy(&mut up, &mut there));
            if let Some(octets) = cut.take() {
                let _ = std::io::copy(&mut back.take(octets), &mut down);
                at_the_cut();
                let _ = down.shutdown(Shutdown::Both);
            } else {
                let mut back = back;
                thread::spawn(move || {
                    let _ = std::io::copy(&mut back, &mut down);
                    let _ = down.flush();
                });
            }
        }
    });
    port
}

fn limits() -> MirrorLimits {
    MirrorLimits {
        total: Duration::from_secs(120),
        octets: 10_000_000,
        tries: 3,
        pause: Duration::from_millis(1),
        window: Duration::from_secs(20),
        floor: 1,
    }
}

type Outcome = (Result<Fetched, MirrorError>, Vec<u8>);

fn fetch_with(
    transport: Transport,
    limits: MirrorLimits,
    url: &str,
    known: &Validators,
) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let mut file = tempfile::tempfile().unwrap();
    let url = url.parse().unwrap();
    let mirror = Mirror::new(transport, limits);
    let fetched = runtime.block_on(mirror.fetch(&url, known, &mut file));
    let mut octets = Vec::new();
    file.read_to_end(&mut octets).unwrap();
    (fetched, octets)
}

fn fetch(url: &str, known: &Validators) -> Outcome {
    let origins = Origins::none().plain_http(url).unwrap();
    let transport = Transport::builder(origins, Tls::no_roots());
    fetch_with(transport.build().unwrap(), limits(), url, known)
}

/// The list that arrives, and what tells its issue.
#[track_caller]
fn brings((fetched, octets): Outcome) -> (Validators, Vec<u8>) {
    match fetched {
        Ok(Fetched::List { validators, .. }) => (validators, octets),
        other => panic!("{other:?}"),
    }
}

fn kind((fetched, octets): Outcome) -> &'static str {
    assert_eq!(octets, [] as [u8; 0]);
    fetched.unwrap_err().kind()
}

fn an_unchanged_list_is_not_sent() {
    let nginx = Nginx::plain();
    let url = nginx.url("list");
    let (validators, octets) = brings(fetch(&url, &Validators::none()));
    assert!(octets == list(1));
    let again = fetch(&url, &validators);
    assert_eq!(again.0.unwrap(), Fetched::Unchanged);
    nginx.publish("list", 2);
    let (newer, octets) = brings(fetch(&url, &validators));
    assert!(octets == list(2));
    assert_ne!(newer, validators);
}

fn a_broken_download_goes_on() {
    let nginx = Nginx::plain();
    for octets in [10, 1000, 1_000_000] {
        let port = cut_first(nginx.port, octets, || {});
        let url = format!("http://127.0.0.1:{port}/list");
        let (_, arrived) = brings(fetch(&url, &Validators::none()));
        assert!(arrived == list(1));
    }
    // Cut within the head there is nothing to go on with; later there is.
    let log = fs::read_to_string(nginx.folder.path().join("access.log")).unwrap();
    let partial = log.lines().filter(|line| line.contains("\" 206 "));
    assert_eq!(partial.count(), 2);
}

fn a_swapped_list_is_fetched_anew() {
    let nginx = Nginx::plain();
    let folder = Arc::new(nginx.folder.path().to_owned());
    for (octets, issue) in [(1000, 2), (1_000_000, 3), (2_999_000, 4)] {
        let folder = Arc::clone(&folder);
        let swap = move || publish(&folder, "list", issue);
        let port = cut_first(nginx.port, octets, swap);
        let url = format!("http://127.0.0.1:{port}/list");
        let (_, arrived) = brings(fetch(&url, &Validators::none()));
        assert!(arrived == list(issue));
    }
}

fn nothing_is_compressed_on_the_way() {
    let nginx = Nginx::plain();
    let (_, octets) = brings(fetch(&nginx.url("gzip"), &Validators::none()));
    assert!(octets == list(1));
    let packed = fetch(&nginx.url("packed"), &Validators::none());
    assert_eq!(kind(packed), "encoding");
}

fn refusals_are_no_lists() {
    let nginx = Nginx::plain();
    let fails = |path: &str| kind(fetch(&nginx.url(path), &Validators::none()));
    assert_eq!(fails("missing"), "status");
    assert_eq!(fails("trouble"), "status");
    assert_eq!(fails("moved"), "redirect");
    assert_eq!(fails("page"), "not_a_list");

    let url = nginx.url("slow");
    let origins = Origins::none().plain_http(&url).unwrap();
    let transport = Transport::builder(origins, Tls::no_roots());
    let limits = MirrorLimits {
        tries: 1,
        window: Duration::from_secs(1),
        floor: 64 * 1024,
        ..limits()
    };
    let slow = fetch_with(
        transport.build().unwrap(),
        limits,
        &url,
        &Validators::none(),
    );
    assert_eq!(kind(slow), "slow");
}

fn both_sides_show_certificates() {
    let pki = Pki::generate().unwrap();
    let tls = format!(
        "ssl_certificate {};\nssl_certificate_key {};\nssl_client_certificate {};\nssl_verify_client on;\n",
        pki.file("server.pem").display(),
        pki.file("server.key").display(),
        pki.file("root.pem").display(),
    );
    let read = |name| pki.read(name).unwrap();
    let [root, other, chain, key] = ["root.pem", "other.pem", "client.pem", "client.key"].map(read);
    let nginx = Nginx::start(pki.into_folder(), "ssl", &(tls + LOCATIONS));
    nginx.publish("list", 1);
    let url = format!("https://localhost:{}/list", nginx.port);
    let fetch = |tls: Tls| {
        let origins = Origins::none().https(&url).unwrap();
        let transport = Transport::builder(origins, tls).build().unwrap();
        fetch_with(transport, limits(), &url, &Validators::none())
    };
    let trusting = |root: &[u8]| Tls::no_roots().roots_pem(root).unwrap();
    let ours = |tls: Tls| tls.client_certificate_pem(&chain, &key).unwrap();
    let (_, octets) = brings(fetch(ours(trusting(&root))));
    assert!(octets == list(1));
    // nginx says it with a page of status 400.
    assert_eq!(kind(fetch(trusting(&root))), "status");
    assert_eq!(kind(fetch(ours(trusting(&other)))), "tls");
}
