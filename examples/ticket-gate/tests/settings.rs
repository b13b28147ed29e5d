//! The settings that the README shows are settings.

use std::path::Path;

use relying_party::{Ask, OutagePolicy, Settings};

#[test]
fn the_example_is_read_and_weakens_nothing() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("settings.toml");
    let settings = Settings::read(&path).unwrap();
    assert_eq!(settings.origin, "https://tickets.hall.example");
    assert_eq!(settings.outage, OutagePolicy::strict(48 * 3600));
    assert_eq!(settings.ask, Ask::CrlElseOcsp);
    assert!(!settings.certificates.test && settings.testbed_wallet.is_none());
    assert!(settings.operator.is_some() && settings.reader.is_some());
}
