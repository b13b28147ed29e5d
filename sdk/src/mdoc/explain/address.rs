//! What is taken for a client identifier, or for a response URI.

use std::fmt::Write;

use crate::mdoc::cbor::write;
use crate::mdoc::explain::mistake::{Entry, Input, Mistake};
use crate::mdoc::explain::origin::{default_port, other_scheme, toggled_suffix};

/// A client identifier, and the URI that it may be taken for.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) response_uri: String,
}

/// The prefixes of OpenID4VP 1.0, 5.9.3, and of its drafts.
const PREFIXES: [&str; 7] = [
    "x509_san_dns:",
    "x509_hash:",
    "redirect_uri:",
    "verifier_attestation:",
    "decentralized_identifier:",
    "openid_federation:",
    "x509_san_uri:",
];

pub(super) const CLIENTS: &[Entry<Client>] = &[
    Entry {
        mistake: Mistake::new(
            "client-id.prefix",
            Input::ClientId,
            "client_idの接頭辞(x509_san_dns: など)が、一方にだけ付いているか、異なります。",
            "The client identifier has its prefix (x509_san_dns: for example) on one side only, or another one.",
        ),
        of: |client| {
            let bare = PREFIXES.iter().find_map(|p| client.id.strip_prefix(p));
            let stripped = bare.map(write::text);
            let bare = bare.unwrap_or(&client.id);
            let others = PREFIXES.iter().map(|p| write::text(&format!("{p}{bare}")));
            stripped.into_iter().chain(others).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "client-id.case",
            Input::ClientId,
            "client_idの大文字と小文字が異なります。",
            "The client identifier differs in upper and lower case.",
        ),
        of: |client| {
            let (lower, upper) = (
                client.id.to_ascii_lowercase(),
                client.id.to_ascii_uppercase(),
            );
            vec![write::text(&lower), write::text(&upper)]
        },
    },
    Entry {
        mistake: Mistake::new(
            "client-id.response-uri",
            Input::ClientId,
            "client_idではなく、response_uriが使われています。",
            "The response URI was used and not the client identifier.",
        ),
        of: |client| vec![write::text(&client.response_uri)],
    },
    Entry {
        mistake: Mistake::new(
            "client-id.slash",
            Input::ClientId,
            "client_idの末尾のスラッシュが、一方にだけ付いています。",
            "The client identifier has a slash at its end on one side only.",
        ),
        of: |client| vec![write::text(&toggled_suffix(&client.id, "/"))],
    },
];

/// A response URI, and what else may be taken for it.
pub(super) struct Response {
    pub(super) uri: String,
    pub(super) redirect_uri: Option<String>,
    pub(super) client_id: String,
}

macro_rules! responses {
    ($($id:literal, $ja:literal, $en:literal, $of:expr;)+) => {
        pub(super) const RESPONSES: &[Entry<Response>] = &[$(Entry {
            mistake: Mistake::new($id, Input::ResponseUri, $ja, $en),
            of: |response| $of(response).into_iter().map(|u: String| write::text(&u)).collect(),
        },)+];
    };
}

responses! {
    "response-uri.slash",
        "response_uriの末尾のスラッシュが、一方にだけ付いています。",
        "The response URI has a slash at its end on one side only.",
        |r: &Response| [toggled_suffix(&r.uri, "/")];
    "response-uri.encoding",
        "response_uriが、パーセントエンコーディングされたまま、または復号されて使われています。",
        "The response URI is percent-encoded on one side only.",
        |r: &Response| [percent_encoded(&r.uri, true), percent_encoded(&r.uri, false), percent_decoded(&r.uri)];
    "response-uri.query",
        "response_uriのクエリ部分が、一方で落ちています。",
        "The response URI lacks its query on one side.",
        |r: &Response| r.uri.split_once('?').map(|(uri, _)| uri.to_owned());
    "response-uri.scheme",
        "response_uriのスキームが異なります(httpとhttps)。",
        "The response URI has another scheme: http and not https, or the other way round.",
        |r: &Response| other_scheme(&r.uri);
    "response-uri.default-port",
        "response_uriに既定のポート番号(443または80)が書かれています。",
        "The response URI has its default port (443 or 80) written out on one side.",
        |r: &Response| default_port(&r.uri);
    "response-uri.case",
        "response_uriの大文字と小文字が異なります。",
        "The response URI differs in upper and lower case.",
        |r: &Response| [r.uri.to_ascii_lowercase()];
    "response-uri.origin",
        "response_uriの全体ではなく、オリジンだけが使われています。",
        "Only the origin of the response URI was used and not the whole.",
        |r: &Response| origin(&r.uri);
    "response-uri.redirect-uri",
        "response_uriではなく、redirect_uriが使われています。",
        "The redirect URI was used and not the response URI.",
        |r: &Response| r.redirect_uri.clone();
    "response-uri.client-id",
        "response_uriではなく、client_idが使われています。",
        "The client identifier was used and not the response URI.",
        |r: &Response| [r.client_id.clone()];
    "response-uri.empty",
        "response_uriが空のまま計算されています。",
        "The response URI was left empty.",
        |_: &Response| [String::new()];
}

fn origin(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    Some(format!("{scheme}://{authority}"))
}

/// Everything but the unreserved characters (RFC 3986, 2.3), in either case.
fn percent_encoded(uri: &str, upper: bool) -> String {
    uri.bytes().fold(String::new(), |mut text, octet| {
        let unreserved = octet.is_ascii_alphanumeric() || b"-._~".contains(&octet);
        // Writing to a string does not fail.
        let _ = match (unreserved, upper) {
            (true, _) => text.write_char(char::from(octet)),
            (false, true) => write!(text, "%{octet:02X}"),
            (false, false) => write!(text, "%{octet:02x}"),
        };
        text
    })
}

fn percent_decoded(uri: &str) -> String {
    let mut octets = Vec::new();
    let mut rest = uri.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let digits = digits.and_then(|digits| str::from_utf8(digits).ok());
        let octet = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        octets.push(octet.unwrap_or(*first));
        rest = match octet {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    String::from_utf8(octets).unwrap_or_default()
}
