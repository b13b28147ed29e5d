//! What the OCSP responses of a line say.

use der::asn1::{AnyRef, ContextSpecific, OctetStringRef, UintRef};
use der::{Decode, Header, Reader, SliceReader, Tag};
use tashika::algorithm::IdentifierHash;
use tashika::revocation::{
    ListSet, OcspRequest, OcspVerifier, RevocationQuery, State, Status as Answer,
};
use tashika::x509::SerialNumber;
use tashika::{Code, Error, Time};

use crate::judge::answer::{Finding, Refusal, Status};
use crate::judge::revocation::{Evidence, refused};

impl Evidence<'_> {
    /// What the responses say about a certificate: that it is revoked, if one
    /// does, or that it is good. If none counts, why the last one does not.
    pub(super) fn ask_responses(
        &self,
        query: &RevocationQuery,
        now: Time,
    ) -> (Answer, Option<Error>) {
        let mut best = ListSet::new().status(query, &self.scope, now);
        let mut unusable = None;
        for response in self.row.ocsp() {
            match self.verify(query, response, now) {
                Ok(status) if rank(&status) >= rank(&best) => best = status,
                Ok(_) => {}
                Err(error) => unusable = Some(error),
            }
        }
        (best, unusable)
    }

    fn verify(&self, query: &RevocationQuery, response: &[u8], now: Time) -> Result<Answer, Error> {
        let request = match self.row.request() {
            Some(der) => OcspRequest::from_der(query, der)?,
            None => OcspRequest::without_nonce(query, IdentifierHash::Sha1),
        };
        let verifier = OcspVerifier::new(
            self.trust.clone(),
            query.purpose(),
            self.algorithms.clone(),
            self.responders,
        );
        verifier.verify_with(&request, response, now, |delegate| {
            let (status, _) = self.ask_lists(delegate.query(), now);
            delegate.confirm(&status, &self.policy, now)
        })
    }

    /// The same where the line has no target: about the certificate of which
    /// the first response speaks first.
    pub(super) fn responses(&self, now: Time) -> Result<Finding, Refusal> {
        let mut anchors = self.trust.anchors();
        let anchor = anchors.next().ok_or_else(Refusal::argument)?;
        let response = self.row.ocsp().next().ok_or_else(Refusal::argument)?;
        let serial = serial(response).map_err(|_| Error::new(Code::InputOcsp))?;
        let serial =
            SerialNumber::from_unsigned(serial).map_err(|_| Error::new(Code::InputOcsp))?;
        let query = RevocationQuery::of_serial(anchor, serial);
        let (status, unusable) = self.ask_responses(&query, now);
        let code = match status.state() {
            State::Good => {
                return Ok(Finding {
                    status: Some(Status::Good),
                    ..Finding::ACCEPTED
                });
            }
            State::Revoked { reason, .. } => reason.code(),
            State::Undetermined(code) => code,
        };
        let error = match (code, unusable) {
            (Code::RevocationMissing, Some(error)) => error,
            _ => Error::new(code),
        };
        Ok(refused(&status, error))
    }
}

/// Revoked goes before good, and that before what is not known.
fn rank(status: &Answer) -> u8 {
    match status.state() {
        State::Revoked { .. } => 2,
        State::Good => 1,
        State::Undetermined(_) => 0,
    }
}

/// The serial number in the first answer of a response.
fn serial(response: &[u8]) -> der::Result<&[u8]> {
    let mut outer = contents(response)?;
    AnyRef::decode(&mut outer)?;
    let bytes = ContextSpecific::<AnyRef<'_>>::decode(&mut outer)?.value;
    let mut bytes = SliceReader::new(bytes.value())?;
    AnyRef::decode(&mut bytes)?;
    let basic: &OctetStringRef = Decode::decode(&mut bytes)?;
    let mut basic = contents(basic.as_bytes())?;
    let mut data = SliceReader::new(AnyRef::decode(&mut basic)?.value())?;
    // An optional version, the responder, and when it was produced.
    while Tag::peek(&data)? != Tag::Sequence {
        AnyRef::decode(&mut data)?;
    }
    let mut answers = SliceReader::new(AnyRef::decode(&mut data)?.value())?;
    let mut answer = SliceReader::new(AnyRef::decode(&mut answers)?.value())?;
    let mut id = SliceReader::new(AnyRef::decode(&mut answer)?.value())?;
    for _ in 0..3 {
        AnyRef::decode(&mut id)?;
    }
    Ok(UintRef::decode(&mut id)?.as_bytes())
}

/// The elements of a SEQUENCE.
fn contents(der: &[u8]) -> der::Result<SliceReader<'_>> {
    let mut reader = SliceReader::new(der)?;
    let header = Header::decode(&mut reader)?;
    SliceReader::new(reader.read_slice(header.length())?)
}
