//! The device's side of a proximity session: engagement by QR code, the reader's
//! requests, encrypted responses.

use anyhow::{Context, Result};
use isomdl::cbor;
use isomdl::definitions::SessionEstablishment;
use isomdl::definitions::x509::trust_anchor::{TrustAnchorRegistry, TrustPurpose};
use isomdl::presentation::authentication::RequestAuthenticationOutcome;
use isomdl::presentation::device::{SessionManager, SessionManagerEngaged, SessionManagerInit};
use serde_json::{Value, json};

use crate::issuer::{self, PrivateKey};
use crate::question::{self, Elements, Question};

pub struct Holder {
    doctype: String,
    elements: Elements,
    key: PrivateKey,
    readers: TrustAnchorRegistry,
    phase: Phase,
}

enum Phase {
    Engaged(Box<SessionManagerEngaged>),
    Established(Box<SessionManager>),
}

impl Holder {
    /// Issues itself a document and shows its code.
    pub fn engage(question: &Question) -> Result<(Self, Value)> {
        let session = SessionManagerInit::initialise(issuer::documents(question)?, None, None)?;
        let (engaged, code) = session.qr_engagement()?;
        let holder = Self {
            doctype: question.text("doctype")?.to_owned(),
            elements: question.requested()?,
            key: PrivateKey::read(&question.octets("device_key")?)?,
            readers: question.anchors("reader_anchors", TrustPurpose::ReaderCa)?,
            phase: Phase::Engaged(Box::new(engaged)),
        };
        Ok((holder, json!({"qr": code})))
    }

    /// Answers a SessionEstablishment, and after it each SessionData.
    pub fn respond(&mut self, question: &Question) -> Result<Value> {
        let message = question.octets("message")?;
        let (session, request) = self.receive(&message)?;
        let mut session = *session;
        let permitted = issuer::permitted(&self.doctype, self.elements.clone());
        session.prepare_response(&request.items_request, permitted);
        while let Some((_, payload)) = session.get_next_signature_payload() {
            let signature = self.key.sign(payload);
            session.submit_next_signature(signature)?;
        }
        let response = session.retrieve_response();
        let answer = json!({
            "response": question::base64(&response.context("nothing to answer")?),
            "request": request,
        });
        self.phase = Phase::Established(Box::new(session));
        Ok(answer)
    }

    fn receive(
        &self,
        message: &[u8],
    ) -> Result<(Box<SessionManager>, RequestAuthenticationOutcome)> {
        match &self.phase {
            Phase::Engaged(engaged) => {
                let establishment: SessionEstablishment = cbor::from_slice(message)?;
                let engaged = SessionManagerEngaged::clone(engaged);
                let (session, request) =
                    engaged.process_session_establishment(establishment, self.readers.clone())?;
                Ok((Box::new(session), request))
            }
            Phase::Established(session) => {
                let mut session = session.clone();
                let request = session.handle_request(message);
                Ok((session, request))
            }
        }
    }
}
