//! Gates that do not hear of each other, and what is found out afterwards.

mod hall;

use hall::{Browser, Hall, Plan, assert_admitted, assert_refused, cards, counted};

/// Another server of the same house, with a memory of its own.
async fn another(hall: &Hall) -> Hall {
    let plan = Plan {
        keys_of: Some(hall),
        ..Plan::default()
    };
    Hall::planned(plan).await
}

/// Hands one server's ledger to the other, as the staff does.
async fn hand_over(from: &Hall, to: &Hall) {
    let ledger = Browser::new().get(from.staff(), "/ledger").await.text;
    to.take_in(&ledger).await;
}

async fn staff(hall: &Hall) -> String {
    Browser::new().get(hall.staff(), "/").await.text
}

#[tokio::test]
async fn a_gate_that_is_cut_off_lets_a_person_in_once_more_and_that_is_found() {
    let (hall, person) = (Hall::open().await, cards().card(0));
    hall.buy(&person).await;
    let cut = Browser::new().submit(hall.staff(), "/cut", "gate=B").await;
    assert_eq!(cut.location(), "/");
    // Sold after the cut: it knows nothing of the ticket.
    let late = cards().card(1);
    hall.buy(&late).await;
    assert_refused(&hall.enter("B", &late).await);
    assert_admitted(&hall.enter("A", &person).await);
    assert_admitted(&hall.enter("B", &person).await);
    assert_refused(&hall.enter("B", &person).await);
    let page = staff(&hall).await;
    assert!(page.contains("切断中") && page.contains("B 2027-01-15"));
    assert!(page.contains("これは防げず、照合したときに二重入場として分かります。"));
    Browser::new().submit(hall.staff(), "/cut", "gate=B").await;
    assert!(!staff(&hall).await.contains("切断中"));
    assert_admitted(&hall.enter("B", &late).await);
    assert_refused(&hall.enter("A", &late).await);
    let codes = counted(&[("ledger.none", 1), ("ledger.used", 2), ("passed", 3)]);
    assert_eq!(hall.codes().await, codes);
}

#[tokio::test]
async fn two_servers_apart_each_admit_once_and_their_ledgers_tell() {
    let (one, people) = (Hall::open().await, [0, 1, 2].map(|n| cards().card(n)));
    let other = another(&one).await;
    for person in &people {
        one.buy(person).await;
    }
    // Without the list of who has a ticket nobody gets in.
    assert_refused(&other.enter("A", &people[0]).await);
    hand_over(&one, &other).await;
    assert_admitted(&one.enter("A", &people[0]).await);
    assert_admitted(&other.enter("A", &people[0]).await);
    assert_admitted(&other.enter("B", &people[1]).await);
    assert!(staff(&one).await.contains("ありません。"));
    // Reconciled, both ways and twice: what happened stands there once.
    for _ in 0..2 {
        hand_over(&one, &other).await;
        hand_over(&other, &one).await;
    }
    let mut ledgers = Vec::new();
    for hall in [&one, &other] {
        let page = staff(hall).await;
        assert!(!page.contains("ありません。"));
        assert_eq!(page.matches("A 2027-01-15").count(), 2);
        // Who entered elsewhere has entered.
        for person in &people[..2] {
            assert_refused(&hall.enter("B", person).await);
        }
        let text = Browser::new().get(hall.staff(), "/ledger").await.text;
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        ledgers.push(lines);
    }
    assert_eq!(ledgers[0], ledgers[1]);
    assert_eq!(ledgers[0].len(), 6);
    assert_admitted(&one.enter("B", &people[2]).await);
}

#[tokio::test]
async fn a_server_with_other_keys_knows_nobody() {
    let (one, other, person) = (Hall::open().await, Hall::open().await, cards().card(0));
    one.buy(&person).await;
    hand_over(&one, &other).await;
    assert_refused(&other.enter("A", &person).await);
    assert_eq!(other.codes().await, counted(&[("ledger.none", 1)]));
}

#[tokio::test]
async fn a_server_that_ended_knows_who_has_entered() {
    let (hall, person) = (Hall::open().await, cards().card(0));
    hall.buy(&person).await;
    assert_admitted(&hall.enter("A", &person).await);
    let hall = hall.again().await;
    assert_refused(&hall.enter("B", &person).await);
    assert_eq!(hall.codes().await, counted(&[("ledger.used", 1)]));
    assert_eq!(hall.buy(&person).await.outcome().1, "ledger.issued");
}

#[tokio::test]
async fn without_an_operator_a_renewed_card_is_a_stranger_and_the_page_says_so() {
    let plan = Plan {
        without_operator: true,
        ..Plan::default()
    };
    let (hall, old) = (Hall::planned(plan).await, cards().card(0));
    hall.buy(&old).await;
    assert_refused(&hall.enter("A", &hall::renewal(&old, 800)).await);
    assert_eq!(hall.codes().await, counted(&[("ledger.none", 1)]));
    let page = staff(&hall).await;
    assert!(page.contains("カードを更新した人は別の人と見分けられません"));
}
