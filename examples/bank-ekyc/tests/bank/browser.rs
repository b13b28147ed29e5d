//! A browser without a display.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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

    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        media_type: &str,
        body: &[u8],
    ) -> Came {
        let authority = self.origin.strip_prefix("http://").unwrap();
        let (_, port) = authority.rsplit_once(':').unwrap();
        let accept = if method == "GET" {
            "text/html"
        } else {
            "application/json"
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
             Accept: {accept}\r\nAccept-Language: {}\r\nContent-Type: {media_type}\r\n\
             Content-Length: {}\r\nCookie: {}\r\n{}\r\n",
            self.language,
            body.len(),
            self.cookies.join("; "),
            self.from.map_or_else(String::new, |from| {
                format!("Origin: {from}\r\nSec-Fetch-Site: cross-site\r\n")
            })
        );
        let address = ("127.0.0.1", port.parse().unwrap());
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let octets = answer(&mut stream).await;
        let came = read(&octets);
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

/// All of an answer: some keep the connection, and some do not say how long it is.
async fn answer(stream: &mut TcpStream) -> Vec<u8> {
    let (mut octets, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut piece).await.unwrap();
        octets.extend_from_slice(&piece[..read]);
        let whole = octets
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .is_some_and(|end| {
                let came = self::read(&octets);
                let length = came
                    .header("content-length")
                    .map(|length| length.parse().unwrap());
                length.is_some_and(|length: usize| octets.len() >= end + 4 + length)
            });
        if read == 0 || whole {
            return octets;
        }
    }
}

fn read(octets: &[u8]) -> Came {
    let end = octets.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = octets.split_at(end.unwrap());
    let head = String::from_utf8(head.to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Came {
        status,
        head,
        body: body[4..].to_vec(),
    }
}
