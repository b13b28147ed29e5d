//! The reader's side of a proximity session. It asks for driving licences alone.

use anyhow::Result;
use isomdl::definitions::x509::trust_anchor::TrustPurpose;
use isomdl::presentation::reader::SessionManager;
use serde_json::{Value, json};

use crate::question::{self, Question};
use crate::verifier;

pub struct Reader(SessionManager);

impl Reader {
    /// Scans a code and asks.
    pub fn ask(question: &Question) -> Result<(Self, Value)> {
        let (session, message, _) = SessionManager::establish_session(
            question.text("qr")?.to_owned(),
            question::request(&question.requested()?)?,
            question.anchors("anchors", TrustPurpose::Iaca)?,
        )?;
        let answer = json!({"message": question::base64(&message)});
        Ok((Self(session), answer))
    }

    /// Reads a response out of SessionData.
    pub fn read(&mut self, question: &Question) -> Result<Value> {
        let outcome = self.0.handle_response(&question.octets("response")?);
        Ok(verifier::verdict(&outcome))
    }
}
