//! A relying party's reader: who asks, and what.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::Failed;
use serde_json::{Map, Value, json};
use tashika::mdoc::{Need, ReaderIdentity, Requested, RequestedDocument, Retention};
use tashika::signer::EcdsaSigner;
use tashika_testbed::mdoc::{Authority, ReaderTrust};
use tashika_testbed::{Algorithm, Extension, KeyPair, Rng, oid};

pub(crate) struct Reader {
    authority: Authority,
    key: KeyPair,
    certificate: Vec<u8>,
    now: i64,
}

/// What its certificate is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Reading,
    Issuing,
}

impl Reader {
    pub(crate) fn new(algorithm: Algorithm, purpose: Purpose, now: i64) -> Self {
        let mut rng = Rng::from_seed(7);
        let authority = Authority::readers(KeyPair::generate(Algorithm::P256, &mut rng), now);
        let key = KeyPair::generate(algorithm, &mut rng);
        let certificate = authority.reader(&key, &["rp.test.example"]);
        let certificate = match purpose {
            Purpose::Reading => certificate,
            Purpose::Issuing => {
                let issuing = Extension::extended_key_usage(&[oid::MDL_DOCUMENT_SIGNER]);
                certificate.extension(issuing.critical())
            }
        };
        Self {
            certificate: certificate.sign(authority.key()),
            authority,
            key,
            now,
        }
    }

    /// As the sdk takes it.
    pub(crate) fn identity(&self) -> Result<ReaderIdentity, Failed> {
        let signer = EcdsaSigner::from_pkcs8(&self.key.pkcs8())?;
        let chain = vec![self.certificate.clone()];
        Ok(ReaderIdentity::new(Arc::new(signer), chain)?)
    }

    /// Its authority, as isomdl takes it.
    pub(crate) fn anchor(&self) -> String {
        STANDARD.encode(self.authority.certificate())
    }

    /// Its authority, as the testbed takes it.
    pub(crate) fn trust(&self) -> ReaderTrust {
        ReaderTrust::new(self.now).authority(&self.authority)
    }
}

/// An element of a namespace, and whether it is to be kept.
pub(crate) type Wish = (&'static str, &'static str, bool);

/// These elements of one document, all of which must be there.
pub(crate) fn wishes(doctype: &str, wishes: &[Wish]) -> Result<RequestedDocument, Failed> {
    let mut document = RequestedDocument::new(doctype)?;
    for (name_space, element, kept) in wishes {
        let retention = match kept {
            true => Retention::Retained,
            false => Retention::NotRetained,
        };
        document = document.element(name_space, element, retention, Need::Mandatory)?;
    }
    Ok(document)
}

/// What a request says, as JSON: element → kept, by namespace, by document.
pub(crate) fn in_json(requested: &Requested) -> Value {
    let documents = requested.documents().iter().map(|document| {
        let mut name_spaces = Map::new();
        for element in document.elements() {
            let name_space = name_spaces.entry(element.namespace());
            let name_space = name_space.or_insert_with(|| json!({}));
            let kept = element.retention() == Retention::Retained;
            name_space[element.identifier()] = json!(kept);
        }
        json!({"docType": document.doc_type(), "nameSpaces": name_spaces})
    });
    Value::Array(documents.collect())
}
