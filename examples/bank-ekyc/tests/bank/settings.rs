//! The settings that the README shows.

use std::path::Path;

use relying_party::{Ask, Settings};

#[test]
fn the_settings_of_the_readme_are_settings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("settings.toml");
    let settings = Settings::read(&path).unwrap();
    assert_eq!(settings.origin, "https://account.bank.example");
    assert_eq!(settings.ask, Ask::Crl);
    assert!(!settings.certificates.test && settings.testbed_wallet.is_none());
    assert!(settings.auth_app.is_some() && settings.operator.is_some());
    // What is there as a comment is taken, too.
    let text = std::fs::read_to_string(&path).unwrap();
    let all: String = text
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix("#: ").unwrap_or(line)))
        .collect();
    assert_ne!(all, text);
    let folder = tempfile::tempdir().unwrap();
    let uncommented = folder.path().join("settings.toml");
    std::fs::write(&uncommented, all).unwrap();
    let settings = Settings::read(&uncommented).unwrap();
    assert!(settings.postgres.is_some() && settings.tls_roots.is_some());
    assert_eq!(settings.notices.len(), 1);
}
