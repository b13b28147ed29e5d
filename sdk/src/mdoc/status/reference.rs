//! Where a document says that its status stands.

use std::fmt;

use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::{Key, Reader};

/// What a document says about its own revocation: which lists speak of it, and
/// in which place.
///
/// Place and address tell documents apart, so that nothing prints them. The
/// address can be read, since it has to be asked; the place cannot.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusReference {
    pub(super) status_list: Option<ListEntry<u64>>,
    pub(super) identifier_list: Option<ListEntry<Box<[u8]>>>,
}

/// The kinds of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusKind {
    /// A list with a few bits for every document ever issued (Token Status
    /// List, draft-ietf-oauth-status-list).
    StatusList,
    /// A list of the identifiers of revoked documents (ISO/IEC 18013-5, second
    /// edition).
    IdentifierList,
}

/// A place in a list.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ListEntry<P> {
    pub(super) place: P,
    pub(super) uri: Box<str>,
    /// The certificate of the list's signer, or of the anchor over it, if the
    /// issuer pins one.
    pub(super) certificate: Option<Box<[u8]>>,
}

impl StatusReference {
    /// Reads the `status` of a mobile security object; none if it is empty.
    ///
    /// Mechanisms that we do not know are not nothing: a document that names
    /// only such has a reference that no token answers.
    ///
    /// # Errors
    /// `mdoc.mso` if it is not of its form, or larger than its budget.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Option<Self>, Code> {
        let mut reference = Self {
            status_list: None,
            identifier_list: None,
        };
        let mut names_any = false;
        let outcome = reader.map(|key, value| {
            names_any = true;
            if key.is("status_list") {
                reference.status_list = Some(ListEntry::read(value, "idx", index)?);
            } else if key.is("identifier_list") {
                reference.identifier_list = Some(ListEntry::read(value, "id", identifier)?);
            }
            Ok(())
        });
        outcome.map_err(|_| Code::MdocMso)?;
        Ok(names_any.then_some(reference))
    }

    /// The kinds of lists that it names, and that can be asked.
    pub fn kinds(&self) -> impl Iterator<Item = StatusKind> + '_ {
        let kinds = [StatusKind::StatusList, StatusKind::IdentifierList];
        kinds.into_iter().filter(|kind| self.uri(*kind).is_some())
    }

    /// The lists that it names: of which kind, and where.
    pub fn lists(&self) -> impl Iterator<Item = (StatusKind, &str)> {
        self.kinds()
            .filter_map(|kind| Some((kind, self.uri(kind)?)))
    }

    /// Where the list of this kind is; none if it names no such list.
    #[must_use]
    pub fn uri(&self, kind: StatusKind) -> Option<&str> {
        match kind {
            StatusKind::StatusList => self.status_list.as_ref().map(|entry| &*entry.uri),
            StatusKind::IdentifierList => self.identifier_list.as_ref().map(|entry| &*entry.uri),
        }
    }
}

impl<P> ListEntry<P> {
    fn read(
        reader: &mut Reader<'_>,
        place_name: &str,
        read_place: impl Fn(&mut Reader<'_>) -> Result<P, Code>,
    ) -> Result<Self, Code> {
        let (mut place, mut uri, mut certificate) = (None, None, None);
        reader.map(|key, value| {
            match key {
                Key::Text(name) if name == place_name => place = Some(read_place(value)?),
                Key::Text(name) if name == "uri" => uri = Some(address(value)?),
                Key::Text(name) if name == "certificate" => {
                    certificate = Some(bounded(value, limits::CERTIFICATE)?);
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(Self {
            place: place.ok_or(Code::MdocMso)?,
            uri: uri.ok_or(Code::MdocMso)?,
            certificate,
        })
    }
}

fn index(reader: &mut Reader<'_>) -> Result<u64, Code> {
    reader.unsigned()
}

fn identifier(reader: &mut Reader<'_>) -> Result<Box<[u8]>, Code> {
    bounded(reader, limits::STATUS_IDENTIFIER)
}

fn bounded(reader: &mut Reader<'_>, most: usize) -> Result<Box<[u8]>, Code> {
    let octets = reader.bytes()?;
    if octets.is_empty() || octets.len() > most {
        return Err(Code::MdocMso);
    }
    Ok(octets.into())
}

/// A URI has no spaces, no control characters and nothing beyond ASCII
/// (RFC 3986, 2).
fn address(reader: &mut Reader<'_>) -> Result<Box<str>, Code> {
    let text = reader.text()?;
    let sound = (1..=limits::STATUS_URI).contains(&text.len())
        && text.bytes().all(|octet| octet.is_ascii_graphic());
    if sound {
        Ok(text.into())
    } else {
        Err(Code::MdocMso)
    }
}

impl fmt::Debug for StatusReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.kinds()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdoc::cbor::write;

    fn read(octets: &[u8]) -> Result<Option<StatusReference>, Code> {
        StatusReference::read(&mut Reader::only(octets, Code::MdocMso)?)
    }

    fn entry(fields: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let fields = fields.iter();
        write::map(fields.map(|(k, v)| (write::text(k), v.clone())).collect())
    }

    fn status_list(idx: Vec<u8>, uri: &str) -> Vec<u8> {
        let fields = entry(&[("idx", idx), ("uri", write::text(uri))]);
        entry(&[("status_list", fields)])
    }

    #[test]
    fn both_kinds_are_read() {
        // {"status_list": {"idx": 412, "uri": "https://s.example/1"},
        //  "identifier_list": {"id": h'ab', "uri": "https://i.example/2"}}
        let octets = [
            &[0xa2, 0x6b][..],
            b"status_list",
            &[0xa2, 0x63],
            b"idx",
            &[0x19, 0x01, 0x9c, 0x63],
            b"uri",
            &[0x73],
            b"https://s.example/1",
            &[0x6f],
            b"identifier_list",
            &[0xa2, 0x62],
            b"id",
            &[0x41, 0xab, 0x63],
            b"uri",
            &[0x73],
            b"https://i.example/2",
        ]
        .concat();
        let reference = read(&octets).unwrap().unwrap();
        assert_eq!(reference.kinds().count(), 2);
        let uri = |kind| reference.uri(kind).unwrap();
        assert_eq!(uri(StatusKind::StatusList), "https://s.example/1");
        assert_eq!(uri(StatusKind::IdentifierList), "https://i.example/2");
        assert_eq!(reference.status_list.as_ref().unwrap().place, 412);
        let list = reference.identifier_list.as_ref().unwrap();
        assert_eq!(*list.place, [0xab]);
        let printed = format!("{reference:?}");
        assert_eq!(printed, "{StatusList, IdentifierList}");
    }

    #[test]
    fn nothing_named_is_none_and_an_unknown_mechanism_is_not() {
        assert_eq!(read(&[0xa0]), Ok(None));
        let unknown = entry(&[("something_new", write::unsigned(1))]);
        let reference = read(&unknown).unwrap().unwrap();
        assert_eq!(reference.kinds().count(), 0);
    }

    #[test]
    fn what_is_not_of_its_form_is_refused() {
        let uri = "https://s.example/1";
        let long = format!("https://s.example/{}", "a".repeat(limits::STATUS_URI));
        let place = || write::unsigned(7);
        let identifier_list = |id: &[u8]| {
            let fields = [("id", write::bytes(&[id])), ("uri", write::text(uri))];
            entry(&[("identifier_list", entry(&fields))])
        };
        let certificate = entry(&[
            ("idx", place()),
            ("uri", write::text(uri)),
            ("certificate", write::text("x")),
        ]);
        for bad in [
            write::null(),
            write::array::<Vec<u8>>(&[]),
            entry(&[("status_list", write::null())]),
            entry(&[("status_list", entry(&[("idx", place())]))]),
            entry(&[("status_list", entry(&[("uri", write::text(uri))]))]),
            entry(&[("status_list", certificate)]),
            status_list(write::integer(-1), uri),
            status_list(write::text("7"), uri),
            status_list(place(), ""),
            status_list(place(), "https://s.example/ 1"),
            status_list(place(), "https://s.example/\u{3042}"),
            status_list(place(), &long),
            identifier_list(&[]),
            identifier_list(&[0; limits::STATUS_IDENTIFIER + 1]),
        ] {
            assert_eq!(read(&bad), Err(Code::MdocMso), "{bad:02x?}");
        }
        assert!(read(&status_list(place(), uri)).is_ok());
    }
}
