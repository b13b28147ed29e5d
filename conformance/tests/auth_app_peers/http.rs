//! HTTP as far as a test needs it: one request a connection, and no redirects.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use libtest_mimic::Failed;

/// Sends it to where its URL says, which is on this machine.
pub(crate) fn send(request: &Request<Bytes>) -> Result<Response<Bytes>, Failed> {
    let uri = request.uri();
    let authority = uri.authority().ok_or("no host")?.as_str();
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(&written(request, authority)?)?;
    let mut octets = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = stream.read(&mut part)?;
        octets.extend_from_slice(part.get(..read).unwrap_or_default());
        // Not everybody closes when asked to.
        if let Some(response) = read_whole(&octets, read == 0)? {
            return Ok(response);
        }
        if read == 0 {
            return Err("the answer ends too early".into());
        }
    }
}

fn written(request: &Request<Bytes>, authority: &str) -> Result<Vec<u8>, Failed> {
    let target = request.uri().path_and_query().ok_or("no path")?;
    let mut headers = request.headers().clone();
    headers.insert(HOST, HeaderValue::from_str(authority)?);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(request.body().len()));
    // With 1.0, so that bodies come in one piece.
    let mut octets = format!("{} {target} HTTP/1.0\r\n", request.method()).into_bytes();
    for (name, value) in &headers {
        let line = [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"];
        octets.extend(line.concat());
    }
    octets.extend_from_slice(b"\r\n");
    octets.extend_from_slice(request.body());
    Ok(octets)
}

/// None as long as something is missing.
fn read_whole(octets: &[u8], is_over: bool) -> Result<Option<Response<Bytes>>, Failed> {
    let Some(end) = octets.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let (head, body) = octets.split_at(end);
    let body = body.get(4..).unwrap_or_default();
    let (status, headers) = read_head(std::str::from_utf8(head)?)?;
    let length = headers.get(CONTENT_LENGTH);
    let length = length.map(|length| length.to_str()).transpose()?;
    let length: Option<usize> = length.map(str::parse).transpose()?;
    let body = match length {
        Some(length) => body.get(..length),
        None => is_over.then_some(body),
    };
    let Some(body) = body else { return Ok(None) };
    let mut response = Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(Some(response))
}

fn read_head(head: &str) -> Result<(StatusCode, HeaderMap), Failed> {
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status.ok_or("no status")?.parse()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or("no header")?;
        let name: HeaderName = name.parse()?;
        headers.append(name, HeaderValue::from_str(value.trim())?);
    }
    Ok((status, headers))
}
