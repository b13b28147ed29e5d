//! The same of presentations: of what a phone sends, and of everything that
//! becomes of it.

mod phone;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::engagement::DeviceEngagement;
use tashika::mdoc::envelope::DcApiAnswer;
use tashika::mdoc::explain::{AnnexCInputs, Explainer, FlowInputs};
use tashika::mdoc::session::Engaged;
use tashika::mdoc::status::{
    RecordPolicy, RecordStatus, StatusPolicy, StatusReference, StatusVerifier, signer_profile,
};
use tashika::mdoc::{
    AgeAtLeast, AgeEvidence, Answer, ClientAuthentication, ClientIdentifier, Curve, DateItem,
    DeviceResponse, Edition, EphemeralKey, IssuerProfile, Need, Offer, PendingPresentation,
    PresentationVerifier, Presented, Purposes, ReaderAuthentication, ReaderIdentity, Requested,
    RequestedDocument, ResponseMode, Retention, SessionTranscript, TextItem,
    UnconfirmedPresentation, VerifiedPresentation,
};
use tashika::report::PresentationReporter;
use tashika::trust::{Environment, TrustStore};
use tashika::x509::ExtendedKeyUsageRule;
use tashika_testbed::mdoc::elements::{COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE};
use tashika_testbed::mdoc::{
    Cbor, Elements, Engagement, Handover, Issuance, MdocTestbed, Response, Session, StatusToken,
    Transcript,
};

use super::*;
use phone::Phone;

const ORIGIN: &str = "https://rp.test.example";
const INFO: &str = "gmVkY2FwaaJlbm9uY2VQAAECAwQFBgcICQoLDA0OD2ly";
const LIST: &str = "https://status.test.example/of/this/card";
const INDEX: u64 = 48_151;
const IDENTIFIER: [u8; 16] = *b"\x93\x04\x77\xc1card-of-her!";
const MY_NUMBER: &str = "123456789018";

#[test]
fn the_search_finds_what_is_on_the_card() {
    let phone = Phone::new();
    let search = phone.search();
    let response = Bytes::from(phone.present(|i| i));
    let found = |text: String| search.find(&text).is_some();
    assert!(found(format!("{response:?}")));
    let transcript = transcript(ORIGIN);
    let presented = Presented::new(&response, &transcript);
    let checked = phone.verifier.check(&presented, &requested(), NOW);
    let proof = checked.unwrap().danger_unchecked();
    let document = &proof.documents()[0];
    for element in document.elements() {
        // Numbers and truth values of one octet are nobody's.
        assert!(element.value().len() < 3 || found(format!("{:?}", element.value())));
    }
    let validity = document.validity();
    for time in [validity.signed, validity.valid_until] {
        assert!(found(format!("{time} {time:?}")));
    }
}

#[test]
fn nothing_of_a_presentation_is_printed() {
    let phone = Phone::new();
    let mut search = phone.search();
    search.mark_text(ORIGIN);
    let genuine = phone.present(|issuance| issuance);
    let mut responses: Vec<_> = flipped(&genuine, 29).collect();
    responses.extend(phone.defective());
    responses.push(genuine);
    for response in responses {
        phone.look_at(&mut search, response, &transcript(ORIGIN));
    }
    let elsewhere = transcript("https://elsewhere.test.example");
    phone.look_at(&mut search, phone.present(|i| i), &elsewhere);
    search.has_seen(&[
        "accepted",
        "input.cbor_trailing",
        "input.mdoc",
        "mdoc.age_contradiction",
        "mdoc.device_signature",
        "mdoc.digest",
        "mdoc.element_form",
        "mdoc.element_missing",
        "mdoc.element_unrequested",
        "mdoc.expired",
        "mdoc.forbidden",
        "mdoc.issuer_signature",
        "mdoc.record_revoked",
        "revocation.missing",
        "x509.signature",
    ]);
}

#[test]
fn nothing_of_a_session_is_printed() {
    let phone = Phone::new();
    let mut search = phone.search();
    let device = phone.testbed.key(Algorithm::P256, "engaged");
    let engagement = Engagement::new(device.clone());
    search.mark_octets(&device.public().coordinates().0);
    let engaged = DeviceEngagement::from_uri(&engagement.uri()).unwrap();
    search.debug(&engaged);
    let key = EphemeralKey::generate(Curve::P256).unwrap();
    search.mark_octets(&key.point()[1..33]);
    search.debug(&key);
    let engaged = Engaged::by_qr(&engaged, key).unwrap();
    search.debug(&engaged);
    search.debug(engaged.transcript());
    let (session, establishment) = engaged.establish(b"request").unwrap();
    search.debug(&session);
    let (mut wallet, _) = Session::establish(&engagement, &Handover::Qr, &establishment).unwrap();
    let message = wallet.send(&phone.present(|i| i)).encode();
    let octets = session.into_octets().unwrap();
    for message in flipped(&message, 97).chain([message.clone()]) {
        let session = tashika::mdoc::session::ReaderSession::from_octets(&octets).unwrap();
        match session.receive(&message) {
            Ok(received) => {
                search.codes.insert("accepted");
                search.debug(&received);
            }
            Err(error) => search.error(error),
        }
    }
    search.has_seen(&["accepted", "mdoc.session_seal"]);
}

#[test]
fn nothing_of_what_comes_over_the_web_is_printed() {
    let phone = Phone::new();
    let mut search = phone.search();
    let reader = phone.reader();
    search.debug(&reader);
    let readers = [reader.clone()];
    let edition = Edition::Second(Purposes::none());
    let client = ClientAuthentication::Signed(&reader, ClientIdentifier::X509Hash);
    for offer in [
        Offer::IsoMdoc(&edition, ReaderAuthentication::Signed(&readers)),
        Offer::Openid4vp(client, ResponseMode::DcApiJwt),
        Offer::Openid4vp(client, ResponseMode::DangerDcApi),
    ] {
        let begun = PendingPresentation::begin_digital_credentials(asked(), requested(), &[offer]);
        let (pending, request) = begun.unwrap();
        let request: Value = serde_json::from_str(&request.to_json()).unwrap();
        let request = &request["digital"]["requests"][0];
        search.mark_nonce(request);
        let answer = phone.answer(request);
        search.debug(&answer);
        search.debug(&pending);
        match pending.finish(&answer, NOW) {
            Ok(received) => {
                search.debug(&received);
                let response = &received.responses()[0];
                search.debug(response);
                search.debug(&response.presented());
                search.debug(response.transcript());
                phone.settle(&mut search, &response.presented());
            }
            Err(error) => search.error(error),
        }
        let begun = PendingPresentation::begin_digital_credentials(asked(), requested(), &[offer]);
        let other = begun.unwrap().0;
        match other.finish(&answer, NOW) {
            Ok(received) => search.debug(&received),
            Err(error) => search.error(error),
        }
    }
    search.has_seen(&["accepted", "mdoc.envelope_recipient", "mdoc.envelope_seal"]);
}

impl Phone {
    fn look_at(&self, search: &mut Search, response: Vec<u8>, transcript: &SessionTranscript) {
        let response = Bytes::from(response);
        let presented = Presented::new(&response, transcript);
        search.debug(&presented);
        search.debug(transcript);
        search.debug(&SessionTranscript::stored(transcript.octets()));
        search.debug(&self.verifier);
        search.debug(&requested());
        match DeviceResponse::read(&response) {
            Ok(read) => {
                search.debug(&read);
                self.explain(search, &read);
            }
            Err(error) => search.error(error),
        }
        self.settle(search, &presented);
    }

    fn explain(&self, search: &mut Search, response: &DeviceResponse) {
        let inputs = FlowInputs::AnnexC(AnnexCInputs {
            encryption_info: INFO.to_owned(),
            origin: format!("{ORIGIN}/"),
            device_request: None,
            app_origin: None,
        });
        search.debug(&inputs);
        let explainer = Explainer::new(inputs).unwrap();
        search.debug(&explainer);
        match explainer.explain(response) {
            Ok(explanations) => search.debug(&explanations),
            Err(error) => search.error(error),
        }
    }

    /// Everything that becomes of what is checked: with lists that say nothing
    /// and such as say that the signer is good, and by tokens of every sort.
    fn settle(&self, search: &mut Search, presented: &Presented<'_>) {
        let check = || self.verifier.check(presented, &requested(), NOW);
        let unconfirmed = match check() {
            Ok(unconfirmed) => unconfirmed,
            Err(error) => return self.refused(search, error, &[]),
        };
        search.debug(&unconfirmed);
        for lists in self.lists() {
            search.debug(&lists);
            for token in self.tokens() {
                self.confirm(search, check().unwrap(), &lists, &token);
            }
        }
        self.accepted(search, &unconfirmed.danger_unchecked());
    }

    fn confirm(
        &self,
        search: &mut Search,
        unconfirmed: UnconfirmedPresentation,
        lists: &ListSet,
        token: &[u8],
    ) {
        let question = unconfirmed.questions().next().unwrap();
        search.debug(&question);
        search.debug(question.signer());
        search.debug(&question.record());
        let status = lists.status(question.signer(), &ScopePolicy::production(), NOW);
        search.debug(&status);
        let record = question.record();
        let record = record.map(|reference| self.record(search, reference, token));
        let answer = Answer::of(&status);
        let answers = [record.as_ref().map_or(answer, |r| answer.with_record(r))];
        search.debug(&answers);
        let policy = Policy::strict(Duration::hours(48));
        let records = RecordPolicy::WhereAvailable;
        match unconfirmed.confirm(&answers, &policy, records, NOW) {
            Ok(proof) => self.accepted(search, &proof),
            Err(error) => self.refused(search, error, &answers),
        }
    }

    fn record(
        &self,
        search: &mut Search,
        reference: &StatusReference,
        token: &[u8],
    ) -> RecordStatus {
        search.debug(reference);
        search.debug(&self.statuses);
        match self.statuses.verify(token, NOW) {
            Ok(token) => search.debug(&token),
            Err(error) => search.error(error),
        }
        let policy = StatusPolicy::strict(Duration::hours(24));
        let status = self.statuses.status(reference, token, &policy, NOW);
        search.debug(&status);
        search.debug(&status.state());
        status
    }

    fn accepted(&self, search: &mut Search, proof: &VerifiedPresentation) {
        search.codes.insert("accepted");
        search.debug(proof);
        search.record(|| Record::of_presentation(proof, TRANSACTION, NOW));
        for document in proof.documents() {
            search.debug(document);
            search.debug(&document.elements());
            search.debug(&document.device_signed());
            search.debug(&document.validity());
            search.debug(document.signer());
            search.debug(document.anchor());
            search.debug(document.confirmation());
            search.debug(&document.record());
            search.debug(&document.trace());
            let values = document.values();
            search.debug(&values);
            search.debug(&values.portrait());
            search.debug(&values.birth_date());
            search.debug(&values.sex());
            search.debug(&values.date(DateItem::Issue));
            assert!(values.text(TextItem::FullName).unwrap().is_some());
            for evidence in [AgeEvidence::OverOnly, AgeEvidence::OrBirthDate] {
                let check = document.check_age(AgeAtLeast::new(20), evidence, NOW);
                search.debug(&check);
                if let Ok(check) = &check {
                    search.record(|| Record::of_age(check, NOW).about_document(JAPAN));
                }
            }
        }
        for reporter in self.reporters() {
            search.report(&reporter.accepted(proof));
        }
    }

    fn refused(&self, search: &mut Search, error: Error, answers: &[Answer<'_>]) {
        search.error(error);
        for reporter in self.reporters() {
            search.report(&reporter.refused(&error, answers));
        }
    }

    fn reporters(&self) -> [PresentationReporter<'_>; 2] {
        [Language::Japanese, Language::English].map(|language| PresentationReporter {
            trust: &self.trust,
            at: NOW,
            language,
        })
    }
}

impl Search {
    #[track_caller]
    fn report(&self, report: &tashika::report::Report) {
        self.debug(report);
        self.text(&serde_json::to_string(report).unwrap());
    }

    /// What was made for one request alone.
    fn mark_nonce(&mut self, request: &Value) {
        for name in ["encryptionInfo", "request"] {
            if let Some(text) = request["data"][name].as_str() {
                self.mark_text(text);
            }
        }
        let parts = request["data"]["request"].as_str().unwrap_or_default();
        let payload = parts.split('.').nth(1).unwrap_or_default();
        let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
        if let Ok(request) = serde_json::from_slice::<Value>(&payload) {
            self.mark_text(request["nonce"].as_str().unwrap());
        }
    }
}

const OF_JAPAN: [&str; 4] = [
    "full_name_unicode",
    "resident_address_unicode",
    "birth_date_unicode",
    "portrait",
];
const OF_ALL: [&str; 4] = ["sex", "birth_date", "age_in_years", "age_over_20"];

fn transcript(origin: &str) -> SessionTranscript {
    SessionTranscript::annex_c(INFO, origin)
}

fn requested() -> Requested {
    let document = RequestedDocument::new(JAPAN).unwrap();
    let of_japan = OF_JAPAN.iter().map(|name| (JAPAN_NAME_SPACE, name));
    let of_all = OF_ALL.iter().map(|name| (COMMON_NAME_SPACE, name));
    let document = of_japan
        .chain(of_all)
        .fold(document, |document, (space, name)| {
            let kept = Retention::NotRetained;
            document
                .element(space, name, kept, Need::Mandatory)
                .unwrap()
        });
    Requested::one(document).unwrap()
}

/// A request of ours, at our origin.
fn asked() -> Binding {
    Binding {
        audience: Audience {
            relying_party: RelyingParty::from_origin(ORIGIN).unwrap(),
            purpose: Purpose::named("see-a-doctor").unwrap(),
        },
        ..binding()
    }
}
