//! Who goes on next: many tasks on one thread, in an order that a seed decides.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use tashika_testbed::Rng;

/// Dice that fall the same for the same seed.
#[derive(Clone, Debug)]
pub(crate) struct Dice(Arc<Mutex<Rng>>);

pub(crate) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Tasks, of which the dice choose the next.
pub(crate) struct Schedule {
    pub(crate) dice: Dice,
    tasks: RefCell<Vec<Task>>,
}

/// After so many steps the runtime looks after what comes over sockets.
const STEPS: usize = 64;

impl Dice {
    pub(crate) fn of(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Rng::from_seed(seed))))
    }

    /// A number below this one.
    pub(crate) fn below(&self, bound: usize) -> usize {
        let octets = self.0.lock().unwrap().bytes(8);
        let number = u64::from_be_bytes(octets.try_into().unwrap());
        usize::try_from(number % u64::try_from(bound).unwrap()).unwrap()
    }
}

impl Schedule {
    pub(crate) fn of(seed: u64) -> Self {
        Self {
            dice: Dice::of(seed),
            tasks: RefCell::default(),
        }
    }

    /// Runs a task beside the others, and gives what it ends with.
    pub(crate) fn beside<T: 'static>(
        &self,
        task: impl Future<Output = T> + 'static,
    ) -> Pin<Box<dyn Future<Output = T>>> {
        let result = Rc::new(RefCell::new(None));
        let told = Rc::clone(&result);
        let task = async move {
            let ended = task.await;
            *told.borrow_mut() = Some(ended);
        };
        self.tasks.borrow_mut().push(Box::pin(task));
        let ended = move |_: &mut Context<'_>| match result.borrow_mut().take() {
            Some(ended) => Poll::Ready(ended),
            None => Poll::Pending,
        };
        Box::pin(poll_fn(ended))
    }

    /// Runs these tasks, so many at a time, and whatever they start.
    pub(crate) async fn run(&self, coming: Vec<Task>, at_a_time: usize) {
        let mut coming = coming.into_iter();
        let mut step = 0;
        loop {
            let room = at_a_time.saturating_sub(self.tasks.borrow().len());
            self.tasks.borrow_mut().extend(coming.by_ref().take(room));
            if self.tasks.borrow().is_empty() {
                return;
            }
            self.step();
            step += 1;
            if step % STEPS == 0 {
                tokio::task::yield_now().await;
            }
        }
    }

    fn step(&self) {
        let chosen = self.dice.below(self.tasks.borrow().len());
        let mut task = self.tasks.borrow_mut().swap_remove(chosen);
        if poll(&mut task).is_pending() {
            self.tasks.borrow_mut().push(task);
        }
    }
}

/// Whoever is not done is asked again anyway.
pub(crate) fn poll<F: Future + ?Sized>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

/// Lets others go first, so many times.
pub(crate) async fn pause(times: usize) {
    for _ in 0..times {
        let mut waited = false;
        poll_fn(|context| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// What a future ends with, unless it has waited so many times before; then it is
/// dropped.
pub(crate) async fn unless_dropped<F: Future + ?Sized>(
    mut future: Pin<Box<F>>,
    after: usize,
) -> Option<F::Output> {
    for _ in 0..=after {
        match poll(&mut future) {
            Poll::Ready(ended) => return Some(ended),
            Poll::Pending => pause(1).await,
        }
    }
    None
}
