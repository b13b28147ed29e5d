//! A real responder: the command `openssl ocsp`, which serves HTTP on a port of
//! this machine until it is dropped.
//!
//! OpenSSL stamps its answers with the clock of the machine, so whatever asks it
//! has to live at the present time too.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What the responder knows about one certificate.
#[derive(Clone, Copy, Debug)]
pub enum Record<'r> {
    /// It is good.
    Good,
    /// It is revoked, for this reason by OpenSSL's name of it, if for any.
    Revoked(Option<&'r str>),
}

/// Who answers, and how.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'s> {
    /// The certificate of the CA in DER.
    pub authority: &'s [u8],
    /// The certificate in DER whose key signs, the CA's own or a delegate's.
    pub signer: &'s [u8],
    /// Its key as PKCS #8 in DER.
    pub key: &'s [u8],
    /// Certificates by the big-endian octets of their serial numbers; others
    /// are unknown.
    pub records: &'s [(&'s [u8], Record<'s>)],
    /// More arguments, such as `-resp_key_id`.
    pub arguments: &'s [&'s str],
}

/// The running process.
#[derive(Debug)]
pub struct Responder {
    process: Child,
    port: u16,
}

/// How long the process may take to listen, and to answer.
const PATIENCE: Duration = Duration::from_secs(20);

impl Responder {
    /// Starts a responder whose files lie in `directory`, which is its own.
    ///
    /// # Errors
    ///
    /// If a file cannot be written, or if the command is missing or does not
    /// begin to listen.
    pub fn start(directory: &Path, setup: &Setup<'_>) -> io::Result<Self> {
        fs::write(
            directory.join("ca.pem"),
            pem("CERTIFICATE", setup.authority),
        )?;
        fs::write(
            directory.join("signer.pem"),
            pem("CERTIFICATE", setup.signer),
        )?;
        fs::write(directory.join("key.pem"), pem("PRIVATE KEY", setup.key))?;
        fs::write(directory.join("index.txt"), index(setup.records))?;
        let said = directory.join("said");
        let process = Command::new("openssl")
            .args(["ocsp", "-index", "index.txt", "-CA", "ca.pem"])
            .args(["-rsigner", "signer.pem", "-rkey", "key.pem"])
            .args(["-port", "0", "-ignore_err"])
            .args(setup.arguments)
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(fs::File::create(&said)?)
            .stderr(fs::File::create(directory.join("log"))?)
            .spawn()?;
        let mut responder = Self { process, port: 0 };
        responder.port = responder.wait(&said)?;
        Ok(responder)
    }

    /// Where it listens. Connect only to ask: a connection without a request
    /// is one that it waits for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Posts a request and gives the body of the answer (RFC 6960, A.1).
    ///
    /// # Errors
    ///
    /// If the connection fails or the answer is no OCSP response.
    pub fn post(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.address())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let header = format!(
            "POST / HTTP/1.0\r\nContent-Type: application/ocsp-request\r\nContent-Length: {}\r\n\r\n",
            request.len()
        );
        stream.write_all(header.as_bytes())?;
        stream.write_all(request)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        body(&answer).ok_or_else(|| io::Error::other("no OCSP response"))
    }

    /// The port, once it has said that it listens: `ACCEPT [::]:40000 PID=1`.
    fn wait(&mut self, said: &Path) -> io::Result<u16> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.process.try_wait()? {
                return Err(io::Error::other(format!("openssl ocsp ended: {status}")));
            }
            if let Some(port) = port(&fs::read_to_string(said)?) {
                return Ok(port);
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(io::Error::other("openssl ocsp does not listen"))
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        // Both fail only if it has ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn port(said: &str) -> Option<u16> {
    let (address, _) = said.strip_prefix("ACCEPT ")?.split_once(" PID=")?;
    address.rsplit_once(':')?.1.parse().ok()
}

/// The body of an HTTP answer that is an OCSP response.
fn body(answer: &[u8]) -> Option<Vec<u8>> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (header, body) = answer.split_at(end + 4);
    let header = String::from_utf8_lossy(header).to_ascii_lowercase();
    let found = header.contains(" 200 ") && header.contains("application/ocsp-response");
    found.then(|| body.to_vec())
}

/// The index of `openssl ca`: state, expiry, revocation and reason, serial
/// number, file, subject.
fn index(records: &[(&[u8], Record<'_>)]) -> String {
    let mut index = String::new();
    for (serial, record) in records {
        let revoked = match record {
            Record::Good => "V\t491231235959Z\t\t".to_owned(),
            Record::Revoked(None) => "R\t491231235959Z\t260301000000Z\t".to_owned(),
            Record::Revoked(Some(reason)) => {
                format!("R\t491231235959Z\t260301000000Z,{reason}\t")
            }
        };
        index.push_str(&revoked);
        serial.iter().for_each(|octet| {
            // Writing to a string does not fail.
            let _ = write!(index, "{octet:02X}");
        });
        index.push_str("\tunknown\t/CN=somebody\n");
    }
    index
}

/// Lines of base64 between the lines of a label (RFC 7468).
#[must_use]
pub fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END ");
    pem.push_str(label);
    pem.push_str("-----\n");
    pem
}
