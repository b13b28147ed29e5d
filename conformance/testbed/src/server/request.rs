//! What the server was asked.

use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpStream;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// The method, such as `GET`.
    pub method: String,
    /// The path with its query, or what stands in its place.
    pub target: String,
    /// The header fields, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The value of the first header field of that name, in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The next request of a connection; none if it is over.
    pub(super) fn read(stream: &TcpStream) -> io::Result<Option<Self>> {
        // Clients here wait for an answer before they ask again, so nothing of
        // the next request is lost with the buffer.
        let mut reader = BufReader::new(stream);
        let Some(first) = line(&mut reader)? else {
            return Ok(None);
        };
        let mut words = first.split(' ').map(str::to_owned);
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let mut received = Self {
            method,
            target,
            headers: Vec::new(),
            body: Vec::new(),
        };
        while let Some(field) = line(&mut reader)?.filter(|field| !field.is_empty()) {
            let (name, value) = field.split_once(':').ok_or(io::ErrorKind::InvalidData)?;
            let field = (name.to_ascii_lowercase(), value.trim().to_owned());
            received.headers.push(field);
        }
        let length = received.header("content-length");
        let length = length.and_then(|l| l.parse().ok()).unwrap_or(0);
        reader.take(length).read_to_end(&mut received.body)?;
        Ok(Some(received))
    }
}

/// A line without its end; none where the connection ends.
fn line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(line.trim_end().to_owned()))
}
