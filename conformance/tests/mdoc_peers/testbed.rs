//! What the testbed makes of an order.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::Failed;
use serde_json::Value;
use tashika_testbed::mdoc::{Cbor, Elements, Holder, Issuance, Response, Transcript};
use tashika_testbed::{Algorithm, Credential, Hash, KeyPair, PublicKey, Rng};

use crate::scene::names;

/// A DeviceResponse with one document, as the programs make it; the MSO has
/// decoys, and a `status` if there is one in the order.
pub(crate) fn issue(order: &Value) -> Result<Vec<u8>, Failed> {
    let document = present(&holder(order)?, order)?;
    Ok(Response::of(document).encode())
}

/// The document on its device.
pub(crate) fn holder(order: &Value) -> Result<Holder, Failed> {
    let device = key(&order["device_key"])?;
    let seconds = |field: &str| order["validity"][field].as_i64().ok_or("no time");
    let (signed, until) = (seconds("signed")?, seconds("valid_until")?);
    let doctype = text(&order["doctype"])?;
    let elements = elements(&order["name_spaces"])?;
    let validity = (signed, until - signed);
    let rng = Rng::from_seed(7);
    let issued = Issuance::new(doctype, &elements, &device.public(), validity, rng)
        .validity(signed, seconds("valid_from")?, until)
        .hash(hash(&order["digest_algorithm"])?);
    let issued = match order["status"].as_str() {
        Some(uri) => issued.status_list(412, uri),
        None => issued,
    };
    let issued = issued.sign(&signer(&order["signer"])?);
    let issued = match order["presented_doctype"].as_str() {
        Some(other) => issued.with_doc_type(other),
        None => issued,
    };
    Ok(Holder::new(issued, device))
}

fn present(holder: &Holder, order: &Value) -> Result<Cbor, Failed> {
    let mut presentation = holder.present(&transcript(&order["transcript"])?);
    let requested = match &order["requested"] {
        Value::Null => names(&order["name_spaces"]),
        some => some.clone(),
    };
    for (name_space, elements) in requested.as_object().into_iter().flatten() {
        let elements = elements.as_array().into_iter().flatten();
        let elements: Vec<_> = elements.filter_map(Value::as_str).collect();
        presentation = presentation.select(name_space, &elements);
    }
    match order["device_auth"].as_str() {
        Some("mac") => Ok(presentation.authenticated(&reader(order)?)),
        Some("none") => {
            let mut document = presentation.signed();
            document.remove("deviceSigned");
            Ok(document)
        }
        _ => Ok(presentation.signed()),
    }
}

fn reader(order: &Value) -> Result<PublicKey, Failed> {
    let scalar = octets(&order["reader_private_key"])?;
    let key = KeyPair::from_scalar(Algorithm::P256, &scalar);
    Ok(key.ok_or("no scalar of P-256")?.public())
}

fn transcript(json: &Value) -> Result<Transcript, Failed> {
    let item = Cbor::decode(&octets(json)?).ok_or("no transcript")?;
    Ok(Transcript::new(item))
}

fn signer(json: &Value) -> Result<Credential, Failed> {
    let certificate = octets(&json["certificates"][0])?;
    Ok(Credential::new(
        key(&json["key"])?,
        certificate,
        &b""[..],
        b"",
    ))
}

/// Out of a PKCS#8 of the scene's: the octet string that is a scalar of its curve.
fn key(json: &Value) -> Result<KeyPair, Failed> {
    let pkcs8 = octets(json)?;
    for (algorithm, length) in [(Algorithm::P256, 32), (Algorithm::P384, 48)] {
        for octet_string in pkcs8.windows(length + 2) {
            let [4, size, scalar @ ..] = octet_string else {
                continue;
            };
            let scalar = (usize::from(*size) == length).then_some(scalar);
            let key = scalar.and_then(|scalar| KeyPair::from_scalar(algorithm, scalar));
            if let Some(key) = key.filter(|key| key.pkcs8() == pkcs8) {
                return Ok(key);
            }
        }
    }
    Err("no key".into())
}

fn hash(json: &Value) -> Result<Hash, Failed> {
    match json.as_str() {
        None | Some("SHA-256") => Ok(Hash::Sha256),
        Some("SHA-384") => Ok(Hash::Sha384),
        Some("SHA-512") => Ok(Hash::Sha512),
        Some(_) => Err("no digest algorithm".into()),
    }
}

fn elements(json: &Value) -> Result<Elements, Failed> {
    let mut elements = Elements::new();
    for (name_space, values) in json.as_object().into_iter().flatten() {
        for (name, json) in values.as_object().into_iter().flatten() {
            elements = elements.with(name_space, name, value(json)?);
        }
    }
    Ok(elements)
}

/// An element's value: JSON, and what JSON has not (`peers/README.md`).
pub(crate) fn value(json: &Value) -> Result<Cbor, Failed> {
    Ok(match json {
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => number.as_i64().ok_or("no whole number")?.into(),
        Value::String(text) => text.as_str().into(),
        Value::Object(fields) => {
            if let Some(bytes) = fields.get("bytes") {
                octets(bytes)?.into()
            } else if let Some(date) = fields.get("full_date") {
                Cbor::full_date(text(date)?)
            } else {
                let fields = fields.get("map").and_then(Value::as_object);
                let pair = |(name, json): (&String, _)| Ok((name.as_str().into(), value(json)?));
                let pairs = fields.into_iter().flatten().map(pair);
                Cbor::Map(pairs.collect::<Result<_, Failed>>()?)
            }
        }
        Value::Array(items) => Cbor::Array(items.iter().map(value).collect::<Result<_, Failed>>()?),
        Value::Null => return Err("no value".into()),
    })
}

fn text(json: &Value) -> Result<&str, Failed> {
    Ok(json.as_str().ok_or("no text")?)
}

pub(crate) fn octets(json: &Value) -> Result<Vec<u8>, Failed> {
    Ok(STANDARD.decode(text(json)?)?)
}
