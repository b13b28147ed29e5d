//! The program of the example: against everybody of a stage, or by settings.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(feature = "stage")]
    return tashika_stage::main(self_checkout::PARTY);
    #[cfg(not(feature = "stage"))]
    relying_party::main(self_checkout::PARTY)
}
