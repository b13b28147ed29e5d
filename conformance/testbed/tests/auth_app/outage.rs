//! A provider that is down, one whose clock is ahead, and somebody whose card ended.

use std::time::{SystemTime, UNIX_EPOCH};

use tashika_testbed::Person;
use tashika_testbed::auth_app::{Choice, Citizen, Clock, Endpoint, Provider, Settings};

use crate::relying_party::{World, value};

#[test]
fn a_provider_that_is_down_comes_back() {
    let provider = Provider::start(Settings::default()).unwrap();
    let keys = format!("/api{}", Endpoint::Jwks.path());
    let status = || provider.handle("GET", &keys, &[], b"").0;
    assert_eq!(status(), 200);
    provider.set_down(true);
    assert_eq!(status(), 503);
    provider.set_down(false);
    assert_eq!(status(), 200);
}

#[test]
fn the_clock_of_the_machine_is_put_forward() {
    let settings = Settings {
        clock: Clock::System,
        ..Settings::default()
    };
    let provider = Provider::start(settings).unwrap();
    let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let ahead = |now: i64| now - i64::try_from(machine.as_secs()).unwrap();
    assert!((0..60).contains(&ahead(provider.now())));
    provider.put_forward(3 * 86_400);
    assert!((0..60).contains(&(ahead(provider.now()) - 3 * 86_400)));
}

#[test]
fn a_card_that_is_revoked_is_refused_whoever_holds_it() {
    let world = World::new();
    let person = &Person::everybody(0)[0];
    world.provider.enrol(Citizen::new("taro", person).revoked());
    let callback = world.authorize(Choice::citizen("taro"));
    assert_eq!(value(&callback, "error"), Some("certificate_not_valid"));
    world.provider.enrol(Citizen::new("taro", person));
    let callback = world.authorize(Choice::citizen("taro"));
    assert!(value(&callback, "code").is_some());
}
