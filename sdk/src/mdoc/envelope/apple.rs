//! The envelope in which an app on an iPhone gets a device response (Apple,
//! PassKit: "Verifying Wallet identity requests").

use std::borrow::Cow;

use bytes::Bytes;

use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::mdoc::cbor::{Kind, Reader};
use crate::mdoc::envelope::{expect, hpke};
use crate::mdoc::{EphemeralKey, Flow, SessionTranscript};
use crate::trust::sha256;

/// The one algorithm: RFC 9180 with the suite that annex C of ISO/IEC 18013-7
/// uses too.
const ALGORITHM: &str = "APPLE-HPKE-v1";
/// RFC 9180, 5: base mode.
const BASE: u64 = 0;

/// Opens `envelope`, the CBOR that the app received. Gives the device response
/// that stands in it as `identity`.
///
/// # Errors
/// `input.envelope` or a code of `input.cbor_` if it is no such envelope,
/// `input.too_large` if it is over its budget, `mdoc.envelope_algorithm` if it
/// is encrypted in another way, `mdoc.envelope_recipient` if it names another
/// key or transcript than these, `mdoc.envelope_seal` if it was not sealed to
/// them, `misuse.argument` if the transcript is of another flow or the key on
/// another curve than P-256.
pub fn open(
    envelope: &[u8],
    key: &EphemeralKey,
    transcript: &SessionTranscript,
) -> Result<Bytes, Error> {
    expect(transcript, Flow::Apple)?;
    open_under(envelope, key, transcript.octets())
}

/// The same under the octets of a transcript, which may be somebody else's: for
/// explaining, and for nothing that is believed.
pub(crate) fn open_under(
    envelope: &[u8],
    key: &EphemeralKey,
    transcript: &[u8],
) -> Result<Bytes, Error> {
    if envelope.len() > limits::MDOC_ENVELOPE {
        return Err(Code::InputTooLarge.into());
    }
    let envelope = Envelope::read(envelope)?;
    envelope.params.check(key, transcript)?;
    let enc = &envelope.params.encapsulated;
    let opened = hpke::open(key, enc, transcript, &[], envelope.data)?;
    Ok(identity(&opened.into())?)
}

struct Envelope<'a> {
    params: Params<'a>,
    data: Vec<u8>,
}

struct Params<'a> {
    mode: u64,
    /// `pkEm`: the sender's ephemeral key.
    encapsulated: Cow<'a, [u8]>,
    /// `pkRHash`, over the recipient's uncompressed point.
    recipient: Cow<'a, [u8]>,
    /// `infoHash`, over the session transcript.
    info: Cow<'a, [u8]>,
}

impl<'a> Envelope<'a> {
    fn read(octets: &'a [u8]) -> Result<Self, Code> {
        let malformed = Code::InputEnvelope;
        let (mut algorithm, mut params, mut data) = (None, None, None);
        Reader::only(octets, malformed)?.map(|key, value| {
            if key.is("algorithm") {
                algorithm = Some(value.text()?);
            } else if key.is("params") {
                params = Some(Params::read(value)?);
            } else if key.is("data") {
                data = Some(value.bytes()?.into_owned());
            }
            Ok(())
        })?;
        if algorithm.ok_or(malformed)? != ALGORITHM {
            return Err(Code::MdocEnvelopeAlgorithm);
        }
        let (params, data) = params.zip(data).ok_or(malformed)?;
        Ok(Self { params, data })
    }
}

impl<'a> Params<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Code> {
        let malformed = reader.malformed();
        let (mut mode, mut encapsulated, mut recipient, mut info) = (None, None, None, None);
        reader.map(|key, value| {
            if key.is("mode") {
                mode = Some(value.unsigned()?);
            } else if key.is("pkEm") {
                encapsulated = Some(value.bytes()?);
            } else if key.is("pkRHash") {
                recipient = Some(value.bytes()?);
            } else if key.is("infoHash") {
                info = Some(value.bytes()?);
            }
            Ok(())
        })?;
        Ok(Self {
            mode: mode.ok_or(malformed)?,
            encapsulated: encapsulated.ok_or(malformed)?,
            recipient: recipient.ok_or(malformed)?,
            info: info.ok_or(malformed)?,
        })
    }

    fn check(&self, key: &EphemeralKey, transcript: &[u8]) -> Result<(), Code> {
        if self.mode != BASE {
            return Err(Code::MdocEnvelopeAlgorithm);
        }
        let is_ours =
            *self.recipient == sha256(&[key.point()]) && *self.info == sha256(&[transcript]);
        if is_ours {
            Ok(())
        } else {
            Err(Code::MdocEnvelopeRecipient)
        }
    }
}

/// The map that `identity` is the device response in.
fn identity(opened: &Bytes) -> Result<Bytes, Code> {
    let malformed = Code::InputEnvelope;
    let mut found = None;
    Reader::only(opened, malformed)?.map(|key, value| {
        if key.is("identity") {
            if value.kind()? != Kind::Map {
                return Err(malformed);
            }
            found = Some(opened.slice_ref(value.raw()?));
        }
        Ok(())
    })?;
    found.ok_or(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdoc::Curve;
    use crate::mdoc::cbor::write;
    use crate::mdoc::envelope::hpke::tests::seal;

    /// A map that is no shorter than it could be: as it arrived.
    const RESPONSE: &[u8] = &[0xb8, 0x00];

    type Entries = Vec<(Vec<u8>, Vec<u8>)>;

    /// An envelope whose every part can be changed.
    struct Parts {
        key: EphemeralKey,
        transcript: SessionTranscript,
        params: Entries,
        envelope: Entries,
    }

    fn transcript(key: &EphemeralKey, nonce: &[u8]) -> SessionTranscript {
        let hash = sha256(&[key.point()]);
        SessionTranscript::apple(nonce, "merchant.example", "TEAM", &hash)
    }

    fn parts(plaintext: &[u8]) -> Parts {
        let key = EphemeralKey::generate(Curve::P256).unwrap();
        let transcript = transcript(&key, &[1; 16]);
        let (enc, data) = seal(&key, transcript.octets(), &[], plaintext);
        let hash = |octets: &[u8]| write::bytes(&[&sha256(&[octets])]);
        let params = vec![
            (write::text("mode"), write::unsigned(0)),
            (write::text("pkEm"), write::bytes(&[&enc])),
            (write::text("pkRHash"), hash(key.point())),
            (write::text("infoHash"), hash(transcript.octets())),
        ];
        let envelope = vec![
            (write::text("algorithm"), write::text("APPLE-HPKE-v1")),
            (write::text("data"), write::bytes(&[&data])),
        ];
        Parts {
            key,
            transcript,
            params,
            envelope,
        }
    }

    fn sound() -> Parts {
        parts(&write::map(vec![
            (write::text("identity"), RESPONSE.to_vec()),
            (write::text("other"), write::null()),
        ]))
    }

    fn set(entries: &mut Entries, name: &str, value: Option<Vec<u8>>) {
        entries.retain(|(key, _)| *key != write::text(name));
        entries.extend(value.map(|value| (write::text(name), value)));
    }

    impl Parts {
        fn octets(&self) -> Vec<u8> {
            let mut envelope = self.envelope.clone();
            let params = write::map(self.params.clone());
            envelope.push((write::text("params"), params));
            write::map(envelope)
        }

        fn open(&self) -> Result<Bytes, Code> {
            open(&self.octets(), &self.key, &self.transcript).map_err(|e| e.code())
        }

        fn params(mut self, name: &str, value: Option<Vec<u8>>) -> Self {
            set(&mut self.params, name, value);
            self
        }

        fn envelope(mut self, name: &str, value: Option<Vec<u8>>) -> Self {
            set(&mut self.envelope, name, value);
            self
        }
    }

    #[test]
    fn the_response_comes_out_as_it_was_put_in() {
        assert_eq!(sound().open().as_deref(), Ok(RESPONSE));
    }

    #[test]
    fn other_algorithms_are_refused() {
        let algorithm = |name| sound().envelope("algorithm", Some(write::text(name)));
        assert_eq!(
            algorithm("APPLE-HPKE-v2").open(),
            Err(Code::MdocEnvelopeAlgorithm)
        );
        let mode = sound().params("mode", Some(write::unsigned(1)));
        assert_eq!(mode.open(), Err(Code::MdocEnvelopeAlgorithm));
    }

    #[test]
    fn another_recipient_or_transaction_is_refused() {
        let recipient = Err(Code::MdocEnvelopeRecipient);
        for name in ["pkRHash", "infoHash"] {
            for hash in [&[0; 32][..], &[]] {
                let bad = sound().params(name, Some(write::bytes(&[hash])));
                assert_eq!(bad.open(), recipient, "{name}");
            }
        }
        // Hashes that are right, of what it was not sealed to.
        let mut other = sound();
        other.transcript = transcript(&other.key, &[2; 16]);
        assert_eq!(other.open(), recipient);
        let hash = sha256(&[other.transcript.octets()]);
        let other = other.params("infoHash", Some(write::bytes(&[&hash])));
        assert_eq!(other.open(), Err(Code::MdocEnvelopeSeal));
        let mut other = sound();
        other.key = EphemeralKey::generate(Curve::P256).unwrap();
        assert_eq!(other.open(), recipient);
        let hash = sha256(&[other.key.point()]);
        let other = other.params("pkRHash", Some(write::bytes(&[&hash])));
        assert_eq!(other.open(), Err(Code::MdocEnvelopeSeal));
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let bad = sound().envelope("data", Some(write::bytes(&[&[7; 40]])));
        assert_eq!(bad.open(), Err(Code::MdocEnvelopeSeal));
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        let malformed = Err(Code::InputEnvelope);
        for name in ["mode", "pkEm", "pkRHash", "infoHash"] {
            assert_eq!(sound().params(name, None).open(), malformed, "{name}");
            let text = Some(write::text("0"));
            assert_eq!(sound().params(name, text).open(), malformed, "{name}");
        }
        for name in ["algorithm", "data"] {
            assert_eq!(sound().envelope(name, None).open(), malformed, "{name}");
            let number = Some(write::unsigned(0));
            assert_eq!(sound().envelope(name, number).open(), malformed, "{name}");
        }
        let short = sound().params("pkEm", Some(write::bytes(&[&[4; 33]])));
        assert_eq!(short.open(), malformed);

        let sound = sound();
        let refused = |octets: &[u8]| {
            let outcome = open(octets, &sound.key, &sound.transcript);
            outcome.unwrap_err().code()
        };
        let octets = sound.octets();
        let trailing = [&octets[..], &[0]].concat();
        assert_eq!(refused(&trailing), Code::InputCborTrailing);
        assert_eq!(refused(&write::map(vec![])), Code::InputEnvelope);
        let long = vec![0; limits::MDOC_ENVELOPE + 1];
        assert_eq!(refused(&long), Code::InputTooLarge);
    }

    #[test]
    fn what_is_inside_is_an_identity() {
        let entry = |name, value| write::map(vec![(write::text(name), value)]);
        for (plaintext, code) in [
            (vec![], Code::InputEnvelope),
            (RESPONSE.to_vec(), Code::InputEnvelope),
            (entry("identities", RESPONSE.to_vec()), Code::InputEnvelope),
            (
                entry("identity", write::bytes(&[RESPONSE])),
                Code::InputEnvelope,
            ),
            (
                [&entry("identity", RESPONSE.to_vec())[..], &[0]].concat(),
                Code::InputCborTrailing,
            ),
        ] {
            assert_eq!(parts(&plaintext).open(), Err(code), "{plaintext:02x?}");
        }
    }

    #[test]
    fn the_caller_uses_the_key_and_transcript_of_the_flow() {
        let mut bad = sound();
        bad.transcript = SessionTranscript::annex_c("e", "o");
        assert_eq!(bad.open(), Err(Code::MisuseArgument));
        let mut bad = sound();
        bad.key = EphemeralKey::generate(Curve::P384).unwrap();
        let hash = sha256(&[bad.key.point()]);
        let bad = bad.params("pkRHash", Some(write::bytes(&[&hash])));
        assert_eq!(bad.open(), Err(Code::MisuseArgument));
    }
}
