//! The envelopes in which wallets send device responses over the web and in
//! apps: opened with the key of one transaction, and in no other.
//!
//! What comes out of them are the octets of a device response and nothing that
//! has been verified.

pub mod annex_c;
pub mod apple;
mod dc_api;
mod hpke;
pub mod openid4vp;

pub use dc_api::{DcApiAnswer, Openid4vpAnswer, RequestForm};

use crate::code::Code;
use crate::mdoc::{Flow, SessionTranscript};

/// An envelope is opened with the transcript of its own flow.
fn expect(transcript: &SessionTranscript, flow: Flow) -> Result<(), Code> {
    if transcript.flow() == flow {
        Ok(())
    } else {
        Err(Code::MisuseArgument)
    }
}
