//! Responses made by hand, with real signatures.
