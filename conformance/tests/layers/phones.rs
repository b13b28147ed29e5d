//! Phones with documents in them, and a house that knows their issuers.

use std::sync::Arc;

use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tashika::Code;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::status::RecordPolicy;
use tashika::mdoc::{
    AppleMerchant, Curve, Edition, EphemeralKey, ISO_23220, ISO_23220_JP, IssuerProfile, JP_MNC,
    Need, PresentationVerifier, Purposes, ReaderIdentity, Requested, RequestedDocument,
    ResponseMode, Retention,
};
use tashika::revocation::{CertificateList, ListSet};
use tashika::signer::EcdsaSigner;
use tashika::transaction::Purpose;
use tashika::trust::{self, Environment, TrustStore};
use tashika_conformance::desk::NOW;
use tashika_testbed::mdoc::{
    AnnexC, Apple, Asked, AskedElement, Authority, Cbor, Engagement, Handover, Holder, MdocTestbed,
    Presentation, Refusal, Response, Transcript, Wallet,
};
use tashika_testbed::{Algorithm, Credential, KeyPair};
use tashika_tower::{
    BrowserOffer, Channels, Documents, OpenidClient, PresentationLayer, Readers, Records, Site,
};

use crate::browser::{Answer, Browser, base64};
use crate::house::{House, ORIGIN};

pub(crate) const NAME: &str = "full_name_unicode";
pub(crate) const BIRTH_DATE: &str = "birth_date";

pub(crate) const MERCHANT: &str = "merchant.example";
pub(crate) const TEAM: &str = "TEAM123456";

/// A house whose people come with phones.
pub(crate) struct Phones {
    pub(crate) house: House,
    pub(crate) testbed: MdocTestbed,
    pub(crate) reader: ReaderIdentity,
}

impl Phones {
    pub(crate) fn new() -> Self {
        Self::before(House::new())
    }

    pub(crate) fn before(house: House) -> Self {
        let testbed = MdocTestbed::from_seed(1, NOW.as_unix());
        let signer = EcdsaSigner::from_pkcs8(&testbed.reader().key().pkcs8()).unwrap();
        let chain = vec![testbed.reader().certificate().to_vec()];
        let reader = ReaderIdentity::new(Arc::new(signer), chain).unwrap();
        Self {
            house,
            testbed,
            reader,
        }
    }

    pub(crate) fn site(&self) -> Site {
        self.house.site.clone()
    }

    /// Both issuers, and their lists of today.
    pub(crate) fn documents(&self) -> Documents {
        let records = Records::not_fetched(RecordPolicy::WhereAvailable);
        self.documents_by(self.lists(&[]), records)
    }

    pub(crate) fn documents_by(&self, lists: ListSet, records: Records) -> Documents {
        let verifier = PresentationVerifier::new(AlgorithmTable::standard());
        let japan = trust_in(self.testbed.japan_authority());
        let licences = trust_in(self.testbed.licence_authority());
        let verifier = verifier
            .with_issuers(IssuerProfile::jp_mnc(), japan)
            .and_then(|v| v.with_issuers(IssuerProfile::mdl(), licences));
        Documents::new(verifier.unwrap(), self.house.asking(lists), records)
    }

    /// Today's lists, on which these signers of documents stand.
    pub(crate) fn lists(&self, revoked: &[&Credential]) -> ListSet {
        let testbed = &self.testbed;
        let mut lists = ListSet::new();
        for authority in [testbed.japan_authority(), testbed.licence_authority()] {
            let der = testbed.list(authority, revoked).sign(authority.key());
            let list = CertificateList::from_der(&der).unwrap();
            let (trust, purpose) = (trust_in(authority), trust::Purpose::MdocIssuer);
            let list = list.verify(&trust, purpose, &AlgorithmTable::standard());
            let _ = lists.add(list.unwrap()).unwrap();
        }
        lists
    }

    pub(crate) fn readers(&self) -> Readers {
        Readers::Signed(vec![self.reader.clone()])
    }

    /// Both protocols of browsers, signed.
    pub(crate) fn offers(&self) -> Vec<BrowserOffer> {
        let edition = Edition::Second(Purposes::none());
        let client = OpenidClient::X509Hash(self.reader.clone());
        vec![
            BrowserOffer::IsoMdoc(edition, self.readers()),
            BrowserOffer::Openid4vp(client, ResponseMode::DcApiJwt),
        ]
    }

    /// All channels below a path.
    pub(crate) fn channels(&self, path: &str) -> Channels {
        Channels::under(path)
            .and_then(|channels| channels.browser(self.offers()))
            .and_then(|channels| channels.apple(self.merchant()))
            .and_then(|channels| channels.proximity(Edition::First, self.readers()))
            .unwrap()
    }

    pub(crate) fn merchant(&self) -> AppleMerchant {
        let scalar = self.merchant_key().scalar().unwrap();
        let key = EphemeralKey::from_entropy(Curve::P256, &scalar).unwrap();
        AppleMerchant::new(MERCHANT, TEAM, key).unwrap()
    }

    fn merchant_key(&self) -> KeyPair {
        self.testbed.key(Algorithm::P256, "merchant")
    }

    /// A layer at `/open` that asks for name and date of birth.
    pub(crate) fn layer(&self, channels: Channels) -> PresentationLayer {
        let documents = self.documents();
        PresentationLayer::new(self.site(), open(), requested(), channels, documents).unwrap()
    }

    /// A phone with this document alone.
    pub(crate) fn wallet_with(&self, holder: Holder) -> Wallet {
        let rng = self.testbed.rng("wallet");
        Wallet::new(self.testbed.reader_trust(), rng).holder(holder)
    }

    /// What an app gets from this phone.
    pub(crate) fn answer_apple(&self, wallet: &mut Wallet, offered: &Value) -> Vec<u8> {
        let request = &offered["request"];
        assert_eq!(request["merchantIdentifier"], MERCHANT);
        let nonce = STANDARD.decode(text(&request["nonce"])).unwrap();
        let key = self.merchant_key().public();
        let elements = request["elements"].as_array().unwrap().iter();
        let asked = Asked {
            doc_type: text(&request["docType"]).to_owned(),
            elements: elements
                .map(|element| AskedElement {
                    name_space: text(&element["namespace"]).to_owned(),
                    element: text(&element["identifier"]).to_owned(),
                    retain: element["intentToStore"] == "mayStore",
                })
                .collect(),
        };
        wallet.answer_apple(&Apple::new(&nonce, MERCHANT, TEAM, &key), &asked)
    }
}

/// The position of a protocol among those that are offered.
pub(crate) const ISO_MDOC: usize = 0;
pub(crate) const OPENID4VP: usize = 1;

/// What a page of the house gets from a phone.
pub(crate) fn answer_page(wallet: &mut Wallet, offered: &Value, protocol: usize) -> Value {
    answer_page_of(ORIGIN, wallet, offered, protocol).unwrap()
}

/// What a page of any origin gets.
pub(crate) fn answer_page_of(
    origin: &str,
    wallet: &mut Wallet,
    offered: &Value,
    position: usize,
) -> Result<Value, Refusal> {
    let request = &offered["request"]["digital"]["requests"][position];
    let (protocol, data) = (text(&request["protocol"]), &request["data"]);
    let data = match protocol {
        "org-iso-mdoc" => wallet.answer_annex_c(data, origin)?,
        _ => wallet.answer_openid4vp(protocol, data, origin)?,
    };
    Ok(json!({ "protocol": protocol, "data": data }))
}

/// What a page gets from a phone that shows what it likes of a document, in a
/// session that it believes to be another.
pub(crate) fn answer_as(
    phones: &Phones,
    offered: &Value,
    holder: &Holder,
    session: impl FnOnce(Transcript) -> Transcript,
    show: impl FnOnce(Presentation<'_>) -> Cbor,
) -> Value {
    let request = &offered["request"]["digital"]["requests"][ISO_MDOC]["data"];
    let request = AnnexC::read(request, ORIGIN).unwrap();
    let document = show(holder.present(&session(request.transcript())));
    let response = Response::of(document).encode();
    let data = request.answer(&response, &mut phones.testbed.rng("phone"));
    json!({ "protocol": AnnexC::PROTOCOL, "data": data })
}

/// What a terminal says that it read off a phone's display.
pub(crate) fn qr(engagement: &Engagement) -> Value {
    json!({ "qr": engagement.uri() })
}

/// What a terminal says that it heard over NFC; the request is what it sent.
pub(crate) fn nfc(select: &[u8], request: Option<&[u8]>) -> Value {
    let mut heard = json!({ "handover_select": base64(select) });
    if let Some(request) = request {
        heard["handover_request"] = base64(request).into();
    }
    heard
}

/// What a terminal hears from a phone that it has sent the establishment.
pub(crate) fn answer_terminal(
    wallet: &Wallet,
    engagement: &Engagement,
    handover: &Handover,
    offered: &Value,
) -> Vec<u8> {
    let establishment = STANDARD.decode(text(&offered["establishment"])).unwrap();
    let answer = wallet.answer_proximity(engagement, handover, &establishment);
    answer.unwrap().1.encode()
}

/// Begins a transaction.
pub(crate) async fn begin(browser: &mut Browser, app: &Router, path: &str) -> Value {
    begun(&browser.post(app, path, "text/plain", "").await)
}

/// Begins a transaction of a terminal.
pub(crate) async fn engage(browser: &mut Browser, app: &Router, heard: &Value) -> Value {
    begun(
        &browser
            .post_json(app, "/open/proximity/request", heard)
            .await,
    )
}

fn begun(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["content-type"], "application/json");
    answer.json()
}

/// Hands over what an app or a terminal got.
pub(crate) async fn hand_over(
    browser: &mut Browser,
    app: &Router,
    offered: &Value,
    octets: Vec<u8>,
) -> Answer {
    let path = to(offered);
    browser.post(app, path, "application/cbor", octets).await
}

/// How an answer was refused: the code, and the status.
pub(crate) fn outcome(answer: &Answer) -> (Code, u16) {
    (answer.refused(), answer.status.as_u16())
}

/// Where the answer goes.
pub(crate) fn to(offered: &Value) -> &str {
    text(&offered["answer"])
}

pub(crate) fn open() -> Purpose {
    Purpose::named("open-account").unwrap()
}

/// Name and date of birth of a card.
pub(crate) fn requested() -> Requested {
    Requested::one(card(&[(ISO_23220_JP, NAME), (ISO_23220, BIRTH_DATE)])).unwrap()
}

/// These elements of a card.
pub(crate) fn card(elements: &[(&str, &str)]) -> RequestedDocument {
    let document = RequestedDocument::new(JP_MNC).unwrap();
    elements.iter().fold(document, |document, (space, name)| {
        let (kept, need) = (Retention::Retained, Need::Mandatory);
        document.element(space, name, kept, need).unwrap()
    })
}

fn trust_in(authority: &Authority) -> TrustStore {
    TrustStore::builder(Environment::Test)
        .anchor(trust::Purpose::MdocIssuer, authority.certificate())
        .and_then(|builder| builder.build())
        .unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
