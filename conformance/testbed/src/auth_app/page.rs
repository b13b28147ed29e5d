//! What a person sees.

use super::authorization::Request;
use super::core::Core;
use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::server::Answer;

/// The name of what was chosen, in the form.
pub(super) const CHOICE: &str = "testbed_choice";

pub(super) fn choices(_core: &Core, _request: &Request, _parameters: &Parameters) -> Answer {
    Answer::html()
}

pub(super) fn refusal(refusal: &Refusal) -> Answer {
    Answer::status(400).body(refusal.description)
}
