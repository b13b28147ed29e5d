//! Logins with a card that a session remembers.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tashika::jpki::Kind;
use tashika::transaction::TransactionId;
use tashika::{Code, Duration};
use tashika_testbed::Register;
use tashika_tower::{
    Certificates, Identity, MemorySessions, Recheck, Session, SessionKeys, SessionLayer,
    SessionMode, SessionPolicy, SessionStore, Visitors,
};

use super::cards::name_of;
use super::challenge::Challenge;
use crate::browser::Answer;
use crate::flow::{Flow, Sent};
use crate::house::House;
use crate::service::{NOBODY, Service};
use crate::steps::Distant;

/// As those who log in, and come back.
pub(crate) struct Sessions {
    logins: Challenge,
    stores: Vec<Arc<dyn SessionStore>>,
    /// How many nodes there are so far.
    nodes: Cell<usize>,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        let room = NonZeroUsize::new(100_000).unwrap();
        Self::over(vec![Arc::new(MemorySessions::new(room, room))])
    }

    /// Each node has the next of these, through which it reaches the same.
    pub(crate) fn over(stores: Vec<Arc<dyn SessionStore>>) -> Self {
        Self {
            logins: Challenge::new(),
            stores,
            nodes: Cell::new(0),
        }
    }

    fn next(&self) -> Arc<dyn SessionStore> {
        let node = self.nodes.replace(self.nodes.get() + 1);
        Arc::clone(&self.stores[node % self.stores.len()])
    }
}

impl Flow for Sessions {
    fn app(&self, node: &House, service: Service) -> Router {
        let pauses = service.pauses.clone();
        let distant = Distant::new(self.next(), pauses.clone(), pauses);
        let trust = node.desk.trust().clone();
        let revocation = node.revocation(&Register::new());
        let policy = SessionPolicy {
            idle: Duration::hours(8),
            absolute: Duration::hours(8),
            recheck: Recheck::DangerNever,
            mode: SessionMode::Web,
            visitors: Visitors::Pass,
        };
        let layer = SessionLayer::new(
            node.site.clone(),
            Arc::new(distant),
            SessionKeys::from_octets(&[3; 32]),
            Certificates::none().with(Kind::Authentication, trust, revocation),
            policy,
        );
        let app = self.logins.app(node, service);
        app.route("/me", get(me)).layer(layer.unwrap())
    }

    fn begin(&self, who: usize) -> Sent {
        self.logins.begin(who)
    }

    fn transaction(&self, begun: &Answer) -> TransactionId {
        self.logins.transaction(begun)
    }

    fn answer(&self, who: usize, begun: &Answer) -> Sent {
        self.logins.answer(who, begun)
    }

    fn name(&self, who: usize) -> String {
        self.logins.name(who)
    }

    fn swapped(&self) -> Code {
        self.logins.swapped()
    }

    fn afterwards(&self, who: usize) -> (Sent, String) {
        (Sent::get("/me"), self.name(who))
    }
}

async fn me(session: Option<Session>) -> String {
    let name = |session: &Session| match session.gained().identity() {
        Identity::Certificate(_, query) => name_of(query.serial()),
        other => format!("{other:?}"),
    };
    session.as_ref().map_or(NOBODY.to_owned(), name)
}
