//! Many people at once.

use std::sync::Arc;

use tashika_conformance::desk::NOW;
use tashika_testbed::Person;
use tashika_testbed::auth_app::{AccessTokenForm, Choice, Citizen, Settings};
use tashika_tower::Landing;
use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;

use super::scene::{Bank, CALLBACK};
use crate::browser::Browser;

const PEOPLE: usize = 200;

/// As many come back at a time as the relying party asks for at once.
const AT_A_TIME: usize = 60;

/// All are in the app at once, half of them in two tabs, of which the second
/// ends first.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_is_seen_as_who_they_are() {
    let bank = Arc::new(Bank::with(
        CALLBACK,
        Settings {
            access_tokens: AccessTokenForm::Opaque,
            ..Settings::default()
        },
    ));
    let mut person = Person::everybody(NOW.as_unix()).swap_remove(0);
    for number in 0..PEOPLE {
        person.name = format!("架空　{number}");
        let citizen = Citizen::new(&number.to_string(), &person);
        bank.desk.provider().enrol(citizen);
    }
    let app = bank.app(bank.layer(Landing::Handler));
    let all_begun = Arc::new(Barrier::new(PEOPLE));
    let turns = Arc::new(Semaphore::new(AT_A_TIME));
    let mut people = JoinSet::new();
    for number in 0..PEOPLE {
        let (all_begun, turns) = (Arc::clone(&all_begun), Arc::clone(&turns));
        let (bank, app) = (Arc::clone(&bank), app.clone());
        people.spawn(async move {
            let mut browser = Browser::new();
            let mut urls = Vec::new();
            for tab in 0..=number % 2 {
                let query = format!("?return_to=/of/{number}/{tab}");
                urls.push((tab, bank.begin(&app, &mut browser, &query).await));
            }
            all_begun.wait().await;
            for (tab, url) in urls.into_iter().rev() {
                let back = bank.sent_back(&url, &Choice::citizen(&number.to_string()));
                let _turn = turns.acquire().await.unwrap();
                let seen = browser.get(&app, &back).await;
                assert_eq!(seen.refusal, None);
                let seen = seen.json();
                assert_eq!(seen["subject"], bank.subject(&number.to_string()));
                assert_eq!(seen["name"], format!("架空　{number}"));
                assert_eq!(seen["return_to"], format!("/of/{number}/{tab}"));
            }
        });
    }
    assert_eq!(people.join_all().await.len(), PEOPLE);
    assert!(bank.nothing_waits());
}
