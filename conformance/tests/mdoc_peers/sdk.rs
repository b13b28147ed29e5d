//! The sdk as judge, and as the one who has to be understood.

use bytes::Bytes;
use libtest_mimic::Failed;
use serde_json::Value;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::session::ReaderSession;
use tashika::mdoc::{
    Curve, EphemeralKey, IssuerProfile, JP_MNC, MDL, Need, PresentationVerifier, Presented,
    Requested, RequestedDocument, Retention, SessionTranscript, VerifiedPresentation,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::{Error, Time};
use tashika_testbed::mdoc::Cbor;

use crate::testbed::{octets, value};

/// The proof, or the code of the refusal.
pub(crate) fn verify(question: &Value) -> Result<Result<VerifiedPresentation, String>, Failed> {
    let asked = Asked::read(question)?;
    Ok(asked.verify().map_err(|error| error.code().to_string()))
}

struct Asked {
    verifier: PresentationVerifier,
    requested: Requested,
    response: Bytes,
    transcript: SessionTranscript,
    reader_key: Option<EphemeralKey>,
    now: Time,
}

impl Asked {
    fn read(question: &Value) -> Result<Self, Failed> {
        let doctype = question["doctype"].as_str().ok_or("no doctype")?;
        let reader_key = match &question["reader_private_key"] {
            Value::Null => None,
            key => Some(EphemeralKey::from_entropy(Curve::P256, &octets(key)?)?),
        };
        Ok(Self {
            verifier: verifier(doctype, &octets(&question["anchors"][0])?)?,
            requested: requested(doctype, &question["requested"])?,
            response: octets(&question["target"])?.into(),
            transcript: SessionTranscript::stored(&octets(&question["transcript"])?)?,
            reader_key,
            now: Time::from_unix(question["time"].as_i64().ok_or("no time")?),
        })
    }

    /// Whether anything is revoked is no question here.
    fn verify(&self) -> Result<VerifiedPresentation, Error> {
        let (response, transcript) = (&self.response, &self.transcript);
        let presented = match &self.reader_key {
            Some(key) => Presented::in_session(response, transcript, key),
            None => Presented::new(response, transcript),
        };
        let checked = self.verifier.check(&presented, &self.requested, self.now)?;
        Ok(checked.danger_unchecked())
    }
}

/// A licence's proof out of a session of ours.
pub(crate) fn verify_in_session(
    anchor: &[u8],
    requested: &Requested,
    response: &Bytes,
    session: &ReaderSession,
    now: i64,
) -> Result<VerifiedPresentation, Failed> {
    let presented = Presented::in_session(response, session.transcript(), session.key());
    let checked = verifier(MDL, anchor)?.check(&presented, requested, Time::from_unix(now));
    Ok(checked?.danger_unchecked())
}

/// By the strict profile of the type; no peer needs another.
fn verifier(doctype: &str, anchor: &[u8]) -> Result<PresentationVerifier, Error> {
    let trust = TrustStore::builder(Environment::Test)
        .anchor(Purpose::MdocIssuer, anchor)?
        .build()?;
    let profile = match doctype {
        JP_MNC => IssuerProfile::jp_mnc(),
        other => IssuerProfile::strict(other),
    };
    PresentationVerifier::new(AlgorithmTable::standard()).with_issuers(profile, trust)
}

/// Everything that is named, and nothing else.
fn requested(doctype: &str, elements: &Value) -> Result<Requested, Failed> {
    let mut document = RequestedDocument::new(doctype)?;
    for (name_space, names) in elements.as_object().into_iter().flatten() {
        for name in names.as_array().into_iter().flatten() {
            let name = name.as_str().ok_or("no name")?;
            document =
                document.element(name_space, name, Retention::NotRetained, Need::Mandatory)?;
        }
    }
    Ok(Requested::one(document)?)
}

/// That the proof holds the values that were ordered, and no other; the order of
/// a map's entries is its encoder's.
pub(crate) fn compare(proof: &VerifiedPresentation, order: &Value) -> Result<(), Failed> {
    let [document] = proof.documents() else {
        return Err("not one document".into());
    };
    for element in document.elements() {
        let ordered = &order["name_spaces"][element.namespace()][element.identifier()];
        let shown = Cbor::decode(element.value()).ok_or("no value")?;
        if sorted(shown) != sorted(value(ordered)?) {
            return Err(format!("another {}", element.identifier()).into());
        }
    }
    Ok(())
}

fn sorted(item: Cbor) -> Cbor {
    match item {
        Cbor::Array(items) => Cbor::Array(items.into_iter().map(sorted).collect()),
        Cbor::Map(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, sorted(value)));
            let mut entries: Vec<_> = entries.collect();
            entries.sort_by_key(|(key, _)| key.encode());
            Cbor::Map(entries)
        }
        other => other,
    }
}
