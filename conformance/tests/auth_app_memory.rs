//! A login that is under way holds less than 32 KiB, wherever it stands.
//!
//! One test alone, since what is counted is the allocations of the process.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::num::NonZeroUsize;

use peak_alloc::PeakAlloc;
use tashika::auth_app::{Authorized, Begun, KeySet, LoginRequest, PendingLogin};
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::{ClientKey, MemoryStore, TransactionId};
use tashika_conformance::desk::NOW;
use tashika_conformance::logins::{LoginDesk, binding, block_on, everything, sent_back};
use tashika_testbed::Person;
use tashika_testbed::auth_app::{AccessTokenForm, Choice, Citizen, Settings};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const LOGINS: usize = 1_000;
const EACH: usize = 32 * 1024;

/// Of these it takes the testbed long to sign so many.
const SIGNED_TOKENS: usize = 50;

#[test]
fn a_login_under_way_holds_little() {
    let desk = desk(AccessTokenForm::Opaque);
    let store = sealed(&desk);
    assert_eq!(store.len(NOW), LOGINS);
    frees_little("sealed", store, LOGINS);

    let pending: Vec<_> = (0..LOGINS).map(|_| begin(&desk).pending).collect();
    frees_little("pending", pending, LOGINS);

    let called_back: Vec<_> = (0..LOGINS).map(|_| authorized(&desk)).collect();
    frees_little("authorized", called_back, LOGINS);

    with_tokens(&desk, LOGINS);
    with_tokens(&self::desk(AccessTokenForm::Jwt), SIGNED_TOKENS);
}

fn desk(access_tokens: AccessTokenForm) -> LoginDesk {
    let desk = LoginDesk::new(Settings {
        access_tokens,
        ..Settings::default()
    });
    let desk = desk.unwrap();
    let person = Person::everybody(NOW.as_unix()).swap_remove(0);
    desk.provider().enrol(Citizen::new("hanako", &person));
    desk
}

fn with_tokens(desk: &LoginDesk, logins: usize) {
    let steps = desk.steps();
    let tokens = || {
        let login = authorized(desk);
        let answer = block_on(steps.ask_for_tokens(&login)).unwrap();
        login.tokens(desk.registration(), &answer).unwrap()
    };
    let held: Vec<_> = (0..logins).map(|_| tokens()).collect();
    frees_little("tokens", held, logins);

    let keys = KeySet::read(&steps.jwks()).unwrap();
    let person = || tokens().verify(desk.registration(), &keys, NOW).unwrap();
    let people: Vec<_> = (0..logins).map(|_| person()).collect();
    frees_little("authenticated", people, logins);
}

/// What goes when this goes, for each login.
fn frees_little<T>(what: &str, held: T, logins: usize) {
    let before = ALLOCATOR.current_usage();
    drop(held);
    let freed = before.saturating_sub(ALLOCATOR.current_usage());
    let each = freed / logins;
    assert!(each < EACH, "{what}: {each} octets");
    // Otherwise it was not looked at.
    assert!(each > 100, "{what}: {each} octets");
}

fn begin(desk: &LoginDesk) -> Begun {
    let binding = binding(TransactionId::generate().unwrap()).unwrap();
    let request = LoginRequest::new(everything());
    PendingLogin::begin(binding, desk.registration(), request).unwrap()
}

/// As logins wait for their callbacks.
fn sealed(desk: &LoginDesk) -> MemoryStore {
    let key = SealingKey::new("1", &[7; 32]).unwrap();
    let sealer = Sealer::new(key, Vec::new()).unwrap();
    let all = NonZeroUsize::new(LOGINS).unwrap();
    let store = MemoryStore::new(all, all);
    for number in 0..LOGINS {
        let pending = begin(desk).pending;
        let bound = pending.binding().clone();
        let sealed = pending.seal(&sealer).unwrap();
        let client = ClientKey::of(&number.to_be_bytes());
        let put = store.put(bound.transaction, client, bound.expires, sealed, NOW);
        put.unwrap();
    }
    store
}

fn authorized(desk: &LoginDesk) -> Authorized {
    let begun = begin(desk);
    let query = sent_back(desk.provider(), &begun.url, &Choice::citizen("hanako"));
    let cookie = Some(begun.browser.value());
    desk.steps().receive(begun.pending, &query, cookie).unwrap()
}
