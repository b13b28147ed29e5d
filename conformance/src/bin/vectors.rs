//! Writes the vectors anew: `cargo run -p tashika-conformance --bin vectors -- write`.

use std::process::ExitCode;

use tashika_conformance::vectors;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if arguments != ["write"] {
        eprintln!("usage: vectors write");
        return ExitCode::from(64);
    }
    let all = vectors::generate();
    match vectors::write(&vectors::directory(), &all) {
        Ok(()) => {
            println!("{} vectors", all.len());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("vectors: {error}");
            ExitCode::FAILURE
        }
    }
}
