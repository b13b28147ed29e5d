//! Verifies a DeviceResponse over a transcript that is given.

use std::hint::black_box;

use anyhow::{Context, Result, bail};
use isomdl::cbor;
use isomdl::definitions::DeviceResponse;
use isomdl::definitions::x509::X5Chain;
use isomdl::definitions::x509::trust_anchor::{TrustAnchorRegistry, TrustPurpose};
use isomdl::definitions::x509::x5chain::X5CHAIN_COSE_HEADER_LABEL;
use isomdl::presentation::authentication::{AuthenticationStatus, ResponseAuthenticationOutcome};
use isomdl::presentation::reader;
use isomdl::presentation::reader_utils::validate_response;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::question::{Question, Transcript};

pub fn verify(question: &Question) -> Result<Value> {
    let case = Case::read(question)?;
    Ok(match case.outcome() {
        Ok(outcome) => verdict(&outcome),
        Err(error) => json!({"verdict": "reject", "reason": format!("{error:#}"), "checks": []}),
    })
}

/// CPU time of so many verifications, all of which must accept.
pub fn measure(question: &Question) -> Result<Value> {
    let case = Case::read(question)?;
    let times = question.0["times"].as_u64().context("no times")?;
    let start = cpu_nanoseconds();
    for _ in 0..times {
        if !accepts(&black_box(&case).outcome()?) {
            bail!("refused");
        }
    }
    Ok(json!({"nanoseconds": cpu_nanoseconds() - start}))
}

pub fn verdict(outcome: &ResponseAuthenticationOutcome) -> Value {
    let passed = |status| status == AuthenticationStatus::Valid;
    json!({
        "verdict": if accepts(outcome) { "accept" } else { "reject" },
        "reason": if accepts(outcome) { Value::Null } else { json!(json!(outcome.errors).to_string()) },
        "checks": [
            {"check": "issuer authentication", "passed": passed(outcome.issuer_authentication)},
            {"check": "device authentication", "passed": passed(outcome.device_authentication)},
        ],
    })
}

/// Both of what it authenticates, and nothing that it complains about.
fn accepts(outcome: &ResponseAuthenticationOutcome) -> bool {
    outcome.issuer_authentication == AuthenticationStatus::Valid
        && outcome.device_authentication == AuthenticationStatus::Valid
        && outcome.errors.is_empty()
}

struct Case {
    response: Vec<u8>,
    transcript: Transcript,
    anchors: TrustAnchorRegistry,
}

impl Case {
    fn read(question: &Question) -> Result<Self> {
        Ok(Self {
            response: question.octets("target")?,
            transcript: Transcript::read(&question.octets("transcript")?)?,
            anchors: question.anchors("anchors", TrustPurpose::Iaca)?,
        })
    }

    /// What isomdl's reader does after it has decrypted. It knows driving
    /// licences alone; of other documents the elements are left as they are.
    fn outcome(&self) -> Result<ResponseAuthenticationOutcome> {
        let response: DeviceResponse = cbor::from_slice(&self.response)?;
        if let Ok((document, chain, elements)) = reader::parse(&response) {
            let (transcript, anchors) = (self.transcript.clone(), self.anchors.clone());
            let document = document.clone();
            return Ok(validate_response(
                transcript, anchors, chain, document, elements,
            ));
        }
        let documents = response.documents.context("no documents")?.into_inner();
        let document = documents.into_iter().next().context("no document")?;
        let header = document.issuer_signed.issuer_auth.unprotected.rest.iter();
        let mut chains = header.filter(|(label, _)| *label == LABEL);
        let (_, chain) = chains.next().context("no x5chain")?;
        let chain = X5Chain::from_cbor(chain.clone())?;
        let (transcript, anchors) = (self.transcript.clone(), self.anchors.clone());
        let elements = Default::default();
        Ok(validate_response(
            transcript, anchors, chain, document, elements,
        ))
    }
}

const LABEL: coset::Label = coset::Label::Int(X5CHAIN_COSE_HEADER_LABEL);

fn cpu_nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}
