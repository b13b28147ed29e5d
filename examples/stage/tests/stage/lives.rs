//! What happens to people, and how a house finds them again.

use std::sync::Arc;

use serde_json::{Value, json};
use tashika::Duration;
use tashika::jpki::{CertificateIdentity, LookupKey};
use tashika::revocation::operator::Relation;
use tashika::revocation::{
    CheckPurpose, Checker, Plan, Policy, RevocationQuery, State, TombstoneKey, Tombstones,
};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::house::{Scene, Way, passed};

async fn happens(scene: &Scene, event: &str) -> Value {
    let life = json!({ "person": 0, "event": event });
    scene.stage.live(&life).await.unwrap()
}

/// The signing certificate of the card that person 0 has.
async fn certificate(scene: &Scene) -> Vec<u8> {
    let question = json!({ "kind": "sign", "to_be_signed": "AAAA" });
    let answer = scene.stage.answer(&question).await.unwrap();
    STANDARD
        .decode(answer["certificate"].as_str().unwrap())
        .unwrap()
}

fn look(scene: &Scene, certificate: &[u8]) -> (RevocationQuery, CertificateIdentity) {
    let backing = &scene.house.backing;
    let checked = backing
        .signing()
        .unwrap()
        .check_certificate(certificate, backing.now())
        .unwrap();
    let query = checked.query().clone();
    (query, checked.danger_unchecked().leaf().identity().clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_renews_is_found_again_by_the_operators_links() {
    let scene = Scene::new().await;
    let key = LookupKey::from_octets(&[7; 32]);
    let old = certificate(&scene).await;
    let (old_query, old_identity) = look(&scene, &old);
    for event in ["renewed", "moved"] {
        let view = happens(&scene, event).await;
        assert_ne!(view["people"][0]["renewals"], 0);
    }
    let new = certificate(&scene).await;
    assert_ne!(old, new);
    assert_eq!(scene.comes(Way::SignRaw).await, passed());

    let backing = &scene.house.backing;
    let operator = backing.operator().unwrap().unwrap();
    // Two renewals lie between them.
    let (query, _) = look(&scene, &new);
    let between = operator.links(&query, backing.cards()).await.unwrap();
    assert_eq!(between.related(Relation::Predecessor).count(), 1);
    assert_eq!(between.related(Relation::Counterpart).count(), 1);
    let after = operator.links(&old_query, backing.cards()).await.unwrap();
    let successor = after.related(Relation::Successor).next().unwrap();
    let linked = |c| CertificateIdentity::linked(c).lookup(&key);
    let predecessor = between.related(Relation::Predecessor).next().unwrap();
    assert_eq!(linked(successor), linked(predecessor));
    assert_ne!(linked(predecessor), old_identity.lookup(&key));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_moves_signs_with_the_new_address() {
    let scene = Scene::new().await;
    let address = |view: &Value| view["people"][0]["address"].as_str().unwrap().to_owned();
    let before = address(&scene.change(json!({})).await);
    let after = address(&happens(&scene, "moved").await);
    assert_eq!(after, format!("{before}　転居荘２０２"));
    for way in Way::ALL {
        assert_eq!(scene.comes(way).await, passed(), "{way:?}");
    }
}

/// What the platform operator says.
async fn inside(scene: &Scene, query: &RevocationQuery) -> &'static str {
    let backing = &scene.house.backing;
    let operator = backing.operator().unwrap().unwrap();
    let key = TombstoneKey::from_octets(&[7; 32]);
    let checker = Checker::new(
        Plan::Operator(Arc::new(operator)),
        Policy::strict(Duration::hours(1)),
        Arc::new(Tombstones::in_memory(key)),
    );
    let purpose = CheckPurpose::LivenessCheck;
    let answer = checker.check(query, purpose, backing.now()).await;
    match answer.status().state() {
        State::Revoked { reason, .. } => reason.as_str(),
        State::Good | State::Undetermined(_) => "not revoked",
    }
}

/// Outside, none of them is told from another.
#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_ended_ended_until_there_is_another() {
    for (event, reason) in [
        ("lost", "certificateHold"),
        ("ended", "cessationOfOperation"),
        ("deregistered", "affiliationChanged"),
    ] {
        let scene = Scene::new().await;
        let (query, _) = look(&scene, &certificate(&scene).await);
        happens(&scene, event).await;
        assert_eq!(inside(&scene, &query).await, reason, "{event}");
        for way in [Way::SignRaw, Way::SignCms, Way::Challenge] {
            let outcome = scene.comes(way).await;
            assert_eq!(
                outcome,
                (403, "revoked".to_owned()),
                "{way:?} after {event}"
            );
        }
        happens(&scene, "renewed").await;
        assert_eq!(scene.comes(Way::Challenge).await, passed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_happens_to_nobody() {
    let scene = Scene::new().await;
    let life = json!({ "person": 8, "event": "lost" });
    let refused = scene.stage.live(&life).await.unwrap_err();
    assert_eq!(refused, "There is nobody of that number.");
}
