//! Mistakes with `org-iso-mdoc` over the Digital Credentials API
//! (ISO/IEC 18013-7, annex C).

use crate::mdoc::cbor::{Reader, write};
use crate::mdoc::explain::encoding::{base64url, encoded_anew, from_base64, hex, padded, standard};
use crate::mdoc::explain::handover::{HASHED, Hashed};
use crate::mdoc::explain::inputs::AnnexCInputs;
use crate::mdoc::explain::mistake::{Entry, Input, Mistake, Suspect, suspects};
use crate::mdoc::explain::origin::{ORIGINS, Origins};

/// What may have been taken for what, the likeliest first.
pub(super) fn all(inputs: &AnnexCInputs) -> Vec<Suspect> {
    let info = write::text(&inputs.encryption_info);
    let origin = write::text(&inputs.origin);
    let origins = Origins {
        page: inputs.origin.clone(),
        app: inputs.app_origin.clone(),
    };
    let of_origin = suspects(ORIGINS, &origins, |o| transcript(&info, &o));
    let of_info = suspects(ENCRYPTION_INFOS, inputs, |i| transcript(&i, &origin));
    let of_handover = suspects(HASHED, &hashed(&info, &origin), |made| made);
    [of_origin, of_info, of_handover]
        .into_iter()
        .flatten()
        .collect()
}

/// What may have been taken for the inputs of another transaction.
pub(super) fn mixed(inputs: &AnnexCInputs, other: &AnnexCInputs) -> Vec<Suspect> {
    let theirs = write::text(&other.encryption_info);
    let made = transcript(&theirs, &write::text(&inputs.origin));
    vec![(&OTHER_INFO, vec![made.into()])]
}

const OTHER_INFO: Mistake = Mistake::new(
    "encryption-info.other",
    Input::EncryptionInfo,
    "別の取引のencryptionInfoに対する応答です。",
    "The answer is for the encryptionInfo of another transaction.",
);

fn transcript(info: &[u8], origin: &[u8]) -> Vec<u8> {
    hashed(info, origin).transcript()
}

fn hashed(info: &[u8], origin: &[u8]) -> Hashed {
    let info = vec![info.to_vec(), origin.to_vec()];
    let name = "dcapi";
    Hashed { name, info }
}

fn decoded(inputs: &AnnexCInputs) -> Vec<u8> {
    from_base64(&inputs.encryption_info).unwrap_or_default()
}

/// Nonce and key of `EncryptionInfo`, as they are encoded.
fn members(info: &[u8]) -> Vec<Vec<u8>> {
    let mut members = Vec::new();
    let outcome = Reader::only(info, crate::Code::InputEnvelope).and_then(|mut reader| {
        reader.tuple(2, |parts| {
            parts.raw()?;
            parts.map(|_, value| {
                members.push(value.raw()?.to_vec());
                Ok(())
            })
        })
    });
    outcome.map(|()| members).unwrap_or_default()
}

const ENCRYPTION_INFOS: &[Entry<AnnexCInputs>] = &[
    Entry {
        mistake: Mistake::new(
            "encryption-info.bytes",
            Input::EncryptionInfo,
            "encryptionInfoが、送ったbase64urlの文字列ではなく、復号したバイト列になっています。",
            "The encryptionInfo was decoded to octets; it is the base64url string as it was sent.",
        ),
        of: |inputs| vec![write::bytes(&[&decoded(inputs)])],
    },
    Entry {
        mistake: Mistake::new(
            "encryption-info.re-encoded",
            Input::EncryptionInfo,
            "encryptionInfoのCBORが符号化し直されています。送った文字列をそのまま保存して使います。",
            "The CBOR of the encryptionInfo was encoded anew; the string that was sent is kept and used as it is.",
        ),
        of: |inputs| {
            let anew = encoded_anew(&decoded(inputs)).into_iter();
            anew.flat_map(|octets| [write::text(&base64url(&octets)), write::bytes(&[&octets])])
                .collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "encryption-info.padding",
            Input::EncryptionInfo,
            "encryptionInfoのbase64urlのパディング(=)が、一方にだけ付いています。",
            "The base64url of the encryptionInfo has padding on one side only.",
        ),
        of: |inputs| {
            let forms = padded(&decoded(inputs)).into_iter();
            forms.map(|form| write::text(&form)).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "encryption-info.alphabet",
            Input::EncryptionInfo,
            "encryptionInfoが、base64urlではなく標準のbase64の文字種(+と/)で書かれています。",
            "The encryptionInfo is in the standard alphabet of base64 and not in that of base64url.",
        ),
        of: |inputs| {
            let forms = standard(&decoded(inputs)).into_iter();
            forms.map(|form| write::text(&form)).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "encryption-info.hexadecimal",
            Input::EncryptionInfo,
            "encryptionInfoが16進数の文字列になっています。",
            "The encryptionInfo is in hexadecimal.",
        ),
        of: |inputs| vec![write::text(&hex(&decoded(inputs)))],
    },
    Entry {
        mistake: Mistake::new(
            "encryption-info.encoded-again",
            Input::EncryptionInfo,
            "encryptionInfoの文字列が、もう一度base64urlに符号化されています。",
            "The string of the encryptionInfo was encoded in base64url once more.",
        ),
        of: |inputs| {
            let text = inputs.encryption_info.as_bytes();
            vec![write::text(&base64url(text)), write::bytes(&[text])]
        },
    },
    Entry {
        mistake: Mistake::new(
            "encryption-info.item",
            Input::EncryptionInfo,
            "encryptionInfoが、文字列ではなくCBORのデータ項目のまま入っています。",
            "The encryptionInfo stands there as CBOR and not as the string.",
        ),
        of: |inputs| {
            let item = decoded(inputs);
            let embedded = write::embedded(&item);
            vec![item, embedded]
        },
    },
    Entry {
        mistake: Mistake::new(
            "encryption-info.part",
            Input::EncryptionInfo,
            "encryptionInfoの全体ではなく、その中のnonceまたは公開鍵だけが使われています。",
            "Only the nonce or the key of the encryptionInfo was used and not the whole.",
        ),
        of: |inputs| members(&decoded(inputs)),
    },
    Entry {
        mistake: Mistake::new(
            "encryption-info.quoted",
            Input::EncryptionInfo,
            "encryptionInfoが、引用符を含むJSONのまま使われています。",
            "The encryptionInfo was used as JSON, with its quotation marks.",
        ),
        of: |inputs| vec![write::text(&format!("\"{}\"", inputs.encryption_info))],
    },
    Entry {
        mistake: Mistake::new(
            "device-request.instead",
            Input::EncryptionInfo,
            "encryptionInfoではなく、deviceRequestが使われています。",
            "The deviceRequest was used and not the encryptionInfo.",
        ),
        of: |inputs| {
            let request = inputs.device_request.as_deref().into_iter();
            request
                .flat_map(|text| {
                    let octets = from_base64(text).unwrap_or_default();
                    [write::text(text), write::bytes(&[&octets])]
                })
                .collect()
        },
    },
];
