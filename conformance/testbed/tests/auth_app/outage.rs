//! A provider that is down, and one whose clock is ahead.

use std::time::{SystemTime, UNIX_EPOCH};

use tashika_testbed::auth_app::{Clock, Endpoint, Provider, Settings};

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
