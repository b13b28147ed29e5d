//! Items to bytes.

use super::{Cbor, Form};

impl Cbor {
    /// The encoding: shortest heads and definite lengths but where a [`Form`] says
    /// otherwise, nothing sorted.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(None, &mut out);
        out
    }

    fn write(&self, form: Option<Form>, out: &mut Vec<u8>) {
        match self {
            Self::Unsigned(number) => head(0, *number, form, out),
            Self::Negative(number) => head(1, *number, form, out),
            Self::Bytes(bytes) => string(2, bytes, form, out),
            Self::Text(text) => string(3, text.as_bytes(), form, out),
            Self::Array(items) => container(4, items.len(), form, out, |out| {
                items.iter().for_each(|item| item.write(None, out));
            }),
            Self::Map(entries) => container(5, entries.len(), form, out, |out| {
                for (key, value) in entries {
                    key.write(None, out);
                    value.write(None, out);
                }
            }),
            Self::Tag(number, item) => {
                head(6, *number, form, out);
                item.write(None, out);
            }
            Self::Simple(value) if *value < 32 => out.push(7 << 5 | value),
            Self::Simple(value) => out.extend([0xF8, *value]),
            Self::Embedded(item) => string(2, &item.encode(), form, out),
            Self::Formed(form, item) => item.write(Some(*form), out),
            Self::Raw(bytes) => out.extend_from_slice(bytes),
        }
    }
}

fn container(
    major: u8,
    length: usize,
    form: Option<Form>,
    out: &mut Vec<u8>,
    content: impl FnOnce(&mut Vec<u8>),
) {
    head(major, length as u64, form, out);
    content(out);
    if form == Some(Form::Indefinite) {
        out.push(0xFF);
    }
}

/// Chunks of text end between characters (RFC 8949, 3.2.3).
fn string(major: u8, content: &[u8], form: Option<Form>, out: &mut Vec<u8>) {
    if form != Some(Form::Indefinite) {
        head(major, content.len() as u64, form, out);
        return out.extend_from_slice(content);
    }
    let is_boundary = |at: &usize| content.get(*at).is_none_or(|octet| octet & 0xC0 != 0x80);
    let middle = (content.len() / 2..=content.len()).find(is_boundary);
    let (first, second) = content.split_at(middle.unwrap_or(content.len()));
    head(major, 0, form, out);
    string(major, first, None, out);
    string(major, second, None, out);
    out.push(0xFF);
}

fn head(major: u8, argument: u64, form: Option<Form>, out: &mut Vec<u8>) {
    let initial = major << 5;
    let octets = argument.to_be_bytes();
    let mut long = |info: u8, length: usize| {
        out.push(initial | info);
        out.extend(octets.iter().skip(8 - length));
    };
    match form {
        Some(Form::Indefinite) => long(31, 0),
        Some(Form::One) => long(24, 1),
        Some(Form::Two) => long(25, 2),
        Some(Form::Four) => long(26, 4),
        Some(Form::Eight) => long(27, 8),
        None => match argument {
            0..24 => out.push(initial | octets[7]),
            24..0x100 => long(24, 1),
            0x100..0x1_0000 => long(25, 2),
            0x1_0000..0x1_0000_0000 => long(26, 4),
            _ => long(27, 8),
        },
    }
}
