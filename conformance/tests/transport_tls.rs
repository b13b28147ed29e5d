//! TLS and proxies: OpenSSL is the other side, with a PKI of its own.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use bytes::Bytes;
use http::Request;
use tashika::transport::{Client, Load, Origins, Proxy, Tls, Transport, TransportError};
use tashika_conformance::tls::Pki;

fn pki() -> Pki {
    Pki::generate().unwrap()
}

fn read(pki: &Pki, name: &str) -> Vec<u8> {
    pki.read(name).unwrap()
}

/// `openssl s_server`, which answers every GET with a page about the connection.
struct OpenSsl {
    process: Child,
    port: u16,
}

impl OpenSsl {
    fn start(folder: &Path, more: &[&str]) -> Self {
        let mut process = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-www"])
            .args(["-cert", "server.pem", "-key", "server.key"])
            .args(more)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("ACCEPT") {
            line.clear();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "it did not start");
        }
        let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
        // Whoever writes into a closed pipe is ended.
        thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { process, port }
    }

    fn url(&self, host: &str) -> String {
        format!("https://{host}:{}/", self.port)
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn client(server: &OpenSsl, host: &str, tls: Tls, proxy: Option<Proxy>) -> Client {
    let origins = Origins::none().https(&server.url(host)).unwrap();
    let mut builder = Transport::builder(origins, tls);
    if let Some(proxy) = proxy {
        builder = builder.proxy(proxy);
    }
    builder.build().unwrap().under(&Load::standard())
}

async fn page(client: &Client, server: &OpenSsl, host: &str) -> Result<Bytes, TransportError> {
    let request = Request::get(server.url(host)).body(Bytes::new()).unwrap();
    Ok(client.fetch(request).await?.into_body())
}

fn root(pki: &Pki, name: &str) -> Tls {
    Tls::no_roots().roots_pem(&read(pki, name)).unwrap()
}

#[tokio::test]
async fn only_configured_roots_are_believed() {
    let pki = pki();
    let server = OpenSsl::start(pki.path(), &[]);
    let believed = client(&server, "localhost", root(&pki, "root.pem"), None);
    let page_of = page(&believed, &server, "localhost").await.unwrap();
    assert!(page_of.starts_with(b"<HTML>"), "{page_of:?}");

    let stranger = client(&server, "localhost", root(&pki, "other.pem"), None);
    let error = page(&stranger, &server, "localhost").await.unwrap_err();
    assert!(matches!(error, TransportError::Tls(_)), "{error:?}");

    let misnamed = client(&server, "127.0.0.1", root(&pki, "root.pem"), None);
    let error = page(&misnamed, &server, "127.0.0.1").await.unwrap_err();
    assert!(matches!(error, TransportError::Tls(_)), "{error:?}");
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let pki = pki();
    let demands = [
        "-CAfile",
        "root.pem",
        "-Verify",
        "1",
        "-verify_return_error",
        "-tls1_2",
    ];
    let server = OpenSsl::start(pki.path(), &demands);
    let tls = root(&pki, "root.pem");
    let tls = tls.client_certificate_pem(&read(&pki, "client.pem"), &read(&pki, "client.key"));
    let known = client(&server, "localhost", tls.unwrap(), None);
    page(&known, &server, "localhost").await.unwrap();

    let unknown = client(&server, "localhost", root(&pki, "root.pem"), None);
    page(&unknown, &server, "localhost").await.unwrap_err();
}

#[test]
fn tls_that_cannot_work_is_refused_at_once() {
    let pki = pki();
    let origins = Origins::none().https("https://localhost").unwrap();
    let refused = Transport::builder(origins, Tls::no_roots()).build();
    assert!(matches!(
        refused.unwrap_err(),
        TransportError::Configuration(_)
    ));
    let foreign_key = root(&pki, "root.pem")
        .client_certificate_pem(&read(&pki, "client.pem"), &read(&pki, "server.key"));
    let built = Transport::builder(Origins::none(), foreign_key.unwrap()).build();
    assert_eq!(built.unwrap_err().kind(), "configuration");
    for pem in [&b"no certificate"[..], b""] {
        let refused = Tls::no_roots().roots_pem(pem);
        assert_eq!(refused.unwrap_err().kind(), "configuration");
    }
}

/// A proxy that takes one `CONNECT` and gives its request to the channel.
fn proxy() -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let (mut near, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut octet = [0];
            near.read_exact(&mut octet).unwrap();
            asked.extend(octet);
        }
        let asked = String::from_utf8(asked).unwrap();
        let target = asked.split(' ').nth(1).unwrap();
        let mut far = TcpStream::connect(target).unwrap();
        near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let (mut from, mut to) = (near.try_clone().unwrap(), far.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let _ = std::io::copy(&mut far, &mut near);
        let _ = near.shutdown(Shutdown::Both);
        asked
    });
    (url, served)
}

#[tokio::test]
async fn a_proxy_carries_tls_and_does_not_see_into_it() {
    let pki = pki();
    let server = OpenSsl::start(pki.path(), &[]);
    let (url, served) = proxy();
    let authorization = "Basic c2VjcmV0".parse().unwrap();
    let proxy = Proxy::http(&url).unwrap().with_authorization(authorization);
    assert!(!format!("{proxy:?}").contains("c2VjcmV0"));
    let through = client(&server, "localhost", root(&pki, "root.pem"), Some(proxy));
    page(&through, &server, "localhost").await.unwrap();
    drop(through);
    drop(server);
    let asked = served.join().unwrap();
    assert!(asked.starts_with("CONNECT localhost:"), "{asked}");
    assert!(
        asked
            .to_lowercase()
            .contains("proxy-authorization: basic c2vjcmv0")
    );
}
