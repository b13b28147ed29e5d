//! Connections that break between a request and its answer: nobody knows what was
//! done, and nothing is handed out twice.

use tashika::Code;
use tashika_conformance::postgres::{Conduct, Relay, Server};
use tashika_tower::{Entry, PostgresTransactions, Seen, TransactionStore};

use crate::Case;
use crate::fixture::{
    NOW, World, block_on, client, hasty, id, limits, mark, over_socket, over_tcp, own_server, put,
    take, transactions,
};

pub(crate) const CASES: &[(&str, Case)] = &[
    (
        "what_was_taken_and_lost_is_gone",
        what_was_taken_and_lost_is_gone,
    ),
    (
        "what_was_not_asked_is_still_there",
        what_was_not_asked_is_still_there,
    ),
    ("half_an_answer_is_none", half_an_answer_is_none),
    (
        "a_mark_whose_answer_was_lost_counts",
        a_mark_whose_answer_was_lost_counts,
    ),
    ("silence_ends", silence_ends),
];

const UNDETERMINED: Code = Code::TransactionStore;

/// A way to the shared server on which things happen, a store beyond it with one
/// connection that stands, and one that has its own way.
struct Scene {
    relay: Relay,
    beyond: PostgresTransactions,
    beside: PostgresTransactions,
}

impl Scene {
    fn new(server: &Server, tenant: &str) -> Self {
        let relay = Relay::to(server.port()).unwrap();
        let beyond = over_tcp(server, relay.port(), "shared", hasty());
        let beside = over_socket(server, "shared", limits());
        let [beyond, beside] = [beyond, beside].map(|database| transactions(database, tenant));
        Self {
            relay,
            beyond,
            beside,
        }
    }

    /// Has the store beyond connect, so that what happens next happens to what is
    /// asked then.
    async fn connect(&self) {
        self.relay.conduct(Conduct::Forward);
        let unknown = take(&self.beyond, 999).await;
        assert_eq!(unknown, Err(Code::TransactionUnknown));
    }
}

fn what_was_taken_and_lost_is_gone(world: &World) {
    let scene = Scene::new(world.server(), "lost-answer");
    block_on(async {
        put(&scene.beside, 1).await.unwrap();
        scene.connect().await;
        scene.relay.conduct(Conduct::LoseAnswersAfter(0));
        assert_eq!(take(&scene.beyond, 1).await, Err(UNDETERMINED));
        for store in [&scene.beside, &scene.beyond] {
            scene.relay.conduct(Conduct::Forward);
            assert_eq!(take(store, 1).await, Err(Code::TransactionUnknown));
        }
        // What was put and lost is there, and whoever puts it again is told so.
        scene.connect().await;
        scene.relay.conduct(Conduct::LoseAnswersAfter(0));
        assert_eq!(put(&scene.beyond, 2).await, Err(UNDETERMINED));
        assert_eq!(put(&scene.beside, 2).await, Err(Code::MisuseArgument));
        assert_eq!(take(&scene.beside, 2).await, Ok(()));
    });
}

fn what_was_not_asked_is_still_there(world: &World) {
    let scene = Scene::new(world.server(), "lost-request");
    block_on(async {
        put(&scene.beside, 1).await.unwrap();
        scene.connect().await;
        scene.relay.conduct(Conduct::LoseRequests);
        assert_eq!(take(&scene.beyond, 1).await, Err(UNDETERMINED));
        assert_eq!(put(&scene.beyond, 2).await, Err(UNDETERMINED));
        assert_eq!(mark(&scene.beyond, 3).await, Err(UNDETERMINED));
        scene.relay.conduct(Conduct::Forward);
        assert_eq!(take(&scene.beyond, 2).await, Err(Code::TransactionUnknown));
        assert_eq!(take(&scene.beyond, 1).await, Ok(()));
        assert_eq!(mark(&scene.beyond, 3).await, Ok(Seen::First));
    });
}

/// A long state comes in parts, of which the first come before the commit. The
/// server may notice the break and undo the take, so there may be one more to
/// take; never two.
fn half_an_answer_is_none(world: &World) {
    let scene = Scene::new(world.server(), "half");
    let state = vec![7; 60_000];
    for (number, octets) in (0..).zip([1, 5, 100, 8192, 20_000, 59_000]) {
        let entry = Entry {
            transaction: id(number),
            client: client("a"),
            expires: NOW,
            state: state.clone(),
        };
        block_on(async {
            scene.beside.put(entry, NOW).await.unwrap();
            scene.connect().await;
            scene.relay.conduct(Conduct::LoseAnswersAfter(octets));
            let cut = scene.beyond.take(id(number), NOW).await;
            assert_eq!(cut.unwrap_err().code(), UNDETERMINED, "{octets}");
            let again = scene.beside.take(id(number), NOW).await;
            match again {
                Ok(undone) => assert!(undone == state),
                Err(error) => assert_eq!(error.code(), Code::TransactionUnknown),
            }
            let last = scene.beside.take(id(number), NOW).await.unwrap_err();
            assert_eq!(last.code(), Code::TransactionUnknown, "{octets}");
        });
    }
}

fn a_mark_whose_answer_was_lost_counts(world: &World) {
    let scene = Scene::new(world.server(), "lost-mark");
    block_on(async {
        scene.connect().await;
        scene.relay.conduct(Conduct::LoseAnswersAfter(0));
        assert_eq!(mark(&scene.beyond, 1).await, Err(UNDETERMINED));
        assert_eq!(mark(&scene.beside, 1).await, Ok(Seen::Again));
    });
}

/// Nobody refuses, and nothing comes: neither on a connection that stands nor when
/// one is made. The one that fell silent is not used again, since whoever got it
/// would wait for what it still does.
fn silence_ends(_: &World) {
    let server = own_server(&[]);
    let relay = Relay::to(server.port()).unwrap();
    let store = transactions(over_tcp(&server, relay.port(), "own", hasty()), "tenant");
    let last = "SELECT pid FROM pg_stat_activity WHERE application_name = 'tashika' \
                ORDER BY query_start DESC LIMIT 1";
    block_on(async {
        assert_eq!(put(&store, 1).await, Ok(()));
        let silent = server.sql("own", last).unwrap();
        relay.conduct(Conduct::Hold);
        assert_eq!(take(&store, 1).await, Err(UNDETERMINED));
        assert_eq!(take(&store, 2).await, Err(UNDETERMINED));
        relay.conduct(Conduct::Forward);
        assert_eq!(put(&store, 2).await, Ok(()));
        assert_ne!(server.sql("own", last).unwrap(), silent);
        assert_eq!(take(&store, 2).await, Ok(()));
    });
}
