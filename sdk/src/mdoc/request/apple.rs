//! What an app on an iPhone hands to PassKit (`PKIdentityRequest`).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::{Curve, EphemeralKey, Requested, RequestedElement, Retention};
use crate::trust::sha256;

/// Who we are to Apple: the identifiers of our merchant and our team, and the
/// key of the certificate to which iPhones encrypt.
///
/// The key is configured and stays for the life of that certificate, so it is
/// not part of a transaction: whoever finishes one brings it along.
pub struct AppleMerchant {
    merchant_id: String,
    team_id: String,
    key: EphemeralKey,
}

/// What the app needs to ask.
#[derive(Clone, PartialEq, Eq)]
pub struct AppleRequest {
    request: Value,
}

impl AppleMerchant {
    /// The merchant with these identifiers, as Apple's developer portal states
    /// them, and this key.
    ///
    /// # Errors
    /// `misuse.argument` if an identifier is empty, longer than 255 octets or
    /// not of visible ASCII, or the key is not on P-256.
    pub fn new(merchant_id: &str, team_id: &str, key: EphemeralKey) -> Result<Self, Error> {
        let sound = |id: &str| {
            !id.is_empty() && id.len() <= 255 && id.bytes().all(|b| b.is_ascii_graphic())
        };
        if key.curve() != Curve::P256 || !sound(merchant_id) || !sound(team_id) {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self {
            merchant_id: merchant_id.to_owned(),
            team_id: team_id.to_owned(),
            key,
        })
    }

    /// The merchant's identifier.
    #[must_use]
    pub fn merchant_id(&self) -> &str {
        &self.merchant_id
    }

    /// The team's identifier.
    #[must_use]
    pub fn team_id(&self) -> &str {
        &self.team_id
    }

    /// SHA-256 over the uncompressed point of the key: by what envelope and
    /// session transcript name it.
    #[must_use]
    pub fn public_key_hash(&self) -> [u8; 32] {
        sha256(&[self.key.point()])
    }

    pub(crate) fn key(&self) -> &EphemeralKey {
        &self.key
    }
}

impl AppleRequest {
    /// `misuse.request` if more than one document is asked for: an iPhone shows
    /// one.
    pub(crate) fn new(
        requested: &Requested,
        nonce: &[u8],
        merchant: &AppleMerchant,
    ) -> Result<Self, Error> {
        let [document] = requested.documents() else {
            return Err(Code::MisuseRequest.into());
        };
        let elements: Value = document.elements().iter().map(element).collect();
        let request = json!({
            "merchantIdentifier": merchant.merchant_id,
            "nonce": STANDARD.encode(nonce),
            "docType": document.doc_type(),
            "elements": elements,
        });
        Ok(Self { request })
    }

    /// The parameters for the app, in JSON:
    ///
    /// | member | what the app does with it |
    /// |---|---|
    /// | `merchantIdentifier` | `PKIdentityRequest.merchantIdentifier` |
    /// | `nonce` | base64, `PKIdentityRequest.nonce` |
    /// | `docType` | chooses the descriptor, for example `PKIdentityNationalIDCardDescriptor` with the region `JP` |
    /// | `elements` | each with `namespace`, `identifier`, and as `intentToStore` the name of a `PKIdentityIntentToStore`: `willNotStore` or `mayStore` |
    ///
    /// The app sends the `encryptedData` that it gets back as it is.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.request.to_string()
    }
}

fn element(element: &RequestedElement) -> Value {
    let intent = match element.retention() {
        Retention::NotRetained => "willNotStore",
        Retention::Retained => "mayStore",
    };
    json!({
        "namespace": element.namespace(),
        "identifier": element.identifier(),
        "intentToStore": intent,
    })
}

// The key is not printed.
impl fmt::Debug for AppleMerchant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppleMerchant")
            .field("merchant_id", &self.merchant_id)
            .field("team_id", &self.team_id)
            .finish_non_exhaustive()
    }
}

// It holds the nonce of a transaction.
impl fmt::Debug for AppleRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppleRequest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdoc::{Need, RequestedDocument};

    fn merchant() -> AppleMerchant {
        let key = EphemeralKey::generate(Curve::P256).unwrap();
        AppleMerchant::new("merchant.example", "TEAM123456", key).unwrap()
    }

    fn document(name: &str) -> RequestedDocument {
        let document = RequestedDocument::new(name).unwrap();
        let document = document.element("n", "a", Retention::NotRetained, Need::Mandatory);
        let document = document.unwrap();
        let document = document.element("n", "b", Retention::Retained, Need::Optional);
        document.unwrap()
    }

    #[test]
    fn the_app_gets_what_passkit_wants() {
        let requested = Requested::one(document("type")).unwrap();
        let request = AppleRequest::new(&requested, &[0xff; 32], &merchant()).unwrap();
        let expected = json!({
            "merchantIdentifier": "merchant.example",
            "nonce": "//////////////////////////////////////////8=",
            "docType": "type",
            "elements": [
                { "namespace": "n", "identifier": "a", "intentToStore": "willNotStore" },
                { "namespace": "n", "identifier": "b", "intentToStore": "mayStore" },
            ],
        });
        let sent: Value = serde_json::from_str(&request.to_json()).unwrap();
        assert_eq!(sent, expected);
        assert_eq!(format!("{request:?}"), "AppleRequest(…)");
    }

    #[test]
    fn an_iphone_shows_one_document() {
        let requested = Requested::new(vec![document("a"), document("b")]).unwrap();
        let error = AppleRequest::new(&requested, &[0; 32], &merchant()).unwrap_err();
        assert_eq!(error.code(), Code::MisuseRequest);
    }

    #[test]
    fn a_merchant_has_names_and_a_key_on_the_curve() {
        for (merchant, team, curve) in [
            ("", "t", Curve::P256),
            ("m", "", Curve::P256),
            ("m m", "t", Curve::P256),
            ("m", "t\n", Curve::P256),
            (&"m".repeat(256), "t", Curve::P256),
            ("m", "t", Curve::P384),
        ] {
            let key = EphemeralKey::generate(curve).unwrap();
            let error = AppleMerchant::new(merchant, team, key).unwrap_err();
            assert_eq!(error.code(), Code::MisuseArgument);
        }
        let merchant = merchant();
        let printed =
            "AppleMerchant { merchant_id: \"merchant.example\", team_id: \"TEAM123456\", .. }";
        assert_eq!(format!("{merchant:?}"), printed);
        assert_eq!(
            merchant.public_key_hash(),
            sha256(&[merchant.key().point()])
        );
    }
}
