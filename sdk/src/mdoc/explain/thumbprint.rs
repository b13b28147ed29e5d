//! What is taken for the thumbprint of the key that a response is encrypted to
//! (RFC 7638, with SHA-256).

use crate::mdoc::cbor::write;
use crate::mdoc::explain::encoding::{base64url, from_base64, hex};
use crate::mdoc::explain::inputs::JwkMembers;
use crate::mdoc::explain::mistake::{Entry, Input, Mistake};
use crate::trust::sha256;

/// The key of the response, and the other keys of the request, as JSON.
pub(super) struct Keys {
    pub(super) recipient: Option<String>,
    pub(super) others: Vec<String>,
}

impl Keys {
    fn members(&self) -> Option<JwkMembers> {
        self.recipient.as_deref().and_then(JwkMembers::read)
    }

    fn others(&self) -> impl Iterator<Item = Vec<u8>> {
        let others = self.others.iter().filter_map(|jwk| JwkMembers::read(jwk));
        others.map(|members| write::bytes(&[&members.thumbprint()]))
    }
}

/// The item that the thumbprint is, or null.
pub(super) fn item(jwk: Option<&str>) -> Vec<u8> {
    let members = jwk.and_then(JwkMembers::read);
    members.map_or_else(write::null, |m| write::bytes(&[&m.thumbprint()]))
}

fn hashed(text: &str) -> Vec<u8> {
    write::bytes(&[&sha256(&[text.as_bytes()])])
}

pub(super) const THUMBPRINTS: &[Entry<Keys>] = &[
    Entry {
        mistake: Mistake::new(
            "thumbprint.null",
            Input::Thumbprint,
            "応答は暗号化されていますが、端末側では鍵のサムプリントが null になっています。",
            "The response is encrypted, but the device put null where the key's thumbprint belongs.",
        ),
        of: |keys| keys.recipient.iter().map(|_| write::null()).collect(),
    },
    Entry {
        mistake: Mistake::new(
            "thumbprint.present",
            Input::Thumbprint,
            "応答を暗号化する鍵がないものとして検証していますが、端末側には鍵のサムプリントが入っています。",
            "No key was given for the response, but the device put in the thumbprint of one of the request's keys.",
        ),
        of: |keys| match keys.recipient {
            Some(_) => Vec::new(),
            None => keys.others().collect(),
        },
    },
    Entry {
        mistake: Mistake::new(
            "thumbprint.other-key",
            Input::Thumbprint,
            "要求に含まれる別の鍵(署名用の鍵など)のサムプリントが使われています。",
            "The thumbprint is of another key of the request, the one it is signed with for example.",
        ),
        of: |keys| match keys.recipient {
            Some(_) => keys.others().collect(),
            None => Vec::new(),
        },
    },
    Entry {
        mistake: Mistake::new(
            "thumbprint.text",
            Input::Thumbprint,
            "サムプリントが、32オクテットのバイト列ではなくbase64urlの文字列になっています。",
            "The thumbprint is the text of its base64url and not its 32 octets.",
        ),
        of: |keys| {
            let text = keys.members().map(|m| base64url(&m.thumbprint()));
            let text = text.into_iter();
            text.flat_map(|t| [write::text(&t), write::bytes(&[t.as_bytes()])])
                .collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "thumbprint.hexadecimal",
            Input::Thumbprint,
            "サムプリントが16進数の文字列になっています。",
            "The thumbprint is in hexadecimal.",
        ),
        of: |keys| {
            let text = keys.members().map(|m| hex(&m.thumbprint()));
            text.into_iter().map(|t| write::text(&t)).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "thumbprint.extra-members",
            Input::Thumbprint,
            "サムプリントが、kidやuseなど必須でないメンバーを含むJWKから計算されています。",
            "The thumbprint was made of the key with further members, such as kid or use.",
        ),
        of: |keys| {
            let Some(jwk) = keys.recipient.as_deref() else {
                return Vec::new();
            };
            let value: Option<serde_json::Value> = serde_json::from_str(jwk).ok();
            let sorted = value.map(|value| hashed(&value.to_string()));
            sorted.into_iter().chain([hashed(jwk)]).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "thumbprint.order",
            Input::Thumbprint,
            "サムプリントの計算で、JWKのメンバーが辞書順に並んでいません。",
            "The thumbprint was made of members that are not in their order.",
        ),
        of: |keys| {
            let Some(JwkMembers { crv, x, y }) = keys.members() else {
                return Vec::new();
            };
            vec![
                hashed(&format!(
                    r#"{{"kty":"EC","crv":"{crv}","x":"{x}","y":"{y}"}}"#
                )),
                hashed(&format!(
                    r#"{{"kty":"EC","x":"{x}","y":"{y}","crv":"{crv}"}}"#
                )),
                hashed(&format!(
                    r#"{{"crv": "{crv}", "kty": "EC", "x": "{x}", "y": "{y}"}}"#
                )),
            ]
        },
    },
    Entry {
        mistake: Mistake::new(
            "thumbprint.uri",
            Input::Thumbprint,
            "サムプリントがURN(urn:ietf:params:oauth:jwk-thumbprint:)の形になっています。",
            "The thumbprint has the form of a URN (RFC 9278).",
        ),
        of: |keys| {
            let text = keys.members().map(|m| base64url(&m.thumbprint()));
            let prefix = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:";
            let uri = text.map(|text| write::text(&format!("{prefix}{text}")));
            uri.into_iter().collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "thumbprint.point",
            Input::Thumbprint,
            "JWKのサムプリントではなく、公開鍵の点のハッシュ値が使われています。",
            "The hash of the key's point was used and not the thumbprint of its JWK.",
        ),
        of: |keys| {
            let Some(members) = keys.members() else {
                return Vec::new();
            };
            let coordinates = from_base64(&members.x).zip(from_base64(&members.y));
            let digest = coordinates.map(|(x, y)| sha256(&[&[4], &x, &y]));
            digest.iter().map(|d| write::bytes(&[d])).collect()
        },
    },
];
