//! Presenting a document: what of it, and the device's proof.

use super::{Asked, Attached, Cbor, Mac0, Mdoc, Sign1, Transcript, derivation::derive};
use crate::{KeyPair, PublicKey};

/// A document with the private key that it was issued for.
#[derive(Clone, Debug)]
pub struct Holder {
    mdoc: Mdoc,
    key: KeyPair,
}

impl Holder {
    /// Puts them together, also where the key is another's.
    #[must_use]
    pub fn new(mdoc: Mdoc, key: KeyPair) -> Self {
        Self { mdoc, key }
    }

    /// The document.
    #[must_use]
    pub fn mdoc(&self) -> &Mdoc {
        &self.mdoc
    }

    /// The device's key.
    #[must_use]
    pub fn key(&self) -> &KeyPair {
        &self.key
    }

    /// The same key with another document, such as one that was changed.
    #[must_use]
    pub fn with_mdoc(&self, mdoc: Mdoc) -> Self {
        Self::new(mdoc, self.key.clone())
    }

    /// Begin to present the document in a session; nothing is disclosed yet.
    #[must_use]
    pub fn present(&self, transcript: &Transcript) -> Presentation<'_> {
        Presentation {
            holder: self,
            transcript: transcript.clone(),
            selected: Vec::new(),
            device_name_spaces: Cbor::empty_map(),
            authenticated_doc_type: self.mdoc.doc_type().to_owned(),
            authenticated_name_spaces: None,
        }
    }
}

/// A document of a response under construction (ISO/IEC 18013-5, 8.3.2.1.2.2 and 9.1.3).
#[derive(Clone, Debug)]
pub struct Presentation<'h> {
    holder: &'h Holder,
    transcript: Transcript,
    selected: Vec<(String, String)>,
    device_name_spaces: Cbor,
    authenticated_doc_type: String,
    authenticated_name_spaces: Option<Cbor>,
}

impl Presentation<'_> {
    /// Disclose elements of a namespace; those the document has not are passed over.
    #[must_use]
    pub fn select(mut self, name_space: &str, elements: &[&str]) -> Self {
        let pair = |element: &&str| (name_space.to_owned(), (*element).to_owned());
        self.selected.extend(elements.iter().map(pair));
        self
    }

    /// Disclose what is asked for, as far as the document has it.
    #[must_use]
    pub fn select_asked(self, asked: &Asked) -> Self {
        asked.elements.iter().fold(self, |presentation, element| {
            presentation.select(&element.name_space, &[&element.element])
        })
    }

    /// Disclose every element of a namespace.
    #[must_use]
    pub fn select_all(self, name_space: &str) -> Self {
        let elements = self.holder.mdoc.elements(name_space);
        let elements: Vec<_> = elements.iter().map(String::as_str).collect();
        self.select(name_space, &elements)
    }

    /// Disclose an element no longer.
    ///
    /// # Panics
    ///
    /// If it is not selected.
    #[must_use]
    pub fn except(mut self, name_space: &str, element: &str) -> Self {
        let before = self.selected.len();
        self.selected
            .retain(|(space, name)| space != name_space || name != element);
        assert!(self.selected.len() < before, "{element} is not selected");
        self
    }

    /// Add an element that the device signs for itself.
    #[must_use]
    pub fn device_signed(mut self, name_space: &str, element: &str, value: Cbor) -> Self {
        if self.device_name_spaces.get(name_space).is_none() {
            self.device_name_spaces.set(name_space, Cbor::empty_map());
        }
        self.device_name_spaces
            .set(&format!("{name_space}/{element}"), value);
        self
    }

    /// DeviceNameSpaces of any form, not wrapped yet.
    #[must_use]
    pub fn device_name_spaces(mut self, value: Cbor) -> Self {
        self.device_name_spaces = value;
        self
    }

    /// Authenticate another document type than the one presented.
    #[must_use]
    pub fn authenticate_doc_type(mut self, doc_type: &str) -> Self {
        self.authenticated_doc_type = doc_type.to_owned();
        self
    }

    /// Authenticate other DeviceNameSpaces than those presented.
    #[must_use]
    pub fn authenticate_name_spaces(mut self, value: Cbor) -> Self {
        self.authenticated_name_spaces = Some(value);
        self
    }

    /// DeviceAuthenticationBytes: what is signed or authenticated, and detached.
    #[must_use]
    pub fn authentication(&self) -> Vec<u8> {
        let presented = &self.device_name_spaces;
        let name_spaces = self.authenticated_name_spaces.as_ref().unwrap_or(presented);
        let authentication = Cbor::array([
            "DeviceAuthentication".into(),
            self.transcript.item().clone(),
            self.authenticated_doc_type.as_str().into(),
            Cbor::tag24(name_spaces.clone()),
        ]);
        Cbor::tag24(authentication).encode()
    }

    /// deviceSignature, with a change to how it is signed.
    ///
    /// # Panics
    ///
    /// If the device's key is RSA.
    #[must_use]
    pub fn signature(&self, change: impl FnOnce(Sign1) -> Sign1) -> Cbor {
        change(Sign1::new(self.authentication()).detached()).sign(&self.holder.key)
    }

    /// deviceMac for a reader's ephemeral key, with a change to how it is made.
    ///
    /// # Panics
    ///
    /// If the keys are on different curves.
    #[must_use]
    pub fn mac(&self, reader: &PublicKey, change: impl FnOnce(Mac0) -> Mac0) -> Cbor {
        let key = derive(&self.holder.key.agree(reader), &self.transcript, "EMacKey");
        let mac = Mac0::new(self.authentication()).attached(Attached::Detached);
        change(mac).tag(&key)
    }

    /// The document, proved by a signature.
    ///
    /// # Panics
    ///
    /// If the device's key is RSA.
    #[must_use]
    pub fn signed(&self) -> Cbor {
        self.signed_with(|sign1| sign1)
    }

    /// The same with a change to how it is signed.
    ///
    /// # Panics
    ///
    /// If the device's key is RSA.
    #[must_use]
    pub fn signed_with(&self, change: impl FnOnce(Sign1) -> Sign1) -> Cbor {
        self.proved(Cbor::map([("deviceSignature", self.signature(change))]))
    }

    /// The document, proved by a MAC for a reader's ephemeral key.
    ///
    /// # Panics
    ///
    /// If the keys are on different curves.
    #[must_use]
    pub fn authenticated(&self, reader: &PublicKey) -> Cbor {
        self.proved(Cbor::map([("deviceMac", self.mac(reader, |mac| mac))]))
    }

    /// The document with any deviceAuth, such as one of both kinds.
    #[must_use]
    pub fn proved(&self, device_auth: Cbor) -> Cbor {
        let is_selected = |name_space: &str, element: &str| {
            let mut all = self.selected.iter();
            all.any(|(space, name)| space == name_space && name == element)
        };
        Cbor::map([
            ("docType", Cbor::from(self.holder.mdoc.doc_type())),
            ("issuerSigned", self.holder.mdoc.disclose(is_selected)),
            (
                "deviceSigned",
                Cbor::map([
                    ("nameSpaces", Cbor::tag24(self.device_name_spaces.clone())),
                    ("deviceAuth", device_auth),
                ]),
            ),
        ])
    }
}
