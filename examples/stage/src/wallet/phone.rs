//! What a phone shows to a site.

use serde_json::{Value, json};
use tashika_testbed::mdoc::{
    AnnexC, Asked, Cbor, DeviceRequest, Holder, Mdoc, Openid4vp, Refusal, Response, Transcript,
};

use super::{Defect, NoAnswer, Question};
use crate::world::World;

/// Where nobody here asked from.
const ELSEWHERE: &str = "https://elsewhere.example";

/// The request of a protocol among those that a site offers.
pub(super) struct Offered<'q> {
    pub(super) protocol: &'q str,
    pub(super) data: &'q Value,
}

impl<'q> Offered<'q> {
    /// The one that phones here like best.
    pub(super) fn best(request: &'q Value) -> Result<Self, NoAnswer> {
        let all = request
            .pointer("/digital/requests")
            .and_then(Value::as_array);
        let all = all.map(Vec::as_slice).unwrap_or_default();
        let liked = [AnnexC::PROTOCOL, Openid4vp::SIGNED, Openid4vp::UNSIGNED];
        let find = |protocol: &&'static str| {
            let is_it = |request: &&Value| request.get("protocol").is_some_and(|p| p == *protocol);
            let data = all.iter().find(is_it)?.get("data")?;
            Some(Self { protocol, data })
        };
        let mut liked = liked.iter();
        liked.find_map(find).ok_or_else(NoAnswer::malformed)
    }
}

impl World {
    /// What a phone answers to a site.
    pub(super) fn present(
        &self,
        question: &Question,
        defect: Option<Defect>,
    ) -> Result<Value, NoAnswer> {
        let offered = Offered::best(&question.request)?;
        let data = match offered.protocol {
            AnnexC::PROTOCOL => self.annex_c(&offered, question, defect)?,
            _ => self.openid4vp(&offered, question, defect)?,
        };
        Ok(json!({ "protocol": offered.protocol, "data": data }))
    }

    fn annex_c(
        &self,
        offered: &Offered<'_>,
        question: &Question,
        defect: Option<Defect>,
    ) -> Result<Value, NoAnswer> {
        let request = AnnexC::read(offered.data, &question.origin)?;
        let transcript = request.transcript();
        let asked = self.accepted(request.device_request(), &transcript)?;
        let proved = match defect {
            Some(Defect::Transcript) => AnnexC::read(offered.data, ELSEWHERE)?.transcript(),
            _ => transcript,
        };
        let asked: Vec<_> = asked.iter().collect();
        let response = self.response(question.person, &asked, &proved, defect);
        Ok(request.answer(&response, &mut self.rng()))
    }

    fn openid4vp(
        &self,
        offered: &Offered<'_>,
        question: &Question,
        defect: Option<Defect>,
    ) -> Result<Value, NoAnswer> {
        let (data, origin) = (offered.data, question.origin.as_str());
        let request = match offered.protocol {
            Openid4vp::SIGNED => Openid4vp::read_signed(data, origin, &self.readers())?,
            // Phones here show nothing to whoever does not say who asks.
            _ => return Err(Refusal::Unsigned.into()),
        };
        let proved = match defect {
            Some(Defect::Transcript) => {
                Transcript::openid4vp_dc_api(ELSEWHERE, request.nonce(), None)
            }
            _ => request.transcript(),
        };
        let queries = request.queries().iter();
        let responses: Vec<_> = queries
            .map(|query| {
                let asked = [query.asked()];
                let response = self.response(question.person, &asked, &proved, defect);
                (query.id(), response)
            })
            .collect();
        let responses: Vec<_> = responses
            .iter()
            .map(|(id, response)| (*id, response.as_slice()))
            .collect();
        Ok(request.answer(&responses, &mut self.rng()))
    }

    /// What a DeviceRequest asks for, if phones here know who sent it.
    pub(super) fn accepted(
        &self,
        request: &[u8],
        transcript: &Transcript,
    ) -> Result<Vec<Asked>, Refusal> {
        let request = DeviceRequest::read(request)?;
        request.authenticate(transcript, &self.readers())?;
        let documents = request.documents().iter();
        Ok(documents.map(|document| document.asked().clone()).collect())
    }

    /// A DeviceResponse of a person's phone, which has one document.
    pub(super) fn response(
        &self,
        person: usize,
        asked: &[&Asked],
        transcript: &Transcript,
        defect: Option<Defect>,
    ) -> Vec<u8> {
        // documentErrors: data not returned (ISO/IEC 18013-5, 8.3.2.1.2.3).
        const NOT_RETURNED: i64 = 0;
        let response = asked.iter().fold(Response::new(), |response, asked| {
            let holder = self.holder(person, asked, defect);
            if holder.mdoc().doc_type() != asked.doc_type {
                return response.error(&asked.doc_type, NOT_RETURNED);
            }
            response.document(holder.present(transcript).select_asked(asked).signed())
        });
        response.encode()
    }

    /// The phone of a person, with a defect.
    fn holder(&self, person: usize, asked: &Asked, defect: Option<Defect>) -> Holder {
        const DAY: i64 = 86_400;
        let document = self.document(person);
        let signer = self.phones.japan_signer();
        let now = self.clock.now();
        match defect {
            Some(Defect::Expired) => {
                let (begin, end) = (now - 20 * DAY, now - DAY);
                let mdoc = document.issuance.clone().validity(begin, begin, end);
                let mdoc = mdoc.sign(signer);
                document.with(mdoc)
            }
            Some(Defect::Tampered) => {
                let mdoc = tampered(document.issuance.sign(signer), asked);
                document.with(mdoc)
            }
            Some(Defect::RevokedSigner) => {
                let signer = self.next_signer();
                self.registry.revoke_signer(&signer, now - 60);
                document.signed(&signer)
            }
            Some(Defect::Issuer) => document.signed(self.strangers().1.japan_signer()),
            Some(Defect::OtherKey) => {
                let mdoc = document.issuance.sign(signer);
                Holder::new(mdoc, self.phones.key(document.key.algorithm(), "copy"))
            }
            _ => document.signed(signer),
        }
    }
}

/// With another value of the first element that is asked for.
fn tampered(mdoc: Mdoc, asked: &Asked) -> Mdoc {
    let mut elements = asked.elements.iter();
    let found = elements.find_map(|asked| {
        let there = mdoc.elements(&asked.name_space);
        let place = there.iter().position(|name| *name == asked.element)?;
        Some(format!(
            "nameSpaces/{}/{place}/elementValue",
            asked.name_space
        ))
    });
    match found {
        Some(path) => mdoc.edit(|issued| issued.edit(&path, |value| another(&value))),
        None => mdoc,
    }
}

fn another(value: &Cbor) -> Cbor {
    match (value.as_text(), value.as_bool()) {
        (Some(text), _) => format!("{text}様").as_str().into(),
        (None, Some(truth)) => (!truth).into(),
        (None, None) => "?".into(),
    }
}
