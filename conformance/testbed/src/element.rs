//! A reader of DER for what others hand to the issuer's side.

/// One element: its tag, its content, and all of it.
pub(crate) struct Element<'d> {
    pub(crate) tag: u8,
    pub(crate) content: &'d [u8],
    pub(crate) whole: &'d [u8],
}

impl<'d> Element<'d> {
    /// The elements that follow one another in these octets.
    pub(crate) fn all(mut bytes: &'d [u8]) -> Option<Vec<Self>> {
        let mut all = Vec::new();
        while !bytes.is_empty() {
            let (element, rest) = Self::first(bytes)?;
            all.push(element);
            bytes = rest;
        }
        Some(all)
    }

    /// The elements within the one element that these octets are.
    pub(crate) fn within(bytes: &'d [u8]) -> Option<Vec<Self>> {
        match &Self::all(bytes)?[..] {
            [outer] => Self::all(outer.content),
            _ => None,
        }
    }

    fn first(bytes: &'d [u8]) -> Option<(Self, &'d [u8])> {
        let (&tag, rest) = bytes.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..0x80 => (usize::from(first), rest),
            _ => {
                let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
                let length = octets.iter().try_fold(0_usize, |sum, octet| {
                    Some(sum.checked_mul(256)? | usize::from(*octet))
                });
                (length?, rest)
            }
        };
        let (content, rest) = rest.split_at_checked(length)?;
        let (whole, _) = bytes.split_at_checked(bytes.len() - rest.len())?;
        let element = Self {
            tag,
            content,
            whole,
        };
        Some((element, rest))
    }
}
