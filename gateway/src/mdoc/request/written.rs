//! The files of a request.

use std::fs;
use std::io::{self, Write};

use crate::cli::mdoc::{FlowOptions, Request};
use crate::exit::{Exit, Failure};
use crate::key;

/// A request, and what has to be kept until its answer.
pub(super) struct Written {
    pub(super) request: Vec<u8>,
    /// The key of the session, if it was made for it.
    pub(super) key: Option<String>,
    /// The inputs of the session transcript, if they are known already.
    pub(super) inputs: Option<FlowOptions>,
}

impl Written {
    /// Writes the files. The key goes first: without it the answer to the request
    /// cannot be read.
    pub(super) fn write(&self, options: &Request) -> Result<Exit, Failure> {
        let mut written = Vec::new();
        if let Some(key) = &self.key {
            let Some(path) = &options.key_out else {
                let text = "--key-out is needed: the answer is encrypted to a key of this session";
                return Err(Failure::Usage(text.to_owned()));
            };
            key::write(path, key.as_bytes())?;
            written.push(("key", path));
        }
        if let (Some(inputs), Some(path)) = (&self.inputs, &options.inputs_out) {
            let json = serde_json::to_vec_pretty(inputs).map_err(io::Error::from)?;
            fs::write(path, json).map_err(|error| Failure::unwritable(path, &error))?;
            written.push(("inputs", path));
        }
        let out = &options.out;
        fs::write(out, &self.request).map_err(|error| Failure::unwritable(out, &error))?;
        written.push(("request", out));
        let mut stdout = io::stdout().lock();
        for (name, path) in written {
            writeln!(stdout, "{name:<11} {}", path.display())?;
        }
        Ok(Exit::Accepted)
    }
}
