//! What the examples share: a site, whom it trusts, and a browser. Each of them
//! uses a part of it.

#![allow(dead_code, reason = "each example uses a part of it")]

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tashika::Duration;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::Kind;
use tashika::revocation::{
    CertificateList, Checker, ListSet, Lists, Plan, Policy, ScopePolicy, TombstoneKey, Tombstones,
};
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::RelyingParty;
use tashika::trust::{Environment, TrustStore};
use tashika_testbed::{self as testbed, Card, Generation, Register, Testbed};
use tashika_tower::{Clients, Clock, MemoryTransactions, Nodes, Revocation, Site};
use tower::ServiceExt;

/// A testbed of today.
pub(crate) fn testbed() -> Testbed {
    Testbed::fresh(Clock::system().now().as_unix())
}

/// A site of one node. A real one keeps its key, and knows it on every node.
pub(crate) fn site() -> Result<Site, tashika::Error> {
    let key = SealingKey::generate("2026-11")?;
    Site::new(
        RelyingParty::from_origin("https://bank.example")?,
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

/// What a person's card does.
pub(crate) fn sign(card: &Card, to_be_signed: Option<&str>) -> Result<Value, base64::DecodeError> {
    let octets = STANDARD.decode(to_be_signed.unwrap_or_default())?;
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
        let request = Request::post(path)
            .header(CONTENT_TYPE, media_type)
            .header(COOKIE, self.cookies.join("; "));
        let response = app.clone().oneshot(request.body(body.into())?).await?;
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str()?.split(';').next().unwrap_or_default();
            let name = cookie.split('=').next().unwrap_or_default();
            self.cookies
                .retain(|known| known.split('=').next() != Some(name));
            self.cookies.push(cookie.to_owned());
        }
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8(body.to_vec())?))
    }
}
