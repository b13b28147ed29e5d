//! Questions as JSON lines on standard input, verdicts on standard output.

use std::io;
use std::process::ExitCode;

use tashika_conformance::judge;

/// Exit statuses: 1 if the verifier panicked over a line, 64 if there are
/// arguments, 74 if a stream failed.
fn main() -> ExitCode {
    if std::env::args_os().len() > 1 {
        eprintln!("judge reads JSON lines on standard input and takes no arguments");
        return ExitCode::from(64);
    }
    match judge::run(io::stdin().lock(), io::stdout().lock()) {
        Ok(summary) if summary.panics == 0 => ExitCode::SUCCESS,
        Ok(summary) => {
            eprintln!(
                "judge: {} of {} lines panicked",
                summary.panics, summary.answers
            );
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("judge: {error}");
            ExitCode::from(74)
        }
    }
}
