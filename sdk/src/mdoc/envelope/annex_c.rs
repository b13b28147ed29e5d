//! The envelope of `org-iso-mdoc` over the Digital Credentials API
//! (ISO/IEC 18013-7, annex C).

use bytes::Bytes;

use crate::code::Code;
use crate::error::Error;
use crate::jose;
use crate::limits;
use crate::mdoc::cbor::Reader;
use crate::mdoc::envelope::{expect, hpke};
use crate::mdoc::{EphemeralKey, Flow, SessionTranscript};

/// Opens `response`, base64url as it stands in the answer's JSON, with the key
/// that `EncryptionInfo` named. Gives the device response.
///
/// # Errors
/// `input.envelope` or a code of `input.cbor_` if it is no such envelope,
/// `input.too_large` if it is over its budget, `mdoc.envelope_seal` if it was
/// not sealed to this key for this transcript, `misuse.argument` if the
/// transcript is of another flow or the key on another curve than P-256.
pub fn open(
    response: &str,
    key: &EphemeralKey,
    transcript: &SessionTranscript,
) -> Result<Bytes, Error> {
    expect(transcript, Flow::AnnexC)?;
    open_under(response, key, transcript.octets())
}

/// The same under the octets of a transcript, which may be somebody else's: for
/// explaining, and for nothing that is believed.
pub(crate) fn open_under(
    response: &str,
    key: &EphemeralKey,
    transcript: &[u8],
) -> Result<Bytes, Error> {
    if response.len() > limits::MDOC_ENVELOPE {
        return Err(Code::InputTooLarge.into());
    }
    let octets = jose::decode(response).ok_or(Code::InputEnvelope)?;
    let (enc, ciphertext) = read(&octets)?;
    let opened = hpke::open(key, &enc, transcript, &[], ciphertext)?;
    Ok(opened.into())
}

/// `["dcapi", {"enc", "cipherText"}]`.
fn read(octets: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Code> {
    let malformed = Code::InputEnvelope;
    Reader::only(octets, malformed)?.tuple(2, |parts| {
        if parts.text()? != "dcapi" {
            return Err(malformed);
        }
        let (mut enc, mut ciphertext) = (None, None);
        parts.map(|key, value| {
            if key.is("enc") {
                enc = Some(value.bytes()?.into_owned());
            } else if key.is("cipherText") {
                ciphertext = Some(value.bytes()?.into_owned());
            }
            Ok(())
        })?;
        enc.zip(ciphertext).ok_or(malformed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdoc::Curve;
    use crate::mdoc::cbor::write;
    use crate::mdoc::envelope::hpke::tests::seal;

    const RESPONSE: &[u8] = &[0xa0];

    fn transcript(origin: &str) -> SessionTranscript {
        SessionTranscript::annex_c("gmVkY2FwaQ", origin)
    }

    fn envelope(name: &str, enc: &[u8], ciphertext: &[u8]) -> Vec<u8> {
        let members = write::map(vec![
            (write::text("enc"), write::bytes(&[enc])),
            (write::text("cipherText"), write::bytes(&[ciphertext])),
        ]);
        write::array(&[write::text(name), members])
    }

    struct Sealed {
        key: EphemeralKey,
        transcript: SessionTranscript,
        enc: Vec<u8>,
        ciphertext: Vec<u8>,
    }

    fn sealed() -> Sealed {
        let key = EphemeralKey::generate(Curve::P256).unwrap();
        let transcript = transcript("https://verifier.example");
        let (enc, ciphertext) = seal(&key, transcript.octets(), &[], RESPONSE);
        Sealed {
            key,
            transcript,
            enc,
            ciphertext,
        }
    }

    impl Sealed {
        fn open(&self, envelope: &[u8]) -> Result<Bytes, Code> {
            let response = jose::encode(envelope);
            open(&response, &self.key, &self.transcript).map_err(|e| e.code())
        }
    }

    #[test]
    fn an_answer_opens_in_its_transaction() {
        let mut sealed = sealed();
        let envelope = envelope("dcapi", &sealed.enc, &sealed.ciphertext);
        assert_eq!(sealed.open(&envelope).as_deref(), Ok(RESPONSE));

        sealed.transcript = transcript("https://verifier.example/");
        assert_eq!(sealed.open(&envelope), Err(Code::MdocEnvelopeSeal));
        sealed.transcript = transcript("https://verifier.example");
        sealed.key = EphemeralKey::generate(Curve::P256).unwrap();
        assert_eq!(sealed.open(&envelope), Err(Code::MdocEnvelopeSeal));
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        let sealed = sealed();
        let sound = envelope("dcapi", &sealed.enc, &sealed.ciphertext);
        let text = write::text("x");
        for (bad, code) in [
            (
                envelope("DCAPI", &sealed.enc, &sealed.ciphertext),
                Code::InputEnvelope,
            ),
            (
                envelope("dcapi", &sealed.enc[1..], &sealed.ciphertext),
                Code::InputEnvelope,
            ),
            (
                write::array(&[write::text("dcapi"), write::map(vec![])]),
                Code::InputEnvelope,
            ),
            (
                write::array(&[write::text("dcapi"), text.clone()]),
                Code::InputEnvelope,
            ),
            (
                write::array(&[write::text("dcapi"), write::map(vec![]), text.clone()]),
                Code::InputEnvelope,
            ),
            (
                write::array(&[
                    write::text("dcapi"),
                    write::map(vec![
                        (write::text("enc"), write::bytes(&[&sealed.enc])),
                        (write::text("cipherText"), text.clone()),
                    ]),
                ]),
                Code::InputEnvelope,
            ),
            (text, Code::InputEnvelope),
            (vec![], Code::InputEnvelope),
            ([&sound[..], &[0]].concat(), Code::InputCborTrailing),
            (
                write::array(&[
                    write::text("dcapi"),
                    [&[0xa2][..], &[0x00, 0x00], &[0x00, 0x00]].concat(),
                ]),
                Code::InputCborDuplicate,
            ),
        ] {
            assert_eq!(sealed.open(&bad), Err(code), "{bad:02x?}");
        }
    }

    #[test]
    fn what_is_no_base64url_is_refused() {
        let sealed = sealed();
        let sound = jose::encode(&envelope("dcapi", &sealed.enc, &sealed.ciphertext));
        let refused = |response: &str| {
            let outcome = open(response, &sealed.key, &sealed.transcript);
            outcome.unwrap_err().code()
        };
        assert_eq!(refused(&format!("{sound}=")), Code::InputEnvelope);
        assert_eq!(refused(&format!(" {sound}")), Code::InputEnvelope);
        let long = "A".repeat(limits::MDOC_ENVELOPE + 1);
        assert_eq!(refused(&long), Code::InputTooLarge);
    }

    #[test]
    fn the_caller_uses_the_key_and_transcript_of_the_flow() {
        let mut sealed = sealed();
        let envelope = envelope("dcapi", &sealed.enc, &sealed.ciphertext);
        sealed.key = EphemeralKey::generate(Curve::P384).unwrap();
        assert_eq!(sealed.open(&envelope), Err(Code::MisuseArgument));
        sealed.key = EphemeralKey::generate(Curve::P256).unwrap();
        sealed.transcript = SessionTranscript::openid4vp_dc_api("o", "n", None);
        assert_eq!(sealed.open(&envelope), Err(Code::MisuseArgument));
    }
}
