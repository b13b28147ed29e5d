//! Portraits of nobody.

/// Octets that begin and end like a JPEG of exactly this length, comments in between: a
/// codec is recognised in them, and there is nothing to see. At least 26 octets.
#[must_use]
pub fn portrait(length: usize) -> Vec<u8> {
    const JFIF: &[u8] = b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00";
    let mut out = JFIF.to_vec();
    let mut left = length.saturating_sub(JFIF.len() + 2);
    while left > 0 {
        // A comment's length counts itself; what is left is too short for another one
        // only if it was cut badly.
        let segment = if left > 60_000 { 50_000 } else { left.max(4) };
        out.extend([0xFF, 0xFE]);
        out.extend((segment as u16 - 2).to_be_bytes());
        out.resize(out.len() + segment - 4, b'.');
        left = left.saturating_sub(segment);
    }
    out.extend([0xFF, 0xD9]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_exact() {
        for length in [26, 1_000, 16_384, 60_025, 200_000] {
            let octets = portrait(length);
            assert_eq!(octets.len(), length);
            assert!(octets.starts_with(&[0xFF, 0xD8, 0xFF]) && octets.ends_with(&[0xFF, 0xD9]));
        }
    }
}
