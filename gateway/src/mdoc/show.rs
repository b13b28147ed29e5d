//! `tashika mdoc show`: what a response, or what an issuer signed, says of
//! itself.

mod document;
mod field;

use std::io::{self, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use ciborium::Value;
use serde::Serialize;
use tashika::mdoc::DeviceResponse;
use tashika::{Code, Error, limits};

use crate::exit::{Exit, Failure};
use crate::{input, show};
use document::Document;
use field::{entries, text, whole};

pub(super) fn run(path: &Path, attributes: bool, json: bool) -> Result<Exit, Failure> {
    let octets = input::read(path, limits::MDOC_ENVELOPE)?;
    let unfit = |error: Error| Failure::unfit(path, error);
    let octets = plain(octets).map_err(unfit)?;
    let shown = Shown::read(&octets, attributes).map_err(unfit)?;
    show::print(&shown, json, Shown::write)
}

/// CBOR, or the base64url of it.
fn plain(octets: Bytes) -> Result<Bytes, Error> {
    if let [0x80..0xc0, ..] = *octets {
        return Ok(octets);
    }
    let text = str::from_utf8(&octets).unwrap_or_default();
    let decoded = URL_SAFE_NO_PAD.decode(text.trim_ascii());
    let decoded = decoded.map_err(|_| Error::new(Code::InputMdoc))?;
    Ok(decoded.into())
}

/// What is shown: the members of a response are absent from what an issuer
/// signed.
#[derive(Serialize)]
struct Shown {
    verified: bool,
    version: Option<String>,
    status: Option<i128>,
    document_errors: Vec<String>,
    documents: Vec<Document>,
}

impl Shown {
    fn read(octets: &Bytes, attributes: bool) -> Result<Self, Error> {
        let value = whole(octets)?;
        if field::get(&value, "issuerAuth").is_some() {
            return Ok(Self {
                verified: false,
                version: None,
                status: None,
                document_errors: Vec::new(),
                documents: vec![Document::of_issuer(&value, attributes)?],
            });
        }
        // The library's own reader is the stricter one.
        DeviceResponse::read(octets)?;
        let documents = field::get(&value, "documents").and_then(Value::as_array);
        let documents = documents.into_iter().flatten();
        let documents: Result<_, Error> = documents
            .map(|document| Document::of_response(document, attributes))
            .collect();
        let errors = field::get(&value, "documentErrors").and_then(Value::as_array);
        let errors = errors.into_iter().flatten().flat_map(entries);
        Ok(Self {
            verified: false,
            version: field::get(&value, "version").and_then(text),
            status: field::get(&value, "status").and_then(field::number),
            document_errors: errors.filter_map(|(key, _)| text(key)).collect(),
            documents: documents?,
        })
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "unverified: anybody can have written this")?;
        if let Some(version) = &self.version {
            writeln!(out, "version      {version}")?;
        }
        if let Some(status) = self.status {
            writeln!(out, "status       {status}")?;
        }
        for doc_type in &self.document_errors {
            writeln!(out, "not given    {doc_type}")?;
        }
        self.documents
            .iter()
            .try_for_each(|document| document.write(out))
    }
}
