//! The portrait, and what it is encoded in.

use std::borrow::Cow;
use std::fmt;

/// A portrait as its issuer encoded it. Nothing here decodes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Portrait<'a> {
    octets: Cow<'a, [u8]>,
}

/// What an image is encoded in, by how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PortraitCodec {
    /// JPEG (ISO/IEC 10918-1).
    Jpeg,
    /// JPEG 2000 (ISO/IEC 15444-1), as a file or as a bare codestream.
    Jpeg2000,
    /// PNG.
    Png,
    /// HEIF (ISO/IEC 23008-12), AVIF among it.
    Heif,
    /// WebP.
    Webp,
    /// None of these.
    Unknown,
}

impl<'a> Portrait<'a> {
    pub(super) fn new(octets: Cow<'a, [u8]>) -> Self {
        Self { octets }
    }

    /// The encoded image.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// What it is encoded in. A guess from the first octets: whoever decodes
    /// the image treats it as hostile all the same.
    #[must_use]
    pub fn codec(&self) -> PortraitCodec {
        PortraitCodec::of(&self.octets)
    }
}

impl PortraitCodec {
    /// What octets are encoded in, by the first of them.
    #[must_use]
    pub const fn of(octets: &[u8]) -> Self {
        match octets {
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [0xff, 0x4f, 0xff, 0x51, ..] => Self::Jpeg2000,
            [
                0,
                0,
                0,
                12,
                b'j',
                b'P',
                b' ',
                b' ',
                0x0d,
                0x0a,
                0x87,
                0x0a,
                ..,
            ] => Self::Jpeg2000,
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Self::Png,
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Self::Webp,
            [_, _, _, _, b'f', b't', b'y', b'p', a, b, c, d, ..] => of_brand([*a, *b, *c, *d]),
            _ => Self::Unknown,
        }
    }

    /// The word by which command lines and reports call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Jpeg2000 => "jpeg2000",
            Self::Png => "png",
            Self::Heif => "heif",
            Self::Webp => "webp",
            Self::Unknown => "unknown",
        }
    }
}

/// The major brand of a file in the format of ISO/IEC 14496-12.
const fn of_brand(brand: [u8; 4]) -> PortraitCodec {
    match &brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1" | b"avif" => PortraitCodec::Heif,
        _ => PortraitCodec::Unknown,
    }
}

// A face.
impl fmt::Debug for Portrait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Portrait({:?})", self.codec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_octets_tell() {
        for (octets, codec) in [
            (&b"\xff\xd8\xff\xe0\x00\x10JFIF"[..], PortraitCodec::Jpeg),
            (b"\xff\x4f\xff\x51\x00", PortraitCodec::Jpeg2000),
            (
                b"\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a\x00",
                PortraitCodec::Jpeg2000,
            ),
            (b"\x89PNG\x0d\x0a\x1a\x0a\x00", PortraitCodec::Png),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", PortraitCodec::Webp),
            (b"\x00\x00\x00\x18ftypheic", PortraitCodec::Heif),
            (b"\x00\x00\x00\x18ftypmp42", PortraitCodec::Unknown),
            (b"\xff\xd8", PortraitCodec::Unknown),
            (b"GIF89a", PortraitCodec::Unknown),
            (b"", PortraitCodec::Unknown),
        ] {
            assert_eq!(Portrait::new(octets.into()).codec(), codec, "{octets:02x?}");
        }
    }
}
