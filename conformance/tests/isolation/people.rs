//! A thousand people in each flow.

use std::ops::Range;
use std::rc::Rc;

use crate::crowd::{PEOPLE, nothing_is_found};
use crate::flow::Flow;
use crate::flows::{AuthAppLogins, Challenge, Presentations, Sessions, Signature};
use crate::world::{Setting, World};

async fn find_nothing(flow: impl Flow, seeds: Range<u64>) {
    let flow = Rc::new(flow);
    for seed in seeds {
        nothing_is_found(&flow, Setting::sound(seed)).await;
    }
}

#[tokio::test]
async fn a_thousand_cards_log_in_as_themselves() {
    find_nothing(Challenge::new(), 0..2).await;
}

#[tokio::test]
async fn a_thousand_cards_sign_their_own_documents() {
    find_nothing(Signature::new(), 0..2).await;
}

#[tokio::test]
async fn a_thousand_phones_show_their_own_documents() {
    find_nothing(Presentations::new(), 0..1).await;
}

#[tokio::test]
async fn a_thousand_people_come_from_the_auth_app_as_themselves() {
    find_nothing(AuthAppLogins::of(PEOPLE), 0..1).await;
}

#[tokio::test]
async fn a_thousand_sessions_are_of_those_who_logged_in() {
    find_nothing(Sessions::new(), 0..2).await;
}

/// One seed gives one order, so that one that fails can be looked at.
#[tokio::test]
async fn a_seed_gives_the_same_order_again() {
    let flow = Rc::new(Challenge::new());
    let mut dice = Vec::new();
    for _ in 0..2 {
        let world = World::of(&flow, &Setting::sound(9));
        world.visited_by(50).await;
        dice.push((world.schedule.dice.below(1 << 30), world.ledger.proofs()));
    }
    assert_eq!(dice[0], dice[1]);
}
