//! The programs of the examples.

use std::process::ExitCode;

use relying_party::{Party, Served, by_settings, settings_path};
use tokio::runtime::{Builder, Runtime};

use crate::stage::{Stage, StageError};

/// Where a stage likes its front page to be.
pub const PORT: u16 = 8100;

/// The program of an example: on a stage of its own, or with `--settings FILE` by
/// those alone.
#[must_use]
pub fn main(party: Party) -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    let outcome = if arguments.len() == 1 {
        demo(&[party], PORT)
    } else if let Some(path) = settings_path(arguments.into_iter()) {
        runtime().and_then(|runtime| Ok(runtime.block_on(by_settings(party, &path))?))
    } else {
        eprintln!("usage: {} [--settings FILE]", party.name);
        return ExitCode::from(64);
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Hosts these relying parties on one stage until the process is told to end, and
/// prints where they are; the front page at this port if it is free.
///
/// # Errors
/// [`StageError`].
pub fn demo(parties: &[Party], port: u16) -> Result<(), StageError> {
    let runtime = runtime()?;
    let hosted = runtime.block_on(async {
        let stage = Stage::start(port).await?;
        let mut all = Vec::new();
        for party in parties {
            all.push((party.name, stage.host(*party).await?));
        }
        print!("{}", programme(&stage, &all));
        tokio::signal::ctrl_c().await?;
        for (_, served) in &all {
            served.backing.end_updates().await;
        }
        Ok::<_, StageError>((stage, all))
    })?;
    // What is served ends before what it stands on.
    drop(runtime);
    drop(hosted);
    Ok(())
}

fn runtime() -> Result<Runtime, StageError> {
    Ok(Builder::new_multi_thread().enable_all().build()?)
}

/// Where everything is, in lines.
fn programme(stage: &Stage, all: &[(&str, Served)]) -> String {
    let mut lines = vec![("front page", stage.front().to_owned())];
    for (name, served) in all {
        lines.push((name, served.origin.clone()));
        lines.extend(served.staff.clone().map(|origin| ("  its staff", origin)));
    }
    lines.push(("phone and card", stage.wallet().to_owned()));
    lines.push(("", "Ctrl-C で終わります / ends it".to_owned()));
    let line = |(what, origin): (&str, String)| format!("{what:<16}{origin}\n");
    lines.into_iter().map(line).collect()
}
