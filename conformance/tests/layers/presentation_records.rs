//! Documents that name the list on which they would stand if they were revoked.

use std::sync::Arc;
use std::time::Duration as Span;

use serde_json::Value;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::status::{
    RecordPolicy, StatusFetcher, StatusPolicy, StatusVerifier, signer_profile,
};
use tashika::transport::{Load, Origins, Tls, Transport};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::x509::ExtendedKeyUsageRule;
use tashika::{Code, Duration};
use tashika_testbed::mdoc::{Holder, StatusToken};
use tashika_testbed::{Answer as Reply, Server};
use tashika_tower::{PresentationLayer, Records};

use crate::browser::{Answer, Browser};
use crate::phones::{ISO_MDOC, Phones, answer_page, begin, open, outcome, requested, to};
use crate::presentation::{HANAKO, app};

const MEDIA_TYPE: &str = "application/statuslist+cwt";
/// The place of the document on its list.
const INDEX: u64 = 7;

/// What is said to whoever shows a document.
async fn shown(phones: &Phones, holder: Holder, records: Records) -> Answer {
    let documents = phones.documents_by(phones.lists(&[]), records);
    // A site of its own: its paths are those of every other case.
    let site = Phones::new().site();
    let channels = phones.channels("/open");
    let layer = PresentationLayer::new(site, open(), requested(), channels, documents);
    let app = app(layer.unwrap());
    let mut browser = Browser::new();
    let offered: Value = begin(&mut browser, &app, "/open/request").await;
    let answer = answer_page(&mut phones.wallet_with(holder), &offered, ISO_MDOC);
    browser.post_json(&app, to(&offered), &answer).await
}

#[tokio::test]
async fn a_policy_says_what_has_to_be_known() {
    let phones = Phones::new();
    let (plain, listed) = (phones.testbed.japan(), phones.testbed.japan_with_status());
    let unknown = Some((Code::MdocStatusUnreachable, 503));
    let none = Some((Code::MdocStatusMissing, 403));
    for (holder, policy, refusal) in [
        (&plain, RecordPolicy::WhereAvailable, None),
        (&plain, RecordPolicy::Required, none),
        (&listed, RecordPolicy::WhereAvailable, unknown),
        (&listed, RecordPolicy::Required, unknown),
        (&listed, RecordPolicy::DangerIgnored, None),
    ] {
        let records = Records::not_fetched(policy);
        let answer = shown(&phones, holder.clone(), records).await;
        let refused = answer.refusal.map(|code| (code, answer.status.as_u16()));
        assert_eq!(refused, refusal, "{policy:?}");
    }
}

#[tokio::test]
async fn a_list_is_fetched() {
    let phones = Phones::new();
    let server = Server::start().unwrap();
    let url = server.url("/lists/1");
    let fetcher = Arc::new(fetcher(&phones, &server));
    let issuance = phones.testbed.japan_issuance().status_list(INDEX, &url);
    let mdoc = issuance.sign(phones.testbed.japan_signer());
    let holder = phones.testbed.japan().with_mdoc(mdoc);
    let now = phones.testbed.now();
    let token = |status: u8| {
        let mut statuses = [0; 16];
        statuses[INDEX as usize] = status;
        // The later, the worse, so that the one that is kept is not the newest.
        let issued = now - 60 + i64::from(status);
        let token = StatusToken::status_list(&url, 1, &statuses, (issued, now + 60));
        token.sign(phones.testbed.status_signer())
    };
    let records = |fetcher: &Arc<StatusFetcher>| {
        Records::fetched(Arc::clone(fetcher), RecordPolicy::Required)
    };

    // Nobody answers, which nobody remembers.
    let refused = shown(&phones, holder.clone(), records(&fetcher)).await;
    assert_eq!(outcome(&refused), (Code::MdocStatusUnreachable, 503));

    server.push(Reply::ok(MEDIA_TYPE, token(0)));
    let taken = shown(&phones, holder.clone(), records(&fetcher)).await;
    assert_eq!((taken.status.as_u16(), taken.text()), (200, HANAKO));

    let newer = Arc::new(self::fetcher(&phones, &server));
    server.push(Reply::ok(MEDIA_TYPE, token(1)));
    let refused = shown(&phones, holder.clone(), records(&newer)).await;
    assert_eq!(outcome(&refused), (Code::MdocRecordRevoked, 403));
    assert_eq!(refused.json()["code"], "revoked");
}

fn fetcher(phones: &Phones, server: &Server) -> StatusFetcher {
    let anchor = phones.testbed.status_authority().certificate();
    let trust = TrustStore::builder(Environment::Test)
        .anchor(Purpose::MdocStatus, anchor)
        .and_then(|builder| builder.build())
        .unwrap();
    let profile = signer_profile(ExtendedKeyUsageRule::DangerAny);
    let verifier = StatusVerifier::new(trust, profile, AlgorithmTable::standard());
    let origins = Origins::none().plain_http(&server.url("")).unwrap();
    let load = Load {
        retries: 0,
        ..Load::standard()
    };
    let transport = Transport::builder(origins, Tls::no_roots())
        .build()
        .unwrap();
    let (total, room) = (Span::from_secs(10), 1024 * 1024);
    let policy = StatusPolicy::strict(Duration::hours(24));
    StatusFetcher::new(transport.under(&load), total, verifier, policy, room)
}
