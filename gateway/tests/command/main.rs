//! The command as a user meets it: exit statuses, the shape of its answers,
//! and what it says when it is called wrongly. No answer tells of the
//! cardholder unless it was asked to; [`Desk::run`] sees to that every time.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod audit;
mod auth_app;
mod certificate;
mod crl;
#[cfg(feature = "demo")]
mod demo;
mod desk;
mod health;
mod killed;
mod login;
mod mdoc;
mod mirrors;
mod online;
mod openssl;
mod revocation;
mod store;
mod tls;
#[cfg(feature = "demo")]
mod tour;
mod trust;
mod verify;
mod watch;

use desk::tashika;

#[test]
fn a_reader_may_close_the_pipe() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tashika"));
    let output = command
        .args(["completions", "bash"])
        .stdout(writer)
        .output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(74));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn help_is_an_answer_and_misuse_is_not() {
    tashika(["--help"])
        .exits(0)
        .says(&["verify", "Exit status"]);
    tashika(["--version"]).exits(0).says(&["tashika 0."]);
    for command in ["cert", "raw", "cms", "mdoc"] {
        tashika(["verify", command, "--help"])
            .exits(0)
            .says(&["Example", "--no-revocation"]);
    }
    tashika([""; 0]).exits(64);
    tashika(["verify"]).exits(64);
    tashika(["verify", "cert"]).exits(64).complains(&["--help"]);
    tashika(["frobnicate"]).exits(64).complains(&["frobnicate"]);
}

#[test]
fn shells_are_helped() {
    tashika(["completions", "bash"])
        .exits(0)
        .says(&["_tashika()", "--no-revocation"]);
    for shell in ["zsh", "fish"] {
        tashika(["completions", shell]).exits(0).says(&["tashika"]);
    }
}
