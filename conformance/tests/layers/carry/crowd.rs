//! A thousand transactions at once.

use std::sync::Arc;

use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;

use super::scene::{Shop, Way};
use crate::browser::Browser;

const BROWSERS: usize = 50;

/// The tabs of one browser: the cheaper a way is, the more of them. Every second
/// browser has another one at the end.
const TABS: [(Way, usize); 3] = [
    (Way::Challenge, 12),
    (Way::Signature, 5),
    (Way::Presentation, 2),
];

/// As many come back from the app at a time as the relying party asks for at once.
const AT_A_TIME: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_gets_what_another_tab_brought() {
    let shop = Arc::new(Shop::new());
    let (all_begun, turns) = (
        Arc::new(Barrier::new(BROWSERS)),
        Arc::new(Semaphore::new(AT_A_TIME)),
    );
    let mut browsers = JoinSet::new();
    for number in 0..BROWSERS {
        let (shop, all_begun, turns) = (
            Arc::clone(&shop),
            Arc::clone(&all_begun),
            Arc::clone(&turns),
        );
        browsers.spawn(async move {
            let mut browser = Browser::new();
            let mut asked = Vec::new();
            for (tab, way) in tabs(number).into_iter().enumerate() {
                let form = format!("browser {number}, tab {tab}");
                asked.push((shop.ask(&mut browser, way, &form).await, way, form));
            }
            all_begun.wait().await;
            // Neither the first nor the last ends first.
            let middle = (number * 7) % asked.len();
            asked.rotate_left(middle);
            let ended = asked.len();
            for (asked, way, form) in asked.into_iter().rev() {
                let turn = turns.acquire().await.unwrap();
                let told = shop.answer(&mut browser, way, &asked).await;
                drop(turn);
                assert_eq!(told.text(), form, "{way:?}");
            }
            assert!(browser.cookies().is_empty());
            ended
        });
    }
    let ended = browsers.join_all().await;
    assert_eq!(ended.into_iter().sum::<usize>(), 1000);
}

fn tabs(number: usize) -> Vec<Way> {
    let last = if number.is_multiple_of(2) {
        Way::Login
    } else {
        Way::Signing
    };
    let tabs = TABS.into_iter().chain([(last, 1)]);
    tabs.flat_map(|(way, count)| vec![way; count]).collect()
}
