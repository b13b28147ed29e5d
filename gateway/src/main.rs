//! The command `tashika`: verify evidence on the command line, look into
//! certificates, lists and trust directories, and take the tour.

mod anchors;
mod asking;
mod audit;
mod auth_app;
mod cli;
mod clock;
mod crl;
#[cfg(feature = "demo")]
mod demo;
mod exit;
mod health;
mod input;
mod key;
mod lists;
mod mdoc;
mod output;
mod show;
#[cfg(feature = "demo")]
mod tour;
mod transport;
mod verify;
mod watch;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::cli::{Cli, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(refusal) => {
            // Help and version are answers, everything else is misuse.
            let exit = if refusal.use_stderr() {
                Exit::Misuse
            } else {
                Exit::Accepted
            };
            let _ = refusal.print();
            return exit.into();
        }
    };
    match run(&cli.command) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            // Whoever reads the answer has closed the pipe and wants no more.
            if !failure.is_broken_pipe() {
                eprintln!("tashika: {failure}");
            }
            failure.exit().into()
        }
    }
}

fn run(command: &Command) -> Result<Exit, exit::Failure> {
    match command {
        Command::Verify(verify) => verify::run(verify),
        Command::Trust(trust) => show::trust(trust),
        Command::Crl(command) => crl::run(command),
        Command::Certificate(certificate) => show::certificate(certificate),
        Command::Mdoc(command) => mdoc::run(command),
        Command::AuthApp(command) => auth_app::run(command),
        Command::Audit(command) => audit::run(command),
        Command::Watch(watch) => watch::run(watch),
        Command::Health(options) => health::run(options),
        #[cfg(feature = "demo")]
        Command::Demo(demo) => demo::run(demo),
        #[cfg(feature = "demo")]
        Command::Tour(tour) => tour::run(tour),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "tashika", &mut script);
            io::stdout().write_all(&script)?;
            Ok(Exit::Accepted)
        }
    }
}
