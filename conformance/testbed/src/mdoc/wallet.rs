//! A wallet that answers whole requests, or says why it does not.

use serde_json::Value;

use super::{
    AnnexC, Apple, Asked, Cbor, DeviceRequest, Engagement, Handover, Holder, Openid4vp,
    ReaderTrust, Refusal, Response, Session, Transcript,
};
use crate::{PublicKey, Rng};

/// Documents, and what the wallet asks of those who ask for them.
///
/// It refuses requests that no reader it knows has signed. For answers with a defect
/// there are the parts: [`Holder`], [`Response`] and the flows.
#[derive(Clone, Debug)]
pub struct Wallet {
    holders: Vec<Holder>,
    trust: ReaderTrust,
    readers: Readers,
    proof: Proof,
    rng: Rng,
}

/// How the device proves itself in proximity; elsewhere it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By a signature.
    Signature,
    /// By a MAC for the reader's ephemeral key.
    Mac,
}

/// Whom the wallet answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readers {
    Known,
    Anybody,
}

impl Wallet {
    /// An empty wallet; the generator is for keys and nonces.
    #[must_use]
    pub fn new(trust: ReaderTrust, rng: Rng) -> Self {
        Self {
            holders: Vec::new(),
            trust,
            readers: Readers::Known,
            proof: Proof::Signature,
            rng,
        }
    }

    /// With a document more.
    #[must_use]
    pub fn holder(mut self, holder: Holder) -> Self {
        self.holders.push(holder);
        self
    }

    /// Answer requests that nobody signed, too. What is signed is still verified.
    #[must_use]
    pub fn answer_anybody(mut self) -> Self {
        self.readers = Readers::Anybody;
        self
    }

    /// How the device proves itself in proximity.
    #[must_use]
    pub fn proof(mut self, proof: Proof) -> Self {
        self.proof = proof;
        self
    }

    /// The response to what is asked; documents that are not here become
    /// documentErrors.
    #[must_use]
    pub fn respond(&self, asked: &[&Asked], transcript: &Transcript) -> Response {
        self.respond_with(asked, transcript, None)
    }

    /// Answers the `data` member of a request of `org-iso-mdoc`.
    ///
    /// # Errors
    ///
    /// The check by which the request is refused.
    pub fn answer_annex_c(&mut self, data: &Value, origin: &str) -> Result<Value, Refusal> {
        let request = AnnexC::read(data, origin)?;
        let transcript = request.transcript();
        let asked = self.accepted(request.device_request(), &transcript)?;
        let response = self.respond(&asked.iter().collect::<Vec<_>>(), &transcript);
        Ok(request.answer(&response.encode(), &mut self.rng))
    }

    /// Answers the `data` member of a request of OpenID4VP over the Digital Credentials
    /// API.
    ///
    /// # Errors
    ///
    /// The check by which the request is refused; [`Refusal::Unsigned`] of an unsigned
    /// one unless the wallet answers anybody.
    pub fn answer_openid4vp(
        &mut self,
        protocol: &str,
        data: &Value,
        origin: &str,
    ) -> Result<Value, Refusal> {
        let request = match (protocol, self.readers) {
            (Openid4vp::SIGNED, _) => Openid4vp::read_signed(data, origin, &self.trust)?,
            (Openid4vp::UNSIGNED, Readers::Anybody) => Openid4vp::read_unsigned(data, origin)?,
            (Openid4vp::UNSIGNED, Readers::Known) => return Err(Refusal::Unsigned),
            _ => return Err(Refusal::Type),
        };
        let transcript = request.transcript();
        let present = |asked| self.respond(&[asked], &transcript).encode();
        let queries = request.queries().iter();
        let responses: Vec<_> = queries
            .map(|query| (query.id(), present(query.asked())))
            .collect();
        let responses: Vec<_> = responses
            .iter()
            .map(|(id, response)| (*id, response.as_slice()))
            .collect();
        Ok(request.answer(&responses, &mut self.rng))
    }

    /// The envelope that an app on Apple's platform gets; who asks is Apple's to know.
    #[must_use]
    pub fn answer_apple(&mut self, request: &Apple, asked: &Asked) -> Vec<u8> {
        let response = self.respond(&[asked], &request.transcript()).build();
        request.seal(&response, &mut self.rng).encode()
    }

    /// Answers a SessionEstablishment: the session, and the SessionData to send.
    ///
    /// # Errors
    ///
    /// The check by which the request is refused.
    pub fn answer_proximity(
        &self,
        engagement: &Engagement,
        handover: &Handover,
        establishment: &[u8],
    ) -> Result<(Session, Cbor), Refusal> {
        let (mut session, request) = Session::establish(engagement, handover, establishment)?;
        let transcript = session.transcript().clone();
        let asked = self.accepted(&request, &transcript)?;
        let reader = match self.proof {
            Proof::Signature => None,
            Proof::Mac => Some(session.reader_key().clone()),
        };
        let asked: Vec<_> = asked.iter().collect();
        let response = self.respond_with(&asked, &transcript, reader.as_ref());
        let data = session.send(&response.encode());
        Ok((session, data))
    }

    /// What a DeviceRequest asks for, if the wallet answers whoever sent it.
    fn accepted(&self, request: &[u8], transcript: &Transcript) -> Result<Vec<Asked>, Refusal> {
        let request = DeviceRequest::read(request)?;
        match (request.authenticate(transcript, &self.trust), self.readers) {
            (Ok(_), _) | (Err(Refusal::Unsigned), Readers::Anybody) => {}
            (Err(refusal), _) => return Err(refusal),
        }
        let documents = request.documents().iter();
        Ok(documents.map(|document| document.asked().clone()).collect())
    }

    fn respond_with(
        &self,
        asked: &[&Asked],
        transcript: &Transcript,
        reader: Option<&PublicKey>,
    ) -> Response {
        // documentErrors: data not returned (ISO/IEC 18013-5, 8.3.2.1.2.3).
        const NOT_RETURNED: i64 = 0;
        asked.iter().fold(Response::new(), |response, asked| {
            let is_asked = |holder: &&Holder| holder.mdoc().doc_type() == asked.doc_type;
            let Some(holder) = self.holders.iter().find(is_asked) else {
                return response.error(&asked.doc_type, NOT_RETURNED);
            };
            let presentation = holder.present(transcript).select_asked(asked);
            let curve = holder.key().algorithm();
            // A MAC needs keys of one curve; a device without such a key signs.
            response.document(match reader.filter(|reader| reader.algorithm() == curve) {
                Some(reader) => presentation.authenticated(reader),
                None => presentation.signed(),
            })
        })
    }
}
