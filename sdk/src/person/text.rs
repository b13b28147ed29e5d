//! What a text about a person may not contain.

/// Controls, what turns the direction of a text, and what takes no room: they
/// show something else than what is there. Variation selectors may stand, for
/// they tell the variants of a character apart.
#[must_use]
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
