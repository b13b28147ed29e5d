//! Mistakes with ISO/IEC TS 18013-7:2024, annex B.

use crate::mdoc::cbor::write;
use crate::mdoc::explain::address::{CLIENTS, Client, RESPONSES, Response};
use crate::mdoc::explain::dc_api::OTHER_NONCE;
use crate::mdoc::explain::encoding::{base64url, from_base64, hex, padded};
use crate::mdoc::explain::handover::{Hashed, remote};
use crate::mdoc::explain::inputs::AnnexBInputs;
use crate::mdoc::explain::mistake::{Entry, Input, Mistake, Suspect, suspects};
use crate::mdoc::explain::nonce::NONCES;
use crate::trust::sha256;

/// What may have been taken for what, the likeliest first.
pub(super) fn all(inputs: &AnnexBInputs) -> Vec<Suspect> {
    let own = Parts::of(inputs);
    let client = Client {
        id: inputs.client_id.clone(),
        response_uri: inputs.response_uri.clone(),
    };
    let response = Response {
        uri: inputs.response_uri.clone(),
        redirect_uri: None,
        client_id: inputs.client_id.clone(),
    };
    let with = |change: &dyn Fn(&mut Parts)| {
        let mut parts = own.clone();
        change(&mut parts);
        parts.transcript()
    };
    let of_theirs = suspects(GENERATED, inputs, |n| with(&|p| p.generated.clone_from(&n)));
    let of_client = suspects(CLIENTS, &client, |c| with(&|p| p.client.clone_from(&c)));
    let of_response = suspects(RESPONSES, &response, |r| {
        with(&|p| p.response.clone_from(&r))
    });
    let of_nonce = suspects(NONCES, &*inputs.nonce, |n| {
        with(&|p| p.nonce.clone_from(&n))
    });
    let of_handover = suspects(OTHERS, inputs, |transcript| transcript);
    let all = [of_theirs, of_handover, of_client, of_response, of_nonce];
    all.into_iter().flatten().collect()
}

/// What may have been taken for the inputs of another transaction.
pub(super) fn mixed(inputs: &AnnexBInputs, other: &AnnexBInputs) -> Vec<Suspect> {
    let (mut nonce, mut generated) = (Parts::of(inputs), Parts::of(inputs));
    let theirs = Parts::of(other);
    nonce.nonce = theirs.nonce;
    generated.generated = theirs.generated;
    vec![
        (&OTHER_NONCE, vec![nonce.transcript().into()]),
        (&OTHER_GENERATED, vec![generated.transcript().into()]),
    ]
}

const OTHER_GENERATED: Mistake = Mistake::new(
    "mdoc-generated-nonce.other",
    Input::MdocGeneratedNonce,
    "別の応答のmdocGeneratedNonceが使われています。",
    "The mdocGeneratedNonce is of another response.",
);

/// The four items that go into the handover.
#[derive(Clone)]
struct Parts {
    client: Vec<u8>,
    response: Vec<u8>,
    nonce: Vec<u8>,
    generated: Vec<u8>,
}

impl Parts {
    fn of(inputs: &AnnexBInputs) -> Self {
        Self {
            client: write::text(&inputs.client_id),
            response: write::text(&inputs.response_uri),
            nonce: write::text(&inputs.nonce),
            generated: write::text(&inputs.mdoc_generated_nonce),
        }
    }

    fn hash(&self, item: &[u8]) -> Vec<u8> {
        let pair = write::array(&[item, &self.generated]);
        write::bytes(&[&sha256(&[&pair])])
    }

    fn transcript(&self) -> Vec<u8> {
        let (client, response) = (self.hash(&self.client), self.hash(&self.response));
        remote(&write::array(&[client, response, self.nonce.clone()]))
    }
}

const GENERATED: &[Entry<AnnexBInputs>] = &[
    Entry {
        mistake: Mistake::new(
            "mdoc-generated-nonce.encoded",
            Input::MdocGeneratedNonce,
            "mdocGeneratedNonceが、apuのbase64urlの文字列のままになっています。復号した値を使います。",
            "The mdocGeneratedNonce is the text of apu; it is what apu decodes to.",
        ),
        of: |inputs| {
            let octets = inputs.mdoc_generated_nonce.as_bytes();
            padded(octets)
                .into_iter()
                .map(|t| write::text(&t))
                .collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "mdoc-generated-nonce.decoded",
            Input::MdocGeneratedNonce,
            "mdocGeneratedNonceが、一方で一回多くbase64urlとして復号されています。",
            "The mdocGeneratedNonce was decoded once more on one side.",
        ),
        of: |inputs| {
            let octets = from_base64(&inputs.mdoc_generated_nonce).unwrap_or_default();
            let text = str::from_utf8(&octets).ok().map(write::text);
            let bytes = (!octets.is_empty()).then(|| write::bytes(&[&octets]));
            text.into_iter().chain(bytes).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "mdoc-generated-nonce.byte-string",
            Input::MdocGeneratedNonce,
            "mdocGeneratedNonceが、文字列(tstr)ではなくバイト列(bstr)として符号化されています。",
            "The mdocGeneratedNonce was encoded as a byte string and not as text.",
        ),
        of: |inputs| vec![write::bytes(&[inputs.mdoc_generated_nonce.as_bytes()])],
    },
    Entry {
        mistake: Mistake::new(
            "mdoc-generated-nonce.hexadecimal",
            Input::MdocGeneratedNonce,
            "mdocGeneratedNonceが16進数で書かれています。",
            "The mdocGeneratedNonce is in hexadecimal on one side.",
        ),
        of: |inputs| {
            let nonce = &inputs.mdoc_generated_nonce;
            let decoded = from_base64(nonce).map(|octets| write::text(&hex(&octets)));
            let whole = write::text(&hex(nonce.as_bytes()));
            [whole].into_iter().chain(decoded).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "mdoc-generated-nonce.apv",
            Input::MdocGeneratedNonce,
            "mdocGeneratedNonce(apu)の代わりに、要求のnonce(apv)が使われています。",
            "The request's nonce (apv) was used and not the mdocGeneratedNonce (apu).",
        ),
        of: |inputs| {
            let encoded = base64url(inputs.nonce.as_bytes());
            vec![write::text(&inputs.nonce), write::text(&encoded)]
        },
    },
    Entry {
        mistake: Mistake::new(
            "mdoc-generated-nonce.empty",
            Input::MdocGeneratedNonce,
            "mdocGeneratedNonceが空のまま計算されています。",
            "The mdocGeneratedNonce was left empty.",
        ),
        of: |_| vec![write::text(""), write::null()],
    },
];

const OTHERS: &[Entry<AnnexBInputs>] = &[
    Entry {
        mistake: Mistake::new(
            "nonces.swapped",
            Input::Nonce,
            "要求のnonceとmdocGeneratedNonceが入れ替わっています。",
            "The request's nonce and the mdocGeneratedNonce are swapped.",
        ),
        of: |inputs| {
            let mut parts = Parts::of(inputs);
            std::mem::swap(&mut parts.nonce, &mut parts.generated);
            vec![parts.transcript()]
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.order",
            Input::Handover,
            "ハンドオーバーの項目の並び順が異なります。",
            "The items of the handover are in another order.",
        ),
        of: |inputs| {
            let parts = Parts::of(inputs);
            let client = parts.hash(&parts.client);
            let response = parts.hash(&parts.response);
            let nonce = &parts.nonce;
            let mut flipped = parts.clone();
            std::mem::swap(&mut flipped.client, &mut flipped.response);
            vec![
                flipped.transcript(),
                remote(&write::array(&[nonce, &client, &response])),
            ]
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.hash",
            Input::Handover,
            "ハッシュが、CBORの配列ではなく連結した文字列などから計算されています。",
            "The hashes were made of joined texts, or of pairs in another order, and not of the arrays.",
        ),
        of: |inputs| {
            let digest = |parts: &[&[u8]]| write::bytes(&[&sha256(parts)]);
            let generated = inputs.mdoc_generated_nonce.as_bytes();
            let joined = |text: &str| digest(&[text.as_bytes(), generated]);
            let parts = Parts::of(inputs);
            let reversed = |item: &[u8]| digest(&[&write::array(&[&*parts.generated, item])]);
            let nonce = &parts.nonce;
            let with = |client: Vec<u8>, response: Vec<u8>| {
                remote(&write::array(&[client, response, nonce.clone()]))
            };
            vec![
                with(joined(&inputs.client_id), joined(&inputs.response_uri)),
                with(reversed(&parts.client), reversed(&parts.response)),
            ]
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.hash-missing",
            Input::Handover,
            "ハンドオーバーの内容が、ハッシュ値にせずそのまま入っています。",
            "The contents of the handover stand there themselves and not their hashes.",
        ),
        of: |inputs| {
            let Parts {
                client,
                response,
                nonce,
                generated,
            } = Parts::of(inputs);
            let pair = |item: &[u8]| write::array(&[item, &generated]);
            vec![
                remote(&write::array(&[
                    pair(&client),
                    pair(&response),
                    nonce.clone(),
                ])),
                remote(&write::array(&[client, response, nonce])),
            ]
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.openid4vp",
            Input::Handover,
            "Annex Bのハンドオーバーではなく、OpenID4VP 1.0のもの(OpenID4VPHandover)が使われています。",
            "The handover is that of OpenID4VP 1.0 (OpenID4VPHandover) and not that of annex B.",
        ),
        of: |inputs| {
            let Parts {
                client,
                response,
                nonce,
                ..
            } = Parts::of(inputs);
            let name = "OpenID4VPHandover";
            let info = vec![client, nonce, write::null(), response];
            vec![Hashed { name, info }.transcript()]
        },
    },
];
