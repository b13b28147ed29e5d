//! Issues a document, and presents it over a transcript.

use anyhow::{Context, Result, bail};
use isomdl::cbor;
use isomdl::definitions::device_request::ItemsRequest;
use isomdl::definitions::device_signed::DeviceAuthType;
use isomdl::definitions::x509::X5Chain;
use isomdl::definitions::{CoseKey, DeviceKeyInfo, DigestAlgorithm, EC2Curve, EC2Y, ValidityInfo};
use isomdl::issuance::Mdoc;
use isomdl::presentation::device::{
    DeviceSession, Document, Documents, PermittedItems, RequestedItems,
};
use p256::ecdsa::signature::Signer;
use p256::pkcs8::DecodePrivateKey;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::question::{self, Elements, Question, Transcript};

pub fn issue(question: &Question) -> Result<Value> {
    let wallet = Wallet {
        documents: documents(question)?,
        transcript: Transcript::read(&question.octets("transcript")?)?,
    };
    let key = PrivateKey::read(&question.octets("device_key")?)?;
    let elements = question.requested()?;
    let doctype = question.text("doctype")?;
    let items = items(doctype, &elements)?;
    let mut response = wallet.prepare_response(&items, permitted(doctype, elements));
    while let Some((_, payload)) = response.get_next_signature_payload() {
        let signature = key.sign(payload);
        response.submit_next_signature(signature);
    }
    let response = cbor::to_vec(&response.finalize_response())?;
    Ok(json!({"response": question::base64(&response)}))
}

/// The one document of a holder, issued to its key.
pub fn documents(question: &Question) -> Result<Documents> {
    let device = PrivateKey::read(&question.octets("device_key")?)?;
    let doctype = question.text("doctype")?.to_owned();
    let builder = Mdoc::builder()
        .doc_type(doctype.clone())
        .namespaces(question.name_spaces()?)
        .validity_info(validity(&question.0["validity"])?)
        .digest_algorithm(digest_algorithm(&question.0["digest_algorithm"])?)
        .device_key_info(DeviceKeyInfo {
            device_key: device.public()?,
            key_authorizations: None,
            key_info: None,
        });
    let signer = Question(question.0["signer"].clone());
    let mut chain = X5Chain::builder();
    for certificate in signer.list("certificates") {
        chain = chain.with_der_certificate(&certificate?)?;
    }
    let chain = chain.build()?;
    let mdoc = match PrivateKey::read(&signer.octets("key")?)? {
        PrivateKey::P256(key) => builder.issue::<_, p256::ecdsa::Signature>(chain, key)?,
        PrivateKey::P384(key) => builder.issue::<_, p384::ecdsa::Signature>(chain, key)?,
    };
    Ok(Documents::new(doctype, Document::from(mdoc)))
}

pub fn permitted(doctype: &str, elements: Elements) -> PermittedItems {
    PermittedItems::from([(doctype.to_owned(), elements)])
}

fn items(doctype: &str, elements: &Elements) -> Result<RequestedItems> {
    Ok(vec![ItemsRequest {
        doc_type: doctype.to_owned(),
        namespaces: question::request(elements)?,
        request_info: None,
    }])
}

fn validity(json: &Value) -> Result<ValidityInfo> {
    let moment = |field: &str| {
        let seconds = json[field].as_i64();
        let seconds = seconds.with_context(|| format!("no seconds in validity.{field}"))?;
        Ok::<_, anyhow::Error>(OffsetDateTime::from_unix_timestamp(seconds)?)
    };
    Ok(ValidityInfo {
        signed: moment("signed")?,
        valid_from: moment("valid_from")?,
        valid_until: moment("valid_until")?,
        expected_update: None,
    })
}

fn digest_algorithm(json: &Value) -> Result<DigestAlgorithm> {
    match json.as_str().unwrap_or("SHA-256") {
        "SHA-256" => Ok(DigestAlgorithm::SHA256),
        "SHA-384" => Ok(DigestAlgorithm::SHA384),
        "SHA-512" => Ok(DigestAlgorithm::SHA512),
        other => bail!("no digest algorithm {other}"),
    }
}

/// Presents over the transcript of any flow.
struct Wallet {
    documents: Documents,
    transcript: Transcript,
}

impl DeviceSession for Wallet {
    type ST = Transcript;

    fn documents(&self) -> &Documents {
        &self.documents
    }

    fn session_transcript(&self) -> Transcript {
        self.transcript.clone()
    }

    /// Its MAC announces the algorithm of the device key, so that nobody takes it.
    fn device_auth_type(&self) -> DeviceAuthType {
        DeviceAuthType::Sign1
    }
}

pub enum PrivateKey {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
}

impl PrivateKey {
    pub fn read(pkcs8: &[u8]) -> Result<Self> {
        if let Ok(key) = p256::SecretKey::from_pkcs8_der(pkcs8) {
            return Ok(Self::P256(key.into()));
        }
        let key = p384::SecretKey::from_pkcs8_der(pkcs8);
        Ok(Self::P384(
            key.context("keys are on P-256 or P-384")?.into(),
        ))
    }

    /// r and s, as COSE has them.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_vec()
            }
        }
    }

    fn public(&self) -> Result<CoseKey> {
        let (crv, x, y) = match self {
            Self::P256(key) => {
                let point = key.verifying_key().to_encoded_point(false);
                let (x, y) = (point.x().map(|x| x.to_vec()), point.y().map(|y| y.to_vec()));
                (EC2Curve::P256, x, y)
            }
            Self::P384(key) => {
                let point = key.verifying_key().to_encoded_point(false);
                let (x, y) = (point.x().map(|x| x.to_vec()), point.y().map(|y| y.to_vec()));
                (EC2Curve::P384, x, y)
            }
        };
        let (x, y) = x.zip(y).context("a point that is no point")?;
        Ok(CoseKey::EC2 {
            crv,
            x,
            y: EC2Y::Value(y),
        })
    }
}
