//! A proof in a request.

/// A proof type that was gained for this request.
///
/// It stands in the extensions of a request (`request.extensions().get::<Verified<T>>()`)
/// and can be put there only by code that holds the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<T>(pub T);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_found_by_its_type() {
        let mut request = http::Request::new(());
        request.extensions_mut().insert(Verified("proof"));
        let found = request.extensions().get::<Verified<&str>>();
        assert_eq!(found, Some(&Verified("proof")));
        assert!(request.extensions().get::<Verified<u8>>().is_none());
    }
}
