//! Every example runs to its end.

#![expect(clippy::duplicate_mod, reason = "each example has the world to itself")]

#[path = "../examples/age.rs"]
mod age;
#[path = "../examples/audit.rs"]
mod audit;
#[cfg(feature = "auth-app")]
#[path = "../examples/auth_app.rs"]
mod auth_app;
#[cfg(feature = "auth-app")]
#[path = "../examples/auth_app_signing.rs"]
mod auth_app_signing;
#[path = "../examples/challenge.rs"]
mod challenge;
#[cfg(feature = "axum")]
#[path = "../examples/extractors.rs"]
mod extractors;
#[path = "../examples/presentation.rs"]
mod presentation;
#[path = "../examples/session.rs"]
mod session;
#[path = "../examples/signature.rs"]
mod signature;

#[test]
fn age() {
    age::main().unwrap();
}

#[test]
fn audit() {
    audit::main().unwrap();
}

#[cfg(feature = "auth-app")]
#[test]
fn auth_app() {
    auth_app::main().unwrap();
}

#[cfg(feature = "auth-app")]
#[test]
fn auth_app_signing() {
    auth_app_signing::main().unwrap();
}

#[test]
fn challenge() {
    challenge::main().unwrap();
}

#[cfg(feature = "axum")]
#[test]
fn extractors() {
    extractors::main().unwrap();
}

#[test]
fn presentation() {
    presentation::main().unwrap();
}

#[test]
fn session() {
    session::main().unwrap();
}

#[test]
fn signature() {
    signature::main().unwrap();
}
