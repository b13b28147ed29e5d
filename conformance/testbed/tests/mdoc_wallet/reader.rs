//! A reader: DeviceRequests, signed in each of the ways.

use tashika_testbed::{
    Credential,
    mdoc::{Cbor, Chain, MdocTestbed, Sign1, Transcript, elements},
};

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const ORIGIN: &str = "https://rp.test.example";

/// How a request is signed.
#[derive(Clone, Copy)]
pub(crate) enum Signed {
    ByDocument,
    Whole,
    Nowhere,
}

/// A request for the age and the name on the person's card.
pub(crate) struct Ask<'a> {
    pub(crate) reader: &'a Credential,
    pub(crate) transcript: &'a Transcript,
    pub(crate) signed: Signed,
}

pub(crate) fn items() -> Cbor {
    Cbor::map([
        ("docType", Cbor::from(elements::JAPAN)),
        (
            "nameSpaces",
            Cbor::map([
                (
                    elements::COMMON_NAME_SPACE,
                    Cbor::map([("age_over_20", false.into())]),
                ),
                (
                    elements::JAPAN_NAME_SPACE,
                    Cbor::map([("full_name_unicode", true.into())]),
                ),
            ]),
        ),
    ])
}

impl Ask<'_> {
    pub(crate) fn new<'a>(
        testbed: &'a MdocTestbed,
        transcript: &'a Transcript,
        signed: Signed,
    ) -> Ask<'a> {
        Ask {
            reader: testbed.reader(),
            transcript,
            signed,
        }
    }

    pub(crate) fn build(&self) -> Cbor {
        self.build_with(&items(), |sign1| sign1)
    }

    pub(crate) fn build_with(&self, items: &Cbor, change: impl FnOnce(Sign1) -> Sign1) -> Cbor {
        let items = Cbor::tag24(items.clone());
        let mut document = Cbor::map([("itemsRequest", items.clone())]);
        let sign = |name: &str, parts: Vec<Cbor>| {
            let mut all = vec![Cbor::from(name), self.transcript.item().clone()];
            all.extend(parts);
            let payload = Cbor::tag24(Cbor::Array(all)).encode();
            let chain = Chain::One(self.reader.certificate().to_vec());
            change(Sign1::new(payload).detached().chain(&chain)).sign(self.reader.key())
        };
        match self.signed {
            Signed::ByDocument => {
                document.set("readerAuth", sign("ReaderAuthentication", vec![items]));
                request("1.0", document)
            }
            Signed::Nowhere => request("1.0", document),
            Signed::Whole => {
                let info = Cbor::tag24(Cbor::map([("useCases", Cbor::array([]))]));
                let parts = vec![Cbor::array([items]), info.clone()];
                let all = Cbor::array([sign("ReaderAuthenticationAll", parts)]);
                let mut request = request("1.1", document);
                request
                    .set("deviceRequestInfo", info)
                    .set("readerAuthAll", all);
                request
            }
        }
    }
}

fn request(version: &str, document: Cbor) -> Cbor {
    Cbor::map([
        ("version", Cbor::from(version)),
        ("docRequests", Cbor::array([document])),
    ])
}
