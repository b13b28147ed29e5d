//! `tashika demo`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A demo that ends with the test, whatever becomes of it.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Demo {
    /// On ports that are free.
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tashika"));
        let command = command.args(["demo", "--port", "0"]);
        Self(command.stdout(Stdio::piped()).spawn().unwrap())
    }

    /// The origins it prints, until it has printed one of each host.
    fn origins(&mut self, hosts: &[&str]) -> Vec<String> {
        let mut origins = vec![String::new(); hosts.len()];
        let mut lines = BufReader::new(self.0.stdout.as_mut().unwrap()).lines();
        while origins.iter().any(String::is_empty) {
            let line = lines.next().unwrap().unwrap();
            for (host, origin) in hosts.iter().zip(&mut origins) {
                let mut words = line.split(' ');
                let start = format!("http://{host}:");
                if let Some(word) = words.find(|word| word.starts_with(&start)) {
                    word.trim_end_matches('/').clone_into(origin);
                }
            }
        }
        origins
    }

    fn interrupt(&mut self) -> Option<i32> {
        let pid = self.0.id().to_string();
        let told = Command::new("kill").args(["-INT", &pid]).status();
        assert!(told.unwrap().success());
        self.0.wait().unwrap().code()
    }
}

/// The front page of an origin on this machine.
fn front_page(origin: &str) -> String {
    let authority = origin.strip_prefix("http://").unwrap();
    let (_, port) = authority.rsplit_once(':').unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {authority}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    page
}

#[test]
fn the_demo_serves_everybody_until_it_is_interrupted() {
    let hosts = [
        "localhost",
        "wallet.localhost",
        "bank-ekyc.localhost",
        "self-checkout.localhost",
        "ticket-gate.localhost",
    ];
    let mut demo = Demo::start();
    for origin in demo.origins(&hosts) {
        let page = front_page(&origin);
        assert!(page.starts_with("HTTP/1.1 200 "), "{origin}: {page}");
    }
    assert_eq!(demo.interrupt(), Some(0));
}
