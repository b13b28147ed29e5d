//! Every example runs to its end.

#[cfg(feature = "auth-app")]
#[path = "../examples/auth_app.rs"]
mod auth_app;
#[path = "../examples/challenge.rs"]
mod challenge;

#[cfg(feature = "auth-app")]
#[test]
fn auth_app() {
    auth_app::main().unwrap();
}

#[test]
fn challenge() {
    challenge::main().unwrap();
}
