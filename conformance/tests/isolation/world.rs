//! A service on several nodes, and requests on their way to it.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use axum::Router;
use tashika::transaction::TransactionId;
use tashika::{Code, Time};
use tashika_tower::{MemoryTransactions, Nodes, TransactionStore};
use tower::ServiceExt;

use crate::browser::{Answer, Browser};
use crate::flow::{Flow, Sent};
use crate::house::House;
use crate::ledger::{Finding, Ledger};
use crate::schedule::{Dice, Schedule};
use crate::service::{Memory, Service, told};
use crate::steps::{Distant, Pauses};

/// What a world is made of; where nothing is said, of what is sound.
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) pauses: Pauses,
    pub(crate) memory: Memory,
    /// What is counted.
    pub(crate) transactions: MemoryTransactions,
    /// How each node reaches it, or whatever else they have.
    pub(crate) stores: Vec<Arc<dyn TransactionStore>>,
    /// Stands before the layers on every node.
    pub(crate) around: fn(Router) -> Router,
    /// Stands behind them.
    pub(crate) within: fn(Router) -> Router,
    /// How a node tells the time.
    pub(crate) clock: fn(&Ledger) -> tashika_tower::Clock,
}

/// Services, and who comes to them.
pub(crate) struct World<F> {
    pub(crate) flow: Rc<F>,
    nodes: Vec<Router>,
    pub(crate) schedule: Schedule,
    pub(crate) ledger: Ledger,
    pub(crate) store: MemoryTransactions,
    pauses: Pauses,
}

/// A browser that several tabs, or people, use at once.
pub(crate) type Shared = Rc<RefCell<Browser>>;

/// A request on its way.
pub(crate) type Sending = Pin<Box<dyn Future<Output = Answer>>>;

/// A transaction of somebody's that waits for its answer.
#[derive(Clone)]
pub(crate) struct Begun {
    pub(crate) who: usize,
    pub(crate) transaction: TransactionId,
    /// Until then it may be answered; and when that is over, as it takes a while
    /// to begin, it may not.
    pub(crate) until: (Time, Time),
    pub(crate) sent: Sent,
    /// The browser as it was then.
    pub(crate) browser: Browser,
}

/// What somebody's answer led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    LetIn,
    Refused(Code),
}

/// What makes a store of one that is sound.
pub(crate) type Over = fn(MemoryTransactions) -> Arc<dyn TransactionStore>;

/// How long a transaction lives.
const LIFETIME: tashika::Duration = tashika::Duration::minutes(10);

impl Setting {
    /// Two nodes, which wait as the dice of this seed say.
    pub(crate) fn sound(seed: u64) -> Self {
        let room = NonZeroUsize::new(100_000).unwrap();
        let transactions = MemoryTransactions::new(room, room);
        let store: Arc<dyn TransactionStore> = Arc::new(transactions.clone());
        Self {
            seed,
            transactions,
            stores: vec![store; 2],
            pauses: Pauses::Below(4, Dice::of(!seed)),
            memory: Memory::OfItsOwn,
            around: |app| app,
            within: |app| app,
            clock: Ledger::clock,
        }
    }

    /// The same over what this makes of the store.
    pub(crate) fn over(mut self, store: Over) -> Self {
        self.stores = vec![store(self.transactions.clone()); 2];
        self
    }
}

impl<F: Flow> World<F> {
    pub(crate) fn of(flow: &Rc<F>, setting: &Setting) -> Rc<Self> {
        let ledger = Ledger::default();
        let node = |store: &Arc<dyn TransactionStore>| {
            let pauses = || setting.pauses.clone();
            let distant = Distant::new(Arc::clone(store), pauses(), pauses());
            let mut node = House::over(Arc::new(distant), Nodes::Many);
            node.site = node.site.with_clock((setting.clock)(&ledger));
            let service = Service {
                ledger: ledger.clone(),
                pauses: pauses(),
                memory: setting.memory.clone(),
                within: setting.within,
            };
            (setting.around)(flow.app(&node, service)).with_state(())
        };
        Rc::new(Self {
            flow: Rc::clone(flow),
            nodes: setting.stores.iter().map(node).collect(),
            schedule: Schedule::of(setting.seed),
            pauses: setting.pauses.clone(),
            store: setting.transactions.clone(),
            ledger,
        })
    }

    /// Sends a request, to one of the nodes, in pieces.
    pub(crate) fn send(&self, browser: &Shared, sent: &Sent) -> Sending {
        let dice = &self.schedule.dice;
        let request = sent.request(1 + dice.below(5), self.pauses.clone());
        let node = self.nodes[dice.below(self.nodes.len())].clone();
        let request = browser.borrow().with_cookies(request);
        let browser = Rc::clone(browser);
        Box::pin(tokio::task::unconstrained(async move {
            let response = node.oneshot(request).await.unwrap();
            browser.borrow_mut().remember(response.headers());
            Answer::of(response).await
        }))
    }

    /// Somebody begins, and their device has the answer ready.
    pub(crate) async fn begin(&self, who: usize, browser: &Shared) -> Option<Begun> {
        let until = || self.ledger.now().plus(LIFETIME);
        let sent = until();
        let begun = self.send(browser, &self.flow.begin(who)).await;
        if let Some(code) = begun.refusal {
            self.ledger.find(Finding::Refused { who, code });
            return None;
        }
        Some(Begun {
            who,
            transaction: self.flow.transaction(&begun),
            until: (sent, until()),
            sent: self.flow.answer(who, &begun),
            browser: browser.borrow().clone(),
        })
    }

    /// Somebody sends their answer; it is known whether they were let in.
    pub(crate) fn answer(
        self: &Rc<Self>,
        browser: &Shared,
        begun: &Begun,
    ) -> Pin<Box<dyn Future<Output = Outcome>>> {
        let late = self.ledger.now() > begun.until.1;
        let (world, begun) = (Rc::clone(self), begun.clone());
        let sending = self.send(browser, &begun.sent);
        Box::pin(async move {
            let answer = sending.await;
            if !answer.status.is_success() {
                return Outcome::Refused(answer.refused());
            }
            let who = begun.who;
            if late {
                world.ledger.find(Finding::Late { who });
            }
            if answer.text() != told(&world.flow.name(who), begun.transaction) {
                world.ledger.find(Finding::Mistaken { who });
            }
            world.ledger.let_in(who);
            Outcome::LetIn
        })
    }

    /// Notes that somebody was refused who had done nothing wrong, unless their
    /// time was over.
    pub(crate) fn complain(&self, begun: &Begun, code: Code) {
        let who = begun.who;
        if !self.is_over(begun) {
            self.ledger.find(Finding::Refused { who, code });
        }
    }

    /// Whether it may be too late for a transaction.
    pub(crate) fn is_over(&self, begun: &Begun) -> bool {
        self.ledger.now() > begun.until.0
    }
}
