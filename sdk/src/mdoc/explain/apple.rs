//! Mistakes with documents in an app on an iPhone.

use crate::mdoc::cbor::write;
use crate::mdoc::cose::CoseKey;
use crate::mdoc::explain::dc_api::OTHER_NONCE;
use crate::mdoc::explain::encoding::{base64url, hex, padded, standard};
use crate::mdoc::explain::handover::remote;
use crate::mdoc::explain::inputs::AppleInputs;
use crate::mdoc::explain::mistake::{Entry, Input, Mistake, Suspect, suspects};
use crate::mdoc::key::Curve;
use crate::trust::sha256;

/// What may have been taken for what, the likeliest first.
pub(super) fn all(inputs: &AppleInputs) -> Vec<Suspect> {
    let own = Parts::of(inputs);
    let with = |change: &dyn Fn(&mut Parts)| {
        let mut parts = own.clone();
        change(&mut parts);
        parts.transcript()
    };
    let of_ids = suspects(IDENTIFIERS, inputs, |parts| parts.transcript());
    let of_nonce = suspects(NONCES, inputs, |n| with(&|p| p.nonce.clone_from(&n)));
    let of_hash = suspects(HASHES, inputs, |h| with(&|p| p.hash.clone_from(&h)));
    [of_ids, of_nonce, of_hash].into_iter().flatten().collect()
}

/// What may have been taken for the inputs of another transaction.
pub(super) fn mixed(inputs: &AppleInputs, other: &AppleInputs) -> Vec<Suspect> {
    let (mut nonce, mut hash) = (Parts::of(inputs), Parts::of(inputs));
    let theirs = Parts::of(other);
    nonce.nonce = theirs.nonce;
    hash.hash = theirs.hash;
    vec![
        (&OTHER_NONCE, vec![nonce.transcript().into()]),
        (&OTHER_KEY, vec![hash.transcript().into()]),
    ]
}

const OTHER_KEY: Mistake = Mistake::new(
    "public-key-hash.other",
    Input::PublicKeyHash,
    "別の鍵のハッシュ値が使われています。",
    "The hash is of another key.",
);

/// The five items of the handover.
#[derive(Clone)]
struct Parts {
    name: &'static str,
    nonce: Vec<u8>,
    merchant: String,
    team: String,
    hash: Vec<u8>,
}

impl Parts {
    fn of(inputs: &AppleInputs) -> Self {
        Self {
            name: "AppleIdentityPresentment_1.0",
            nonce: write::bytes(&[&inputs.nonce]),
            merchant: inputs.merchant_id.clone(),
            team: inputs.team_id.clone(),
            hash: write::bytes(&[&sha256(&[&inputs.public_key])]),
        }
    }

    fn transcript(&self) -> Vec<u8> {
        remote(&write::array(&[
            write::text(self.name),
            self.nonce.clone(),
            write::text(&self.merchant),
            write::text(&self.team),
            self.hash.clone(),
        ]))
    }

    fn with_merchant(mut self, merchant: impl Into<String>) -> Self {
        self.merchant = merchant.into();
        self
    }
}

const IDENTIFIERS: &[Entry<AppleInputs, Parts>] = &[
    Entry {
        mistake: Mistake::new(
            "identifiers.swapped",
            Input::MerchantId,
            "マーチャントIDとチームIDが入れ替わっています。",
            "Merchant and team identifier are swapped.",
        ),
        of: |inputs| {
            let mut parts = Parts::of(inputs);
            std::mem::swap(&mut parts.merchant, &mut parts.team);
            vec![parts]
        },
    },
    Entry {
        mistake: Mistake::new(
            "merchant-id.prefix",
            Input::MerchantId,
            "マーチャントIDの接頭辞(merchant.)が、一方にだけ付いています。",
            "The merchant identifier has its prefix merchant. on one side only.",
        ),
        of: |inputs| {
            let id = &inputs.merchant_id;
            let bare = id.strip_prefix("merchant.").map(str::to_owned);
            let toggled = bare.unwrap_or_else(|| format!("merchant.{id}"));
            vec![Parts::of(inputs).with_merchant(toggled)]
        },
    },
    Entry {
        mistake: Mistake::new(
            "merchant-id.team",
            Input::MerchantId,
            "マーチャントIDの前に、チームIDが付いています。",
            "The merchant identifier has the team's before it.",
        ),
        of: |inputs| {
            let AppleInputs {
                merchant_id: merchant,
                team_id: team,
                ..
            } = inputs;
            let with = |id: String| Parts::of(inputs).with_merchant(id);
            vec![with(format!("{team}.{merchant}"))]
        },
    },
    Entry {
        mistake: Mistake::new(
            "merchant-id.case",
            Input::MerchantId,
            "マーチャントIDの大文字と小文字が異なります。",
            "The merchant identifier differs in upper and lower case.",
        ),
        of: |inputs| {
            let lower = inputs.merchant_id.to_ascii_lowercase();
            vec![Parts::of(inputs).with_merchant(lower)]
        },
    },
    Entry {
        mistake: Mistake::new(
            "team-id.missing",
            Input::TeamId,
            "チームIDが空のまま計算されています。",
            "The team identifier was left empty.",
        ),
        of: |inputs| {
            let mut parts = Parts::of(inputs);
            parts.team.clear();
            vec![parts]
        },
    },
    Entry {
        mistake: Mistake::new(
            "team-id.case",
            Input::TeamId,
            "チームIDの大文字と小文字が異なります。",
            "The team identifier differs in upper and lower case.",
        ),
        of: |inputs| {
            let forms = [
                inputs.team_id.to_ascii_uppercase(),
                inputs.team_id.to_ascii_lowercase(),
            ];
            forms
                .map(|team| Parts {
                    team,
                    ..Parts::of(inputs)
                })
                .into()
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.name",
            Input::Handover,
            "ハンドオーバーの名前が異なります。",
            "The handover bears another name.",
        ),
        of: |inputs| {
            let names = [
                "AppleIdentityPresentment",
                "AppleIdentityPresentment_1.1",
                "AppleIdentityPresentment_2.0",
                "dcapi",
            ];
            names
                .map(|name| Parts {
                    name,
                    ..Parts::of(inputs)
                })
                .into()
        },
    },
];

const NONCES: &[Entry<AppleInputs>] = &[
    Entry {
        mistake: Mistake::new(
            "nonce.text",
            Input::Nonce,
            "nonceが、復号したバイト列ではなくbase64などの文字列のまま使われています。",
            "The nonce is the text of its base64 or of its digits and not its octets.",
        ),
        of: |inputs| {
            let octets = &inputs.nonce;
            let forms = padded(octets).into_iter().chain(standard(octets));
            let forms = forms.chain([hex(octets), hex(octets).to_ascii_uppercase()]);
            forms
                .flat_map(|form| [write::bytes(&[form.as_bytes()]), write::text(&form)])
                .collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "nonce.decoded",
            Input::Nonce,
            "nonceの文字列が、一方でbase64などとして復号されています。",
            "The text of the nonce was decoded on one side.",
        ),
        of: |inputs| {
            let text = str::from_utf8(&inputs.nonce).unwrap_or_default();
            let decoded = super::encoding::from_base64(text);
            let from_digits = super::encoding::from_hex(text);
            let forms = decoded.into_iter().chain(from_digits);
            forms.map(|octets| write::bytes(&[&octets])).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "nonce.hashed",
            Input::Nonce,
            "nonceのハッシュ値が使われています。",
            "The hash of the nonce was used and not the nonce.",
        ),
        of: |inputs| vec![write::bytes(&[&sha256(&[&inputs.nonce])])],
    },
];

const HASHES: &[Entry<AppleInputs>] = &[
    Entry {
        mistake: Mistake::new(
            "public-key-hash.compressed",
            Input::PublicKeyHash,
            "公開鍵のハッシュ値が、圧縮形式の点から計算されています。",
            "The hash is of the compressed point of the key; it is of the uncompressed one.",
        ),
        of: |inputs| {
            let compressed = compressed(&inputs.public_key);
            compressed.map(|point| digest(&point)).into_iter().collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "public-key-hash.spki",
            Input::PublicKeyHash,
            "公開鍵のハッシュ値が、SubjectPublicKeyInfoから計算されています。",
            "The hash is of the key's SubjectPublicKeyInfo; it is of its point.",
        ),
        of: |inputs| vec![digest(&[P256_SPKI, &*inputs.public_key].concat())],
    },
    Entry {
        mistake: Mistake::new(
            "public-key-hash.coordinates",
            Input::PublicKeyHash,
            "公開鍵のハッシュ値が、先頭の04を除いた座標、またはx座標だけから計算されています。",
            "The hash is of the coordinates without the leading 04, or of x alone.",
        ),
        of: |inputs| {
            let coordinates = inputs.public_key.get(1..).unwrap_or_default();
            let x = coordinates.get(..coordinates.len() / 2);
            vec![digest(coordinates), digest(x.unwrap_or_default())]
        },
    },
    Entry {
        mistake: Mistake::new(
            "public-key-hash.cose-key",
            Input::PublicKeyHash,
            "公開鍵のハッシュ値が、COSE_Keyから計算されています。",
            "The hash is of the key as a COSE_Key; it is of its point.",
        ),
        of: |inputs| {
            let key = CoseKey::of_point(Curve::P256, &inputs.public_key);
            vec![digest(&key.encoded())]
        },
    },
    Entry {
        mistake: Mistake::new(
            "public-key-hash.missing",
            Input::PublicKeyHash,
            "ハッシュ値ではなく、公開鍵そのものが使われています。",
            "The key itself was used and not its hash.",
        ),
        of: |inputs| vec![write::bytes(&[&inputs.public_key])],
    },
    Entry {
        mistake: Mistake::new(
            "public-key-hash.text",
            Input::PublicKeyHash,
            "公開鍵のハッシュ値が、バイト列ではなくbase64や16進数の文字列になっています。",
            "The hash is text in base64 or hexadecimal and not its octets.",
        ),
        of: |inputs| {
            let octets = sha256(&[&inputs.public_key]);
            let [plain, padded] = standard(&octets);
            let forms = [base64url(&octets), plain, padded, hex(&octets)];
            let forms = forms.iter();
            forms
                .flat_map(|form| [write::text(form), write::bytes(&[form.as_bytes()])])
                .collect()
        },
    },
];

/// What stands before the point in the SubjectPublicKeyInfo of a key on P-256
/// (RFC 5480, 2).
const P256_SPKI: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

fn digest(octets: &[u8]) -> Vec<u8> {
    write::bytes(&[&sha256(&[octets])])
}

/// SEC 1, 2.3.3.
fn compressed(point: &[u8]) -> Option<Vec<u8>> {
    let coordinates = point.strip_prefix(&[4])?;
    let x = coordinates.get(..coordinates.len() / 2)?;
    let sign = 2 + (coordinates.last()? & 1);
    Some([&[sign], x].concat())
}
