//! `tashika verify --operator` over TLS: both sides show who they are.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tashika_testbed::{
    Algorithm, CertificateBuilder, Extension, GeneralName, Generation, KeyPair, Kind, Name, Testbed,
};

use crate::desk::{Answer, Desk, pem};

/// A root, and a server and a client under it.
struct Pki {
    testbed: Testbed,
    root: Vec<u8>,
}

impl Pki {
    fn new(seed: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = i64::try_from(now.as_secs()).unwrap();
        let testbed = Testbed::from_seed(seed, now).algorithm(Algorithm::P256);
        let root = testbed.authority(Kind::Signing, Generation::Third);
        let root = root.certificate().to_vec();
        Self { testbed, root }
    }

    fn issue(&self, name: &str) -> (Vec<u8>, KeyPair) {
        let (now, key) = (self.testbed.now(), self.testbed.key(Algorithm::P256, name));
        let root = self.testbed.authority(Kind::Signing, Generation::Third);
        let certificate = CertificateBuilder::new(root.name(), &key)
            .serial(&[0x55])
            .validity(now - 3600, now + 86_400)
            .subject(Name::new().common_name(name))
            .extension(Extension::subject_alt_name(&[GeneralName::dns(name)]))
            .sign(root.key());
        (certificate, key)
    }

    /// A server that asks for a certificate under this root.
    fn server(&self) -> ServerConfig {
        let (certificate, key) = self.issue("localhost");
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(self.root.clone())).unwrap();
        let provider = Arc::new(default_provider());
        let clients =
            WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.pkcs8()));
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(clients.build().unwrap())
            .with_single_cert(vec![certificate.into()], key)
            .unwrap()
    }
}

/// Says to so many connections that it is busy, if TLS comes about.
fn busy(config: ServerConfig, connections: usize) -> (u16, JoinHandle<usize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = Arc::new(config);
    let serving = thread::spawn(move || {
        let accepted = listener.incoming().take(connections);
        let served = accepted.filter(|stream| {
            let stream = stream.as_ref().unwrap();
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            answer(StreamOwned::new(connection, stream)).is_ok()
        });
        served.count()
    });
    (port, serving)
}

fn answer(mut stream: impl Read + Write) -> io::Result<()> {
    let mut request = Vec::new();
    // The question is an object in JSON and nothing else has braces.
    while !request.ends_with(b"}") {
        let mut octet = [0];
        stream.read_exact(&mut octet)?;
        request.extend(octet);
    }
    let head = "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(head.as_bytes())?;
    stream.flush()
}

impl Desk {
    fn verify_over_tls(&self, port: u16, arguments: &[&str]) -> Answer {
        let url = format!("https://localhost:{port}/pf/v1/status");
        let operator = ["cert", "@sign.der", "--json", "--operator", &url];
        self.verify(&[&operator[..], arguments].concat())
    }
}

#[test]
fn both_sides_show_certificates() {
    let (pki, other) = (Pki::new(51), Pki::new(52));
    let desk = Desk::new();
    let (certificate, key) = pki.issue("client");
    desk.write("client.pem", pem("CERTIFICATE", &certificate));
    desk.write("client.key", pem("PRIVATE KEY", &key.pkcs8()));
    desk.write("root.pem", pem("CERTIFICATE", &pki.root));
    desk.write("root.der", &pki.root);
    desk.write("other.pem", pem("CERTIFICATE", &other.root));
    let own = [
        "--tls-certificate",
        "@client.pem",
        "--tls-key",
        "@client.key",
    ];
    let (port, serving) = busy(pki.server(), 4);
    let code = |root: &str, own: &[&str]| {
        let arguments = [&["--tls-root", root], own].concat();
        let report = desk.verify_over_tls(port, &arguments).exits(2).json();
        report.get("code").unwrap().as_str().unwrap().to_owned()
    };
    assert_eq!(code("@root.pem", &own), "revocation.busy");
    assert_eq!(code("@root.der", &own), "revocation.busy");
    assert_eq!(code("@root.pem", &[]), "revocation.unreachable");
    assert_eq!(code("@other.pem", &own), "revocation.unreachable");
    assert_eq!(serving.join().unwrap(), 2);
    let half = ["--tls-root", "@root.pem", "--tls-key", "@client.key"];
    desk.verify_over_tls(port, &half).exits(64);
}
