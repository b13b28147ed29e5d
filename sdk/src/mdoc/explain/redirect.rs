//! Mistakes with OpenID4VP 1.0 by redirect (its appendix B.2.6.1).

use crate::mdoc::cbor::write;
use crate::mdoc::explain::address::{CLIENTS, Client, RESPONSES, Response};
use crate::mdoc::explain::dc_api::{OTHER_KEY, OTHER_NONCE};
use crate::mdoc::explain::handover::{HASHED, Hashed};
use crate::mdoc::explain::inputs::RedirectInputs;
use crate::mdoc::explain::mistake::{Entry, Input, Mistake, Suspect, suspects};
use crate::mdoc::explain::nonce::NONCES;
use crate::mdoc::explain::thumbprint::{self, Keys, THUMBPRINTS};

/// What may have been taken for what, the likeliest first.
pub(super) fn all(inputs: &RedirectInputs) -> Vec<Suspect> {
    let own = Parts::of(inputs);
    let client = Client {
        id: inputs.client_id.clone(),
        response_uri: inputs.response_uri.clone(),
    };
    let response = Response {
        uri: inputs.response_uri.clone(),
        redirect_uri: inputs.redirect_uri.clone(),
        client_id: inputs.client_id.clone(),
    };
    let keys = Keys {
        recipient: inputs.jwk.clone(),
        others: inputs.other_jwks.clone(),
    };
    let with = |change: &dyn Fn(&mut Parts)| {
        let mut parts = own.clone();
        change(&mut parts);
        parts.hashed().transcript()
    };
    let of_client = suspects(CLIENTS, &client, |c| with(&|p| p.client.clone_from(&c)));
    let of_response = suspects(RESPONSES, &response, |r| {
        with(&|p| p.response.clone_from(&r))
    });
    let of_thumbprint = suspects(THUMBPRINTS, &keys, |t| {
        with(&|p| p.thumbprint.clone_from(&t))
    });
    let of_nonce = suspects(NONCES, &*inputs.nonce, |n| {
        with(&|p| p.nonce.clone_from(&n))
    });
    let of_flow = suspects(OTHERS, inputs, |transcript| transcript);
    let of_handover = suspects(HASHED, &own.hashed(), |transcript| transcript);
    let all = [
        of_client,
        of_response,
        of_thumbprint,
        of_nonce,
        of_flow,
        of_handover,
    ];
    all.into_iter().flatten().collect()
}

/// What may have been taken for the inputs of another transaction.
pub(super) fn mixed(inputs: &RedirectInputs, other: &RedirectInputs) -> Vec<Suspect> {
    let (mut nonce, mut thumbprint) = (Parts::of(inputs), Parts::of(inputs));
    let theirs = Parts::of(other);
    nonce.nonce = theirs.nonce;
    thumbprint.thumbprint = theirs.thumbprint;
    vec![
        (&OTHER_NONCE, vec![nonce.hashed().transcript().into()]),
        (&OTHER_KEY, vec![thumbprint.hashed().transcript().into()]),
    ]
}

/// The four items that are hashed.
#[derive(Clone)]
struct Parts {
    client: Vec<u8>,
    nonce: Vec<u8>,
    thumbprint: Vec<u8>,
    response: Vec<u8>,
}

impl Parts {
    fn of(inputs: &RedirectInputs) -> Self {
        Self {
            client: write::text(&inputs.client_id),
            nonce: write::text(&inputs.nonce),
            thumbprint: thumbprint::item(inputs.jwk.as_deref()),
            response: write::text(&inputs.response_uri),
        }
    }

    fn hashed(&self) -> Hashed {
        let info = [&self.client, &self.nonce, &self.thumbprint, &self.response];
        let info = info.map(Clone::clone).into();
        let name = "OpenID4VPHandover";
        Hashed { name, info }
    }
}

const OTHERS: &[Entry<RedirectInputs>] = &[
    Entry {
        mistake: Mistake::new(
            "handover.dc-api",
            Input::Handover,
            "リダイレクト用のハンドオーバーではなく、Digital Credentials API用のもの(OpenID4VPDCAPIHandover)が使われています。",
            "The handover is that of the Digital Credentials API (OpenID4VPDCAPIHandover) and not that of redirects.",
        ),
        of: |inputs| {
            let Parts {
                client,
                nonce,
                thumbprint,
                response,
            } = Parts::of(inputs);
            let name = "OpenID4VPDCAPIHandover";
            let origins = [response, client];
            origins
                .map(|origin| vec![origin, nonce.clone(), thumbprint.clone()])
                .map(|info| Hashed { name, info }.transcript())
                .into()
        },
    },
    Entry {
        mistake: Mistake::new(
            "thumbprint.missing",
            Input::Handover,
            "ハンドオーバーの内容に、サムプリントの項目がありません(鍵がないときも null を入れます)。",
            "The contents of the handover lack the place of the thumbprint, which is null without a key.",
        ),
        of: |inputs| {
            let mut hashed = Parts::of(inputs).hashed();
            hashed.info.remove(2);
            vec![hashed.transcript()]
        },
    },
];
