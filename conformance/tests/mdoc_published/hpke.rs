//! RFC 9180, appendix A.3: the published keys, with which another
//! implementation seals what the envelope of annex C carries.
//!
//! The file has no ciphertexts. It has what the sender's ephemeral key is
//! derived from, so that what was sealed shows that it was sealed with the
//! published key.

use std::convert::Infallible;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use hpke::aead::AesGcm128;
use hpke::kdf::HkdfSha256;
use hpke::kem::{DhP256HkdfSha256, Kem};
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, OpModeS, Serializable, single_shot_seal_with_rng};
use libtest_mimic::Failed;
use serde::Deserialize;
use tashika::mdoc::envelope::annex_c;
use tashika::mdoc::{Curve, EphemeralKey, SessionTranscript};

use crate::{Check, hex, same};

pub(crate) const CHECKS: &[(&str, Check)] = &[("sealed_by_another", sealed_by_another)];

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "the names of the file")]
struct Row {
    mode: u8,
    kem_id: u16,
    kdf_id: u16,
    aead_id: u16,
    ikmE: String,
    skRm: String,
    pkRm: String,
    enc: String,
}

/// What is drawn is what was published.
struct Published(Vec<u8>);

impl TryRng for Published {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("keys are drawn as octets")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("keys are drawn as octets")
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        octets.copy_from_slice(&self.0);
        Ok(())
    }
}

impl TryCryptoRng for Published {}

fn sealed_by_another(text: &str) -> Result<(), Failed> {
    let rows: Vec<Row> = serde_json::from_str(text)?;
    let suite = |row: &&Row| (row.mode, row.kem_id, row.kdf_id, row.aead_id) == (0, 16, 1, 1);
    let rows: Vec<_> = rows.iter().filter(suite).collect();
    let [row] = rows[..] else {
        return Err(format!("{} rows of the suite", rows.len()).into());
    };
    let transcript = SessionTranscript::annex_c("gmVkY2FwaQ", "https://verifier.example");
    let response = b"\xa0".repeat(1000);
    let (enc, ciphertext) = seal(row, &transcript, &response)?;
    same("the encapsulated key", &enc, &hex(&row.enc)?)?;

    let text = |text: &str| Value::Text(text.to_owned());
    let members = vec![
        (text("enc"), Value::Bytes(enc)),
        (text("cipherText"), Value::Bytes(ciphertext)),
    ];
    let mut envelope = Vec::new();
    let parts = Value::Array(vec![text("dcapi"), Value::Map(members)]);
    ciborium::into_writer(&parts, &mut envelope)?;
    let envelope = URL_SAFE_NO_PAD.encode(envelope);

    let key = EphemeralKey::from_entropy(Curve::P256, &hex(&row.skRm)?)?;
    let opened = annex_c::open(&envelope, &key, &transcript)?;
    same("what was sealed", &*opened, &response)
}

fn seal(
    row: &Row,
    transcript: &SessionTranscript,
    response: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), Failed> {
    type PublicKey = <DhP256HkdfSha256 as Kem>::PublicKey;
    let recipient = PublicKey::from_bytes(&hex(&row.pkRm)?)?;
    let (enc, ciphertext) = single_shot_seal_with_rng::<AesGcm128, HkdfSha256, DhP256HkdfSha256>(
        &OpModeS::Base,
        &recipient,
        transcript.octets(),
        response,
        &[],
        &mut Published(hex(&row.ikmE)?),
    )?;
    Ok((enc.to_bytes().to_vec(), ciphertext))
}
