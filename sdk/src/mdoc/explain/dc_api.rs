//! Mistakes with OpenID4VP 1.0 over the Digital Credentials API (its appendix
//! B.2.6.2).

use crate::mdoc::cbor::write;
use crate::mdoc::explain::handover::{HASHED, Hashed};
use crate::mdoc::explain::inputs::DcApiInputs;
use crate::mdoc::explain::mistake::{Entry, Input, Mistake, Suspect, suspects};
use crate::mdoc::explain::nonce::NONCES;
use crate::mdoc::explain::origin::{ORIGINS, Origins};
use crate::mdoc::explain::thumbprint::{self, Keys, THUMBPRINTS};

/// What may have been taken for what, the likeliest first.
pub(super) fn all(inputs: &DcApiInputs) -> Vec<Suspect> {
    let own = Parts::of(inputs);
    let origins = Origins {
        page: inputs.origin.clone(),
        app: inputs.app_origin.clone(),
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
    let of_origin = suspects(ORIGINS, &origins, |o| with(&|p| p.origin.clone_from(&o)));
    let of_thumbprint = suspects(THUMBPRINTS, &keys, |t| {
        with(&|p| p.thumbprint.clone_from(&t))
    });
    let of_nonce = suspects(NONCES, &*inputs.nonce, |n| {
        with(&|p| p.nonce.clone_from(&n))
    });
    let of_flow = suspects(OTHERS, inputs, |transcript| transcript);
    let of_handover = suspects(HASHED, &own.hashed(), |transcript| transcript);
    let all = [of_origin, of_thumbprint, of_nonce, of_flow, of_handover];
    all.into_iter().flatten().collect()
}

/// What may have been taken for the inputs of another transaction.
pub(super) fn mixed(inputs: &DcApiInputs, other: &DcApiInputs) -> Vec<Suspect> {
    let (mut nonce, mut thumbprint) = (Parts::of(inputs), Parts::of(inputs));
    let theirs = Parts::of(other);
    nonce.nonce = theirs.nonce;
    thumbprint.thumbprint = theirs.thumbprint;
    vec![
        (&OTHER_NONCE, vec![nonce.hashed().transcript().into()]),
        (&OTHER_KEY, vec![thumbprint.hashed().transcript().into()]),
    ]
}

pub(super) const OTHER_NONCE: Mistake = Mistake::new(
    "nonce.other",
    Input::Nonce,
    "別の取引のnonceに対する応答です。",
    "The answer is for the nonce of another transaction.",
);

pub(super) const OTHER_KEY: Mistake = Mistake::new(
    "thumbprint.other-transaction",
    Input::Thumbprint,
    "別の取引の鍵のサムプリントが使われています。",
    "The thumbprint is of the key of another transaction.",
);

/// The three items that are hashed.
#[derive(Clone)]
struct Parts {
    origin: Vec<u8>,
    nonce: Vec<u8>,
    thumbprint: Vec<u8>,
}

impl Parts {
    fn of(inputs: &DcApiInputs) -> Self {
        Self {
            origin: write::text(&inputs.origin),
            nonce: write::text(&inputs.nonce),
            thumbprint: thumbprint::item(inputs.jwk.as_deref()),
        }
    }

    fn hashed(&self) -> Hashed {
        let name = "OpenID4VPDCAPIHandover";
        let info = [&self.origin, &self.nonce, &self.thumbprint].map(Clone::clone);
        let info = info.into();
        Hashed { name, info }
    }
}

const OTHERS: &[Entry<DcApiInputs>] = &[
    Entry {
        mistake: Mistake::new(
            "client-id.instead",
            Input::Origin,
            "オリジンではなく、client_idが使われています。",
            "The client identifier was used and not the origin.",
        ),
        of: |inputs| {
            let client = inputs.client_id.as_deref();
            let bare = client.and_then(|c| c.split_once(':')).map(|(_, bare)| bare);
            let implied = format!("web-origin:{}", inputs.origin);
            let names = client.into_iter().chain(bare).chain([&*implied]);
            names
                .map(|name| {
                    let mut parts = Parts::of(inputs);
                    parts.origin = write::text(name);
                    parts.hashed().transcript()
                })
                .collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.redirect",
            Input::Handover,
            "Digital Credentials APIのハンドオーバーではなく、リダイレクト用のもの(OpenID4VPHandover)が使われています。",
            "The handover is that of redirects (OpenID4VPHandover) and not that of the Digital Credentials API.",
        ),
        of: |inputs| {
            let Parts {
                origin,
                nonce,
                thumbprint,
            } = Parts::of(inputs);
            let client = inputs.client_id.as_deref().map(write::text);
            let name = "OpenID4VPHandover";
            let clients = client.into_iter().chain([origin.clone()]);
            clients
                .flat_map(|client| {
                    let ends = [origin.clone(), write::null()];
                    ends.map(|end| vec![client.clone(), nonce.clone(), thumbprint.clone(), end])
                })
                .map(|info| Hashed { name, info }.transcript())
                .collect()
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
            hashed.info.truncate(2);
            vec![hashed.transcript()]
        },
    },
];
