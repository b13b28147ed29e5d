//! Presentations, what stands behind their signatures, and transcripts.

use std::sync::LazyLock;

use bytes::Bytes;
use tashika::Error;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::status::StatusReference;
use tashika::mdoc::{
    AgeAtLeast, AgeEvidence, Curve, DateItem, DeviceResponse, Element, EphemeralKey, IssuerProfile,
    JP_MNC, MDL, Need, PresentationVerifier, Presented, Requested, RequestedDocument, Retention,
    SessionTranscript, TextItem, VerifiedDocument, VerifiedPresentation,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika_testbed::mdoc::elements::{
    COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE, LICENCE, LICENCE_NAME_SPACE, portrait,
};
use tashika_testbed::mdoc::{
    Cbor, Digested, Elements, Holder, Issuance, MdocTestbed, Response, Transcript,
};
use tashika_testbed::{Algorithm, Credential, Hash, KeyPair, PublicKey};

use crate::desk::NOW;
use crate::fuzz::only_a_code;
use crate::fuzz::script::Script;
use crate::fuzz::tree::Notation;

/// Genuine presentations, made once.
pub(super) static PHONE: LazyLock<Phone> = LazyLock::new(Phone::new);

/// A phone at a reader, which holds two documents.
pub(super) struct Phone {
    verifier: PresentationVerifier,
    requested: Requested,
    reader: EphemeralKey,
    transcript: SessionTranscript,
    documents: [Document; 2],
    /// What the two say.
    genuine: Vec<Element>,
    /// Where their status stands: in a status list, and in a list of
    /// identifiers.
    pub(super) references: Vec<StatusReference>,
}

/// The place of a document in the list of its kind.
pub(super) const URI: &str = "https://status.test.example/1";
pub(super) const INDEX: usize = 7;
pub(super) const IDENTIFIER: &[u8] = &[9; 16];

struct Document {
    holder: Holder,
    signer: Credential,
    digested: Digested,
    transcript: Transcript,
    reader: PublicKey,
    /// Proved by a signature, and by a MAC.
    responses: [Vec<u8>; 2],
}

/// How the device proves itself.
#[derive(Clone, Copy)]
enum Proof {
    Signature,
    Mac,
}

/// Reads a device response, and verifies one that the octets have changed.
///
/// # Panics
///
/// If anything is believed that issuer and device did not sign.
pub fn device_response(input: &[u8]) {
    let phone = &*PHONE;
    phone.believes_nothing_else(input);
    for document in &phone.documents {
        for response in &document.responses {
            let changed = Script(input).apply_in(Notation::Cbor, response);
            phone.believes_nothing_else(&changed);
        }
    }
}

/// Verifies a response for whose mobile security object the octets stand, or
/// with a genuine one that they have changed before it was signed.
///
/// # Panics
///
/// If an element is believed that the issuer made no digest of.
pub fn issued_document(input: &[u8]) {
    let phone = &*PHONE;
    for document in &phone.documents {
        let raw = |_: &Cbor| Cbor::tag24_of(input);
        let scripted = |mso: &Cbor| changed(input, mso);
        for change in [&raw as &dyn Fn(&Cbor) -> Cbor, &scripted] {
            let digested = document.digested.clone().mso(|mso| {
                *mso = change(mso);
                mso
            });
            let response = document.present(&digested, Proof::Signature, |_| {});
            phone.believes_nothing_else(&response);
        }
    }
}

/// Verifies a response with an element that the octets have changed before its
/// digest was made, and reads what it says.
///
/// # Panics
///
/// If another element than this one is believed to be other than it was.
pub fn issued_element(input: &[u8]) {
    let phone = &*PHONE;
    let (number, script) = input.split_first().unwrap_or((&0, &[]));
    for document in &phone.documents {
        let response = document.with_element(usize::from(*number), script);
        if let Some(proof) = phone.check(&response) {
            let documents = proof.documents().iter();
            let elements = documents.flat_map(VerifiedDocument::elements);
            assert!(elements.filter(|e| !phone.genuine.contains(e)).count() <= 1);
        }
    }
}

/// Verifies a response for whose device's key the octets stand, or with a
/// genuine one that they have changed.
///
/// # Panics
///
/// If a device is believed that has another key.
pub fn device_key(input: &[u8]) {
    const KEY: &str = "deviceKeyInfo/deviceKey";
    let phone = &*PHONE;
    for document in &phone.documents {
        let raw = |mso: &mut Cbor| mso.set(KEY, Cbor::Raw(input.to_vec())).clone();
        let scripted = |mso: &mut Cbor| mso.edit(KEY, |key| changed(input, &key)).clone();
        for proof in [Proof::Signature, Proof::Mac] {
            for change in [&raw as &dyn Fn(&mut Cbor) -> Cbor, &scripted] {
                let digested = document.digested.clone().mso(|mso| {
                    *mso = change(mso);
                    mso
                });
                let response = document.present(&digested, proof, |_| {});
                phone.believes_nothing_else(&response);
            }
        }
    }
}

/// Reads session transcripts that were stored and that the octets have changed.
///
/// # Panics
///
/// If one is not what it was read from, or if a presentation is believed under
/// another than its own.
pub fn transcript(input: &[u8]) {
    let phone = &*PHONE;
    let [document, _] = &phone.documents;
    let [response, _] = &document.responses;
    let response = Bytes::copy_from_slice(response);
    let scripted = |genuine: &[u8]| Script(input).apply_in(Notation::Cbor, genuine);
    let own = &phone.transcript;
    let mut all = vec![
        input.to_vec(),
        scripted(own.octets()),
        scripted(&own.embedded()),
    ];
    all.extend(transcripts().iter().map(|t| scripted(&t.encode())));
    for octets in all {
        let Some(transcript) = only_a_code(SessionTranscript::stored(&octets)) else {
            continue;
        };
        for again in [transcript.octets(), &transcript.embedded()] {
            assert_eq!(
                SessionTranscript::stored(again).ok().as_ref(),
                Some(&transcript)
            );
        }
        let presented = Presented::new(&response, &transcript);
        let checked = phone.verifier.check(&presented, &phone.requested, NOW);
        if only_a_code(checked).is_some() {
            assert_eq!(transcript.octets(), phone.transcript.octets());
        }
    }
}

/// One of every flow without an engagement.
fn transcripts() -> [Transcript; 5] {
    let hash = [7; 32];
    [
        Transcript::openid4vp_redirect("x509_san_dns:rp.example", "n", Some(&hash), "https://u"),
        Transcript::openid4vp_dc_api("https://rp.example", "n", None),
        Transcript::annex_b("rp.example", "https://u", "n", "m"),
        Transcript::annex_c("gmVkY2FwaaFl", "https://rp.example"),
        Transcript::apple(&[1; 16], "merchant", "team", &hash),
    ]
}

/// An item as the octets change it.
fn changed(input: &[u8], item: &Cbor) -> Cbor {
    Cbor::Raw(Script(input).apply_in(Notation::Cbor, &item.encode()))
}

impl Phone {
    #[expect(clippy::expect_used, reason = "the testbed makes genuine evidence")]
    fn new() -> Self {
        let testbed = MdocTestbed::from_seed(31, NOW.as_unix());
        let reader = EphemeralKey::from_entropy(Curve::P256, &[7; 32]).expect("a scalar");
        let engagement = Cbor::map([(0, Cbor::from("1.0"))]);
        let reader_key = Cbor::tag24_of(&reader.cose_key());
        let transcript = SessionTranscript::qr(&engagement.encode(), &reader_key.encode());
        let theirs = Transcript::qr(&Cbor::tag24(engagement), &reader_key);
        let point = PublicKey::from_point(Algorithm::P256, reader.point()).expect("a point");
        let mut phone = Self {
            verifier: verifier(&testbed).expect("good anchors"),
            requested: requested(&testbed).expect("a request"),
            reader,
            transcript: transcript.expect("a transcript"),
            documents: documents(&testbed, &theirs, &point),
            genuine: Vec::new(),
            references: Vec::new(),
        };
        for document in &phone.documents {
            let [response, _] = &document.responses;
            let response = Bytes::copy_from_slice(response);
            let presented = Presented::new(&response, &phone.transcript);
            let checked = phone.verifier.check(&presented, &phone.requested, NOW);
            let unconfirmed = checked.expect("a genuine presentation");
            let references = unconfirmed.questions().filter_map(|q| q.record().cloned());
            phone.references.extend(references);
            let proof = unconfirmed.danger_unchecked();
            let documents = proof.documents().iter();
            let elements = documents.flat_map(VerifiedDocument::elements);
            phone.genuine.extend(elements.cloned());
        }
        phone
    }

    fn check(&self, response: &[u8]) -> Option<VerifiedPresentation> {
        let response = Bytes::copy_from_slice(response);
        let presented = Presented::in_session(&response, &self.transcript, &self.reader);
        let checked = self.verifier.check(&presented, &self.requested, NOW);
        let proof = only_a_code(checked)?.danger_unchecked();
        proof.documents().iter().for_each(look_at);
        Some(proof)
    }

    fn believes_nothing_else(&self, response: &[u8]) {
        let read = DeviceResponse::read(&Bytes::copy_from_slice(response));
        if let Some(response) = only_a_code(read) {
            let documents = response.doc_types().count();
            (0..=documents).for_each(|n| response.element_names(n).for_each(drop));
        }
        let Some(proof) = self.check(response) else {
            return;
        };
        for document in proof.documents() {
            let mut elements = document.elements().iter();
            assert!(elements.all(|element| self.genuine.contains(element)));
            assert!(document.device_signed().is_empty());
        }
    }
}

impl Document {
    fn new(
        issuance: &Issuance,
        (signer, key): (&Credential, KeyPair),
        transcript: &Transcript,
        reader: &PublicKey,
    ) -> Self {
        let digested = issuance.digest();
        let mut document = Self {
            holder: Holder::new(digested.sign(signer), key),
            signer: signer.clone(),
            digested,
            transcript: transcript.clone(),
            reader: reader.clone(),
            responses: Default::default(),
        };
        let present = |proof| document.present(&document.digested, proof, |_| {});
        document.responses = [Proof::Signature, Proof::Mac].map(present);
        document
    }

    /// Everything that there is in the document, under this security object, and
    /// changed once more where nothing but digests would notice.
    fn present(
        &self,
        digested: &Digested,
        proof: Proof,
        change: impl FnOnce(&mut Cbor),
    ) -> Vec<u8> {
        let holder = self.holder.with_mdoc(digested.sign(&self.signer));
        let spaces = [COMMON_NAME_SPACE, JAPAN_NAME_SPACE, LICENCE_NAME_SPACE];
        let presentation = holder.present(&self.transcript);
        let presentation = spaces
            .iter()
            .fold(presentation, |p, name| p.select_all(name));
        let mut document = match proof {
            Proof::Signature => presentation.signed(),
            Proof::Mac => presentation.authenticated(&self.reader),
        };
        change(&mut document);
        Response::of(document).encode()
    }

    /// The document with one element that a script changes before its digest is
    /// made.
    fn with_element(&self, number: usize, script: &[u8]) -> Vec<u8> {
        let issued = self.holder.mdoc().issuer_signed();
        let spaces = issued.get("nameSpaces").unwrap_or(Cbor::NULL);
        let spaces = spaces.as_map().unwrap_or_default().iter();
        let places = spaces.flat_map(|(name, items)| {
            let items = items.as_array().unwrap_or_default().iter().enumerate();
            let name = name.as_text().unwrap_or_default();
            items.map(move |(position, item)| (name, position, item))
        });
        let places: Vec<_> = places.collect();
        let Some((name, position, item)) = places.get(number % places.len().max(1)) else {
            return Vec::new();
        };
        let id = item.get("digestID").and_then(|id| id.as_integer());
        let id = id.unwrap_or_default();
        let octets = Script(script).apply_in(Notation::Cbor, &item.encode());
        let digested = self.digested.clone().mso(|mso| {
            let digest = Hash::Sha256.digest(&octets);
            mso.set(&format!("valueDigests/{name}/{id}"), digest)
        });
        self.present(&digested, Proof::Signature, |document| {
            let place = format!("issuerSigned/nameSpaces/{name}/{position}");
            document.set(&place, Cbor::Raw(octets));
        })
    }
}

/// Reads everything that a document says in every way in which it can be read.
fn look_at(document: &VerifiedDocument) {
    let values = document.values();
    for item in [
        TextItem::FullName,
        TextItem::FamilyName,
        TextItem::GivenName,
        TextItem::ResidentAddress,
        TextItem::DocumentNumber,
        TextItem::IssuingCountry,
        TextItem::IssuingAuthority,
        TextItem::IssuingJurisdiction,
    ] {
        only_a_code(values.text(item));
    }
    for item in [DateItem::Issue, DateItem::Expiry] {
        only_a_code(values.date(item));
    }
    only_a_code(values.birth_date());
    only_a_code(values.sex());
    only_a_code(values.portrait());
    for years in [0, 18, 20, 36, 99, u8::MAX] {
        only_a_code(values.age_over(years));
        for evidence in [
            AgeEvidence::OverOnly,
            AgeEvidence::OrAgeInYears,
            AgeEvidence::OrBirthDate,
        ] {
            only_a_code(document.check_age(AgeAtLeast::new(years), evidence, NOW));
        }
    }
}

fn documents(testbed: &MdocTestbed, transcript: &Transcript, reader: &PublicKey) -> [Document; 2] {
    let licence = testbed.issuance(LICENCE, &licence());
    let japan = testbed.issuance(JAPAN, &japan(testbed));
    [
        (
            licence.status_list(INDEX as u64, URI),
            testbed.licence_signer(),
        ),
        (
            japan.identifier_list(IDENTIFIER, URI),
            testbed.japan_signer(),
        ),
    ]
    .map(|(issuance, signer)| {
        let by = (signer, testbed.device_key());
        Document::new(&issuance, by, transcript, reader)
    })
}

/// With one age less, since one request asks for two at the most.
fn licence() -> Elements {
    Elements::licence(&portrait(60)).without(LICENCE_NAME_SPACE, "age_over_21")
}

/// All but My Number, which nobody may ask for.
fn japan(testbed: &MdocTestbed) -> Elements {
    let elements = testbed.japan_elements();
    let elements = elements.with(JAPAN_NAME_SPACE, "portrait", portrait(60));
    elements.without(JAPAN_NAME_SPACE, "individual_number_unicode")
}

fn verifier(testbed: &MdocTestbed) -> Result<PresentationVerifier, Error> {
    let verifier = PresentationVerifier::new(AlgorithmTable::standard());
    let trust = |anchor: &[u8]| {
        let builder = TrustStore::builder(Environment::Test);
        builder.anchor(Purpose::MdocIssuer, anchor)?.build()
    };
    let licence = trust(testbed.licence_authority().certificate())?;
    let japan = trust(testbed.japan_authority().certificate())?;
    let verifier = verifier
        .with_issuers(IssuerProfile::mdl(), licence)?
        .with_issuers(IssuerProfile::jp_mnc(), japan)?;
    Ok(verifier.remember(64))
}

/// Everything, and nothing that has to be there.
fn requested(testbed: &MdocTestbed) -> Result<Requested, Error> {
    let documents = [(MDL, licence()), (JP_MNC, japan(testbed))];
    let documents = documents.map(|(doc_type, elements)| {
        let mut names = elements
            .iter()
            .flat_map(|(space, elements)| elements.iter().map(move |(name, _)| (space, name)));
        let document = RequestedDocument::new(doc_type)?.optional();
        names.try_fold(document, |document, (space, name)| {
            document.element(space, name, Retention::NotRetained, Need::Optional)
        })
    });
    Requested::new(documents.into_iter().collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise nothing would be learned from what is refused.
    #[test]
    fn what_is_genuine_is_believed() {
        let phone = &*PHONE;
        assert!(phone.genuine.len() > 20);
        for document in &phone.documents {
            for response in &document.responses {
                let unchanged = Script(&[]).apply_in(Notation::Cbor, response);
                assert!(unchanged == *response && phone.check(response).is_some());
            }
            for number in 0..20 {
                let again = document.with_element(number, &[]);
                assert!(phone.check(&again).is_some());
            }
        }
    }

    /// The element whose value is replaced is read and says something else.
    #[test]
    fn what_the_issuer_signs_anew_is_reached() {
        let phone = &*PHONE;
        let document = &phone.documents[0];
        let changed = (0..=u8::MAX).filter(|place| {
            let response = document.with_element(0, &[0, 0, *place, 0]);
            let proof = phone.check(&response);
            proof.is_some_and(|proof| {
                let document = &proof.documents()[0];
                document
                    .elements()
                    .iter()
                    .any(|e| !phone.genuine.contains(e))
            })
        });
        assert!(changed.count() > 0);
    }
}
