//! Keys in tokens of SoftHSM, with which we sign as if they were hardware.
//!
//! Needs Debian's `softhsm2` and the command `openssl`. Without them the cases
//! are counted as ignored, and said to be.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]
#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON, which are null where they are absent"
)]

mod assertions;
mod defects;
mod lost;
mod signatures;
mod tokens;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use tokens::Tokens;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tokens = match Tokens::inherited() {
        Some(tokens) => tokens,
        // The module reads the place of its tokens from the environment, which
        // is another process's to set.
        None if tokens::available() && !arguments.list => return Tokens::make().run_again(),
        None => {
            if !arguments.list {
                eprintln!("IGNORED: no SoftHSM or no openssl: run `conformance/run install`");
            }
            Tokens::none()
        }
    };
    let available = tokens.exist();
    let cases = [
        signatures::CASES,
        assertions::CASES,
        defects::CASES,
        lost::CASES,
    ]
    .concat();
    let trials = cases.into_iter().map(|(name, case)| {
        let tokens = tokens.clone();
        let run = move || -> Result<(), Failed> {
            case(&tokens);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!available)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

type Case = (&'static str, fn(&Tokens));
