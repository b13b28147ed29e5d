//! The mobile security object: what the issuer signed about a document
//! (ISO/IEC 18013-5, 9.1.2.4).

use std::borrow::Cow;

use crate::algorithm::DigestAlgorithm;
use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::{Key, Reader, TDATE};
use crate::mdoc::cose::CoseKey;
use crate::mdoc::response::{check_name, check_version, name};
use crate::mdoc::status::StatusReference;
use crate::time::Time;

/// A mobile security object, signed by its issuer.
pub(crate) struct Mso<'a> {
    pub(crate) digest_algorithm: DigestAlgorithm,
    digests: Vec<Digests<'a>>,
    pub(crate) device_key: CoseKey,
    pub(crate) authorizations: Authorizations,
    pub(crate) doc_type: String,
    pub(crate) validity: Result<ValidityInfo, Code>,
    pub(crate) status: Option<StatusReference>,
}

/// The digests of one namespace, by their numbers.
struct Digests<'a> {
    namespace: Cow<'a, str>,
    digests: Numbered<'a>,
}

/// In the order of their numbers.
type Numbered<'a> = Vec<(u64, Cow<'a, [u8]>)>;

/// From when until when a document counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ValidityInfo {
    /// When the issuer signed it.
    pub signed: Time,
    /// The first second at which it counts.
    pub valid_from: Time,
    /// The last second at which it counts.
    pub valid_until: Time,
}

/// Which elements the device may sign on its own (9.1.2.4, `keyAuthorizations`).
#[derive(Default)]
pub(crate) struct Authorizations {
    namespaces: Vec<String>,
    elements: Vec<(String, String)>,
}

const MALFORMED: Code = Code::MdocMso;

impl<'a> Mso<'a> {
    /// Reads the contents of `MobileSecurityObjectBytes`.
    pub(crate) fn read(content: &'a [u8]) -> Result<Self, Code> {
        let mut fields = Fields::default();
        Reader::only(content, MALFORMED)?.map(|key, value| fields.take(&key, value))?;
        check_version(&fields.version.ok_or(MALFORMED)?)?;
        Ok(Self {
            digest_algorithm: digest_algorithm(&fields.digest_algorithm.ok_or(MALFORMED)?)?,
            digests: fields.digests.ok_or(MALFORMED)?,
            device_key: fields.device_key.ok_or(MALFORMED)?,
            authorizations: fields.authorizations,
            doc_type: fields.doc_type.ok_or(MALFORMED)?,
            validity: fields.validity.ok_or(MALFORMED)?,
            status: fields.status,
        })
    }

    /// The digest that the issuer made of an element.
    pub(crate) fn digest(&self, namespace: &str, id: u64) -> Option<&[u8]> {
        find(&self.digests, namespace, id)
    }
}

fn find<'a>(all: &'a [Digests<'_>], namespace: &str, id: u64) -> Option<&'a [u8]> {
    let found = all.iter().find(|d| d.namespace == namespace)?;
    let place = found.digests.binary_search_by_key(&id, |(n, _)| *n).ok()?;
    found.digests.get(place).map(|(_, digest)| &**digest)
}

#[derive(Default)]
struct Fields<'a> {
    version: Option<Cow<'a, str>>,
    digest_algorithm: Option<Cow<'a, str>>,
    digests: Option<Vec<Digests<'a>>>,
    device_key: Option<CoseKey>,
    authorizations: Authorizations,
    doc_type: Option<String>,
    validity: Option<Result<ValidityInfo, Code>>,
    status: Option<StatusReference>,
}

impl<'a> Fields<'a> {
    fn take(&mut self, key: &Key<'a>, value: &mut Reader<'a>) -> Result<(), Code> {
        let Key::Text(name_of_field) = key else {
            return Ok(());
        };
        match &**name_of_field {
            "version" => self.version = Some(value.text()?),
            "digestAlgorithm" => self.digest_algorithm = Some(value.text()?),
            "valueDigests" => self.digests = Some(value_digests(value)?),
            "deviceKeyInfo" => self.take_device_key(value)?,
            "docType" => self.doc_type = Some(name(value)?),
            "validityInfo" => self.validity = Some(ValidityInfo::read(value)),
            "status" => self.status = StatusReference::read(value)?,
            _ => {}
        }
        Ok(())
    }

    fn take_device_key(&mut self, value: &mut Reader<'a>) -> Result<(), Code> {
        value.map(|key, value| {
            if key.is("deviceKey") {
                self.device_key = Some(CoseKey::read(value, Code::MdocDeviceKey)?);
            } else if key.is("keyAuthorizations") {
                let authorizations = Authorizations::read(value);
                self.authorizations = authorizations.map_err(|_| Code::MdocKeyAuthorizations)?;
            }
            Ok(())
        })
    }
}

fn digest_algorithm(name: &str) -> Result<DigestAlgorithm, Code> {
    match name {
        "SHA-256" => Ok(DigestAlgorithm::Sha256),
        "SHA-384" => Ok(DigestAlgorithm::Sha384),
        "SHA-512" => Ok(DigestAlgorithm::Sha512),
        _ => Err(Code::MdocDigestAlgorithm),
    }
}

fn value_digests<'a>(value: &mut Reader<'a>) -> Result<Vec<Digests<'a>>, Code> {
    let mut all = Vec::new();
    value.map(|key, value| {
        let Key::Text(namespace) = key else {
            return Err(MALFORMED);
        };
        if all.len() == limits::MDOC_NAMESPACES {
            return Err(Code::InputTooMany);
        }
        let digests = namespace_digests(value)?;
        all.push(Digests { namespace, digests });
        Ok(())
    })?;
    Ok(all)
}

fn namespace_digests<'a>(value: &mut Reader<'a>) -> Result<Numbered<'a>, Code> {
    let mut digests = Vec::new();
    value.map(|key, digest| {
        if digests.len() == limits::MDOC_DIGESTS {
            return Err(Code::InputTooMany);
        }
        let id = match key {
            Key::Integer(id) => u64::try_from(id).map_err(|_| MALFORMED)?,
            _ => return Err(MALFORMED),
        };
        digests.push((id, digest.bytes()?));
        Ok(())
    })?;
    digests.sort_unstable_by_key(|(id, _)| *id);
    Ok(digests)
}

impl ValidityInfo {
    /// The error is the check's own: whatever else is wrong, a document whose
    /// times cannot be read is not valid.
    fn read(value: &mut Reader<'_>) -> Result<Self, Code> {
        let form = Code::MdocValidityForm;
        let (mut signed, mut valid_from, mut valid_until) = (None, None, None);
        let outcome = value.map(|key, value| {
            let slot = match key {
                Key::Text(name) if name == "signed" => &mut signed,
                Key::Text(name) if name == "validFrom" => &mut valid_from,
                Key::Text(name) if name == "validUntil" => &mut valid_until,
                _ => return Ok(()),
            };
            *slot = tdate(&mut value.clone());
            Ok(())
        });
        outcome.map_err(|_| form)?;
        let validity = Self {
            signed: signed.ok_or(form)?,
            valid_from: valid_from.ok_or(form)?,
            valid_until: valid_until.ok_or(form)?,
        };
        let ordered =
            validity.signed <= validity.valid_from && validity.valid_from < validity.valid_until;
        if ordered { Ok(validity) } else { Err(form) }
    }
}

/// `tdate` without a fraction and in UTC (ISO/IEC 18013-5, 9.1.2.4). A leap
/// second counts as the last second of its minute.
fn tdate(value: &mut Reader<'_>) -> Option<Time> {
    value.tag(TDATE).ok()?;
    let text = value.text().ok()?;
    let is_plain = text.len() == "2026-04-01T00:00:00Z".len() && text.ends_with('Z');
    is_plain.then(|| text.parse().ok()).flatten()
}

impl Authorizations {
    fn read(value: &mut Reader<'_>) -> Result<Self, Code> {
        let mut found = Self::default();
        value.map(|key, value| {
            if key.is("nameSpaces") {
                value.array(|position, namespace| {
                    if position == limits::MDOC_NAMESPACES {
                        return Err(Code::InputTooMany);
                    }
                    found.namespaces.push(name(namespace)?);
                    Ok(())
                })?;
            } else if key.is("dataElements") {
                value.map(|key, value| found.take_elements(&key, value))?;
            }
            Ok(())
        })?;
        let both = |(namespace, _): &(String, String)| found.namespaces.contains(namespace);
        if found.elements.iter().any(both) {
            return Err(MALFORMED);
        }
        Ok(found)
    }

    fn take_elements(&mut self, key: &Key<'_>, value: &mut Reader<'_>) -> Result<(), Code> {
        let Key::Text(namespace) = key else {
            return Err(MALFORMED);
        };
        check_name(namespace)?;
        value.array(|_, element| {
            if self.elements.len() == limits::MDOC_ELEMENTS {
                return Err(Code::InputTooMany);
            }
            self.elements.push((namespace.to_string(), name(element)?));
            Ok(())
        })?;
        Ok(())
    }

    /// Whether the device may sign this element.
    pub(crate) fn allow(&self, namespace: &str, identifier: &str) -> bool {
        let named = |(n, i): &(String, String)| n == namespace && i == identifier;
        self.namespaces.iter().any(|n| n == namespace) || self.elements.iter().any(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdoc::cbor::write;

    fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let entries = entries.iter();
        write::map(entries.map(|(k, v)| (write::text(k), v.clone())).collect())
    }

    fn validity(times: [Vec<u8>; 3]) -> Result<ValidityInfo, Code> {
        let [signed, from, until] = times;
        let octets = map(&[
            ("signed", signed),
            ("validFrom", from),
            ("validUntil", until),
        ]);
        ValidityInfo::read(&mut Reader::only(&octets, MALFORMED).unwrap())
    }

    fn tdate(text: &str) -> Vec<u8> {
        write::tagged(TDATE, &write::text(text))
    }

    #[test]
    fn times_have_one_form_and_one_order() {
        let [first, second] = ["2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"].map(tdate);
        let read = validity([first.clone(), first.clone(), second.clone()]).unwrap();
        assert_eq!(read.valid_until.to_string(), "2026-05-01T00:00:00Z");
        assert_eq!(format!("{read:?}"), "ValidityInfo(…)");
        let leap = tdate("2026-12-31T23:59:60Z");
        let read = validity([first.clone(), first.clone(), leap]).unwrap();
        assert_eq!(read.valid_until.to_string(), "2026-12-31T23:59:59Z");

        let end = |text: &str| [first.clone(), first.clone(), tdate(text)];
        for times in [
            end("2026-05-01T00:00:00.5Z"),
            end("2026-05-01T00:00:00+00:00"),
            end("2026-05-01T00:00:00z"),
            end("2026-05-32T00:00:00Z"),
            end("2026-05-01"),
            [
                first.clone(),
                first.clone(),
                write::text("2026-05-01T00:00:00Z"),
            ],
            [first.clone(), first.clone(), write::null()],
            [second.clone(), first.clone(), second.clone()],
            [first.clone(), second.clone(), first.clone()],
            [first.clone(), first.clone(), first.clone()],
        ] {
            assert_eq!(validity(times), Err(Code::MdocValidityForm));
        }
    }

    fn authorizations(entries: &[(&str, Vec<u8>)]) -> Result<Authorizations, Code> {
        let octets = map(entries);
        Authorizations::read(&mut Reader::only(&octets, MALFORMED)?)
    }

    #[test]
    fn a_device_may_sign_what_it_was_authorised_to() {
        let list = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| write::text(name)).collect();
            write::array(&names)
        };
        let found = authorizations(&[
            ("nameSpaces", list(&["a"])),
            ("dataElements", map(&[("b", list(&["x"]))])),
        ])
        .unwrap();
        for (namespace, identifier, allowed) in [
            ("a", "anything", true),
            ("b", "x", true),
            ("b", "y", false),
            ("c", "x", false),
        ] {
            assert_eq!(
                found.allow(namespace, identifier),
                allowed,
                "{namespace} {identifier}"
            );
        }
        assert!(!Authorizations::default().allow("a", "x"));
        let both = authorizations(&[
            ("nameSpaces", list(&["a"])),
            ("dataElements", map(&[("a", list(&["x"]))])),
        ]);
        assert_eq!(both.map(drop), Err(MALFORMED));
        assert_eq!(
            authorizations(&[("nameSpaces", list(&[])), ("dataElements", list(&[]))]).map(drop),
            Err(MALFORMED)
        );
    }

    #[test]
    fn authorizations_have_a_budget() {
        let list = |count| write::array(&vec![write::text("x"); count]);
        let of_element = |count| map(&[("a", list(count))]);
        let long = map(&[(&"a".repeat(limits::MDOC_NAME + 1), list(1))]);
        for (name, value, code) in [
            ("nameSpaces", list(limits::MDOC_NAMESPACES), None),
            (
                "nameSpaces",
                list(limits::MDOC_NAMESPACES + 1),
                Some(Code::InputTooMany),
            ),
            ("dataElements", of_element(limits::MDOC_ELEMENTS), None),
            (
                "dataElements",
                of_element(limits::MDOC_ELEMENTS + 1),
                Some(Code::InputTooMany),
            ),
            ("dataElements", long, Some(Code::InputTooLarge)),
        ] {
            assert_eq!(authorizations(&[(name, value)]).err(), code, "{name}");
        }
    }

    #[test]
    fn digests_are_found_by_namespace_and_number() {
        let digests = write::map(vec![
            (write::unsigned(300), write::bytes(&[&[3]])),
            (write::unsigned(1), write::bytes(&[&[1]])),
        ]);
        let octets = map(&[("a", digests), ("b", write::map(Vec::new()))]);
        let digests = value_digests(&mut Reader::only(&octets, MALFORMED).unwrap()).unwrap();
        let found = |namespace, id| find(&digests, namespace, id);
        assert_eq!(found("a", 300), Some(&[3][..]));
        assert_eq!(found("a", 1), Some(&[1][..]));
        assert_eq!(found("a", 2), None);
        assert_eq!(found("b", 1), None);

        let negative = write::map(vec![(write::integer(-1), write::bytes(&[&[1]]))]);
        let octets = map(&[("a", negative)]);
        let outcome = value_digests(&mut Reader::only(&octets, MALFORMED).unwrap());
        assert_eq!(outcome.map(drop), Err(MALFORMED));
    }
}
