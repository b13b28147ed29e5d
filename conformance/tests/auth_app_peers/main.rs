//! The auth app's client against other people's OpenID software, and the
//! testbed's provider under the eyes of other people's clients.
//! `peers/README.md` says the same in words.
//!
//! A peer that is not here counts as ignored, and is named.

#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON, which are null where they are absent"
)]

mod apache;
mod browser;
mod http;
mod jws;
mod logins;
mod op;
mod openid_client;
mod ours;
mod program;
mod scenarios;
mod testbed;
mod tokens;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use program::Program;

/// What is asked of a peer.
type Run<P> = fn(&P) -> Result<(), Failed>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let provider = Program::start("provider.mjs").map(Arc::new);
    let client = Program::start("client.mjs").map(Arc::new);
    let apache = apache::Server::find().map(Arc::new);
    let jose = Program::start("jws.mjs").map(Arc::new);
    if !arguments.list {
        tell("oidc-provider", "peers", provider.is_some());
        tell("openid-client", "peers", client.is_some());
        tell("jose", "peers", jose.is_some());
        tell("mod_auth_openidc", "install", apache.is_some());
    }
    let mut trials = vec![
        Trial::test("no_scenario_is_stale", scenarios::none_is_stale),
        Trial::test("no_token_is_stale", jws::none_is_stale),
    ];
    for (name, run) in logins::TRIALS {
        trials.push(trial(&provider, format!("oidc_provider::{name}"), run));
    }
    for (name, run) in openid_client::TRIALS {
        trials.push(trial(&client, format!("openid_client::{name}"), run));
    }
    for (name, run) in apache::TRIALS {
        trials.push(trial(&apache, format!("mod_auth_openidc::{name}"), run));
    }
    for scenario in scenarios::all() {
        let name = format!("openid_client::{}", scenario.name);
        let judge = |client: &_| scenarios::judge(client, scenario);
        trials.push(trial(&client, name, judge));
    }
    for case in tokens::all() {
        let name = format!("jose::{}", case.name);
        trials.push(trial(&jose, name, move |jose| jws::judge(jose, &case)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn tell(name: &str, step: &str, is_here: bool) {
    if !is_here {
        eprintln!("IGNORED: no {name}: run `conformance/run {step}`");
    }
}

/// A trial that needs a program; without it, it counts as ignored.
fn trial<P: Send + Sync + 'static>(
    program: &Option<Arc<P>>,
    name: String,
    run: impl FnOnce(&P) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let (program, here) = (program.clone(), program.is_some());
    let run = move || run(&*program.ok_or("not here")?);
    Trial::test(name, run).with_ignored_flag(!here)
}
