//! What nobody but the authorities may ask for: My Number.
//!
//! A relying party may not collect it (番号法19条, 20条), so an element that
//! can hold it is never asked for, and a response that carries one is refused
//! before anything of it is looked at further. There is no switch.

/// The identifiers of elements that can hold a My Number, whatever their
/// namespace: ISO/IEC TS 23220-2 leaves the name to the issuing country, and
/// a second edition drops the ending.
const FORBIDDEN: [&str; 2] = ["individual_number_unicode", "individual_number"];

/// Whether an element of this identifier can hold a My Number, which nobody but
/// the authorities may ask for: it is neither requested nor shown.
#[must_use]
pub fn is_forbidden(identifier: &str) -> bool {
    FORBIDDEN
        .iter()
        .any(|name| identifier.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_their_case() {
        assert!(is_forbidden("individual_number_unicode"));
        assert!(is_forbidden("Individual_Number"));
        assert!(!is_forbidden("full_name_unicode"));
    }
}
