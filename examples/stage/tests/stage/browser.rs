//! A browser without a display, for the tests of everybody who stands on a stage.

#![allow(dead_code, reason = "each suite uses a part of it")]

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// For all of an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keeps the cookies of one origin.
#[derive(Clone)]
pub(crate) struct Browser {
    origin: String,
    cookies: Vec<String>,
    pub(crate) language: &'static str,
    /// The site whose page sends what is sent, if it is another one.
    pub(crate) from: Option<&'static str>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Came {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header field.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(n, value)| n.eq_ignore_ascii_case(name).then_some(value))
    }
}

impl Browser {
    pub(crate) fn at(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            cookies: Vec::new(),
            language: "en",
            from: None,
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Came {
        self.send("GET", path, "text/html", b"").await
    }

    pub(crate) async fn post(&mut self, path: &str, value: &Value) -> Came {
        let body = value.to_string();
        self.send("POST", path, "application/json", body.as_bytes())
            .await
    }

    /// What is there, unless it is what this tag names.
    pub(crate) async fn get_unless(&mut self, path: &str, tag: &str) -> Came {
        let more = format!("If-None-Match: {tag}\r\n");
        self.exchange("GET", path, "*/*", b"", &more).await
    }

    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        media_type: &str,
        body: &[u8],
    ) -> Came {
        let more = self.from.map_or_else(String::new, |from| {
            format!("Origin: {from}\r\nSec-Fetch-Site: cross-site\r\n")
        });
        self.exchange(method, path, media_type, body, &more).await
    }

    async fn exchange(
        &mut self,
        method: &str,
        path: &str,
        media_type: &str,
        body: &[u8],
        more: &str,
    ) -> Came {
        let authority = self.origin.strip_prefix("http://").unwrap();
        let (_, port) = authority.rsplit_once(':').unwrap();
        // What a form gets is read by a script.
        let accept = if method == "GET" {
            media_type
        } else {
            "application/json"
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
             Accept: {accept}\r\nAccept-Language: {}\r\nContent-Type: {media_type}\r\n\
             Content-Length: {}\r\n{more}Cookie: {}\r\n\r\n",
            self.language,
            body.len(),
            self.cookies.join("; ")
        );
        let address = ("127.0.0.1", port.parse().unwrap());
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let came = timeout(PATIENCE, read(&mut stream)).await.unwrap();
        self.keep(&came.head);
        came
    }

    fn keep(&mut self, head: &str) {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        for (_, value) in lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let cookie = value.split(';').next().unwrap();
            let name = cookie.split('=').next().unwrap();
            self.cookies
                .retain(|known| known.split('=').next() != Some(name));
            self.cookies.push(cookie.to_owned());
        }
    }
}

/// Until the end, or as much as it is said to be: some servers keep the line open.
async fn read(stream: &mut TcpStream) -> Came {
    let (mut octets, mut piece) = (Vec::new(), vec![0; 8192]);
    loop {
        let came = Came::of(&octets);
        let due = came.as_ref().and_then(|came| came.header("content-length"));
        let due: Option<usize> = due.map(|length| length.parse().unwrap());
        match came {
            Some(came) if due.is_some_and(|length| came.body.len() >= length) => return came,
            _ => {}
        }
        match stream.read(&mut piece).await.unwrap() {
            0 => return Came::of(&octets).unwrap(),
            length => octets.extend(&piece[..length]),
        }
    }
}

impl Came {
    /// What has come so far, if its head is complete.
    fn of(octets: &[u8]) -> Option<Self> {
        let end = octets.windows(4).position(|four| four == b"\r\n\r\n")?;
        let (head, body) = octets.split_at(end);
        let head = String::from_utf8(head.to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = body[4..].to_vec();
        Some(Self { status, head, body })
    }
}
