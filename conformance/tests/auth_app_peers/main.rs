//! The auth app's client against other people's OpenID software, and the
//! testbed's provider under the eyes of other people's clients.
//! `peers/README.md` says the same in words.
//!
//! A peer that is not here counts as ignored, and is named.

#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON, which are null where they are absent"
)]

mod browser;
mod http;
mod logins;
mod op;
mod ours;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let provider = op::Program::start().map(Arc::new);
    if provider.is_none() && !arguments.list {
        eprintln!("IGNORED: no oidc-provider: run `conformance/run peers`");
    }
    let mut trials = Vec::new();
    for (name, run) in logins::TRIALS {
        let provider = provider.clone();
        let here = provider.is_some();
        let trial = Trial::test(format!("oidc_provider::{name}"), move || {
            run(&*provider.ok_or("not here")?)
        });
        trials.push(trial.with_ignored_flag(!here));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
