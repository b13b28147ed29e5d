//! What the examples share: a site, whom it trusts, and a browser. Each of them
//! uses a part of it.

#![allow(dead_code, reason = "each example uses a part of it")]

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{Request, StatusCode, request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tashika::Duration;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::Kind;
use tashika::mdoc::status::RecordPolicy;
use tashika::mdoc::{
    Edition, IssuerProfile, PresentationVerifier, Purposes, ReaderIdentity, ResponseMode,
};
use tashika::revocation::{
    CertificateList, Checker, ListSet, Lists, Plan, Policy, ScopePolicy, TombstoneKey, Tombstones,
};
use tashika::seal::{Sealer, SealingKey};
use tashika::signer::EcdsaSigner;
use tashika::transaction::RelyingParty;
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika_testbed::mdoc::{MdocTestbed, Wallet};
use tashika_testbed::{self as testbed, Card, Generation, Register, Testbed};
use tashika_tower::{
    BrowserOffer, Clients, Clock, Documents, MemoryTransactions, Nodes, OpenidClient, Readers,
    Records, Revocation, Site,
};
use tower::ServiceExt;

const ORIGIN: &str = "https://bank.example";

/// A testbed of today.
pub(crate) fn testbed() -> Testbed {
    Testbed::fresh(Clock::system().now().as_unix())
}

/// A site of one node. A real one keeps its key, and knows it on every node.
pub(crate) fn site() -> Result<Site, tashika::Error> {
    let key = SealingKey::generate("2026-11")?;
    Site::new(
        RelyingParty::from_origin(ORIGIN)?,
        Arc::new(MemoryTransactions::standard()),
        Arc::new(Sealer::new(key, Vec::new())?),
        Nodes::One,
        Clients::by_peer(),
    )
}

/// The anchors of one kind of certificate, and today's lists. A real service
/// trusts the published roots, and has a store of real lists.
pub(crate) fn trust(
    world: &Testbed,
    kind: testbed::Kind,
) -> Result<(TrustStore, Revocation), tashika::Error> {
    let purpose = match kind {
        testbed::Kind::Signing => Kind::Signing.purpose(),
        testbed::Kind::Authentication => Kind::Authentication.purpose(),
    };
    let root = world.authority(kind, Generation::Third).certificate();
    let trust = TrustStore::builder(Environment::Test);
    let trust = trust.anchor(purpose, root)?.build()?;
    let mut lists = ListSet::new();
    for list in world.lists(&Register::new(), kind, Generation::Third) {
        let list = CertificateList::from_der(&list.der)?;
        lists.add(list.verify(&trust, purpose, &AlgorithmTable::standard())?)?;
    }
    Ok((trust, asking(lists)?))
}

/// Asks these lists, which may be two days old.
pub(crate) fn asking(lists: ListSet) -> Result<Revocation, tashika::Error> {
    let lists = Lists::of_set(Arc::new(lists), ScopePolicy::production());
    let tombstones = Arc::new(Tombstones::in_memory(TombstoneKey::generate()?));
    let policy = Policy::strict(Duration::hours(48));
    Ok(Revocation::new(
        Checker::new(Plan::Crl(lists), policy, tombstones),
        policy,
    ))
}

/// A text in what a service has answered.
pub(crate) fn member<'v>(answer: &'v Value, name: &str) -> Result<&'v str, Box<dyn Error>> {
    let member = answer.get(name).and_then(Value::as_str);
    member.ok_or_else(|| format!("{name} is not there").into())
}

/// What a person's card does with a challenge, as the answer to it.
pub(crate) fn sign(card: &Card, request: &Value) -> Result<Value, Box<dyn Error>> {
    let octets = STANDARD.decode(member(request, "to_be_signed")?)?;
    Ok(json!({
        "certificate": STANDARD.encode(card.authentication().certificate()),
        "signature": STANDARD.encode(card.answer(&octets)),
    }))
}

/// A browser that keeps its cookies.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    cookies: Vec<String>,
}

impl Browser {
    /// Posts a body, and gives the status and the text of what came back.
    pub(crate) async fn post(
        &mut self,
        app: &Router,
        path: &str,
        media_type: &str,
        body: impl Into<Body>,
    ) -> Result<(StatusCode, String), Box<dyn Error>> {
        let request = Request::post(path).header(CONTENT_TYPE, media_type);
        self.send(app, request, body.into()).await
    }

    /// Goes to a page, and gives the status, and where the browser is sent or the
    /// text of what came back.
    pub(crate) async fn get(
        &mut self,
        app: &Router,
        path: &str,
    ) -> Result<(StatusCode, String), Box<dyn Error>> {
        let request = Request::get(path).header(ACCEPT, "text/html");
        self.send(app, request, Body::empty()).await
    }

    async fn send(
        &mut self,
        app: &Router,
        request: request::Builder,
        body: Body,
    ) -> Result<(StatusCode, String), Box<dyn Error>> {
        let request = request.header(COOKIE, self.cookies.join("; "));
        let response = app.clone().oneshot(request.body(body)?).await?;
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str()?.split(';').next().unwrap_or_default();
            let name = cookie.split('=').next().unwrap_or_default();
            self.cookies
                .retain(|known| known.split('=').next() != Some(name));
            self.cookies.push(cookie.to_owned());
        }
        let status = response.status();
        if let Some(onwards) = response.headers().get(LOCATION) {
            return Ok((status, onwards.to_str()?.to_owned()));
        }
        let body = response.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8(body.to_vec())?))
    }
}

/// Phones of today, with a card in each.
pub(crate) fn phones() -> MdocTestbed {
    MdocTestbed::fresh(Clock::system().now().as_unix())
}

/// Who issues the cards in phones, and today's list of revoked signers.
pub(crate) fn documents(phones: &MdocTestbed) -> Result<Documents, tashika::Error> {
    let (authority, purpose) = (phones.japan_authority(), Purpose::MdocIssuer);
    let trust = TrustStore::builder(Environment::Test);
    let trust = trust.anchor(purpose, authority.certificate())?.build()?;
    let list = phones.list(authority, &[]).sign(authority.key());
    let list = CertificateList::from_der(&list)?;
    let mut lists = ListSet::new();
    lists.add(list.verify(&trust, purpose, &AlgorithmTable::standard())?)?;
    let verifier = PresentationVerifier::new(AlgorithmTable::standard());
    let verifier = verifier.with_issuers(IssuerProfile::jp_mnc(), trust)?;
    let records = Records::not_fetched(RecordPolicy::WhereAvailable);
    Ok(Documents::new(verifier, asking(lists)?, records))
}

/// Both protocols of browsers, signed by a reader that the phones know.
pub(crate) fn offers(phones: &MdocTestbed) -> Result<Vec<BrowserOffer>, tashika::Error> {
    let signer = EcdsaSigner::from_pkcs8(&phones.reader().key().pkcs8())?;
    let chain = vec![phones.reader().certificate().to_vec()];
    let reader = ReaderIdentity::new(Arc::new(signer), chain)?;
    let (edition, client) = (
        Edition::Second(Purposes::none()),
        OpenidClient::X509Hash(reader.clone()),
    );
    Ok(vec![
        BrowserOffer::IsoMdoc(edition, Readers::Signed(vec![reader])),
        BrowserOffer::Openid4vp(client, ResponseMode::DcApiJwt),
    ])
}

/// What a page gets of `navigator.credentials.get`, from a phone that answers the
/// first of the requests.
pub(crate) fn answer(wallet: &mut Wallet, offered: &Value) -> Result<Value, Box<dyn Error>> {
    let asked = offered.pointer("/request/digital/requests/0/data");
    let data = wallet.answer_annex_c(asked.ok_or("no request")?, ORIGIN);
    let data = data.map_err(|refusal| format!("{refusal:?}"))?;
    Ok(json!({ "protocol": "org-iso-mdoc", "data": data }))
}
