//! What a wallet sent, in any of the forms in which it is kept.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use tashika::mdoc::envelope::openid4vp::{self, VpToken};
use tashika::mdoc::envelope::{DcApiAnswer, Openid4vpAnswer, annex_c, apple};
use tashika::mdoc::{DeviceResponse, EphemeralKey, Flow, SessionTranscript};
use tashika::{Code, Error, limits};

use crate::exit::Failure;
use crate::input;

/// An answer as it was found.
pub(crate) enum Answer {
    /// CBOR: a device response, or an envelope of another flow.
    Cbor(Bytes),
    /// The base64url of the envelope of annex C.
    AnnexC(String),
    /// A JWE.
    Jwe(String),
    /// The parameters of OpenID4VP.
    Token(VpToken),
}

/// How an answer is opened, and which of its presentations is meant.
pub(crate) struct Opening<'a> {
    pub(crate) transcript: &'a SessionTranscript,
    pub(crate) key: Option<&'a EphemeralKey>,
    pub(crate) kid: Option<&'a str>,
    pub(crate) query: Option<&'a str>,
}

impl Answer {
    /// Reads an answer.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let octets = input::read(path, limits::MDOC_ENVELOPE)?;
        Self::of(octets).map_err(|code| Failure::unfit(path, Error::new(code)))
    }

    /// The forms begin differently: CBOR with an array or a map, JSON with a
    /// brace, a JWE has points, and base64url none.
    fn of(octets: Bytes) -> Result<Self, Code> {
        if let [0x80..0xc0, ..] = *octets {
            return Ok(Self::Cbor(octets));
        }
        let text = str::from_utf8(&octets).map_err(|_| Code::InputMdoc)?;
        let text = text.trim_ascii();
        if text.starts_with('{') {
            return Self::of_json(text).map_err(|error| error.code());
        }
        if text.contains('.') {
            return Ok(Self::Jwe(text.to_owned()));
        }
        let decoded = URL_SAFE_NO_PAD.decode(text).map_err(|_| Code::InputMdoc)?;
        match *decoded {
            [0x80..0xa0, ..] => Ok(Self::AnnexC(text.to_owned())),
            [0xa0..0xc0, ..] => Ok(Self::Cbor(decoded.into())),
            _ => Err(Code::InputMdoc),
        }
    }

    fn of_json(text: &str) -> Result<Self, Error> {
        let token = openid4vp::read(text);
        if let Ok(token) = token {
            return Ok(Self::Token(token));
        }
        Ok(match DcApiAnswer::from_json(text)? {
            DcApiAnswer::AnnexC(response) => Self::AnnexC(response),
            DcApiAnswer::Openid4vp(_, Openid4vpAnswer::Encrypted(jwe)) => Self::Jwe(jwe),
            DcApiAnswer::Openid4vp(_, Openid4vpAnswer::Plain(token)) => Self::Token(token),
            _ => return Err(Code::InputEnvelope.into()),
        })
    }

    /// The device response that is in it. What is wrong with the evidence is
    /// the inner error.
    pub(crate) fn open(&self, opening: &Opening<'_>) -> Result<Result<Bytes, Error>, Failure> {
        let Opening {
            transcript,
            key,
            kid,
            query,
        } = *opening;
        let needed = || Failure::Usage("the answer is encrypted: --key is needed".to_owned());
        match self {
            Self::Cbor(octets) if is_envelope(octets) => {
                let key = key.ok_or_else(needed)?;
                settled(match transcript.flow() {
                    Flow::Apple => apple::open(octets, key, transcript),
                    _ => annex_c::open(&URL_SAFE_NO_PAD.encode(octets), key, transcript),
                })
            }
            Self::Cbor(octets) => Ok(Ok(octets.clone())),
            Self::AnnexC(response) => {
                settled(annex_c::open(response, key.ok_or_else(needed)?, transcript))
            }
            Self::Jwe(jwe) => {
                let kid = kid.ok_or_else(|| {
                    Failure::Usage("the answer is a JWE: --flow openid4vp-… is needed".to_owned())
                })?;
                match openid4vp::open(jwe, key.ok_or_else(needed)?, kid) {
                    Ok(token) => chosen(&token, query).map(Ok),
                    Err(error) => settled(Err(error)),
                }
            }
            Self::Token(token) => chosen(token, query).map(Ok),
        }
    }
}

/// Arrays, and maps that are no device response but may hold one.
fn is_envelope(octets: &Bytes) -> bool {
    let is_array = matches!(**octets, [0x80..0xa0, ..]);
    let algorithm = b"APPLE-HPKE";
    let names_algorithm = || octets.windows(algorithm.len()).any(|w| w == algorithm);
    is_array || (DeviceResponse::read(octets).is_err() && names_algorithm())
}

/// Parts what is wrong with the arguments from what is wrong with the evidence.
fn settled(opened: Result<Bytes, Error>) -> Result<Result<Bytes, Error>, Failure> {
    match opened {
        Err(error) if error.code() == Code::MisuseArgument => {
            let text = "the answer is not of this --flow, or --key is on another curve";
            Err(Failure::Usage(text.to_owned()))
        }
        opened => Ok(opened),
    }
}

/// The one presentation that is meant.
fn chosen(token: &VpToken, query: Option<&str>) -> Result<Bytes, Failure> {
    let meant = |p: &&openid4vp::Presentation| query.is_none_or(|query| p.query() == query);
    let mut presentations = token.presentations().iter().filter(meant);
    match (presentations.next(), presentations.next()) {
        (Some(one), None) => Ok(one.device_response().clone()),
        _ => {
            let text = "there is not one presentation: name with --query which answer is meant";
            Err(Failure::Usage(text.to_owned()))
        }
    }
}
