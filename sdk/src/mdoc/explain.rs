//! Why a device's signature does not verify: what it was made over, if that can
//! be found out.
//!
//! By far the most frequent reason is that wallet and relying party do not mean
//! the same session transcript: an origin with a slash, a nonce that one side
//! decoded, an engagement that was encoded anew. An [`Explainer`] takes what the
//! relying party believes to have gone in, tries a catalogue of such mistakes
//! against the document's own device key, and names the input that differs.
//!
//! It explains and does not verify. The issuer's signature is not looked at, so
//! that anybody may have made the document; and nothing that is found here can
//! be made a [`SessionTranscript`](crate::mdoc::SessionTranscript) of. Whoever
//! took the transcript for verification from what fits would accept the
//! presentation that was made for another place.

mod address;
mod annex_b;
mod annex_c;
mod apple;
mod authentication;
mod dc_api;
mod encoding;
mod handover;
mod inputs;
mod mistake;
mod nonce;
mod origin;
mod proximity;
mod redirect;
mod thumbprint;

use std::fmt;

pub use inputs::{
    AnnexBInputs, AnnexCInputs, AppleInputs, DcApiInputs, FlowInputs, NfcInputs, ProximityInputs,
    RedirectInputs,
};
pub use mistake::{Input, Mistake};

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::cbor::{Reader, write};
use crate::mdoc::cose::{CoseKey, Message, SIGN1};
use crate::mdoc::device;
use crate::mdoc::envelope::{annex_c as annex_c_envelope, apple as apple_envelope};
use crate::mdoc::mso::Mso;
use crate::mdoc::response::Document;
use crate::mdoc::{DeviceResponse, EphemeralKey, Flow};
use mistake::{Candidate, Form, Suspect};

/// Finds out what devices have signed.
#[derive(Clone)]
pub struct Explainer<'a> {
    inputs: FlowInputs,
    others: Vec<FlowInputs>,
    session_key: Option<&'a EphemeralKey>,
    transcript: Vec<u8>,
}

/// An answer that is sealed to its session transcript.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Envelope<'a> {
    /// The base64url of annex C.
    AnnexC(&'a str),
    /// The CBOR that an app on an iPhone gets.
    Apple(&'a [u8]),
}

/// What one document's device signature, or MAC, was made over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Explanation {
    /// The transcript of these inputs: the device's part is in order. Where the
    /// presentation is refused all the same, another check says why.
    Fits(Flow),
    /// That of other inputs that were given: the answer to another request.
    FitsOther(Flow),
    /// One that differs in one thing.
    Differs(Flow, &'static Mistake),
    /// None that anything here leads to. The inputs of the flow are, the
    /// likeliest to be wrong first, [`suspects`](Self::suspects).
    Unknown(Flow),
    /// It is a MAC, and the session's key was not given, or is on another curve.
    NoSessionKey,
}

impl<'a> Explainer<'a> {
    /// An explainer for a transaction with these inputs.
    ///
    /// # Errors
    /// As [`FlowInputs::transcript`].
    pub fn new(inputs: FlowInputs) -> Result<Self, Error> {
        let transcript = inputs.transcript()?.octets().to_vec();
        Ok(Self {
            inputs,
            others: Vec::new(),
            session_key: None,
            transcript,
        })
    }

    /// This explainer, which also knows the inputs of another transaction, or
    /// those that this one would have by another flow.
    ///
    /// # Errors
    /// As [`FlowInputs::transcript`].
    pub fn with_other(mut self, inputs: FlowInputs) -> Result<Self, Error> {
        inputs.transcript()?;
        self.others.push(inputs);
        Ok(self)
    }

    /// This explainer, which knows the reader's key of a session, without which
    /// a MAC cannot be told from others.
    #[must_use]
    pub fn with_session_key(mut self, key: &'a EphemeralKey) -> Self {
        self.session_key = Some(key);
        self
    }

    /// The mistakes that are tried, the likeliest first: those that can be made
    /// with the inputs that were given.
    #[must_use]
    pub fn mistakes(&self) -> Vec<&'static Mistake> {
        let suspects = self.suspects().into_iter();
        suspects.map(|(mistake, _)| mistake).collect()
    }

    /// Explains every document of a response, in their order.
    ///
    /// # Errors
    /// `mdoc.no_document` if there is none; `mdoc.cose`, `mdoc.mso`,
    /// `mdoc.device_key`, `mdoc.device_auth` and other codes of those checks if a
    /// document tells no device key, or is not authenticated at all.
    pub fn explain(&self, response: &DeviceResponse) -> Result<Vec<Explanation>, Error> {
        if response.documents.is_empty() {
            return Err(Code::MdocNoDocument.into());
        }
        let documents = response.documents.iter();
        let explained = documents.map(|document| Ok(self.explain_document(document)?));
        explained.collect()
    }

    /// Explains an envelope that does not open with `key`, since it is sealed to
    /// the session transcript: whose it was sealed to, in place of what the device
    /// signed, which nobody can see.
    ///
    /// # Errors
    /// `input.envelope`, `input.too_large`, `mdoc.envelope_algorithm` or a code of
    /// `input.cbor_` if it is no such envelope.
    pub fn explain_envelope(
        &self,
        envelope: &Envelope<'_>,
        key: &EphemeralKey,
    ) -> Result<Explanation, Error> {
        let fits = |candidate: &Candidate| envelope.opens(key, &candidate.transcript);
        let found = self.find(|candidate| Ok(Some(fits(candidate)?)));
        Ok(found?)
    }

    fn explain_document(&self, document: &Document) -> Result<Explanation, Code> {
        let proof = Proof {
            document,
            device_key: device_key(document)?,
            session_key: self.session_key,
        };
        self.find(|candidate| proof.fits(candidate))
    }

    /// Looks for what fits: the inputs themselves, those of others, and what is
    /// made of them by mistake. `fits` is none where it cannot be told.
    fn find(
        &self,
        fits: impl Fn(&Candidate) -> Result<Option<bool>, Code>,
    ) -> Result<Explanation, Code> {
        let flow = self.inputs.flow();
        match fits(&self.transcript.clone().into())? {
            None => return Ok(Explanation::NoSessionKey),
            Some(true) => return Ok(Explanation::Fits(flow)),
            Some(false) => {}
        }
        for other in &self.others {
            let transcript = other.transcript().map_err(|error| error.code())?;
            if fits(&transcript.octets().to_vec().into())? == Some(true) {
                return Ok(Explanation::FitsOther(other.flow()));
            }
        }
        for (mistake, candidates) in self.suspects() {
            for candidate in &candidates {
                if fits(candidate)? == Some(true) {
                    return Ok(Explanation::Differs(flow, mistake));
                }
            }
        }
        Ok(Explanation::Unknown(flow))
    }

    /// What may have been taken for what: this transaction's own inputs, then
    /// those mixed up with others of the same flow, then what is around them.
    fn suspects(&self) -> Vec<Suspect> {
        let mut suspects = match &self.inputs {
            FlowInputs::Qr(inputs) => proximity::qr(inputs),
            FlowInputs::Nfc(inputs) => proximity::nfc(inputs),
            FlowInputs::Openid4vpRedirect(inputs) => redirect::all(inputs),
            FlowInputs::Openid4vpDcApi(inputs) => dc_api::all(inputs),
            FlowInputs::AnnexB(inputs) => annex_b::all(inputs),
            FlowInputs::AnnexC(inputs) => annex_c::all(inputs),
            FlowInputs::Apple(inputs) => apple::all(inputs),
        };
        let mixed = self.others.iter().flat_map(|other| self.mixed(other));
        suspects.extend(mixed);
        suspects.extend(authentication::all(&self.transcript));
        suspects.retain(|(_, candidates)| !candidates.is_empty());
        suspects
    }

    fn mixed(&self, other: &FlowInputs) -> Vec<Suspect> {
        use FlowInputs as F;
        match (&self.inputs, other) {
            (F::Qr(own), F::Qr(other)) => proximity::mixed_qr(own, other),
            (F::Nfc(own), F::Nfc(other)) => proximity::mixed_nfc(own, other),
            (F::Openid4vpRedirect(own), F::Openid4vpRedirect(other)) => redirect::mixed(own, other),
            (F::Openid4vpDcApi(own), F::Openid4vpDcApi(other)) => dc_api::mixed(own, other),
            (F::AnnexB(own), F::AnnexB(other)) => annex_b::mixed(own, other),
            (F::AnnexC(own), F::AnnexC(other)) => annex_c::mixed(own, other),
            (F::Apple(own), F::Apple(other)) => apple::mixed(own, other),
            _ => Vec::new(),
        }
    }
}

impl Explanation {
    /// Where to look, the likeliest first: the input that differs, or all of the
    /// flow where none could be found.
    #[must_use]
    pub fn suspects(&self) -> Vec<Input> {
        match self {
            Self::Fits(_) | Self::NoSessionKey => Vec::new(),
            Self::FitsOther(_) => vec![Input::Transaction],
            Self::Differs(_, mistake) => vec![mistake.input()],
            Self::Unknown(flow) => inputs_of(*flow).into(),
        }
    }
}

const fn inputs_of(flow: Flow) -> &'static [Input] {
    use Input as I;
    match flow {
        Flow::Qr => &[I::DeviceEngagement, I::EReaderKey],
        Flow::Nfc => &[I::Handover, I::DeviceEngagement, I::EReaderKey],
        Flow::Openid4vpRedirect => &[I::Nonce, I::ResponseUri, I::ClientId, I::Thumbprint],
        Flow::Openid4vpDcApi => &[I::Origin, I::Nonce, I::Thumbprint],
        Flow::AnnexB => &[I::MdocGeneratedNonce, I::Nonce, I::ResponseUri, I::ClientId],
        Flow::AnnexC => &[I::Origin, I::EncryptionInfo],
        Flow::Apple => &[I::Nonce, I::MerchantId, I::TeamId, I::PublicKeyHash],
    }
}

/// The device key that the document states. Nobody vouches for it here.
fn device_key(document: &Document) -> Result<CoseKey, Code> {
    let mut reader = Reader::new(&document.issuer_auth, Code::MdocCose);
    let message = Message::read(&mut reader, SIGN1)?;
    let payload = message.payload().ok_or(Code::MdocCose)?;
    let embedded = Reader::only(payload, Code::MdocMso)?.embedded()?;
    Ok(Mso::read(&embedded.content)?.device_key)
}

impl Envelope<'_> {
    fn opens(&self, key: &EphemeralKey, transcript: &[u8]) -> Result<bool, Code> {
        let opened = match self {
            Self::AnnexC(response) => annex_c_envelope::open_under(response, key, transcript),
            Self::Apple(envelope) => apple_envelope::open_under(envelope, key, transcript),
        };
        match opened.map_err(|error| error.code()) {
            Ok(_) => Ok(true),
            Err(Code::MdocEnvelopeSeal | Code::MdocEnvelopeRecipient) => Ok(false),
            Err(code) => Err(code),
        }
    }
}

/// What a device has made.
struct Proof<'a> {
    document: &'a Document,
    device_key: CoseKey,
    session_key: Option<&'a EphemeralKey>,
}

impl Proof<'_> {
    /// Whether it was made over `candidate`; none if that cannot be told.
    fn fits(&self, candidate: &Candidate) -> Result<Option<bool>, Code> {
        let authenticated = self.authenticated(candidate);
        let document = self.document;
        match (&document.device_signature, &document.device_mac) {
            (Some(signature), None) => {
                let key = self.device_key.public_key(Code::MdocDeviceKey)?;
                let message = device::read(signature, SIGN1)?;
                match device::verify(&message, &authenticated, &key) {
                    Ok(()) => Ok(Some(true)),
                    Err(Code::MdocDeviceSignature) => Ok(Some(false)),
                    Err(code) => Err(code),
                }
            }
            (None, Some(mac)) => {
                let key = self.session_key;
                let Some(key) = key.filter(|key| key.curve() == self.device_key.curve()) else {
                    return Ok(None);
                };
                let key = device::e_mac_key(key, &self.device_key, &candidate.salt)?;
                match device::check_mac(mac, &authenticated, &key) {
                    Ok(()) => Ok(Some(true)),
                    Err(Code::MdocDeviceMac) => Ok(Some(false)),
                    Err(code) => Err(code),
                }
            }
            _ => Err(Code::MdocDeviceAuth),
        }
    }

    fn authenticated(&self, candidate: &Candidate) -> Vec<u8> {
        let Candidate {
            transcript, form, ..
        } = candidate;
        let document = self.document;
        let namespaces = match form {
            Form::NamespacesBare => bare(&document.device_namespaces),
            Form::NamespacesEmpty => write::embedded(&write::map(Vec::new())),
            _ => document.device_namespaces.to_vec(),
        };
        let transcript = match form {
            Form::TranscriptEmbedded => write::embedded(transcript),
            _ => transcript.clone(),
        };
        let doc_type = &document.doc_type;
        let authentication = device::authentication(&transcript, doc_type, &namespaces);
        match form {
            Form::NotEmbedded => authentication,
            _ => write::embedded(&authentication),
        }
    }
}

/// What is in an item under tag 24.
fn bare(embedded: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(embedded, Code::InputMdoc);
    let content = reader.embedded().map(|e| e.content.into_owned());
    content.unwrap_or_default()
}

impl fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnnexC(_) => "AnnexC([redacted])",
            Self::Apple(_) => "Apple([redacted])",
        })
    }
}

impl fmt::Debug for Explainer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explainer")
            .field("inputs", &self.inputs)
            .field("others", &self.others.len())
            .finish_non_exhaustive()
    }
}
