//! The settings that the README shows are settings.

use std::path::Path;

use relying_party::{Ask, Settings};
use tashika::revocation::WhenOverdue;

#[test]
fn the_example_is_read_and_what_it_weakens_is_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("settings.toml");
    let settings = Settings::read(&path).unwrap();
    assert_eq!(settings.origin, "https://age.shop.example");
    assert_eq!(settings.ask, Ask::Crl);
    assert!(!settings.certificates.test && settings.testbed_wallet.is_none());
    assert!(settings.reader.is_some() && settings.auth_app.is_some());
    let outage = settings.outage;
    assert_eq!(outage.within_grace, WhenOverdue::DangerAcceptAndFlag);
    assert_eq!(outage.expired, WhenOverdue::Undetermined);
    assert_eq!((outage.max_age, outage.grace), (5 * 86_400, 3 * 86_400));
    outage.policy().unwrap();
}
