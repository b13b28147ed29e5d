//! `scoreboard`: how fast, measured against what no verifier can avoid.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use tashika_conformance::scoreboard::{self, Effort, Failure, Heading, Peers};

/// Measures each path against its limit: the bare signature verifications
/// and digests, on keys that are parsed already.
#[derive(Debug, Parser)]
#[command(name = "scoreboard")]
struct Cli {
    /// Fewer and shorter rounds
    #[arg(long)]
    quick: bool,

    /// Only the paths whose names start with this
    #[arg(
        long,
        value_name = "PREFIX",
        default_value = "",
        hide_default_value = true
    )]
    only: String,

    /// Other implementations too (needs the feature `peers`)
    #[arg(long)]
    peers: bool,

    /// An array of rows in JSON, and nothing else
    #[arg(long)]
    json: bool,
}

const FAILED: u8 = 1;
const MISUSE: u8 = 64;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(refusal) => {
            let exit = if refusal.use_stderr() { MISUSE } else { 0 };
            let _ = refusal.print();
            return exit.into();
        }
    };
    if cfg!(debug_assertions) {
        eprintln!("scoreboard: not a release build, so the figures mean nothing");
    }
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("scoreboard: {failure}");
            match failure {
                Failure::NoSuchPath => {
                    scoreboard::paths().for_each(|path| eprintln!("  {path}"));
                    MISUSE.into()
                }
                Failure::NoPeers => MISUSE.into(),
                _ => FAILED.into(),
            }
        }
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    let effort = if cli.quick {
        Effort::QUICK
    } else {
        Effort::FULL
    };
    let peers = if cli.peers {
        Peers::all()?
    } else {
        Peers::None
    };
    if let Some(name) = peers.absent() {
        eprintln!("scoreboard: {name} takes no part: run `conformance/run peers`");
    }
    let mut out = io::stdout().lock();
    if cli.json {
        let rows = scoreboard::run(&cli.only, effort, peers, |_| Ok(()))?;
        serde_json::to_writer_pretty(&mut out, &rows).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        let mut heading = Some(Heading);
        scoreboard::run(&cli.only, effort, peers, |row| {
            if let Some(heading) = heading.take() {
                writeln!(out, "{heading}")?;
            }
            writeln!(out, "{row}")
        })?;
    }
    Ok(())
}
