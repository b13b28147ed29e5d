//! What the server answers, and how it fails to.

use std::io::{self, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::sockopt;

/// An answer to one request: well-behaved as it begins, and whatever else the
/// methods make of it.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// What `Content-Length` claims, if not the length of the body.
    claimed: Option<u64>,
    delay: Duration,
    drip: Option<(usize, Duration)>,
    sent: Sent,
    ending: Ending,
}

/// How much of an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Everything,
    /// The head and so many octets of the body.
    Until(usize),
    Nothing,
}

/// How a connection goes on after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It takes the next request.
    KeepAlive,
    /// It is closed in good order.
    Close,
    /// It is reset, as if the machine had gone.
    Reset,
}

impl Answer {
    /// A status without a body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            claimed: None,
            delay: Duration::ZERO,
            drip: None,
            sent: Sent::Everything,
            ending: Ending::KeepAlive,
        }
    }

    /// 200 with a body of a content type.
    #[must_use]
    pub fn ok(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::status(200)
            .header("Content-Type", content_type)
            .body(body)
    }

    /// 200 with a page that somebody's gateway put in the place of the answer.
    #[must_use]
    pub fn html() -> Self {
        Self::ok("text/html", "<!doctype html><title>Maintenance</title>")
    }

    /// A redirect to another URL.
    #[must_use]
    pub fn redirect(url: &str) -> Self {
        Self::status(302).header("Location", url)
    }

    /// Some 600 kilobytes that a client would unpack to a hundred megabytes.
    #[must_use]
    pub fn gzip_bomb(content_type: &str) -> Self {
        Self::ok(content_type, gzip_of_zeros(100 * 1024 * 1024)).header("Content-Encoding", "gzip")
    }

    /// No answer: the connection stays open and silent.
    #[must_use]
    pub fn never() -> Self {
        let mut answer = Self::status(200);
        answer.sent = Sent::Nothing;
        answer.delay = Duration::MAX;
        answer
    }

    /// The same with a header field more.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with another body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The same, claiming another length than that of its body.
    #[must_use]
    pub fn claiming(mut self, length: u64) -> Self {
        self.claimed = Some(length);
        self
    }

    /// The same, after a while.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The same, its body in pieces of `octets` with a pause before each.
    #[must_use]
    pub fn dripping(mut self, octets: usize, pause: Duration) -> Self {
        self.drip = Some((octets.max(1), pause));
        self
    }

    /// The same, cut off after so many octets of its body by closing the
    /// connection in good order.
    #[must_use]
    pub fn short(self, octets: usize) -> Self {
        self.cut(octets, Ending::Close)
    }

    /// The same, cut off after so many octets of its body by a reset.
    #[must_use]
    pub fn reset(self, octets: usize) -> Self {
        self.cut(octets, Ending::Reset)
    }

    /// The same, without a length: it ends where the connection is closed.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.ending = Ending::Close;
        self
    }

    fn cut(mut self, octets: usize, ending: Ending) -> Self {
        self.sent = Sent::Until(octets);
        self.ending = ending;
        self
    }

    /// Status, header fields and body, as somebody without a socket sees them: no
    /// delay and no defect of delivery is in them.
    #[must_use]
    pub fn parts(&self) -> (u16, &[(String, String)], &[u8]) {
        (self.status, &self.headers, &self.body)
    }

    pub(super) fn write(
        &self,
        mut stream: &TcpStream,
        is_over: &dyn Fn() -> bool,
    ) -> io::Result<Ending> {
        pause(self.delay, is_over);
        let body = match self.sent {
            Sent::Nothing => return Ok(Ending::Close),
            Sent::Until(octets) => self.body.get(..octets).unwrap_or(&self.body),
            Sent::Everything => &self.body,
        };
        stream.write_all(self.head().as_bytes())?;
        let (piece, wait) = self.drip.unwrap_or((usize::MAX, Duration::ZERO));
        for octets in body.chunks(piece) {
            pause(wait, is_over);
            stream.write_all(octets)?;
        }
        stream.flush()?;
        if self.ending == Ending::Reset {
            // Time for what was sent to be read: a reset discards the rest.
            thread::sleep(Duration::from_millis(50));
            sockopt::set_socket_linger(stream, Some(Duration::ZERO))?;
        }
        Ok(self.ending)
    }

    fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let has_body = self.status >= 200 && self.status != 204 && self.status != 304;
        let by_closing = self.ending == Ending::Close && self.sent == Sent::Everything;
        if by_closing {
            head.push_str("Connection: close\r\n");
        } else if has_body {
            let length = self.claimed.unwrap_or(self.body.len() as u64);
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        head + "\r\n"
    }
}

/// Waits, but not for a server that is gone.
fn pause(duration: Duration, is_over: &dyn Fn() -> bool) {
    let begin = Instant::now();
    while begin.elapsed() < duration && !is_over() {
        let left = duration.saturating_sub(begin.elapsed());
        thread::sleep(left.min(Duration::from_millis(20)));
    }
}

/// A gzip member (RFC 1952) of so many zeros: one fixed Huffman block
/// (RFC 1951, 3.2.6) of a zero and then copies of 258.
fn gzip_of_zeros(length: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(0b1, 1);
    bits.push(0b01, 2);
    // The literal 0 is the code 00110000, written from its highest bit.
    bits.push(0b0000_1100, 8);
    for _ in 0..length / 258 {
        // Length 258 is 11000101, distance 1 is 00000.
        bits.push(0b1010_0011, 8);
        bits.push(0, 5);
    }
    bits.push(0, 7);
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    member.extend(bits.finish());
    // Its check sum is wrong: whoever sees that has unpacked it all.
    member.extend([0; 8]);
    member
}

/// Bits, the lowest first.
#[derive(Default)]
struct Bits {
    octets: Vec<u8>,
    current: u8,
    used: u8,
}

impl Bits {
    fn push(&mut self, value: u8, count: u8) {
        for bit in 0..count {
            self.current |= (value >> bit & 1) << self.used;
            self.used += 1;
            if self.used == 8 {
                self.octets.push(std::mem::take(&mut self.current));
                self.used = 0;
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.used > 0 {
            self.octets.push(self.current);
        }
        self.octets
    }
}
