//! `tashika mdoc`, and what it shares with `tashika verify mdoc`.

mod answer;
mod explain;
mod flow;
mod request;
mod secret;
mod show;
pub(crate) mod value;

use crate::cli::mdoc::Mdoc;
use crate::exit::{Exit, Failure};

pub(crate) use answer::{Answer, Opening};
pub(crate) use flow::Session;

pub(crate) fn run(command: &Mdoc) -> Result<Exit, Failure> {
    match command {
        Mdoc::Show {
            file,
            show_attributes,
            json,
        } => show::run(file, *show_attributes, *json),
        Mdoc::Request(options) => request::run(options),
        Mdoc::Explain(options) => explain::run(options),
    }
}
