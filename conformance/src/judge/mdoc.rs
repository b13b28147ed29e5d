//! Op `mdoc`: a device response, its issuer and its device.

mod stand_in;

use bytes::Bytes;
use serde::Deserialize;
use tashika::mdoc::status::RecordPolicy;
use tashika::mdoc::{
    Answer, CertificateProfile, Curve, DeviceResponse, EphemeralKey, IssuerProfile, JP_MNC, Need,
    PresentationVerifier, Presented, Requested, RequestedDocument, Retention, SessionTranscript,
    UnconfirmedPresentation,
};
use tashika::revocation::{State, Status as Known};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::{Code, Error, Time};
use tashika_testbed::mdoc::Cbor;

use crate::judge::answer::{Finding, Refusal, Status};
use crate::judge::lax;
use crate::judge::revocation::{Evidence, refused};
use crate::judge::row::{MdocProfile, Row};

/// An element that a line asks for.
#[derive(Deserialize)]
pub(super) struct Asked {
    doc_type: String,
    namespace: String,
    identifier: String,
}

/// The target was issued under an anchor, is what its issuer made digests of,
/// and was presented by its device in this transcript. A line without `crls`
/// does not ask whether a signer is revoked, and none whether a document is.
pub(super) fn mdoc(row: &Row) -> Result<Finding, Refusal> {
    let (target, now) = (row.target()?, row.time()?);
    let transcript = SessionTranscript::stored(row.transcript()?)?;
    let key = row.reader_private_key().map(reader_key).transpose()?;
    let (issuers, response) = issuers(row, target, now)?;
    let verifier = verifier(row, issuers.clone())?;
    let requested = match row.requested() {
        Some(asked) => requested(asked)?,
        None => carried(row.doctype()?, target)?,
    };
    let presented = match &key {
        Some(key) => Presented::in_session(&response, &transcript, key),
        None => Presented::new(&response, &transcript),
    };
    let checked = verifier.check(&presented, &requested, now)?;
    if row.asks_about_revocation() {
        evidence(row, issuers)?.confirm_documents(checked, now)
    } else {
        let _ = checked.danger_unchecked();
        Ok(Finding::ACCEPTED)
    }
}

/// Whom the line believes, and the response as they sign it: as it is, or
/// with a certificate of ours in the place of the signer's.
fn issuers(row: &Row, target: &Bytes, now: Time) -> Result<(TrustStore, Bytes), Refusal> {
    let mut trust = TrustStore::builder(Environment::Test);
    let Some(signer) = stand_in::signer(row)? else {
        for der in row.anchors() {
            trust = trust.anchor(Purpose::MdocIssuer, der)?;
        }
        return Ok((trust.build()?, target.clone()));
    };
    let root = stand_in::Root::new(now);
    trust = trust.anchor(Purpose::MdocIssuer, root.certificate())?;
    Ok((trust.build()?, root.vouch(&signer, target)))
}

fn verifier(row: &Row, trust: TrustStore) -> Result<PresentationVerifier, Refusal> {
    let flags = row.flags();
    let doc_type = row.doctype()?;
    let profile = match row.mdoc_profile()? {
        MdocProfile::AnyLeaf => {
            IssuerProfile::strict(doc_type).with_certificates(CertificateProfile::DangerAnyLeaf)
        }
        MdocProfile::Strict => IssuerProfile::strict(doc_type),
        MdocProfile::JpMnc if doc_type == JP_MNC => IssuerProfile::jp_mnc(),
        MdocProfile::JpMnc => return Err(Refusal::argument()),
    };
    let profile = profile.with_clock_skew(lax::skew(&flags)?);
    let verifier = PresentationVerifier::new(lax::algorithms(&flags)?);
    Ok(verifier.with_issuers(profile, trust)?)
}

fn evidence(row: &Row, trust: TrustStore) -> Result<Evidence<'_>, Refusal> {
    let flags = row.flags();
    Ok(Evidence {
        row,
        trust,
        algorithms: lax::algorithms(&flags)?,
        scope: lax::scope(&flags),
        policy: lax::policy(&flags)?,
        responders: lax::responders(&flags)?,
    })
}

impl Evidence<'_> {
    fn confirm_documents(
        &self,
        checked: UnconfirmedPresentation,
        now: Time,
    ) -> Result<Finding, Refusal> {
        let mut unusable = None;
        let statuses: Vec<_> = checked
            .questions()
            .map(|question| {
                let (status, reason) = self.ask_lists(question.signer(), now);
                unusable = unusable.or(reason);
                status
            })
            .collect();
        let answers: Vec<_> = statuses.iter().map(Answer::of).collect();
        let records = RecordPolicy::DangerIgnored;
        let error = match checked.confirm(&answers, &self.policy, records, now) {
            Ok(_) => {
                return Ok(Finding {
                    status: Some(Status::Good),
                    ..Finding::ACCEPTED
                });
            }
            Err(error) if error.code() == Code::RevocationMissing => unusable.unwrap_or(error),
            Err(error) => error,
        };
        let revoked = |status: &&Known| matches!(status.state(), State::Revoked { .. });
        let telling = statuses.iter().find(revoked).or(statuses.last());
        Ok(telling.map_or_else(
            || Refusal::from(error).into(),
            |status| refused(status, error),
        ))
    }
}

/// Everything that the line asks for, all of which must be there.
fn requested(asked: &[Asked]) -> Result<Requested, Error> {
    let mut documents: Vec<RequestedDocument> = Vec::new();
    for element in asked {
        let known = documents
            .iter()
            .position(|d| d.doc_type() == element.doc_type);
        let document = match known {
            Some(place) => documents.remove(place),
            None => RequestedDocument::new(&element.doc_type)?,
        };
        documents.push(add(
            document,
            &element.namespace,
            &element.identifier,
            Need::Mandatory,
        )?);
    }
    Requested::new(documents)
}

/// A document of this type with whatever elements the response has in it, so
/// that nothing but their authenticity is asked about.
fn carried(doc_type: &str, target: &Bytes) -> Result<Requested, Error> {
    let response = DeviceResponse::read(target)?;
    // A document without elements answers a request for what it need not have.
    let document = RequestedDocument::new(doc_type)?;
    let mut document = add(document, "judge", "nothing", Need::Optional)?;
    let places = response.doc_types().enumerate();
    let names: Vec<_> = places
        .filter(|(_, found)| *found == doc_type)
        .flat_map(|(place, _)| response.element_names(place))
        .map(|(namespace, identifier)| (namespace.to_owned(), identifier.to_owned()))
        .chain(signed_by_device(target))
        .collect();
    for (namespace, identifier) in names {
        // What nobody can ask for stays unasked: it is the verifier's to refuse.
        let asked = add(document.clone(), &namespace, &identifier, Need::Optional);
        document = asked.unwrap_or(document);
    }
    Requested::one(document)
}

/// The elements that devices have signed, whatever document they are in.
fn signed_by_device(target: &Bytes) -> Vec<(String, String)> {
    let response = Cbor::decode(target).unwrap_or(Cbor::NULL);
    let documents = response.get("documents");
    let documents = documents.as_ref().and_then(Cbor::as_array);
    let mut names = Vec::new();
    for document in documents.unwrap_or_default() {
        let namespaces = document
            .get("deviceSigned/nameSpaces")
            .unwrap_or(Cbor::NULL);
        for (namespace, elements) in entries(&namespaces) {
            let elements = entries(&elements).into_iter();
            names.extend(elements.map(|(identifier, _)| (namespace.clone(), identifier)));
        }
    }
    names
}

/// The entries of a map that have names, through tags and byte strings.
fn entries(item: &Cbor) -> Vec<(String, Cbor)> {
    let inside = match item {
        Cbor::Tag(_, inner) | Cbor::Embedded(inner) => return entries(inner),
        other => other.as_map().unwrap_or_default(),
    };
    let named = |(key, value): &(Cbor, Cbor)| Some((key.as_text()?.to_owned(), value.clone()));
    inside.iter().filter_map(named).collect()
}

fn add(
    document: RequestedDocument,
    namespace: &str,
    identifier: &str,
    need: Need,
) -> Result<RequestedDocument, Error> {
    document.element(namespace, identifier, Retention::NotRetained, need)
}

/// A scalar of 32 octets is on P-256, one of 48 on P-384.
fn reader_key(scalar: &Bytes) -> Result<EphemeralKey, Error> {
    let curve = match scalar.len() {
        48 => Curve::P384,
        _ => Curve::P256,
    };
    EphemeralKey::from_entropy(curve, scalar)
}
