//! All orders of the steps of a few clients, against a model in a few lines: a
//! transaction is answered once or not at all.

use std::num::NonZeroUsize;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Code, Duration, Time};
use tashika_conformance::desk::NOW;
use tashika_tower::{Entry, Mark, MemoryTransactions, Seen, TransactionStore};

use crate::faults;
use crate::flows::Challenge;
use crate::schedule::poll;
use crate::steps::{Distant, Pauses, known};
use crate::world::{Begun, Outcome, Over, Setting, Shared, World};

/// Calls `visit` with every order of so many steps of each.
fn orders(left: &mut [usize], order: &mut Vec<usize>, visit: &mut dyn FnMut(&[usize])) {
    if left.iter().all(|left| *left == 0) {
        return visit(order);
    }
    for who in 0..left.len() {
        if left[who] > 0 {
            left[who] -= 1;
            order.push(who);
            orders(left, order, visit);
            order.pop();
            left[who] += 1;
        }
    }
}

fn all_orders(steps: &[usize]) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    let collect = &mut |order: &[usize]| all.push(order.to_vec());
    orders(&mut steps.to_vec(), &mut Vec::new(), collect);
    all
}

/// A step at a store that has room for one transaction.
#[derive(Clone, Copy, Debug)]
enum Step {
    Put(u8),
    Take(u8),
    Mark,
    /// The time of whatever is open is over.
    Pass,
}

use Step::{Mark as Marks, Pass, Put, Take};

/// What a store says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Kept,
    /// What the transaction was kept with.
    Taken(u8),
    Seen(Seen),
    Refused(Code),
    Nothing,
}

/// What a store has to say.
#[derive(Default)]
struct Model {
    open: Option<(u8, usize)>,
    marked: Option<usize>,
    day: usize,
}

impl Model {
    fn step(&mut self, step: Step) -> Said {
        let today = self.day;
        match step {
            Pass => {
                self.day += 1;
                Said::Nothing
            }
            Marks if self.marked == Some(today) => Said::Seen(Seen::Again),
            Marks => {
                self.marked = Some(today);
                Said::Seen(Seen::First)
            }
            Put(name) => match self.open {
                Some((open, day)) if day == today => Said::Refused(if open == name {
                    Code::MisuseArgument
                } else {
                    Code::TransactionFull
                }),
                _ => {
                    self.open = Some((name, today));
                    Said::Kept
                }
            },
            Take(name) => match self.open.take_if(|(open, _)| *open == name) {
                Some((_, day)) if day == today => Said::Taken(name),
                _ => Said::Refused(Code::TransactionUnknown),
            },
        }
    }
}

/// What the store says to the same.
fn ask(store: &MemoryTransactions, step: Step, now: &mut Time) -> Said {
    let client = ClientKey::of(b"client");
    let name = |name| TransactionId::from_entropy([name; 16]);
    let said = match step {
        Pass => {
            *now = now.plus(Duration::minutes(11));
            return Said::Nothing;
        }
        Marks => {
            let until = now.plus(Duration::minutes(10));
            let mark = Mark::of("test", b"mark");
            known(store.mark(mark, client, until, *now)).map(Said::Seen)
        }
        Put(number) => {
            let entry = Entry {
                transaction: name(number),
                client,
                expires: now.plus(Duration::minutes(10)),
                state: vec![number],
            };
            known(store.put(entry, *now)).map(|()| Said::Kept)
        }
        Take(number) => known(store.take(name(number), *now)).map(|state| Said::Taken(state[0])),
    };
    said.unwrap_or_else(|error| Said::Refused(error.code()))
}

#[test]
fn a_store_is_its_model_in_every_order() {
    let clients: [&[Step]; 5] = [
        &[Put(1), Take(1)],
        &[Take(1), Put(1)],
        &[Put(2), Take(2)],
        &[Marks, Take(1)],
        &[Pass],
    ];
    let all = all_orders(&clients.map(<[Step]>::len));
    assert_eq!(all.len(), 22_680);
    for order in all {
        let (mut model, mut now) = (Model::default(), NOW);
        let store = MemoryTransactions::new(NonZeroUsize::MIN, NonZeroUsize::MIN);
        let mut steps = clients.map(<[Step]>::iter);
        for who in &order {
            let step = *steps[*who].next().unwrap();
            let said = ask(&store, step, &mut now);
            assert_eq!(said, model.step(step), "{order:?}, {step:?}");
        }
    }
}

/// What a client's request does each time that it goes on.
#[derive(Clone, Copy, Debug)]
enum Does {
    /// It is read, and so is the clock.
    Arrives,
    Takes,
    ArrivesAndTakes,
    Ends,
}

/// A transaction, as far as its clients can tell.
struct Open {
    is: bool,
    over: bool,
}

/// A client, as far as the transaction can tell.
#[derive(Clone, Copy, Default)]
struct Client {
    late: bool,
    holds: bool,
}

impl Open {
    /// What the client's request ends with, if it does.
    fn step(&mut self, client: &mut Client, does: Does) -> Option<Outcome> {
        if matches!(does, Does::Arrives | Does::ArrivesAndTakes) {
            client.late = self.over;
        }
        if matches!(does, Does::Takes | Does::ArrivesAndTakes) {
            client.holds = std::mem::take(&mut self.is) && !client.late;
        }
        matches!(does, Does::Ends).then_some(if client.holds {
            Outcome::LetIn
        } else {
            Outcome::Refused(Code::TransactionUnknown)
        })
    }
}

/// Clients who send the answer of one transaction, each of whom is dropped after
/// any number of steps or comes to the end, in every order, and with the end of
/// its time at every place.
async fn in_every_order(clients: usize, does: &[Does], store: Over) -> usize {
    let flow = Rc::new(Challenge::new());
    let setting = Setting {
        pauses: Pauses::Always(0),
        ..Setting::sound(0)
    };
    let world = World::of(&flow, &setting.over(store));
    let mut runs = 0;
    for lengths in lengths(clients, does.len()) {
        for passes in 0..=1 {
            let steps = [&lengths[..], &[passes]].concat();
            for order in all_orders(&steps) {
                if first_come(&order, clients) {
                    run(&world, does, &lengths, &order).await;
                    runs += 1;
                }
            }
        }
    }
    assert_eq!(world.ledger.findings(), []);
    runs
}

/// From one step of each client to all of them.
fn lengths(clients: usize, steps: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..clients {
        let longer =
            |known: Vec<usize>| (1..=steps).map(move |next| [&known[..], &[next]].concat());
        all = all.into_iter().flat_map(longer).collect();
    }
    all
}

/// Clients are alike: who comes first is called the first.
fn first_come(order: &[usize], clients: usize) -> bool {
    let first = |who| order.iter().position(|other| *other == who);
    (0..clients).map(first).is_sorted()
}

async fn run(world: &Rc<World<Challenge>>, does: &[Does], lengths: &[usize], order: &[usize]) {
    world.ledger.wind_back();
    let (begun, proofs) = (
        world.begin(0, &Shared::default()).await.unwrap(),
        world.ledger.proofs(),
    );
    let mut open = Open {
        is: true,
        over: false,
    };
    let mut clients = vec![Client::default(); lengths.len()];
    let mut steps = vec![0; lengths.len()];
    let mut requests: Vec<_> = lengths.iter().map(|_| None).collect();
    let mut let_in = 0;
    for who in order {
        let Some(client) = clients.get_mut(*who) else {
            world.ledger.wait(Duration::minutes(11));
            open.over = true;
            continue;
        };
        let due = open.step(client, does[steps[*who]]);
        let request = requests[*who].get_or_insert_with(|| answer(world, &begun));
        let outcome = match poll(request) {
            Poll::Ready(outcome) => Some(outcome),
            Poll::Pending => None,
        };
        assert_eq!(outcome, due, "{lengths:?} {order:?}");
        let_in += usize::from(outcome == Some(Outcome::LetIn));
        steps[*who] += 1;
        if steps[*who] == lengths[*who] {
            requests[*who] = None;
        }
    }
    // Whoever comes after them all.
    let due = if open.is && !open.over {
        Outcome::LetIn
    } else {
        Outcome::Refused(Code::TransactionUnknown)
    };
    assert_eq!(answer(world, &begun).await, due, "{lengths:?} {order:?}");
    let_in += usize::from(due == Outcome::LetIn);
    assert!(let_in <= 1, "{lengths:?} {order:?}");
    assert_eq!(world.ledger.proofs() - proofs, let_in);
}

/// In the browser as it was when the transaction had begun.
fn answer(
    world: &Rc<World<Challenge>>,
    begun: &Begun,
) -> std::pin::Pin<Box<dyn Future<Output = Outcome>>> {
    world.answer(&Shared::new(begun.browser.clone().into()), begun)
}

fn waiting(store: Arc<dyn TransactionStore>, before: usize) -> Arc<dyn TransactionStore> {
    let (before, after) = (Pauses::Always(before), Pauses::Always(1));
    Arc::new(Distant::new(store, before, after))
}

#[tokio::test]
async fn two_and_three_clients_in_every_order() {
    let does = [Does::Arrives, Does::Takes, Does::Ends];
    for (clients, orders) in [(1, 12), (2, 211), (3, 8_271)] {
        let runs = in_every_order(clients, &does, |store| waiting(Arc::new(store), 1)).await;
        assert_eq!(runs, orders);
    }
}

#[tokio::test]
async fn four_clients_in_every_order() {
    let does = [Does::ArrivesAndTakes, Does::Ends];
    let runs = in_every_order(4, &does, |store| waiting(Arc::new(store), 0)).await;
    assert_eq!(runs, 2_431);
}

#[tokio::test]
#[should_panic(expected = "left: LetIn")]
async fn a_store_that_hands_out_twice_is_no_such_store() {
    let does = [Does::ArrivesAndTakes, Does::Ends];
    let keeping = |store| waiting(faults::keeping(store), 0);
    in_every_order(2, &does, keeping).await;
}
