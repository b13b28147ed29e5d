//! What is taken for a nonce that is text.

use crate::mdoc::cbor::write;
use crate::mdoc::explain::encoding::{base64url, from_base64, from_hex, hex, padded, standard};
use crate::mdoc::explain::mistake::{Entry, Input, Mistake};
use crate::trust::sha256;

pub(super) const NONCES: &[Entry<str>] = &[
    Entry {
        mistake: Mistake::new(
            "nonce.decoded",
            Input::Nonce,
            "nonceが、base64urlとして復号されたバイト列になっています。送った文字列のまま使います。",
            "The nonce was decoded from base64url; it is the text that was sent.",
        ),
        of: |nonce| {
            let decoded = from_base64(nonce).into_iter();
            decoded.map(|octets| write::bytes(&[&octets])).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "nonce.byte-string",
            Input::Nonce,
            "nonceが、文字列(tstr)ではなくバイト列(bstr)として符号化されています。",
            "The nonce was encoded as a byte string and not as text.",
        ),
        of: |nonce| vec![write::bytes(&[nonce.as_bytes()])],
    },
    Entry {
        mistake: Mistake::new(
            "nonce.encoded-again",
            Input::Nonce,
            "nonceが、もう一度base64urlに符号化されています。",
            "The nonce was encoded in base64url once more.",
        ),
        of: |nonce| {
            let octets = nonce.as_bytes();
            let [with, without] = padded(octets);
            vec![write::text(&without), write::text(&with)]
        },
    },
    Entry {
        mistake: Mistake::new(
            "nonce.alphabet",
            Input::Nonce,
            "nonceのbase64の文字種またはパディング(=)が異なります。",
            "The nonce is in another alphabet of base64, or with padding.",
        ),
        of: |nonce| {
            let octets = from_base64(nonce).unwrap_or_default();
            let forms = padded(&octets).into_iter().chain(standard(&octets));
            forms.map(|form| write::text(&form)).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "nonce.hexadecimal",
            Input::Nonce,
            "nonceが16進数で書かれています。",
            "The nonce is in hexadecimal on one side.",
        ),
        of: |nonce| {
            let decoded = from_base64(nonce).map(|octets| hex(&octets));
            let back = from_hex(nonce).map(|octets| base64url(&octets));
            let texts = [Some(hex(nonce.as_bytes())), decoded, back];
            texts
                .into_iter()
                .flatten()
                .map(|t| write::text(&t))
                .collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "nonce.hashed",
            Input::Nonce,
            "nonceのハッシュ値が使われています。",
            "The hash of the nonce was used and not the nonce.",
        ),
        of: |nonce| {
            let digest = sha256(&[nonce.as_bytes()]);
            vec![write::text(&base64url(&digest)), write::bytes(&[&digest])]
        },
    },
    Entry {
        mistake: Mistake::new(
            "nonce.empty",
            Input::Nonce,
            "nonceが空のまま計算されています。",
            "The nonce was left empty.",
        ),
        of: |_| vec![write::text(""), write::null()],
    },
];
