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
mod openid_client;
mod ours;
mod scenarios;
mod testbed;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

/// A peer's program, where it is here.
type Program<P> = Option<Arc<P>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let provider = op::Program::start().map(Arc::new);
    let client = openid_client::Program::start().map(Arc::new);
    if !arguments.list {
        tell("oidc-provider", provider.is_some());
        tell("openid-client", client.is_some());
    }
    let mut trials = vec![Trial::test(
        "no_difference_is_stale",
        scenarios::none_is_stale,
    )];
    for (name, run) in logins::TRIALS {
        trials.push(trial(&provider, format!("oidc_provider::{name}"), run));
    }
    for (name, run) in openid_client::TRIALS {
        trials.push(trial(&client, format!("openid_client::{name}"), run));
    }
    for scenario in scenarios::all() {
        let name = format!("openid_client::{}", scenario.name);
        let judge = |client: &_| scenarios::judge(client, scenario);
        trials.push(trial(&client, name, judge));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn tell(name: &str, is_here: bool) {
    if !is_here {
        eprintln!("IGNORED: no {name}: run `conformance/run peers`");
    }
}

/// A trial that needs a program; without it, it counts as ignored.
fn trial<P: Send + Sync + 'static>(
    program: &Program<P>,
    name: String,
    run: impl FnOnce(&P) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let (program, here) = (program.clone(), program.is_some());
    let run = move || run(&*program.ok_or("not here")?);
    Trial::test(name, run).with_ignored_flag(!here)
}
