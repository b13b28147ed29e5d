//! A thousand people, and how they behave.

use std::collections::BTreeSet;
use std::rc::Rc;

use tashika::{Code, Duration};

use crate::flow::{Flow, Sent};
use crate::ledger::Finding;
use crate::schedule::{Task, pause, unless_dropped};
use crate::service::NOBODY;
use crate::world::{Begun, Outcome, Setting, Shared, World};

pub(crate) const PEOPLE: usize = 1_000;

/// How some people behave who come together.
type Group<F> = fn(Rc<World<F>>, Vec<usize>) -> Task;

impl<F: Flow> World<F> {
    /// Lets so many people through, in groups that the dice put together, and
    /// gives what has to be looked into.
    pub(crate) async fn visited_by(self: &Rc<Self>, people: usize) -> Vec<Finding> {
        let mut coming: Vec<usize> = (0..people).rev().collect();
        let mut groups: Vec<Task> = Vec::new();
        while !coming.is_empty() {
            let (size, group) = Self::groups()[self.schedule.dice.below(Self::groups().len())];
            let rest = coming.len().saturating_sub(size);
            groups.push(Box::pin(
                Rc::clone(self).visit(group, coming.split_off(rest)),
            ));
        }
        let world = Rc::clone(self);
        groups.push(Box::pin(async move { world.passes(people).await }));
        // Whoever is last in the list is first to come.
        groups.reverse();
        let at_a_time = 2 + self.schedule.dice.below(self.flow.at_a_time());
        self.schedule.run(groups, at_a_time).await;
        self.ledger.findings()
    }

    /// Whoever has not been let in when all is over, because their time was, or
    /// their line broke, comes once more.
    async fn visit(self: Rc<Self>, group: Group<F>, people: Vec<usize>) {
        group(Rc::clone(&self), people.clone()).await;
        for who in people {
            if !self.ledger.has_let_in(who) {
                self.comes_in(who, &Shared::default()).await;
            }
        }
    }

    /// Now and then the time of everybody is over who has begun.
    async fn passes(&self, people: usize) {
        for _ in 0..16 {
            pause(self.schedule.dice.below(people / 8)).await;
            self.ledger.wait(Duration::minutes(11));
            self.flow.tells_time(self.ledger.now());
        }
    }

    /// How many they are who behave so.
    fn groups() -> [(usize, Group<F>); 7] {
        [
            (1, |world, who| Box::pin(world.one_after_another(who))),
            (3, |world, who| Box::pin(world.one_after_another(who))),
            (1, |world, who| Box::pin(world.impatient(who[0]))),
            (1, |world, who| Box::pin(world.doubled(who[0]))),
            (1, |world, who| Box::pin(world.at_once(vec![who[0]; 2]))),
            (4, |world, who| Box::pin(world.at_once(who))),
            (2, |world, who| Box::pin(world.robbed(who))),
        ]
    }

    /// People who use one browser, each after the other. What one has gained is
    /// nothing to the next, nor to whoever kept its cookies.
    async fn one_after_another(self: Rc<Self>, people: Vec<usize>) {
        let (browser, mut before) = (Shared::default(), None);
        for who in people {
            if !self.comes_in(who, &browser).await {
                return;
            }
            let (asks, due) = self.flow.afterwards(who);
            self.hears(who, &browser, &asks, &due).await;
            if let Some((earlier, kept)) = before {
                self.hears(earlier, &kept, &asks, NOBODY).await;
            }
            before = Some((who, Shared::new(browser.borrow().clone().into())));
        }
    }

    /// People have to find their card.
    async fn takes_a_while(&self) {
        pause(self.schedule.dice.below(16)).await;
    }

    /// What somebody is told who asks who they are.
    async fn hears(&self, who: usize, browser: &Shared, asks: &Sent, due: &str) {
        let answer = self.send(browser, asks).await;
        if let Some(code) = answer.refusal {
            self.ledger.find(Finding::Refused { who, code });
        } else if answer.text() != due {
            self.ledger.find(match due {
                NOBODY => Finding::Lingering { who },
                _ => Finding::Mistaken { who },
            });
        }
    }

    /// Comes in, and begins again if the time was over.
    async fn comes_in(self: &Rc<Self>, who: usize, browser: &Shared) -> bool {
        for _ in 0..8 {
            let Some(begun) = self.begin(who, browser).await else {
                return false;
            };
            self.takes_a_while().await;
            match self.answer(browser, &begun).await {
                Outcome::LetIn => return true,
                Outcome::Refused(code) => self.complain(&begun, code),
            }
        }
        false
    }

    /// Somebody whose line breaks while an answer is awaited, and who sends it
    /// again. If it had come, they have to begin again.
    async fn impatient(self: Rc<Self>, who: usize) {
        let browser = Shared::default();
        let Some(begun) = self.begin(who, &browser).await else {
            return;
        };
        for _ in 0..3 {
            self.takes_a_while().await;
            let sending = self.answer(&browser, &begun);
            let outcome = unless_dropped(sending, self.schedule.dice.below(16)).await;
            if outcome == Some(Outcome::LetIn) {
                return;
            }
        }
    }

    /// Somebody whose answer comes several times at once. One of them is let in.
    async fn doubled(self: Rc<Self>, who: usize) {
        let browser = Shared::default();
        let Some(begun) = self.begin(who, &browser).await else {
            return;
        };
        self.takes_a_while().await;
        let times = 2 + self.schedule.dice.below(3);
        let answers = (0..times).map(|_| self.schedule.beside(self.answer(&browser, &begun)));
        let mut outcomes = Vec::new();
        for answer in answers.collect::<Vec<_>>() {
            outcomes.push(answer.await);
        }
        let let_in = outcomes.contains(&Outcome::LetIn);
        for outcome in outcomes {
            if let Outcome::Refused(code) = outcome
                && !(let_in && code == Code::TransactionUnknown)
            {
                self.complain(&begun, code);
            }
        }
    }

    /// People who use one browser at once, or somebody in several tabs of it.
    async fn at_once(self: Rc<Self>, people: Vec<usize>) {
        let browser = Shared::default();
        let beginning = people.into_iter().map(|who| {
            let (world, browser) = (Rc::clone(&self), Rc::clone(&browser));
            let begin = async move { world.begin(who, &browser).await };
            self.schedule.beside(begin)
        });
        let mut answering = Vec::new();
        for beginning in beginning.collect::<Vec<_>>() {
            if let Some(begun) = beginning.await {
                let answer = self.schedule.beside(self.answer(&browser, &begun));
                answering.push((begun, answer));
            }
        }
        for (begun, answer) in answering.into_iter().rev() {
            if let Outcome::Refused(code) = answer.await {
                self.complain(&begun, code);
            }
        }
    }

    /// Somebody whose answer a thief has got hold of, who sends it wherever it
    /// may help; and the victim sends it as well.
    async fn robbed(self: Rc<Self>, people: Vec<usize>) {
        let [victim, thief] = people[..] else {
            return self.one_after_another(people).await;
        };
        let (own, foreign) = (Shared::default(), Shared::default());
        let Some(begun) = self.begin(victim, &own).await else {
            return;
        };
        let Some(bait) = self.begin(thief, &foreign).await else {
            return;
        };
        let swapped = self.flow.swap(&begun.sent, &bait.sent);
        let thefts = [
            (&foreign, &swapped, self.flow.swapped()),
            (&foreign, &begun.sent, self.flow.elsewhere()),
            (
                &forged(&begun, &bait),
                &begun.sent,
                Code::TransactionUnknown,
            ),
        ];
        let thefts = thefts.map(|(browser, sent, due)| {
            let sending = self.schedule.beside(self.send(browser, sent));
            (sending, due)
        });
        let honest = self.schedule.beside(self.answer(&own, &begun));
        for (theft, due) in thefts {
            let code = theft.await.refusal;
            let over = code.is_some() && self.is_over(&bait);
            if code != Some(due) && !over {
                self.ledger.find(Finding::Stolen { who: thief, code });
            }
        }
        if let Outcome::Refused(code) = honest.await
            && !self.flow.is_spoilt_by_theft(code)
        {
            self.complain(&begun, code);
        }
    }
}

/// The thief's browser, with a cookie of the victim's transaction: its name can be
/// told, and its value cannot.
fn forged(victim: &Begun, thief: &Begun) -> Shared {
    let (mut victim, mut browser) = (victim.browser.clone(), thief.browser.clone());
    let value = browser.cookies().values().next().unwrap().clone();
    for name in victim.cookies().keys() {
        browser.cookies().insert(name.clone(), value.clone());
    }
    Shared::new(browser.into())
}

/// Everybody comes, and nobody is mistaken; whoever is looked for is found with
/// the seed.
pub(crate) async fn nothing_is_found<F: Flow>(flow: &Rc<F>, setting: Setting) {
    let names: BTreeSet<String> = (0..PEOPLE).map(|who| flow.name(who)).collect();
    assert_eq!(names.len(), PEOPLE);
    let (seed, world) = (setting.seed, World::of(flow, &setting));
    let findings = world.visited_by(PEOPLE).await;
    assert_eq!(findings, [], "seed {seed}");
    for who in 0..PEOPLE {
        assert!(world.ledger.has_let_in(who), "seed {seed}, {who}");
    }
}
