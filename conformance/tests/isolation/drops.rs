//! Requests whose future is dropped, as when a line breaks: at every point at
//! which it waits.

use std::rc::Rc;

use tashika::Code;
use tashika::Duration;

use crate::flow::Flow;
use crate::flows::{Challenge, Presentations, Sessions, Signature};
use crate::schedule::unless_dropped;
use crate::steps::Pauses;
use crate::world::{Outcome, Setting, Shared, World};

/// More points than any request has.
const ENOUGH: usize = 64;

fn world<F: Flow>(flow: &Rc<F>) -> Rc<World<F>> {
    let always = Pauses::Always(2);
    let setting = Setting {
        pauses: always,
        ..Setting::sound(0)
    };
    World::of(flow, &setting)
}

/// How far an answer had come when it was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Point {
    /// It had not taken its transaction.
    Before,
    /// It had, and the service had not heard of it.
    Taken,
    /// The service had its proof.
    Proved,
    /// Too late: it had ended.
    Ended,
}

/// Whoever sends an answer again is let in if it had not come, and refused if it
/// had, however far; and can always begin again.
async fn answers_are_dropped(flow: impl Flow) {
    let flow = Rc::new(flow);
    let mut seen = Vec::new();
    for after in 0..ENOUGH {
        let (world, browser) = (world(&flow), Shared::default());
        let begun = world.begin(after, &browser).await.unwrap();
        let held = || world.store.len(world.ledger.now());
        assert_eq!(held(), 1);
        let first = unless_dropped(world.answer(&browser, &begun), after).await;
        let point = match (first, held(), world.ledger.proofs()) {
            (Some(outcome), 0, 1) => {
                assert_eq!(outcome, Outcome::LetIn);
                Point::Ended
            }
            (None, 1, 0) => Point::Before,
            (None, 0, 0) => Point::Taken,
            (None, 0, 1) => Point::Proved,
            other => panic!("after {after}: {other:?}"),
        };
        seen.push(point);
        // The cookie of one that ended is gone.
        let due = match point {
            Point::Before => Outcome::LetIn,
            Point::Taken | Point::Proved => Outcome::Refused(Code::TransactionUnknown),
            Point::Ended => Outcome::Refused(Code::TransactionBrowser),
        };
        assert_eq!(world.answer(&browser, &begun).await, due, "after {after}");
        let again = world.begin(after, &browser).await.unwrap();
        assert_eq!(world.answer(&browser, &again).await, Outcome::LetIn);
        assert_eq!(held(), 0, "after {after}");
        assert_eq!(world.ledger.findings(), [], "after {after}");
        if point == Point::Ended {
            break;
        }
    }
    // Every point was come by, one after another.
    assert!(seen.is_sorted(), "{seen:?}");
    seen.dedup();
    assert_eq!(
        seen,
        [Point::Before, Point::Taken, Point::Proved, Point::Ended]
    );
}

/// What is left of a beginning that nobody heard of goes with its time, and is of
/// no use until then.
async fn beginnings_are_dropped(flow: impl Flow) {
    let flow = Rc::new(flow);
    let mut left = Vec::new();
    for after in 0..ENOUGH {
        let (world, browser) = (world(&flow), Shared::default());
        let ended = unless_dropped(Box::pin(world.begin(after, &browser)), after).await;
        left.push(world.store.len(world.ledger.now()));
        if let Some(begun) = ended {
            let outcome = world.answer(&browser, &begun.unwrap()).await;
            assert_eq!(outcome, Outcome::LetIn);
            break;
        }
        assert!(browser.borrow_mut().cookies().is_empty());
        let begun = world.begin(after, &browser).await.unwrap();
        assert_eq!(world.answer(&browser, &begun).await, Outcome::LetIn);
        assert_eq!(world.store.len(world.ledger.now()), *left.last().unwrap());
        world.ledger.wait(Duration::minutes(11));
        assert!(world.store.is_empty(world.ledger.now()));
        assert_eq!(world.ledger.findings(), [], "after {after}");
    }
    assert!(left.is_sorted(), "{left:?}");
    left.dedup();
    assert_eq!(left, [0, 1]);
}

#[tokio::test]
async fn a_login_is_dropped_at_every_point() {
    answers_are_dropped(Challenge::new()).await;
    beginnings_are_dropped(Challenge::new()).await;
}

#[tokio::test]
async fn a_login_to_a_session_is_dropped_at_every_point() {
    answers_are_dropped(Sessions::new()).await;
    beginnings_are_dropped(Sessions::new()).await;
}

#[tokio::test]
async fn a_signature_is_dropped_at_every_point() {
    answers_are_dropped(Signature::new()).await;
    beginnings_are_dropped(Signature::new()).await;
}

#[tokio::test]
async fn a_presentation_is_dropped_at_every_point() {
    answers_are_dropped(Presentations::new()).await;
    beginnings_are_dropped(Presentations::new()).await;
}
