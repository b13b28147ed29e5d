//! Who gets in, once, and who does not.

mod hall;

use hall::{Browser, Hall, Phone, assert_admitted, assert_refused, cards, counted, renewal};
use tashika_testbed::Reason;

#[tokio::test]
async fn who_bought_with_a_card_enters_with_it_once() {
    let (hall, card, stranger) = (Hall::open().await, cards().card(0), cards().card(1));
    let mut buyer = Browser::new();
    let bought = buyer
        .challenge(hall.public(), "/buy/card/request", &card)
        .await;
    assert_eq!(bought.json()["next"], "/ticket");
    let ticket = buyer.get(hall.public(), "/ticket").await;
    assert_eq!(ticket.status, 200);
    assert!(ticket.text.contains("まだ入場していません"));
    assert_refused(&hall.enter("A", &stranger).await);
    assert_admitted(&hall.enter("A", &card).await);
    for gate in ["A", "B"] {
        assert_refused(&hall.enter(gate, &card).await);
    }
    let codes = counted(&[("ledger.none", 1), ("ledger.used", 2), ("passed", 1)]);
    assert_eq!(hall.codes().await, codes);
    let ticket = buyer.get(hall.public(), "/ticket").await;
    assert!(ticket.text.contains("入場済み：ゲートA"));
}

#[tokio::test]
async fn who_bought_with_a_phone_enters_with_their_next_one() {
    let (hall, phone) = Hall::with_phone(0).await;
    let phone = phone.next();
    let other = Phone::of(&cards().people()[1]);
    let refused = hall.hold("B", &other).await;
    assert_eq!(
        (&refused["status"], &refused["code"]),
        (&403.into(), &"refused".into())
    );
    let admitted = hall.hold("B", &phone).await;
    assert_eq!(admitted["code"], "admitted", "{admitted}");
    assert_eq!(hall.hold("A", &phone).await["code"], "refused");
    let codes = counted(&[("ledger.none", 1), ("ledger.used", 1), ("passed", 1)]);
    assert_eq!(hall.codes().await, codes);
}

#[tokio::test]
async fn a_revoked_card_is_refused_like_any_other_and_the_staff_sees_why() {
    for (reason, code) in [
        (Reason::CertificateHold, "revoked.certificate_hold"),
        (Reason::AffiliationChanged, "revoked.affiliation_changed"),
        (
            Reason::CessationOfOperation,
            "revoked.cessation_of_operation",
        ),
        (Reason::Superseded, "revoked.superseded"),
    ] {
        let (hall, card) = (Hall::open().await, cards().card(2));
        assert_eq!(hall.buy(&card).await.json()["next"], "/ticket");
        hall.revoke(&card, reason).await;
        let revoked = hall.enter("A", &card).await;
        assert_refused(&revoked);
        let unknown = hall.enter("A", &cards().card(1)).await;
        assert_eq!(revoked.text, unknown.text);
        let codes = counted(&[("ledger.none", 1), (code, 1)]);
        assert_eq!(hall.codes().await, codes);
        // Nor does it buy another one, and the box office says no reason.
        let bought = hall.buy(&card).await;
        assert_eq!(bought.outcome(), (403, "revoked".to_owned()));
    }
}

#[tokio::test]
async fn a_person_enters_once_however_often_the_card_is_renewed() {
    let (hall, old) = (Hall::open().await, cards().card(0));
    let (new, newest) = (renewal(&old, 800), renewal(&old, 808));
    assert_eq!(hall.buy(&old).await.json()["next"], "/ticket");
    hall.revoke(&old, Reason::Superseded).await;
    hall.renewed(&old, &new);
    hall.renewed(&new, &newest);
    // The ticket is theirs, so there is no second one.
    assert_eq!(
        hall.buy(&new).await.outcome(),
        (409, "ledger.issued".to_owned())
    );
    assert_admitted(&hall.enter("A", &new).await);
    assert_refused(&hall.enter("B", &new).await);
    assert_refused(&hall.enter("B", &newest).await);
    let codes = counted(&[("ledger.used", 2), ("passed", 1)]);
    assert_eq!(hall.codes().await, codes);
}

#[tokio::test]
async fn without_an_answer_of_the_operator_nobody_is_called_a_stranger() {
    let (hall, old) = (Hall::open().await, cards().card(0));
    let new = renewal(&old, 800);
    assert_eq!(hall.buy(&old).await.json()["next"], "/ticket");
    let operator = hall.operator.as_ref().unwrap();
    operator.learn(|known| known.token = Some("another".to_owned()));
    let asked = hall.enter("A", &new).await;
    assert_eq!(asked.outcome(), (503, "undetermined".to_owned()));
    let sold = hall.buy(&new).await;
    assert_eq!(sold.outcome(), (503, "revocation.not_permitted".to_owned()));
    // Whoever is known needs no operator.
    assert_admitted(&hall.enter("A", &old).await);
    let codes = counted(&[("passed", 1), ("revocation.not_permitted", 1)]);
    assert_eq!(hall.codes().await, codes);
}

#[tokio::test]
async fn lists_that_are_too_old_are_nobodys_fault() {
    let (hall, card) = (Hall::open().await, cards().card(0));
    assert_eq!(hall.buy(&card).await.json()["next"], "/ticket");
    hall.pass(10 * 24 * 3600);
    let asked = hall.enter("A", &card).await;
    assert_eq!(asked.outcome(), (503, "undetermined".to_owned()));
    assert!(asked.headers.contains_key("retry-after"));
    assert_eq!(hall.codes().await, counted(&[("revocation.stale", 1)]));
    let front = Browser::new().get(hall.public(), "/").await.text;
    assert!(front.contains("失効情報を確認できない"));
}

#[tokio::test]
async fn the_screen_shows_the_last_verdict_and_no_more() {
    let (hall, card) = (Hall::open().await, cards().card(0));
    let screen = async |gate: &str| {
        let path = format!("/gate/{gate}/now");
        Browser::new().get(hall.staff(), &path).await.text
    };
    assert!(screen("A").await.contains("リーダーにかざすか"));
    assert_eq!(hall.buy(&card).await.json()["next"], "/ticket");
    assert_admitted(&hall.enter("A", &card).await);
    let shown = screen("A").await;
    assert!(shown.contains("screen good") && shown.contains("どうぞお入りください"));
    assert!(screen("B").await.contains("リーダーにかざすか"));
    assert_refused(&hall.enter("A", &card).await);
    let shown = screen("A").await;
    assert!(shown.contains("screen refused") && !shown.contains("ledger."));
    // Two people in the last minute, and a rate.
    assert!(shown.contains("<dd>2人</dd>") && !shown.contains("<dd>—</dd>"));
    let page = Browser::new().get(hall.staff(), "/gate/A").await.text;
    assert!(page.contains("data-request=\"/gate/A/card/request\""));
    assert_eq!(
        Browser::new().get(hall.staff(), "/gate/Z").await.status,
        404
    );
}
