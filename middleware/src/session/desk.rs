//! From a cookie to a session.

use std::sync::Arc;
use std::vec;

use bytes::Bytes;
use http::HeaderValue;
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;
use tashika::transaction::{ClientKey, Purpose, TransactionId};
use tashika::{Code, Disposition, Error, Time};

use crate::front::Stands;
use crate::session::certificates::Certificates;
use crate::session::cookie::{self, Found, Secret};
use crate::session::current::{Session, SessionId};
use crate::session::keys::SessionKeys;
use crate::session::policy::{SessionMode, SessionPolicy};
use crate::session::slot::SessionSlot;
use crate::session::state::State;
use crate::session::store::{SessionEntry, SessionKey, SessionStore};
use crate::session::ticket::{Came, Ticket};
use crate::session::{Gained, Identity};
use crate::site::Site;
use crate::store::StoreFuture;

/// What stands behind [`SessionLayer`](crate::SessionLayer).
#[derive(Debug)]
pub(crate) struct SessionDesk {
    pub(super) site: Site,
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) keys: SessionKeys,
    pub(super) certificates: Certificates,
    pub(super) policy: SessionPolicy,
    /// What states are sealed for.
    pub(super) purpose: Purpose,
}

/// How far it is known what session a request has.
pub(super) enum Arrival {
    Known(Result<Admitted, Turned>),
    /// The store has yet to say.
    Searches(Search),
    /// Its certificate has to be asked about.
    Rechecks(Live),
    /// The store has yet to hear of the request.
    Touches(Live, StoreFuture<()>),
}

/// A request that goes on, with a session or without.
pub(super) struct Admitted {
    pub(super) came: Came,
    session: Option<(SessionId, State)>,
}

/// A request that does not.
pub(super) struct Turned {
    pub(super) error: Error,
    pub(super) came: Came,
    pub(super) record: OnRecord,
}

/// Whether a refusal is put on record: where there was a session that was to go
/// on.
pub(super) enum OnRecord {
    No,
    Yes(Option<TransactionId>),
}

/// A session that was found, and lives.
pub(super) struct Live {
    key: SessionKey,
    id: SessionId,
    entry: SessionEntry,
    state: State,
}

/// A search that waits for the store.
pub(super) struct Search {
    key: SessionKey,
    answer: StoreFuture<Option<SessionEntry>>,
    /// Where else it may be.
    rest: vec::IntoIter<SessionKey>,
}

type Place = Option<(SessionKey, SessionEntry)>;

impl SessionDesk {
    /// What session a request has, as far as it is known at once.
    pub(super) fn arrive(&self, parts: &Parts, now: Time) -> Arrival {
        match cookie::find(&parts.headers) {
            Found::Nothing => Arrival::without(Came::Nothing),
            Found::Stray => Arrival::without(Came::Stray),
            Found::One(cookie) if self.spares(parts) => {
                let places = self.keys.places(self.site.relying_party(), cookie);
                Arrival::without(Came::Unseen(places.collect()))
            }
            Found::One(cookie) => self.search(cookie, now),
        }
    }

    /// Whether a request is for what people need before they log in, and so does
    /// not use a session up.
    fn spares(&self, parts: &Parts) -> bool {
        let open = self.policy.visitors.is_open(parts.uri.path());
        self.policy.mode == SessionMode::Kiosk && open
    }

    /// Waits for what was not known at once.
    pub(super) async fn wait(&self, mut arrival: Arrival, now: Time) -> Result<Admitted, Turned> {
        loop {
            arrival = match arrival {
                Arrival::Known(outcome) => return outcome,
                Arrival::Searches(search) => {
                    let found = search.finish(self, now).await;
                    self.meet(found, now)
                }
                Arrival::Rechecks(live) => match self.recheck(live, now).await {
                    Ok(live) => self.prolong(live, now),
                    Err(turned) => Arrival::Known(Err(turned)),
                },
                Arrival::Touches(live, touched) => {
                    // Of which the store has not heard, ends sooner.
                    let _ = touched.await;
                    self.admit(live)
                }
            }
        }
    }

    fn search(&self, cookie: &[u8], now: Time) -> Arrival {
        let site = self.site.relying_party();
        let mut places = self.keys.places(site, cookie);
        while let Some(key) = places.next() {
            match self.ask(key, now).into_known() {
                Ok(Ok(None)) => {}
                Ok(found) => {
                    let found = found.map(|entry| entry.map(|entry| (key, entry)));
                    return self.meet(found, now);
                }
                Err(answer) => {
                    let rest = places.collect::<Vec<_>>().into_iter();
                    return Arrival::Searches(Search { key, answer, rest });
                }
            }
        }
        self.meet(Ok(None), now)
    }

    fn ask(&self, key: SessionKey, now: Time) -> StoreFuture<Option<SessionEntry>> {
        match self.policy.mode {
            SessionMode::Web => self.store.read(key, now),
            SessionMode::Kiosk => self.store.take(key, now),
        }
    }

    fn meet(&self, found: Result<Place, Error>, now: Time) -> Arrival {
        let (key, entry) = match found {
            Ok(Some(found)) => found,
            Ok(None) => return Arrival::without(Came::Stray),
            Err(error) => {
                return Arrival::Known(Err(Turned {
                    error,
                    came: Came::Nothing,
                    record: OnRecord::No,
                }));
            }
        };
        let id = SessionId::of(key);
        match self.open(id, &entry, now) {
            Ok(state) => {
                let live = Live {
                    key,
                    id,
                    entry,
                    state,
                };
                self.attend(live, now)
            }
            Err(error) if error.code() == Code::TransactionExpired => Arrival::without(self.gone()),
            Err(error) => Arrival::Known(Err(Turned {
                error,
                came: self.gone(),
                record: OnRecord::Yes(None),
            })),
        }
    }

    fn open(&self, id: SessionId, entry: &SessionEntry, now: Time) -> Result<State, Error> {
        let sealer = self.site.sealer();
        let state = sealer.open(&self.purpose, &bound_to(id), &entry.state, now)?;
        State::read(&state, &self.certificates)
    }

    fn attend(&self, live: Live, now: Time) -> Arrival {
        let due = self.policy.recheck.is_due(live.state.checked, now);
        match live.state.gained.identity() {
            Identity::Certificate(..) if due => Arrival::Rechecks(live),
            _ => self.prolong(live, now),
        }
    }

    /// Asks about the certificate again.
    async fn recheck(&self, mut live: Live, now: Time) -> Result<Live, Turned> {
        let Identity::Certificate(kind, query) = live.state.gained.identity() else {
            return Ok(live);
        };
        let Err(error) = self.certificates.confirm(*kind, query, now).await else {
            live.state.checked = now;
            self.remember(&live, now).await;
            return Ok(live);
        };
        let undetermined = error.disposition() == Disposition::Undetermined;
        if undetermined && self.policy.recheck.goes_on(live.state.checked, now) {
            return Ok(live);
        }
        let transaction = live.state.gained.gaining().transaction;
        let came = if undetermined {
            self.came_with(live.key)
        } else {
            // If it cannot be ended, it is asked about again, and refused again.
            let _ = self.store.end(live.key).await;
            self.gone()
        };
        Err(Turned {
            error,
            came,
            record: OnRecord::Yes(Some(transaction)),
        })
    }

    /// Keeps that the certificate was asked about. If that fails, it is asked
    /// about again the sooner.
    async fn remember(&self, live: &Live, now: Time) {
        if self.policy.mode == SessionMode::Kiosk {
            return;
        }
        if let Ok(state) = self.seal(live.id, live.entry.ends, &live.state) {
            let _ = self.store.rewrite(live.key, state, now).await;
        }
    }

    fn prolong(&self, live: Live, now: Time) -> Arrival {
        match (self.policy.mode, self.policy.prolongs(&live.entry, now)) {
            (SessionMode::Kiosk, _) | (SessionMode::Web, None) => self.admit(live),
            (SessionMode::Web, Some(until)) => {
                match self.store.touch(live.key, until, now).into_known() {
                    Ok(_) => self.admit(live),
                    Err(touched) => Arrival::Touches(live, touched),
                }
            }
        }
    }

    fn admit(&self, live: Live) -> Arrival {
        Arrival::Known(Ok(Admitted {
            came: self.came_with(live.key),
            session: Some((live.id, live.state)),
        }))
    }

    fn came_with(&self, key: SessionKey) -> Came {
        match self.policy.mode {
            SessionMode::Web => Came::Live(key),
            SessionMode::Kiosk => Came::UsedUp,
        }
    }

    /// What a request came with whose session is no more.
    pub(super) fn gone(&self) -> Came {
        match self.policy.mode {
            SessionMode::Web => Came::Stray,
            SessionMode::Kiosk => Came::UsedUp,
        }
    }

    /// Begins a session with what was gained, and ends that which was before.
    /// Its secret is new, whatever the browser has sent.
    ///
    /// As [`SessionStore::create`] and [`SessionStore::end`]; `misuse.layer` if
    /// it hangs on a certificate that nobody is known to be asked about.
    pub(super) async fn begin(
        &self,
        gained: Gained,
        client: ClientKey,
        before: &Came,
    ) -> Result<HeaderValue, Error> {
        let now = self.site.now();
        let mut ends = now.plus(self.policy.absolute);
        if let Identity::Certificate(kind, query) = gained.identity() {
            self.certificates.check_known(*kind)?;
            ends = query.not_after().map_or(ends, |last| last.min(ends));
        }
        self.end(before).await?;
        let secret = Secret::generate()?;
        let key = self.keys.place(self.site.relying_party(), secret.value());
        let state = State {
            checked: gained.at(),
            begun: now,
            gained,
        };
        let entry = SessionEntry {
            state: self.seal(SessionId::of(key), ends, &state)?,
            idle_until: self.policy.waits_until(ends, now),
            ends,
        };
        self.store.create(key, entry, client, now).await?;
        secret.set()
    }

    /// Ends the session that a request came with, whether or not it saw it.
    ///
    /// As [`SessionStore::end`].
    pub(super) async fn end(&self, came: &Came) -> Result<(), Error> {
        for place in came.places() {
            self.store.end(*place).await?;
        }
        Ok(())
    }

    fn seal(&self, id: SessionId, ends: Time, state: &State) -> Result<Bytes, Error> {
        let (sealer, state) = (self.site.sealer(), state.to_octets()?);
        let sealed = sealer.seal(&self.purpose, &bound_to(id), ends, &state)?;
        Ok(sealed.into())
    }
}

/// What a state is sealed for: nobody who exchanges two rows of a store makes one
/// person another.
fn bound_to(id: SessionId) -> TransactionId {
    TransactionId::from_entropy(*id.octets())
}

impl Search {
    async fn finish(self, desk: &SessionDesk, now: Time) -> Result<Place, Error> {
        let Self {
            mut key,
            mut answer,
            mut rest,
        } = self;
        loop {
            if let Some(entry) = answer.await? {
                return Ok(Some((key, entry)));
            }
            let Some(next) = rest.next() else {
                return Ok(None);
            };
            (key, answer) = (next, desk.ask(next, now));
        }
    }
}

impl Arrival {
    const fn without(came: Came) -> Self {
        let session = None;
        Self::Known(Ok(Admitted { came, session }))
    }
}

impl Admitted {
    /// Lets the request on, with what it needs in its extensions.
    pub(super) fn enter(
        self,
        desk: &Arc<SessionDesk>,
        parts: &mut Parts,
    ) -> Result<Ticket, Turned> {
        let path = parts.uri.path();
        if self.session.is_none() && !desk.policy.visitors.may_pass(path) {
            return Err(Turned {
                error: Code::TransactionSession.into(),
                came: self.came,
                record: OnRecord::No,
            });
        }
        let slot = SessionSlot::default();
        let extensions = &mut parts.extensions;
        extensions.insert(Stands::<Session>::HERE);
        extensions.insert(slot.clone());
        match self.session {
            Some((id, State { gained, begun, .. })) => {
                extensions.insert(Session::new(id, gained, begun, slot.clone()));
            }
            // Whatever stood there is not of this layer.
            None => {
                extensions.remove::<Session>();
            }
        }
        let accept_language = parts.headers.get(ACCEPT_LANGUAGE).cloned();
        let desk = Arc::clone(desk);
        Ok(Ticket::new(desk, slot, self.came, accept_language))
    }
}
