//! The programs of the examples.

use std::process::ExitCode;

use relying_party::{Party, Served, by_settings, settings_path};

use crate::stage::{Stage, StageError};

/// Where a stage likes its front page to be.
pub const PORT: u16 = 8100;

/// The program of an example: on a stage of its own, or with `--settings FILE` by
/// those alone.
#[must_use]
pub fn main(party: Party) -> ExitCode {
    run(async move {
        let arguments: Vec<_> = std::env::args().collect();
        if arguments.len() == 1 {
            return demo(&[party], PORT).await;
        }
        let Some(path) = settings_path(arguments.into_iter()) else {
            eprintln!("usage: {} [--settings FILE]", party.name);
            return Ok(ExitCode::from(64));
        };
        by_settings(party, &path).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Hosts these relying parties on one stage until the process is told to end, and
/// prints where they are; the front page at this port if it is free.
///
/// # Errors
/// [`StageError`].
pub async fn demo(parties: &[Party], port: u16) -> Result<ExitCode, StageError> {
    let stage = Stage::start(port).await?;
    let mut all = Vec::new();
    for party in parties {
        all.push((party.name, stage.host(*party).await?));
    }
    print!("{}", programme(&stage, &all));
    tokio::signal::ctrl_c().await?;
    Ok(ExitCode::SUCCESS)
}

/// Where everything is, in lines.
fn programme(stage: &Stage, all: &[(&str, Served)]) -> String {
    let mut lines = vec![("front page", stage.front().to_owned())];
    for (name, served) in all {
        lines.push((name, served.origin.clone()));
        lines.extend(served.staff.clone().map(|origin| ("  its staff", origin)));
    }
    lines.push(("phone and card", stage.wallet().to_owned()));
    lines.push(("", "Ctrl-C ends it.".to_owned()));
    let line = |(what, origin): (&str, String)| format!("{what:<16}{origin}\n");
    lines.into_iter().map(line).collect()
}

fn run(program: impl Future<Output = Result<ExitCode, StageError>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = runtime
        .map_err(StageError::from)
        .and_then(|runtime| runtime.block_on(program));
    outcome.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}
