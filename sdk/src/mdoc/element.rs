//! One element of a document, as the issuer or the device signed it.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

/// An element: its namespace, its identifier and its value as it arrived.
///
/// Whoever holds one got it from a verified document. It says nothing of what
/// its value should be: [`Elements`](crate::mdoc::Elements) does.
#[derive(Clone, PartialEq, Eq)]
pub struct Element {
    /// Shared by all elements of it.
    namespace: Arc<str>,
    identifier: String,
    value: Bytes,
}

impl Element {
    pub(crate) fn new(
        namespace: impl Into<Arc<str>>,
        identifier: impl Into<String>,
        value: Bytes,
    ) -> Self {
        Self {
            namespace: namespace.into(),
            identifier: identifier.into(),
            value,
        }
    }

    /// The namespace, for example `org.iso.23220.1.jp`.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The identifier in the namespace, for example `sex`.
    #[must_use]
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The value: one CBOR data item, encoded as it arrived.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }
}

// Which elements somebody has shown is told by the request; what they say is
// the person's.
impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Element(…)")
    }
}
