//! Two servers with one database: between them, each ticket lets in once.
//!
//! Needs Debian's package `postgresql`. Without it, the cases are counted as
//! ignored, and said to be.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what cannot be set up fails the test"
)]

mod database;
mod hall;

use std::process::ExitCode;
use std::sync::Arc;

use hall::{Browser, Hall, Plan, assert_admitted, assert_refused, cards, counted, signed, to};
use libtest_mimic::{Arguments, Trial};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use database::Database;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let available = database::programs().is_some();
    if !available {
        eprintln!("IGNORED: no PostgreSQL: run `conformance/run install`");
    }
    let trial = |name, case: fn()| {
        let run = move || {
            case();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!available)
    };
    let trials = vec![
        trial("two_servers_let_each_ticket_in_once", || {
            block_on(once());
        }),
        trial("a_question_of_one_server_is_answered_at_another", || {
            block_on(answered_elsewhere());
        }),
        trial("without_the_database_each_goes_on_by_its_ledger", || {
            block_on(gone());
        }),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn block_on(case: impl Future<Output = ()>) {
    Runtime::new().unwrap().block_on(case);
}

/// Two servers of one house, where these have bought.
async fn servers(database: &Database, buyers: u32) -> [Arc<Hall>; 2] {
    let postgres = Some(database.connection());
    let plan = Plan {
        postgres: postgres.clone(),
        ..Plan::default()
    };
    let one = Hall::planned(plan).await;
    for number in 0..buyers {
        one.buy(&cards().card(number)).await;
    }
    let plan = Plan {
        keys_of: Some(&one),
        postgres,
        ..Plan::default()
    };
    let other = Hall::planned(plan).await;
    let ledger = Browser::new().get(one.staff(), "/ledger").await.text;
    other.take_in(&ledger).await;
    [Arc::new(one), Arc::new(other)]
}

async fn once() {
    const PEOPLE: u32 = 3;
    const ATTEMPTS: usize = 6;
    let database = Database::start();
    let halls = servers(&database, PEOPLE).await;
    let mut attempts = JoinSet::new();
    for number in 0..PEOPLE {
        for attempt in 0..ATTEMPTS {
            let hall = Arc::clone(&halls[attempt % 2]);
            let gate = if attempt < ATTEMPTS / 2 { "A" } else { "B" };
            attempts.spawn(async move { (number, enter(&hall, gate, number).await) });
        }
    }
    let outcomes = attempts.join_all().await;
    for number in 0..PEOPLE {
        let is = |outcome: &(u32, String), code| outcome.0 == number && outcome.1 == code;
        let of = |code| outcomes.iter().filter(|outcome| is(outcome, code)).count();
        let (admitted, refused, unknown) = (of("admitted"), of("refused"), of("undetermined"));
        assert_eq!(admitted + refused + unknown, ATTEMPTS, "{outcomes:?}");
        // Of a database that did not answer in time nobody knows whether it was
        // the first: whoever asked it does not get in, and is not refused.
        assert!(
            admitted == 1 || admitted == 0 && unknown > 0,
            "{outcomes:?}"
        );
    }
    // Put together, the ledgers have no double.
    let ledger = Browser::new().get(halls[1].staff(), "/ledger").await.text;
    halls[0].take_in(&ledger).await;
    let page = Browser::new().get(halls[0].staff(), "/").await.text;
    assert!(page.contains("ありません。"), "{page}");
    let admitted = outcomes.iter().filter(|(_, outcome)| outcome == "admitted");
    let ledger = Browser::new().get(halls[0].staff(), "/ledger").await.text;
    assert_eq!(ledger.matches("\"place\"").count(), admitted.count());
}

/// Comes to a gate, and begins again as long as the database is too busy.
async fn enter(hall: &Hall, gate: &str, number: u32) -> String {
    let path = format!("/gate/{gate}/card/request");
    let (mut kiosk, json) = (Browser::new(), [("accept", "application/json")]);
    for _ in 0..20 {
        let asked = kiosk.submit_with(hall.staff(), &path, "", &json).await;
        if asked.status == 200 {
            let (asked, card) = (asked.json(), cards().card(number));
            let answer = signed(&card, &asked);
            let answered = kiosk.post(hall.staff(), &to(&asked), &answer).await;
            return answered.outcome().1;
        }
    }
    panic!("the database does not answer");
}

async fn answered_elsewhere() {
    let database = Database::start();
    let [one, other] = servers(&database, 1).await;
    let mut kiosk = Browser::new();
    let offered = kiosk.begin(one.staff(), "/gate/A/card/request").await;
    let (to, answer) = (to(&offered), signed(&cards().card(0), &offered));
    let mut copy = kiosk.clone();
    assert_admitted(&kiosk.post(other.staff(), &to, &answer).await);
    assert_refused(&copy.post(one.staff(), &to, &answer).await);
    assert_eq!(one.codes().await, counted(&[("transaction.unknown", 1)]));
}

async fn gone() {
    let mut database = Database::start();
    let [one, other] = servers(&database, 2).await;
    let mut kiosk = Browser::new();
    let offered = kiosk.begin(one.staff(), "/gate/A/card/request").await;
    database.stop();
    let (to, answer) = (to(&offered), signed(&cards().card(0), &offered));
    let asked = kiosk.post(one.staff(), &to, &answer).await;
    assert_eq!(asked.outcome(), (503, "undetermined".to_owned()));
    assert_eq!(one.codes().await, counted(&[("transaction.store", 1)]));
    // Nothing begins any more, until the servers are started each by itself.
    let json = [("accept", "application/json")];
    let path = "/gate/B/card/request";
    let begun = kiosk.submit_with(other.staff(), path, "", &json).await;
    assert_eq!(begun.outcome(), (503, "undetermined".to_owned()));
    let [one, other] = [one, other].map(|hall| Arc::into_inner(hall).unwrap());
    let (one, other) = (one.alone().await, other.alone().await);
    for hall in [&one, &other] {
        assert_admitted(&hall.enter("B", &cards().card(1)).await);
        assert_refused(&hall.enter("B", &cards().card(1)).await);
    }
    let ledger = Browser::new().get(other.staff(), "/ledger").await.text;
    one.take_in(&ledger).await;
    let page = Browser::new().get(one.staff(), "/").await.text;
    assert_eq!(page.matches("B 2027-01-15").count(), 2);
}
