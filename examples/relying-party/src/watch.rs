//! Customers' certificates, watched: which have been revoked since.
//!
//! What is kept of them is a keyed value, and all that the lists revoke is keyed
//! in the same way. Of whom nothing is found, nothing is known.

use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tashika::Time;
use tashika::jpki::{Kind, Lookup, LookupKey, Meaning, MeaningTable};
use tashika::revocation::{KeyedEntry, KeyedError, KeyedSet, KeyedSetBuilder, Reason};
use tokio::task::spawn_blocking;

use crate::backing::Backing;

/// Whoever has customers: what they are called, and their certificates, first
/// that for signatures.
pub trait Portfolio: Send + Sync + 'static {
    /// The customers.
    fn customers(&self) -> Vec<(String, Vec<Lookup>)>;

    /// What watches them.
    fn watch(&self) -> &Watch;
}

/// Looks for revoked certificates of customers.
#[derive(Debug)]
pub struct Watch {
    backing: Backing,
    key: LookupKey,
    last: Mutex<Option<Night>>,
}

/// What one look found.
#[derive(Clone, Debug)]
pub struct Night {
    /// When.
    pub at: Time,
    /// How many customers there are.
    pub customers: usize,
    /// Of how many no certificate is known that a list could name.
    pub unwatched: usize,
    /// How many lists could not be read.
    pub unread: usize,
    /// The customers of whom somebody has to think.
    pub tasks: Vec<Task>,
}

/// A customer with a certificate that was revoked.
#[derive(Clone, Debug)]
pub struct Task {
    /// The customer.
    pub customer: String,
    /// The certificate that was revoked.
    pub kind: Kind,
    /// Why. For the operator alone, as all that follows.
    pub reason: Reason,
    /// Since when.
    pub since: Time,
    /// Whether the person is known to be registered still. Where contents have
    /// changed and where the register was closed, a signing certificate is revoked
    /// for the same reason. The one for logins on the same card is so in the latter
    /// case alone: if that is known, and was renewed, or stands by lists that are
    /// not older than the revocation, they are.
    pub registered: bool,
}

/// How often it is looked at the calendar.
const LOOKS: Duration = Duration::from_secs(5);

impl Watch {
    /// Of customers whose certificates are kept under this key.
    #[must_use]
    pub fn new(backing: &Backing, key: &LookupKey) -> Self {
        Self {
            backing: backing.clone(),
            key: key.clone(),
            last: Mutex::default(),
        }
    }

    /// What was found last.
    #[must_use]
    pub fn last(&self) -> Option<Night> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    /// Looks when a day has begun in Japan, for as long as there are customers.
    pub fn every_night<P: Portfolio>(portfolio: Weak<P>) {
        tokio::spawn(async move {
            let mut watched = None;
            while let Some(all) = portfolio.upgrade() {
                let today = all.watch().backing.now().date_in_japan().ok();
                if watched.replace(today).is_some_and(|day| day != today) {
                    Self::now(&all).await;
                }
                drop(all);
                tokio::time::sleep(LOOKS).await;
            }
        });
    }

    /// Looks now, in lists of now. If it fails, what was found before stays, with
    /// its time.
    pub async fn now<P: Portfolio>(portfolio: &Arc<P>) {
        portfolio.watch().backing.synchronise().await;
        let at_work = Arc::clone(portfolio);
        let night = spawn_blocking(move || at_work.watch().look(&at_work.customers())).await;
        let watch = portfolio.watch();
        match night {
            Ok(Ok(night)) => {
                *watch.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(night);
            }
            Ok(Err(error)) => eprintln!("watch: {error}"),
            Err(error) => eprintln!("watch: {error}"),
        }
    }

    fn look(&self, customers: &[(String, Vec<Lookup>)]) -> Result<Night, KeyedError> {
        let (revoked, unread) = self.revoked()?;
        let read = if unread == 0 {
            self.logins_as_of()
        } else {
            None
        };
        let mut tasks = Vec::new();
        for (customer, keys) in customers {
            let found = keys.iter().map(|key| revoked.find(key));
            let found = found.collect::<Result<Vec<_>, _>>()?;
            let login = found
                .get(1)
                .map(|login| login.as_ref().map(KeyedEntry::reason));
            let signing = found.first().and_then(Option::as_ref);
            let since = signing.map(KeyedEntry::revoked_at);
            let registered = is_registered(login, since, read);
            // Of two that are alike, the first.
            let all = found.iter().flatten().rev();
            let entry = all.max_by_key(|entry| urgency(entry.reason()));
            tasks.extend(entry.map(|entry| Task::of(customer, entry, registered)));
        }
        let unwatched = customers.iter().filter(|(_, keys)| keys.is_empty());
        Ok(Night {
            at: self.backing.now(),
            customers: customers.len(),
            unwatched: unwatched.count(),
            unread,
            tasks,
        })
    }

    /// Of when the oldest list of logins is, if there is one.
    fn logins_as_of(&self) -> Option<Time> {
        let lists = self.backing.list_store().partitions();
        let purpose = Kind::Authentication.purpose();
        let logins = lists.iter();
        let logins = logins.filter(|list| list.anchor().purpose() == purpose);
        logins.map(|list| list.this_update()).min()
    }

    /// What all lists at hand revoke, and how many could not be read.
    fn revoked(&self) -> Result<(KeyedSet, usize), KeyedError> {
        let folder = self.backing.settings().data.join("watch");
        std::fs::create_dir_all(&folder)?;
        let mut builder = KeyedSetBuilder::new(&self.key, &folder, NonZero::<usize>::MIN)?;
        let mut unread = 0;
        for partition in self.backing.list_store().partitions() {
            match partition.index().map(|index| builder.add_index(index)) {
                Ok(Ok(())) => {}
                Err(_) | Ok(Err(KeyedError::Index(_))) => unread += 1,
                Ok(Err(error)) => return Err(error),
            }
        }
        Ok((builder.finish(&folder.join("revoked"))?, unread))
    }
}

/// Whether a person is known to be registered still, by why their certificate for
/// logins was revoked, if it is known and was. That it stands on no list says
/// something only of lists that were `read`, and are of later than it was `since`
/// when the one for signatures is revoked.
fn is_registered(login: Option<Option<Reason>>, since: Option<Time>, read: Option<Time>) -> bool {
    match login {
        Some(Some(reason)) => reason == Reason::Superseded,
        Some(None) => since.zip(read).is_some_and(|(since, read)| since <= read),
        None => false,
    }
}

/// Which of a person's certificates is thought of first: a card that somebody else
/// may have cannot wait for anything.
fn urgency(reason: Reason) -> u8 {
    u8::from(matches!(
        reason,
        Reason::CertificateHold | Reason::KeyCompromise
    ))
}

impl Task {
    fn of(customer: &str, entry: &KeyedEntry, registered: bool) -> Self {
        let signing = entry.list().purpose() == Kind::Signing.purpose();
        let kind = if signing {
            Kind::Signing
        } else {
            Kind::Authentication
        };
        Self {
            customer: customer.to_owned(),
            reason: entry.reason(),
            since: entry.revoked_at(),
            kind,
            registered,
        }
    }

    /// What its reason may mean.
    #[must_use]
    pub fn meaning(&self) -> Option<Meaning> {
        MeaningTable::standard()
            .meaning(self.kind, self.reason)
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stands_on_no_list_is_registered_if_lists_of_later_were_read() {
        let at = |seconds: i64| Some(Time::from_unix(1_800_000_000 + seconds));
        for (login, read, registered) in [
            (Some(None), at(60), true),
            (Some(None), at(0), true),
            // The lists of one kind came, and those of the other did not.
            (Some(None), at(-1), false),
            // What could not be read may say otherwise.
            (Some(None), None, false),
            (Some(Some(Reason::Superseded)), None, true),
            (Some(Some(Reason::AffiliationChanged)), at(60), false),
            (Some(Some(Reason::CertificateHold)), at(60), false),
            (None, at(60), false),
        ] {
            let found = is_registered(login, at(0), read);
            assert_eq!(found, registered, "{login:?} {read:?}");
        }
        assert!(!is_registered(Some(None), None, at(60)));
    }

    #[test]
    fn a_lost_card_goes_before_whatever_else_was_revoked() {
        for lost in [Reason::CertificateHold, Reason::KeyCompromise] {
            for other in [
                Reason::AffiliationChanged,
                Reason::Superseded,
                Reason::CessationOfOperation,
            ] {
                assert!(urgency(lost) > urgency(other));
            }
        }
    }
}
