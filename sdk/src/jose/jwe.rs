//! A message encrypted to a key of ours (RFC 7516), with a key that both sides
//! agree on directly (RFC 7518, 4.6) on P-256.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::code::Code;
use crate::jose::{decode, object};
use crate::limits;
use crate::trust::sha256;

/// A message in compact serialization (RFC 7516, 7.1), as far as it can be read
/// without our key.
pub(crate) struct Jwe<'a> {
    /// The protected header as it was sent: it is authenticated.
    protected: &'a str,
    header: Header,
    nonce: [u8; 12],
    /// Ciphertext and tag.
    sealed: Vec<u8>,
}

struct Header {
    encryption: Encryption,
    kid: Option<String>,
    /// The sender's ephemeral key, as an uncompressed point.
    point: Vec<u8>,
    /// What the sender (`apu`) and the recipient (`apv`) put into the key.
    parties: [Vec<u8>; 2],
}

/// How the content is encrypted (RFC 7518, 5.3).
#[derive(Clone, Copy)]
enum Encryption {
    A128Gcm,
    A256Gcm,
}

/// Members that demand more than is done here (RFC 7516, 4.1.3 and 4.1.13;
/// RFC 7797): compression tells the length of what it compresses.
const UNSUPPORTED: [&str; 3] = ["zip", "crit", "b64"];
/// Members that name the recipient's key otherwise than by its identifier.
const OTHER_KEY: [&str; 3] = ["jku", "jwk", "x5u"];
/// The octets of a coordinate on P-256.
const COORDINATE: usize = 32;

impl<'a> Jwe<'a> {
    /// Reads a message: `input.envelope` if it is none, `input.too_large` if it
    /// or its header is over its budget, `mdoc.envelope_algorithm` if it is
    /// encrypted in another way than one of these, `mdoc.envelope_recipient` if
    /// it names its recipient in another way.
    pub(crate) fn read(compact: &'a str) -> Result<Self, Code> {
        if compact.len() > limits::MDOC_ENVELOPE {
            return Err(Code::InputTooLarge);
        }
        let mut parts = compact.split('.');
        let mut part = || parts.next().ok_or(Code::InputEnvelope);
        let [protected, key, nonce, content, tag] = [part()?, part()?, part()?, part()?, part()?];
        if parts.next().is_some() {
            return Err(Code::InputEnvelope);
        }
        let header = Header::read(protected)?;
        // RFC 7518, 4.6: the key is agreed on, and none is sent.
        if !key.is_empty() {
            return Err(Code::InputEnvelope);
        }
        let octets = |text| decode(text).ok_or(Code::InputEnvelope);
        let nonce = octets(nonce)?.try_into().map_err(|_| Code::InputEnvelope)?;
        let tag: [u8; 16] = octets(tag)?.try_into().map_err(|_| Code::InputEnvelope)?;
        let mut sealed = octets(content)?;
        sealed.extend(tag);
        Ok(Self {
            protected,
            header,
            nonce,
            sealed,
        })
    }

    /// The identifier of the recipient's key.
    pub(crate) fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// The sender's ephemeral key as an uncompressed point, which may be off
    /// its curve.
    pub(crate) fn point(&self) -> &[u8] {
        &self.header.point
    }

    /// The content, opened with what the ephemeral key and ours agree on;
    /// `mdoc.envelope_seal` if that is not what it was sealed with.
    pub(crate) fn open(mut self, agreed: &[u8]) -> Result<Vec<u8>, Code> {
        let seal = Code::MdocEnvelopeSeal;
        let key = self.header.derive(agreed);
        let algorithm = self.header.encryption.algorithm();
        let key = UnboundKey::new(algorithm, &key).map_err(|_| seal)?;
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let protected = Aad::from(self.protected.as_bytes());
        let opened =
            LessSafeKey::new(key).open_in_place(nonce, protected, self.sealed.as_mut_slice());
        let length = opened.map_err(|_| seal)?.len();
        self.sealed.truncate(length);
        Ok(self.sealed)
    }
}

impl Header {
    fn read(protected: &str) -> Result<Self, Code> {
        if protected.len() > limits::JOSE_HEADER {
            return Err(Code::InputTooLarge);
        }
        let members = decode(protected).and_then(|json| object(&json));
        let members = members.ok_or(Code::InputEnvelope)?;
        let has_any = |names: [&str; 3]| names.iter().any(|name| members.contains_key(*name));
        if has_any(UNSUPPORTED) || text(&members, "alg")? != Some("ECDH-ES") {
            return Err(Code::MdocEnvelopeAlgorithm);
        }
        if has_any(OTHER_KEY) {
            return Err(Code::MdocEnvelopeRecipient);
        }
        let encryption = match text(&members, "enc")? {
            Some("A128GCM") => Encryption::A128Gcm,
            Some("A256GCM") => Encryption::A256Gcm,
            _ => return Err(Code::MdocEnvelopeAlgorithm),
        };
        let party = |name| match text(&members, name)? {
            Some(party) => decode(party).ok_or(Code::InputEnvelope),
            None => Ok(Vec::new()),
        };
        Ok(Self {
            encryption,
            kid: text(&members, "kid")?.map(str::to_owned),
            point: ephemeral_key(&members)?,
            parties: [party("apu")?, party("apv")?],
        })
    }

    /// The key of the content by Concat KDF (RFC 7518, 4.6.2), of which one
    /// round gives enough.
    fn derive(&self, agreed: &[u8]) -> Zeroizing<Vec<u8>> {
        let length = self.encryption.algorithm().key_len();
        let [sender, recipient] = &self.parties;
        let digest = Zeroizing::new(sha256(&[
            &1_u32.to_be_bytes(),
            agreed,
            &counted(self.encryption.name().as_bytes()),
            &counted(sender),
            &counted(recipient),
            &count(length * 8),
        ]));
        let key = digest.iter().take(length);
        Zeroizing::new(key.copied().collect())
    }
}

impl Encryption {
    const fn name(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::A128Gcm => &AES_128_GCM,
            Self::A256Gcm => &AES_256_GCM,
        }
    }
}

/// The point of `epk` (RFC 7518, 4.6.1.1): a public key on P-256.
fn ephemeral_key(members: &Map<String, Value>) -> Result<Vec<u8>, Code> {
    let malformed = Code::InputEnvelope;
    let key = members.get("epk").and_then(Value::as_object);
    let key = key.ok_or(malformed)?;
    if text(key, "kty")? != Some("EC") || text(key, "crv")? != Some("P-256") {
        return Err(Code::MdocEnvelopeAlgorithm);
    }
    if key.contains_key("d") {
        return Err(malformed);
    }
    let coordinate = |name| {
        let octets = text(key, name)?.and_then(decode);
        let octets = octets.filter(|octets| octets.len() == COORDINATE);
        octets.ok_or(malformed)
    };
    Ok([&[4][..], &coordinate("x")?, &coordinate("y")?].concat())
}

/// A member that is text, if it is there.
fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Result<Option<&'m str>, Code> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Code::InputEnvelope),
    }
}

fn counted(octets: &[u8]) -> Vec<u8> {
    [&count(octets.len())[..], octets].concat()
}

/// A length in 32 bits. What is counted here is within a header's budget.
fn count(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};

    use super::*;
    use crate::jose::encode;

    /// The recipient's key of RFC 7518, appendix C.
    const KEY: &str = "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw";
    /// The sender's key there.
    const EPK: &str = r#"{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}"#;
    const CONTENT: &[u8] = br#"{"vp_token":{"pid":["oA"]}}"#;

    /// Written by jwcrypto 1.5 for that key, with `apu` and `apv` and without.
    const WRITTEN: [&str; 3] = [
        "eyJhbGciOiJFQ0RILUVTIiwiYXB1IjoiUVd4cFkyVSIsImFwdiI6IlFtOWkiLCJlbmMiOiJBMTI4R0NNIiwiZXBrIjp7ImNydiI6IlAtMjU2Iiwia3R5IjoiRUMiLCJ4IjoiU19TX0hzRDN2VkRIVEFta19Kci1IcWdJWmE1XzYzNzVBWmlQZGZISDZ6RSIsInkiOiJQbGxBdURETXZSNXcxR0hGdVY0RE1vS3BpUV9iU3JYWkREaHplLXV1Y0w0In0sImtpZCI6IjEifQ..TsqS5dr-gRPJY4S3.yLj_rQQ9M6BiU7p4eVJGHW3rNEkz8REnP3eU.AG-wGFa5HFa3jIivKlK5vw",
        "eyJhbGciOiJFQ0RILUVTIiwiYXB1IjoiUVd4cFkyVSIsImFwdiI6IlFtOWkiLCJlbmMiOiJBMjU2R0NNIiwiZXBrIjp7ImNydiI6IlAtMjU2Iiwia3R5IjoiRUMiLCJ4IjoiQjM0ZE1LX09mMUduY1l0YVdkeWR2M1BlMzhxMGxwUFk0VEhmQmZuUHlIQSIsInkiOiI0bUZWWjkzT2ZqdXdESTh3cVJ2cXVGYXZjb1BsV0JtTF9UWDBiOW5SVFo4In0sImtpZCI6IjEifQ..h_DTwKi_B4FNKL6k.FrgWkBu_ZmCAKBSMG22tplyEmujBWXJZPWJ3.Ng44ONYvRlcEteB5D7twxQ",
        "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSIsImVwayI6eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6IlhXVU53c3M3d1JVUDJNdWZKT0RqWmZ0X2U0Qm1lbDZiUFhiTEI2cUNJV1UiLCJ5IjoiT3E1dFdaNmtqWEgybGtnbkdyQ0hTdkxiQnhmY2tUejhRWWVtS2NvT0hBWSJ9LCJraWQiOiIxIn0..3V1HL9kPGv2ONpeP.gyd6hTimQzT6JqcpeOz0wW9X4qp2x4A7dwVG.ivz5azpRfZyksrtL28ockA",
    ];

    fn agreed(point: &[u8]) -> Vec<u8> {
        let key = PrivateKey::from_private_key(&ECDH_P256, &decode(KEY).unwrap()).unwrap();
        let peer = UnparsedPublicKey::new(&ECDH_P256, point);
        agree(&key, peer, (), |secret| Ok(secret.to_vec())).unwrap()
    }

    fn open(compact: &str) -> Result<Vec<u8>, Code> {
        let message = Jwe::read(compact)?;
        assert_eq!(message.kid(), Some("1"));
        let agreed = agreed(message.point());
        message.open(&agreed)
    }

    fn header(members: &str) -> String {
        format!(r#"{{"alg":"ECDH-ES","enc":"A128GCM","epk":{EPK}{members}}}"#)
    }

    fn read(header: &str) -> Result<(), Code> {
        let parts = [&[0; 12][..], &[], &[0; 16]].map(encode).join(".");
        Jwe::read(&format!("{}..{parts}", encode(header.as_bytes()))).map(drop)
    }

    /// RFC 7518, appendix C.
    #[test]
    fn the_key_is_derived_as_published() {
        let members = r#","apu":"QWxpY2U","apv":"Qm9i""#;
        let header = Header::read(&encode(header(members).as_bytes())).unwrap();
        let key = header.derive(&agreed(&header.point));
        assert_eq!(encode(&key), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn what_another_wrote_is_opened() {
        for compact in WRITTEN {
            assert_eq!(open(compact).as_deref(), Ok(CONTENT), "{compact}");
        }
    }

    #[test]
    fn what_was_changed_does_not_open() {
        for compact in WRITTEN {
            let (header, rest) = compact.split_once("..").unwrap();
            let members = String::from_utf8(decode(header).unwrap()).unwrap();
            // A space more in the header says the same in other octets.
            let spaced = encode(members.replacen(',', ", ", 1).as_bytes());
            let outcome = open(&format!("{spaced}..{rest}"));
            assert_eq!(outcome, Err(Code::MdocEnvelopeSeal));
            for at in 0..rest.len() {
                let mut changed = rest.as_bytes().to_vec();
                match changed[at] {
                    b'.' => continue,
                    // Even where an octet's last bits stand, which must be zero.
                    b'A' => changed[at] = b'Q',
                    _ => changed[at] = b'A',
                }
                let changed = String::from_utf8(changed).unwrap();
                let outcome = open(&format!("{header}..{changed}"));
                assert_eq!(outcome, Err(Code::MdocEnvelopeSeal), "{at}");
            }
        }
        let mut other = agreed(Jwe::read(WRITTEN[0]).unwrap().point());
        other[0] ^= 1;
        let outcome = Jwe::read(WRITTEN[0]).unwrap().open(&other);
        assert_eq!(outcome, Err(Code::MdocEnvelopeSeal));
    }

    #[test]
    fn other_algorithms_are_refused() {
        assert_eq!(read(&header("")), Ok(()));
        let sound = header("");
        for bad in [
            header(r#","zip":"DEF""#),
            header(r#","crit":["exp"],"exp":0"#),
            header(r#","b64":true"#),
            sound.replace("ECDH-ES", "ECDH-ES+A128KW"),
            sound.replace("ECDH-ES", "dir"),
            sound.replace(r#""alg":"ECDH-ES","#, ""),
            sound.replace("A128GCM", "A192GCM"),
            sound.replace("A128GCM", "A128CBC-HS256"),
            sound.replace(r#""enc":"A128GCM","#, ""),
            sound.replace("P-256", "P-384"),
            sound.replace("P-256", "secp256k1"),
            sound.replace(r#""kty":"EC""#, r#""kty":"OKP""#),
        ] {
            assert_eq!(read(&bad), Err(Code::MdocEnvelopeAlgorithm), "{bad}");
        }
    }

    #[test]
    fn other_names_of_the_key_are_refused() {
        for members in [
            r#","jku":"https://verifier.example/keys""#.to_owned(),
            format!(r#","jwk":{EPK}"#),
            r#","x5u":"https://verifier.example/chain""#.to_owned(),
        ] {
            let outcome = read(&header(&members));
            assert_eq!(outcome, Err(Code::MdocEnvelopeRecipient), "{members}");
        }
    }

    #[test]
    fn headers_that_are_no_headers_are_refused() {
        let sound = header("");
        for bad in [
            header(r#","kid":"1","kid":"1""#),
            header(r#","kid":1"#),
            header(r#","apu":"QWxpY2U=""#),
            header(r#","apv":7"#),
            sound.replace(r#""kty":"EC""#, r#""kty":"EC","kty":"EC""#),
            sound.replace(r#""kty":"EC""#, r#""kty":"EC","d":"AQ""#),
            sound.replace("5SV0", "5SV"),
            sound.replace("5SV0", "5SV0AAAA"),
            sound.replace(r#""y""#, r#""z""#),
            sound.replace("epk", "ekp"),
            sound.replace("{\"kty", "[{\"kty").replace("}}", "}]}"),
            format!("{sound} {{}}"),
            "[]".to_owned(),
            String::new(),
        ] {
            assert_eq!(read(&bad), Err(Code::InputEnvelope), "{bad}");
        }
        let long = header(&format!(r#","typ":"{}""#, "x".repeat(limits::JOSE_HEADER)));
        assert_eq!(read(&long), Err(Code::InputTooLarge));
    }

    #[test]
    fn what_is_not_compact_is_refused() {
        let protected = encode(header("").as_bytes());
        let (nonce, tag) = (encode(&[0; 12]), encode(&[0; 16]));
        let sound = format!("{protected}..{nonce}..{tag}");
        assert!(Jwe::read(&sound).is_ok());
        for bad in [
            String::new(),
            protected.clone(),
            format!("{protected}..{nonce}."),
            format!("{sound}."),
            format!("{protected}.AA.{nonce}..{tag}"),
            format!("{protected}..{}..{tag}", encode(&[0; 16])),
            format!("{protected}..{nonce}..{}", encode(&[0; 12])),
            format!("{protected}..{nonce}.A.{tag}"),
            format!("{protected}=..{nonce}..{tag}"),
            format!("{sound}\n"),
        ] {
            let outcome = Jwe::read(&bad).map(drop);
            assert_eq!(outcome, Err(Code::InputEnvelope), "{bad}");
        }
        let long = ".".repeat(limits::MDOC_ENVELOPE + 1);
        assert_eq!(Jwe::read(&long).map(drop), Err(Code::InputTooLarge));
    }
}
