//! `tashika auth-app login`: a relying party for one login, on this machine.

mod answer;
#[cfg(feature = "demo")]
mod browser;
mod listener;
mod mask;
mod page;
mod party;
mod registered;
mod steps;
#[cfg(feature = "demo")]
mod testbed;

use std::future::{self, Future};
use std::process::{Command, Stdio};
use std::sync::Arc;

use tashika::Duration;
use tokio::runtime::Builder;

use crate::cli::auth_app::{Login, Who};
use crate::clock;
use crate::exit::{Exit, Failure};
use answer::Answer;
use listener::Listener;
use party::Party;
use registered::Registered;

pub(super) fn run(options: &Login) -> Result<Exit, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match &options.provider {
            #[cfg(feature = "demo")]
            Who::Testbed => at_the_testbed(options).await,
            Who::Sandbox | Who::Production | Who::At(_) => at_another(options).await,
        }
    })
}

async fn at_another(options: &Login) -> Result<Exit, Failure> {
    #[cfg(feature = "demo")]
    if options.choose.is_some() {
        let text = "--choose is for the testbed: other providers have people of their own";
        return Err(Failure::Usage(text.to_owned()));
    }
    let registered = Registered::of(options).await?;
    let redirect_uri = registered.registration.redirect_uri();
    let listener = Listener::bind(redirect_uri, options.client.listen).await?;
    log_in(options, registered, listener, future::pending()).await
}

#[cfg(feature = "demo")]
async fn at_the_testbed(options: &Login) -> Result<Exit, Failure> {
    testbed::refuse_foreign(options)?;
    let (listener, redirect_uri) = Listener::anywhere().await?;
    let (registered, simulation) = testbed::start(options, redirect_uri)?;
    let start = listener.start().to_owned();
    let person = async {
        let went = match options.choose {
            Some(chosen) => browser::go(chosen, &simulation, &start).await,
            None => Ok(()),
        };
        match went {
            Ok(()) => future::pending().await,
            Err(failure) => failure,
        }
    };
    log_in(options, registered, listener, person).await
}

/// Waits for the browser, while `person` is at it, which ends in failures alone.
async fn log_in(
    options: &Login,
    registered: Registered,
    listener: Listener,
    person: impl Future<Output = Failure>,
) -> Result<Exit, Failure> {
    let (issuer, client_id) = registered.names();
    steps::say(&format!("provider {issuer}, client {client_id}"));
    steps::say(&format!("open {} in a browser", listener.start()));
    if options.open {
        open(listener.start());
    }
    let lifetime = Duration::minutes(options.wait.into());
    let party = Arc::new(Party::new(registered, lifetime)?);
    let outcome = tokio::select! {
        outcome = listener.wait(&party, lifetime) => outcome,
        failure = person => return Err(failure),
    };
    Answer {
        outcome: &outcome,
        issuer: &issuer,
        now: clock::now(),
        shown: options.show_attributes,
        language: options.lang,
    }
    .print(options.json)
}

/// Opens a URL of our own in the browser, if this machine has a way.
fn open(url: &str) {
    let (opener, arguments): (_, &[_]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/c", "start"]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(opener);
    let command = command.args(arguments).arg(url);
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    if quiet.spawn().is_err() {
        steps::say(&format!("{opener} is not there: open the URL yourself"));
    }
}

#[cfg(all(test, feature = "demo"))]
mod tests {
    use clap::Parser;
    use tashika::Code;

    use super::*;
    use crate::cli::auth_app::AuthApp;
    use crate::cli::{Cli, Command};

    #[tokio::test]
    async fn nobody_is_waited_for_for_ever() {
        let arguments = ["tashika", "auth-app", "login", "--provider", "testbed"];
        let Command::AuthApp(command) = Cli::try_parse_from(arguments).unwrap().command else {
            panic!("another command");
        };
        let AuthApp::Login(options) = *command else {
            panic!("another command");
        };
        let (listener, redirect_uri) = Listener::anywhere().await.unwrap();
        let (registered, _simulation) = testbed::start(&options, redirect_uri).unwrap();
        let party = Arc::new(Party::new(registered, Duration::ZERO).unwrap());
        let outcome = listener.wait(&party, Duration::ZERO).await;
        assert_eq!(outcome.unwrap_err().code(), Code::TransactionExpired);
    }
}
