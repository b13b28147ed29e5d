//! Many people at once: everybody ends as who they are, and whoever is mistaken
//! for another by the provider is noticed.

use std::num::NonZeroUsize;
use std::sync::{Barrier, OnceLock};
use std::thread;

use tashika::auth_app::{AuthApp, Callback, Fault, LoginRequest, PendingLogin, VerifiedLogin};
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::{ClientKey, MemoryStore, TransactionId};
use tashika::{Code, Error};
use tashika_conformance::desk::NOW;
use tashika_conformance::logins::{block_on, everything, sent_back};
use tashika_testbed::Person;
use tashika_testbed::auth_app::{AccessTokenForm, Choice, Citizen, Settings, Swap};
use tokio::runtime::Runtime;

use crate::browser::steps;
use crate::scene::{CLIENT, Scene, binding};

const THREADS: usize = 64;

/// Everybody, with the name by which the provider calls them.
struct Crowd {
    scene: Scene,
    people: Vec<Known>,
}

/// What is to be known of a person in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    subject: String,
    name: String,
    address: String,
    birthdate: String,
}

/// Somebody's browser: where it was sent, and what it keeps.
struct Browser {
    url: String,
    cookie: String,
}

type Ended = (usize, Result<VerifiedLogin, Fault>);

impl Crowd {
    fn of(people: usize) -> Self {
        let scene = Scene::with(Settings {
            access_tokens: AccessTokenForm::Opaque,
            ..Settings::default()
        });
        let mut person = Person::everybody(NOW.as_unix()).swap_remove(0);
        let mut known = Vec::new();
        for number in 0..people {
            person.name = format!("架空　{number}");
            person.address = format!("東京都架空町{number}番地");
            let (year, day) = (1930 + number % 80, 1 + number % 28);
            person.birth_date = format!("3{year}07{day:02}");
            let id = number.to_string();
            scene.provider.enrol(Citizen::new(&id, &person));
            known.push(Known {
                subject: scene.provider.sub_for(CLIENT, &id),
                name: person.name.clone(),
                address: person.address.clone(),
                birthdate: format!("{year}07{day:02}"),
            });
        }
        Self {
            scene,
            people: known,
        }
    }

    /// Logs everybody in: each thread begins some, and when all have begun,
    /// finishes others that it did not begin.
    fn log_in(&self, finish: &Finish<'_>) -> Vec<Ended> {
        let many = NonZeroUsize::new(self.people.len()).unwrap();
        let (store, sealer) = (MemoryStore::new(many, many), sealer());
        let browsers: Vec<OnceLock<Browser>> =
            self.people.iter().map(|_| OnceLock::new()).collect();
        let all_begun = Barrier::new(THREADS);
        thread::scope(|scope| {
            let start = |thread: usize| {
                let (store, sealer, browsers, all_begun) = (&store, &sealer, &browsers, &all_begun);
                scope.spawn(move || {
                    for who in (thread..self.people.len()).step_by(THREADS) {
                        let browser = self.begin(who, store, sealer).unwrap();
                        browsers.get(who).unwrap().get_or_init(|| browser);
                    }
                    all_begun.wait();
                    let others = (thread + 1) % THREADS;
                    let mine = (others..self.people.len()).step_by(THREADS).rev();
                    let ended = mine.map(|who| {
                        let browser = browsers.get(who).and_then(OnceLock::get).unwrap();
                        (who, self.come_back(who, browser, store, sealer, finish))
                    });
                    ended.collect::<Vec<_>>()
                })
            };
            let threads: Vec<_> = (0..THREADS).map(start).collect();
            let threads = threads.into_iter();
            threads.flat_map(|t| t.join().unwrap()).collect()
        })
    }

    fn begin(&self, who: usize, store: &MemoryStore, sealer: &Sealer) -> Result<Browser, Error> {
        let registration = self.scene.registration();
        let request = LoginRequest::new(everything());
        let begun = PendingLogin::begin(binding(), &registration, request)?;
        let bound = begun.pending.binding().clone();
        let sealed = begun.pending.seal(sealer)?;
        let client = ClientKey::of(&who.to_be_bytes());
        store.put(bound.transaction, client, bound.expires, sealed, NOW)?;
        Ok(Browser {
            url: begun.url,
            cookie: begun.browser.value().to_owned(),
        })
    }

    fn come_back(
        &self,
        who: usize,
        browser: &Browser,
        store: &MemoryStore,
        sealer: &Sealer,
        finish: &Finish<'_>,
    ) -> Result<VerifiedLogin, Fault> {
        let choice = Choice::citizen(&who.to_string());
        let query = sent_back(&self.scene.provider, &browser.url, &choice);
        let transaction: TransactionId = Callback::from_query(&query)?.transaction()?;
        let sealed = store.take(&transaction, NOW)?;
        let audience = binding().audience;
        let pending = PendingLogin::open(sealer, &audience, &transaction, &sealed, NOW)?;
        finish(pending, &query, &browser.cookie)
    }

    /// Those who were taken for another.
    fn mistaken(&self, ended: &[Ended]) -> usize {
        let wrong = ended.iter().filter(|(who, login)| {
            let found = login.as_ref().ok().map(Known::of);
            found.is_some_and(|found| self.people.get(*who) != Some(&found))
        });
        wrong.count()
    }

    fn by_steps(&self) -> Vec<Ended> {
        let party = steps(&self.scene, self.scene.registration());
        self.log_in(&|pending, query, cookie| block_on(party.finish(pending, query, Some(cookie))))
    }
}

type Finish<'f> = dyn Fn(PendingLogin, &str, &str) -> Result<VerifiedLogin, Fault> + Sync + 'f;

impl Known {
    fn of(login: &VerifiedLogin) -> Self {
        let claims = login.claims();
        let birthdate = claims.birthdate().map(|date| date.as_str());
        Self {
            subject: login.subject().as_str().to_owned(),
            name: claims.name().unwrap_or_default().to_owned(),
            address: claims.address().unwrap_or_default().to_owned(),
            birthdate: birthdate.unwrap_or_default().to_owned(),
        }
    }
}

fn sealer() -> Sealer {
    let key = SealingKey::new("1", &[7; 32]).unwrap();
    Sealer::new(key, Vec::new()).unwrap()
}

fn refused(ended: &[Ended]) -> Vec<Code> {
    let faults = ended.iter().filter_map(|(_, login)| login.as_ref().err());
    faults.map(Fault::code).collect()
}

#[test]
fn ten_thousand_people_end_as_themselves() {
    let crowd = Crowd::of(10_000);
    let ended = crowd.by_steps();
    assert_eq!(refused(&ended), []);
    assert_eq!(ended.len(), 10_000);
    assert_eq!(crowd.mistaken(&ended), 0);
}

#[test]
fn a_thousand_people_end_as_themselves_over_sockets() {
    let crowd = Crowd::of(1_000);
    let auth_app: AuthApp = crowd.scene.auth_app();
    let runtime = Runtime::new().unwrap();
    let ended = crowd.log_in(&|pending, query, cookie| {
        let callback = Callback::from_query(query)?;
        runtime.block_on(auth_app.finish(pending, callback, Some(cookie), NOW))
    });
    assert_eq!(refused(&ended), []);
    assert_eq!(ended.len(), 1_000);
    assert_eq!(crowd.mistaken(&ended), 0);
}

const SOME: usize = 640;

/// What a relying party can notice, it notices at every second person; what it
/// cannot, this test does.
#[test]
fn whoever_is_mistaken_for_another_is_noticed() {
    let crowd = Crowd::of(SOME);
    for (swap, due, mistaken) in [
        (Swap::Nobody, None, 0),
        (Swap::Userinfo, Some(Code::AuthAppSubject), 0),
        (Swap::People, None, SOME / 2),
        (Swap::Claims, None, SOME / 2),
    ] {
        crowd.scene.provider.only(|s| s.swap = swap);
        let ended = crowd.by_steps();
        let codes = refused(&ended);
        let expected = if due.is_some() { SOME / 2 } else { 0 };
        assert_eq!(codes.len(), expected, "{swap:?}");
        assert!(codes.iter().all(|code| Some(*code) == due), "{swap:?}");
        assert_eq!(crowd.mistaken(&ended), mistaken, "{swap:?}");
    }
}

/// A code of somebody else's is of no use: neither with the verifier of PKCE,
/// nor, at a provider that does not look at it, with the nonce.
#[test]
fn nobody_gets_in_with_a_code_of_somebody_else() {
    let crowd = Crowd::of(SOME);
    for ignored in [false, true] {
        crowd.scene.provider.only(|s| {
            s.swap = Swap::Codes;
            s.verifier_ignored = ignored;
        });
        let ended = crowd.by_steps();
        let codes = refused(&ended);
        assert_eq!(crowd.mistaken(&ended), 0);
        assert!(codes.len() >= SOME / 2);
        let known = [Code::AuthAppCodeRefused, Code::AuthAppNonce];
        // What was handed out for a code that comes again is taken back.
        let taken_back = Code::AuthAppTokenRefused;
        let is_due = |code: &Code| known.contains(code) || *code == taken_back;
        assert!(codes.iter().all(is_due), "{codes:?}");
        assert_eq!(codes.contains(&Code::AuthAppNonce), ignored);
    }
}
