//! JSON Web Encryption with ECDH-ES (RFC 7516; RFC 7518, 4.6), compact.

use aes_gcm::{
    Aes128Gcm, Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::Jwk;
use crate::{Hash, KeyPair, PublicKey, Rng};

/// How the content is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentEncryption {
    /// AES-128-GCM.
    A128Gcm,
    /// AES-256-GCM.
    A256Gcm,
}

impl ContentEncryption {
    /// Its name as `enc`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The one of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let all = [Self::A128Gcm, Self::A256Gcm];
        all.into_iter().find(|encryption| encryption.name() == name)
    }

    const fn key_length(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A256Gcm => 32,
        }
    }

    #[expect(clippy::expect_used, reason = "keys have the length of the cipher")]
    fn encrypt(self, key: &[u8], nonce: [u8; 12], payload: Payload<'_, '_>) -> Vec<u8> {
        let nonce = &nonce.into();
        let sealed = match self {
            Self::A128Gcm => Aes128Gcm::new_from_slice(key)
                .expect("sixteen octets")
                .encrypt(nonce, payload),
            Self::A256Gcm => Aes256Gcm::new_from_slice(key)
                .expect("thirty-two octets")
                .encrypt(nonce, payload),
        };
        sealed.expect("a message of some size")
    }

    fn decrypt(self, key: &[u8], nonce: [u8; 12], payload: Payload<'_, '_>) -> Option<Vec<u8>> {
        let nonce = &nonce.into();
        match self {
            Self::A128Gcm => Aes128Gcm::new_from_slice(key).ok()?.decrypt(nonce, payload),
            Self::A256Gcm => Aes256Gcm::new_from_slice(key).ok()?.decrypt(nonce, payload),
        }
        .ok()
    }
}

/// An encrypted message before it is made. What is encrypted follows the header's `enc`,
/// `apu` and `apv` as they were set by name; members set with [`Self::header`] are
/// written and otherwise ignored.
#[derive(Clone, Debug)]
pub struct Jwe {
    recipient: PublicKey,
    encryption: ContentEncryption,
    apu: Vec<u8>,
    apv: Vec<u8>,
    members: Map<String, Value>,
    raw: Option<String>,
}

impl Jwe {
    /// For this recipient, on P-256 or P-384.
    #[must_use]
    pub fn new(recipient: &PublicKey, encryption: ContentEncryption) -> Self {
        Self {
            recipient: recipient.clone(),
            encryption,
            apu: Vec::new(),
            apv: Vec::new(),
            members: Map::new(),
            raw: None,
        }
    }

    /// Encrypt the content in another way.
    #[must_use]
    pub fn encryption(mut self, encryption: ContentEncryption) -> Self {
        self.encryption = encryption;
        self
    }

    /// kid.
    #[must_use]
    pub fn key_id(self, id: &str) -> Self {
        self.header("kid", id.into())
    }

    /// apu: in Annex B the nonce of the mdoc.
    #[must_use]
    pub fn apu(mut self, octets: &[u8]) -> Self {
        self.apu = octets.to_vec();
        self
    }

    /// apv: in Annex B the nonce of the request.
    #[must_use]
    pub fn apv(mut self, octets: &[u8]) -> Self {
        self.apv = octets.to_vec();
        self
    }

    /// Write a member of the header, in place of what would be there.
    #[must_use]
    pub fn header(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// Write the header as this text, such as one with a member twice. Where `epk` has
    /// to be right, it says `EPK`.
    #[must_use]
    pub fn header_raw(mut self, text: &str) -> Self {
        self.raw = Some(text.to_owned());
        self
    }

    /// Encrypt: five parts of base64url.
    #[must_use]
    pub fn seal(&self, plaintext: &[u8], rng: &mut Rng) -> String {
        let ephemeral = KeyPair::generate(self.recipient.algorithm(), rng);
        let mut nonce = [0; 12];
        nonce
            .iter_mut()
            .zip(rng.bytes(12))
            .for_each(|(octet, from)| *octet = from);
        self.seal_with(&ephemeral, nonce, plaintext)
    }

    /// What is inside a message for this key, made as [`Self::seal`] makes them.
    pub(crate) fn open(token: &str, key: &KeyPair) -> Option<Vec<u8>> {
        let parts: Vec<_> = token.split('.').collect();
        let [header, "", nonce, ciphertext, tag] = parts[..] else {
            return None;
        };
        let octets = |part| URL_SAFE_NO_PAD.decode::<&str>(part).ok();
        let said: Value = serde_json::from_slice(&octets(header)?).ok()?;
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        let party = |name| octets(text(name).unwrap_or_default());
        let encryption = ContentEncryption::of(text("enc")?)?;
        let ephemeral = Jwk::read(said.get("epk")?)?;
        let fits = text("alg") == Some("ECDH-ES") && ephemeral.algorithm() == key.algorithm();
        fits.then_some(())?;
        let key = concat_kdf(
            &key.agree(&ephemeral),
            encryption,
            &party("apu")?,
            &party("apv")?,
        );
        let nonce = octets(nonce)?.try_into().ok()?;
        let sealed = [octets(ciphertext)?, octets(tag)?].concat();
        let payload = Payload {
            msg: &sealed,
            aad: header.as_bytes(),
        };
        encryption.decrypt(&key, nonce, payload)
    }

    fn seal_with(&self, ephemeral: &KeyPair, nonce: [u8; 12], plaintext: &[u8]) -> String {
        let agreement = ephemeral.agree(&self.recipient);
        let key = concat_kdf(&agreement, self.encryption, &self.apu, &self.apv);
        let header = URL_SAFE_NO_PAD.encode(self.header_text(ephemeral));
        let payload = Payload {
            msg: plaintext,
            aad: header.as_bytes(),
        };
        let sealed = self.encryption.encrypt(&key, nonce, payload);
        let (ciphertext, tag) = sealed.split_at(plaintext.len());
        let [nonce, ciphertext, tag] =
            [&nonce[..], ciphertext, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        // ECDH-ES agrees on the key itself, so none is encrypted.
        format!("{header}..{nonce}.{ciphertext}.{tag}")
    }

    fn header_text(&self, ephemeral: &KeyPair) -> String {
        let epk = Jwk::of(&ephemeral.public());
        if let Some(raw) = &self.raw {
            return raw.replace("EPK", &epk.to_string());
        }
        let mut header = Map::new();
        header.insert("alg".to_owned(), "ECDH-ES".into());
        header.insert("enc".to_owned(), self.encryption.name().into());
        header.insert("epk".to_owned(), epk);
        for (name, octets) in [("apu", &self.apu), ("apv", &self.apv)] {
            if !octets.is_empty() {
                header.insert(name.to_owned(), json!(URL_SAFE_NO_PAD.encode(octets)));
            }
        }
        header.extend(self.members.clone());
        Value::Object(header).to_string()
    }
}

/// RFC 7518, 4.6.2: one round of SHA-256 is enough for both lengths.
fn concat_kdf(agreement: &[u8], encryption: ContentEncryption, apu: &[u8], apv: &[u8]) -> Vec<u8> {
    let with_length = |octets: &[u8]| [&(octets.len() as u32).to_be_bytes(), octets].concat();
    let bits = encryption.key_length() as u32 * 8;
    let mut key = Hash::Sha256.digest(
        &[
            &1_u32.to_be_bytes(),
            agreement,
            &with_length(encryption.name().as_bytes()),
            &with_length(apu),
            &with_length(apv),
            &bits.to_be_bytes(),
        ]
        .concat(),
    );
    key.truncate(encryption.key_length());
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Algorithm;

    /// RFC 7518, Appendix C.
    #[test]
    fn the_key_is_that_of_the_standard() {
        let scalar = |text| URL_SAFE_NO_PAD.decode::<&str>(text).unwrap();
        let alice = scalar("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
        let alice = KeyPair::from_scalar(Algorithm::P256, &alice).unwrap();
        let bob = json!({
            "kty": "EC",
            "crv": "P-256",
            "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
        });
        let agreement = alice.agree(&Jwk::read(&bob).unwrap());
        let key = concat_kdf(&agreement, ContentEncryption::A128Gcm, b"Alice", b"Bob");
        assert_eq!(URL_SAFE_NO_PAD.encode(key), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn one_key_opens_what_was_sealed_for_it() {
        let key = |seed| KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(seed));
        let jwe = Jwe::new(&key(1).public(), ContentEncryption::A256Gcm).apv(b"n");
        let token = jwe.seal(b"inside", &mut Rng::from_seed(2));
        assert_eq!(Jwe::open(&token, &key(1)).unwrap(), b"inside");
        assert_eq!(Jwe::open(&token, &key(3)), None);
        let other = jwe
            .header("kid", "k".into())
            .seal(b"inside", &mut Rng::from_seed(2));
        let (header, _) = other.split_once('.').unwrap();
        let (_, rest) = token.split_once('.').unwrap();
        assert_eq!(Jwe::open(&format!("{header}.{rest}"), &key(1)), None);
    }

    #[test]
    fn headers_say_what_was_set() {
        let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(1));
        let jwe = Jwe::new(&key.public(), ContentEncryption::A256Gcm)
            .key_id("k")
            .apv(b"nonce")
            .header("zip", "DEF".into());
        let header = |jwe: Jwe| -> Value {
            let text = jwe.seal(b"{}", &mut Rng::from_seed(2));
            let parts: Vec<_> = text.split('.').collect();
            assert_eq!((parts.len(), parts[1]), (5, ""));
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap()
        };
        let said = header(jwe.clone());
        assert_eq!(said["enc"], "A256GCM");
        assert_eq!(
            (&said["kid"], &said["apv"], &said["zip"]),
            (&json!("k"), &json!("bm9uY2U"), &json!("DEF"))
        );
        let raw = header(jwe.header_raw(r#"{"alg":"ECDH-ES","epk":EPK}"#));
        assert_eq!(raw["epk"], said["epk"]);
    }
}
