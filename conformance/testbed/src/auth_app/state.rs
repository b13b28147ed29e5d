//! What a provider remembers.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use super::authorization::Request;
use super::citizen::{Citizen, uuid};
use super::jose::base64url;
use super::refusal::Refusal;
use super::signing::Transaction;
use super::switches::Swap;
use crate::Rng;

/// What somebody authorized.
pub(super) struct Grant {
    pub(super) request: Request,
    pub(super) citizen: Arc<Citizen>,
    /// Whom userinfo mistakes the person for.
    pub(super) mistaken_for: Option<(Swap, Arc<Citizen>)>,
    pub(super) acr: String,
    pub(super) auth_time: i64,
    pub(super) session: String,
}

impl Grant {
    pub(super) fn scope(&self) -> String {
        self.request.scopes.join(" ")
    }

    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.request.scopes.iter().any(|granted| granted == scope)
    }
}

/// On whose behalf a token speaks.
#[derive(Clone)]
pub(super) enum Holder {
    Person(Arc<Grant>),
    Client(String),
}

struct Code {
    grant: Arc<Grant>,
    expires: i64,
    is_used: bool,
    /// What was handed out for it.
    tokens: Vec<String>,
}

struct Token {
    holder: Holder,
    expires: i64,
}

pub(super) struct State {
    rng: Rng,
    pub(super) citizens: Vec<Arc<Citizen>>,
    by_id: HashMap<String, Arc<Citizen>>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Token>,
    refresh: HashMap<String, Token>,
    assertions: HashSet<(String, String)>,
    pub(super) transactions: HashMap<String, Transaction>,
    /// The first of a pair that is to be swapped.
    waiting: Option<(String, Arc<Citizen>)>,
}

impl State {
    pub(super) fn new(rng: Rng) -> Self {
        Self {
            rng,
            citizens: Vec::new(),
            by_id: HashMap::new(),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            assertions: HashSet::new(),
            transactions: HashMap::new(),
            waiting: None,
        }
    }

    pub(super) fn enrol(&mut self, citizen: Citizen) {
        let citizen = Arc::new(citizen);
        let before = self.by_id.insert(citizen.id.clone(), Arc::clone(&citizen));
        if before.is_some() {
            self.citizens.retain(|other| other.id != citizen.id);
        }
        self.citizens.push(citizen);
    }

    pub(super) fn citizen(&self, id: &str) -> Option<Arc<Citizen>> {
        self.by_id.get(id).cloned()
    }

    /// Some characters that nobody guesses.
    pub(super) fn secret(&mut self) -> String {
        base64url(self.rng.bytes(32))
    }

    pub(super) fn uuid(&mut self) -> String {
        uuid(&self.rng.bytes(16))
    }

    /// A code for a grant. With a swap, every second one is confused with the one
    /// before.
    pub(super) fn code(&mut self, mut grant: Grant, expires: i64, swap: Swap) -> String {
        let code = self.secret();
        let own = Arc::clone(&grant.citizen);
        let other = match swap {
            Swap::Nobody => None,
            _ => self.waiting.take(),
        };
        if let Some((_, citizen)) = &other {
            match swap {
                Swap::People => grant.citizen = Arc::clone(citizen),
                Swap::Userinfo | Swap::Claims => {
                    grant.mistaken_for = Some((swap, Arc::clone(citizen)));
                }
                Swap::Codes | Swap::Nobody => {}
            }
        } else if swap != Swap::Nobody {
            self.waiting = Some((code.clone(), own));
        }
        let stored = Code {
            grant: Arc::new(grant),
            expires,
            is_used: false,
            tokens: Vec::new(),
        };
        self.codes.insert(code.clone(), stored);
        match (swap, other) {
            (Swap::Codes, Some((other, _))) => other,
            _ => code,
        }
    }

    /// The grant of a code that is good, for the client it was made for. A code that
    /// was used before takes everything with it that was handed out for it.
    pub(super) fn grant(
        &mut self,
        code: &str,
        client: &str,
        now: i64,
    ) -> Result<Arc<Grant>, Refusal> {
        let stored = self
            .codes
            .get(code)
            .ok_or(Refusal::grant("the code is unknown"))?;
        if stored.grant.request.client_id != client {
            return Err(Refusal::grant("the code is another client's"));
        }
        if stored.is_used {
            for token in &stored.tokens {
                self.access.remove(token);
                self.refresh.remove(token);
            }
            return Err(Refusal::grant("the code was used before"));
        }
        if now >= stored.expires {
            return Err(Refusal::grant("the code has expired"));
        }
        Ok(Arc::clone(&stored.grant))
    }

    /// Uses up a code, unless it was used up in the meantime.
    pub(super) fn use_up(&mut self, code: &str, tokens: Vec<String>) -> Result<(), Refusal> {
        let stored = self.codes.get_mut(code);
        let stored = stored.filter(|stored| !stored.is_used);
        let stored = stored.ok_or(Refusal::grant("the code was used before"))?;
        stored.is_used = true;
        stored.tokens = tokens;
        Ok(())
    }

    pub(super) fn hand_out(&mut self, token: &str, holder: Holder, expires: i64) {
        self.access
            .insert(token.to_owned(), Token { holder, expires });
    }

    pub(super) fn hand_out_refresh(&mut self, token: &str, holder: Holder, expires: i64) {
        self.refresh
            .insert(token.to_owned(), Token { holder, expires });
    }

    /// Whose access token this is, if it is still good.
    pub(super) fn holder(&self, token: &str, now: i64) -> Result<Holder, Refusal> {
        let found = self.access.get(token);
        let found = found.ok_or(Refusal::token("the token is unknown or revoked"))?;
        if now >= found.expires {
            return Err(Refusal::token("the token has expired"));
        }
        Ok(found.holder.clone())
    }

    /// Takes a refresh token, which is good once.
    pub(super) fn refresh(
        &mut self,
        token: &str,
        client: &str,
        now: i64,
    ) -> Result<Arc<Grant>, Refusal> {
        let unknown = Refusal::grant("the refresh token is unknown");
        let found = self.refresh.get(token).ok_or(unknown)?;
        let Holder::Person(grant) = &found.holder else {
            return Err(unknown);
        };
        if grant.request.client_id != client {
            return Err(Refusal::grant("the refresh token is another client's"));
        }
        if now >= found.expires {
            return Err(Refusal::grant("the refresh token has expired"));
        }
        let grant = Arc::clone(grant);
        self.refresh.remove(token);
        Ok(grant)
    }

    /// Whether an assertion comes for the first time.
    pub(super) fn is_new(&mut self, client: &str, jti: &str) -> bool {
        self.assertions.insert((client.to_owned(), jti.to_owned()))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}
