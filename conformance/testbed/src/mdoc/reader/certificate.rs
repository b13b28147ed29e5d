//! A reader of the certificates that readers have: what a wallet needs, and no more.

use crate::{Algorithm, Hash, PublicKey, calendar, der, element::Element, oid};

/// The parts of a certificate that are looked at.
pub(super) struct Certificate {
    to_be_signed: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    not_before: String,
    not_after: String,
    pub(super) spki: Vec<u8>,
    /// Object identifiers in DER with the content of extnValue.
    extensions: Vec<(Vec<u8>, Vec<u8>)>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
}

impl Certificate {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let [signed, algorithm, signature] = &Element::within(bytes)?[..] else {
            return None;
        };
        let fields = Element::all(signed.content)?;
        let [version, _, _, issuer, validity, _, spki, rest @ ..] = &fields[..] else {
            return None;
        };
        let [from, to] = &Element::all(validity.content)?[..] else {
            return None;
        };
        (version.tag == der::tag::constructed(0)).then_some(())?;
        Some(Self {
            to_be_signed: signed.whole.to_vec(),
            issuer: issuer.whole.to_vec(),
            not_before: time(from)?,
            not_after: time(to)?,
            spki: spki.whole.to_vec(),
            extensions: rest
                .iter()
                .find(|field| field.tag == der::tag::constructed(3))
                .map_or(Some(Vec::new()), extensions)?,
            algorithm: algorithm.whole.to_vec(),
            signature: signature.content.strip_prefix(&[0])?.to_vec(),
        })
    }

    pub(super) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let (arcs, hash, length) = match key.algorithm() {
            Algorithm::P256 => (oid::ECDSA_WITH_SHA256, Hash::Sha256, 32),
            Algorithm::P384 => (oid::ECDSA_WITH_SHA384, Hash::Sha384, 48),
            Algorithm::Rsa(_) => return false,
        };
        self.algorithm == der::algorithm(arcs)
            && fixed(&self.signature, length)
                .is_some_and(|signature| key.verifies(hash, &self.to_be_signed, &signature))
    }

    pub(super) fn is_valid(&self, now: i64) -> bool {
        let now = calendar::generalized_text(now);
        (self.not_before.as_str()..=self.not_after.as_str()).contains(&now.as_str())
    }

    /// Whether it may sign and says that it does so as a reader.
    pub(super) fn is_reader(&self) -> bool {
        let reader = der::oid(oid::MDL_READER);
        let may_sign = self.extension(oid::KEY_USAGE).is_some_and(|usage| {
            let bits = Element::all(usage).and_then(|e| e.first()?.content.get(1).copied());
            bits.is_some_and(|bits| bits & 0x80 != 0)
        });
        let purposes = self
            .extension(oid::EXTENDED_KEY_USAGE)
            .and_then(Element::within);
        may_sign && purposes.is_some_and(|all| all.iter().any(|purpose| purpose.whole == reader))
    }

    /// dNSNames of the subjectAltName.
    pub(super) fn hosts(&self) -> Vec<String> {
        let names = self
            .extension(oid::SUBJECT_ALT_NAME)
            .and_then(Element::within);
        let names = names.unwrap_or_default().into_iter();
        names
            .filter(|name| name.tag == der::tag::primitive(2))
            .filter_map(|name| String::from_utf8(name.content.to_vec()).ok())
            .collect()
    }

    fn extension(&self, arcs: &[u64]) -> Option<&[u8]> {
        let oid = der::oid(arcs);
        let found = self.extensions.iter().find(|(other, _)| *other == oid);
        found.map(|(_, value)| value.as_slice())
    }
}

fn extensions(field: &Element<'_>) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let [list] = &Element::all(field.content)?[..] else {
        return None;
    };
    let extension = |element: Element<'_>| {
        let parts = Element::all(element.content)?;
        Some((
            parts.first()?.whole.to_vec(),
            parts.last()?.content.to_vec(),
        ))
    };
    Element::all(list.content)?
        .into_iter()
        .map(extension)
        .collect()
}

/// Both forms of time as the longer one, which sorts as text.
fn time(element: &Element<'_>) -> Option<String> {
    let text = std::str::from_utf8(element.content).ok()?;
    Some(match element.tag {
        der::tag::GENERALIZED_TIME => text.to_owned(),
        _ if text < "50" => format!("20{text}"),
        _ => format!("19{text}"),
    })
}

/// r‖s out of an Ecdsa-Sig-Value.
fn fixed(signature: &[u8], length: usize) -> Option<Vec<u8>> {
    let [r, s] = &Element::within(signature)?[..] else {
        return None;
    };
    let padded = |integer: &Element<'_>| {
        let magnitude = integer
            .content
            .strip_prefix(&[0])
            .unwrap_or(integer.content);
        let mut out = vec![0; length.checked_sub(magnitude.len())?];
        out.extend(magnitude);
        Some(out)
    };
    Some([padded(r)?, padded(s)?].concat())
}
