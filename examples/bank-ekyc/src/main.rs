//! The program of the example: against everybody of a stage, or by settings.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(feature = "stage")]
    return tashika_stage::main(bank_ekyc::PARTY);
    #[cfg(not(feature = "stage"))]
    relying_party::main(bank_ekyc::PARTY)
}
