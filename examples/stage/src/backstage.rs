//! What happens on a stage while relying parties play on it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use relying_party::{Backing, Party, Served};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tashika_testbed::calendar::date_in_japan;

use crate::clock::StageClock;
use crate::wallet::{Explained, Memory, NoAnswer, Overheard, Question, Tap, explain};
use crate::world::{Authorities, Event, ListsState, Reachable, World};

/// The world, and who is hosted in it.
pub(crate) struct Backstage {
    pub(crate) world: Arc<World>,
    pub(crate) authorities: Authorities,
    memory: Memory,
    overheard: Overheard,
    hosted: Mutex<Vec<Hosted>>,
}

/// A relying party that is hosted.
#[derive(Clone)]
struct Hosted {
    party: PartyView,
    backing: Backing,
}

/// What a page tells of a relying party.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PartyView {
    pub(crate) name: &'static str,
    /// In Japanese and in English.
    pub(crate) title: (&'static str, &'static str),
    pub(crate) about: (&'static str, &'static str),
    pub(crate) origin: String,
    pub(crate) staff: Option<String>,
    pub(crate) terminal: Option<SocketAddr>,
    /// Where its terminals stand.
    pub(crate) places: &'static [&'static str],
}

/// What a page tells of a person.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PersonView {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) address: String,
    /// Gregorian, zeros for what is not known.
    pub(crate) born: String,
    /// What is special, in Japanese and in English.
    pub(crate) about: (&'static str, &'static str),
    /// How many cards there were before the present one.
    pub(crate) renewals: u32,
}

/// How the world is.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct WorldView {
    /// Unix seconds.
    pub(crate) now: i64,
    /// Today in Japan.
    pub(crate) today: String,
    /// How far the clock is ahead of the machine's.
    pub(crate) days: i64,
    pub(crate) lists: ListsState,
    pub(crate) responders: Reachable,
    pub(crate) provider: Reachable,
    pub(crate) people: Vec<PersonView>,
    pub(crate) parties: Vec<PartyView>,
}

/// What is to be otherwise.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    lists: Option<ListsState>,
    responders: Option<Reachable>,
    provider: Option<Reachable>,
    days: Option<i64>,
}

/// What happens to whom.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Life {
    person: usize,
    event: Event,
}

/// The furthest that a clock is put ahead: signers of documents last longer.
const MOST_DAYS: i64 = 365;

/// What is special about everybody.
const ABOUT: [(&str, &str); 8] = [
    ("おとな", "An adult"),
    ("16歳", "16 years old"),
    ("2月29日生まれ", "Born on 29 February"),
    ("代替文字がある", "Substitute characters"),
    ("誕生日が不詳", "Birthday not recorded"),
    ("性別が男女以外", "Neither male nor female"),
    ("生年月日が不詳", "Birth date not recorded"),
    ("20歳になったばかり", "Just turned 20"),
];

impl Backstage {
    pub(crate) fn new(world: Arc<World>, authorities: Authorities) -> Self {
        Self {
            world,
            authorities,
            memory: Memory::default(),
            overheard: Overheard::default(),
            hosted: Mutex::default(),
        }
    }

    pub(crate) fn clock(&self) -> &StageClock {
        &self.world.clock
    }

    /// Knows a relying party from now on.
    pub(crate) fn enter(&self, party: Party, served: &Served) {
        let party = PartyView {
            name: party.name,
            title: party.title,
            about: party.about,
            origin: served.origin.clone(),
            staff: served.staff.clone(),
            terminal: served.terminals,
            places: places(party.name),
        };
        let backing = served.backing.clone();
        self.hosted().push(Hosted { party, backing });
    }

    /// What a phone or a card answers to a page.
    pub(crate) async fn answer(self: &Arc<Self>, question: Question) -> Result<Value, NoAnswer> {
        let before = self.world.registry.revision();
        let this = Arc::clone(self);
        // Signing takes a while, and issuing longer.
        let answering = move || this.world.answer(&this.memory, &question);
        let answer = tokio::task::spawn_blocking(answering).await;
        let answer = answer.map_err(|_| NoAnswer::malformed())?;
        self.tell_if_revoked(before).await;
        answer
    }

    /// What is asked, in words.
    pub(crate) fn explain(&self, question: &Question) -> Result<Explained, NoAnswer> {
        explain(&self.world, question)
    }

    /// Holds a phone to a reader of a hosted party.
    pub(crate) async fn tap(&self, tap: Tap) -> Result<Value, NoAnswer> {
        let is_known = {
            let hosted = self.hosted();
            hosted
                .iter()
                .any(|h| h.party.terminal == Some(tap.terminal))
        };
        if !is_known {
            return Err(NoAnswer::new(
                "ここにはそのような読み取り機がありません。",
                "There is no such reader here.",
            ));
        }
        let heard = self.synchronise();
        self.world.tap(&self.overheard, tap, heard).await
    }

    /// Changes the world, and waits until everybody has heard what there is to hear.
    pub(crate) async fn change(&self, change: Change) -> Result<WorldView, NoAnswer> {
        if let Some(days) = change.days {
            if !(0..=MOST_DAYS).contains(&days) || !self.clock().put_ahead(days) {
                return Err(NoAnswer(
                    format!("時計は進めるだけで、戻せません（今より先で、{MOST_DAYS}日後まで）。"),
                    format!("The clock goes forward alone, and no more than {MOST_DAYS} days."),
                ));
            }
            self.world.provider.put_forward(self.clock().ahead());
        }
        if let Some(lists) = change.lists {
            self.world.lists.set(lists);
        }
        if let Some(responders) = change.responders {
            self.authorities.set_responders(responders);
        }
        if let Some(provider) = change.provider {
            self.world.set_provider(provider);
        }
        self.synchronise().await;
        Ok(self.view())
    }

    /// Puts everything right that was broken. What is revoked stays so, and time does
    /// not go back.
    pub(crate) async fn reset(&self) -> WorldView {
        self.world.lists.set(ListsState::Fresh);
        self.authorities.set_responders(Reachable::Up);
        self.world.set_provider(Reachable::Up);
        self.synchronise().await;
        self.view()
    }

    /// Lets something happen to a person.
    pub(crate) async fn live(self: &Arc<Self>, life: Life) -> Result<WorldView, NoAnswer> {
        if life.person >= self.world.people.count() {
            return Err(NoAnswer::new(
                "その人はいません。",
                "There is nobody of that number.",
            ));
        }
        let this = Arc::clone(self);
        let happening = move || this.world.happen(life.person, life.event);
        let happened = tokio::task::spawn_blocking(happening).await;
        happened.map_err(|_| NoAnswer::malformed())?;
        self.synchronise().await;
        Ok(self.view())
    }

    pub(crate) fn view(&self) -> WorldView {
        let now = self.clock().now();
        let (year, month, day) = date_in_japan(now);
        WorldView {
            now,
            today: format!("{year:04}-{month:02}-{day:02}"),
            days: self.clock().days(),
            lists: self.world.lists.state(),
            responders: self.authorities.responders(),
            provider: self.world.provider_state(),
            people: (0..self.world.people.count())
                .map(|number| self.person(number))
                .collect(),
            parties: self.hosted().iter().map(|h| h.party.clone()).collect(),
        }
    }

    fn person(&self, number: usize) -> PersonView {
        let resident = self.world.people.resident(number);
        let person = resident.card.person();
        let part = |range| person.birth_date.get(range).unwrap_or_default();
        PersonView {
            number,
            name: person.name.clone(),
            address: person.address.clone(),
            born: format!("{}-{}-{}", part(1..5), part(5..7), part(7..9)),
            about: ABOUT.get(number).copied().unwrap_or_default(),
            renewals: resident.renewals,
        }
    }

    async fn tell_if_revoked(&self, before: u64) {
        if self.world.registry.revision() != before {
            self.synchronise().await;
        }
    }

    /// Has everybody look for newer lists now, which they do by themselves after a
    /// while.
    async fn synchronise(&self) {
        let hosted = self.hosted().clone();
        for hosted in hosted {
            hosted.backing.synchronise().await;
        }
    }

    fn hosted(&self) -> std::sync::MutexGuard<'_, Vec<Hosted>> {
        self.hosted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the readers of the examples stand; others have one.
fn places(party: &str) -> &'static [&'static str] {
    match party {
        "bank-ekyc" => &[],
        "ticket-gate" => &["A", "B"],
        "self-checkout" => &["1", "2"],
        _ => &["1"],
    }
}
