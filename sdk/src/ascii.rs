//! Texts that others give us to keep, as ASCII that can be shown as it is.

/// One to 64 visible characters: a name in a protocol.
#[cfg(any(feature = "auth-app", feature = "fetch"))]
pub(crate) fn is_word(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Nothing but visible characters and spaces, or nothing at all.
#[cfg(feature = "auth-app")]
pub(crate) fn is_printable(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' '..=b'~'))
}

#[cfg(all(test, feature = "auth-app"))]
mod tests {
    use super::*;

    #[test]
    fn spaces_are_printed_and_are_no_part_of_a_word() {
        for (text, word, printable) in [
            ("a", true, true),
            ("!~", true, true),
            (&*"a".repeat(64), true, true),
            (&*"a".repeat(65), false, true),
            ("", false, true),
            ("a b", false, true),
            ("a\n", false, false),
            ("\u{7f}", false, false),
            ("é", false, false),
        ] {
            assert_eq!(is_word(text), word, "{text:?}");
            assert_eq!(is_printable(text), printable, "{text:?}");
        }
    }
}
