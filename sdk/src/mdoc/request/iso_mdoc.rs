//! `org-iso-mdoc` over the Digital Credentials API (ISO/IEC TS 18013-7,
//! annex C).

use serde_json::{Value, json};

use crate::jose::encode;
use crate::mdoc::EphemeralKey;
use crate::mdoc::cbor::write;
use crate::mdoc::request::DeviceRequest;

/// `EncryptionInfo` in base64url: to which key the answer is encrypted. The
/// session transcript is over this very string, so it is kept as it is sent.
pub(crate) fn encryption_info(nonce: &[u8], key: &EphemeralKey) -> String {
    let parameters = write::map(vec![
        (write::text("nonce"), write::bytes(&[nonce])),
        (write::text("recipientPublicKey"), key.cose_key()),
    ]);
    encode(&write::array(&[write::text("dcapi"), parameters]))
}

/// The request as the API takes it.
pub(crate) fn iso_mdoc(request: &DeviceRequest, encryption_info: &str) -> Value {
    json!({
        "protocol": "org-iso-mdoc",
        "data": {
            "deviceRequest": encode(request.octets()),
            "encryptionInfo": encryption_info,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::{self, Hex};
    use crate::mdoc::request::{Edition, ReaderAuthentication};
    use crate::mdoc::{Curve, Need, Requested, RequestedDocument, Retention, SessionTranscript};
    use crate::trust::sha256;

    /// A published exchange (ANNEXC-DETERMINISTIC-001): request, key and
    /// transcript from their inputs.
    #[test]
    fn the_request_has_the_published_form() {
        let scalar = "9baeb7b14495d7b69cbe751a98c7ee4ad36b41053da880fe00baa4bb5ce31372";
        let scalar: [u8; 32] = hex::decode(scalar).unwrap();
        let key = EphemeralKey::from_entropy(Curve::P256, &scalar).unwrap();
        let nonce: Vec<u8> = (0..16).collect();
        let info = encryption_info(&nonce, &key);
        assert_eq!(
            info,
            "gmVkY2FwaaJlbm9uY2VQAAECAwQFBgcICQoLDA0OD3JyZWNpcGllbnRQdWJsaWNLZXmkAQIgASFYILO0LJXw\
             A8VAp7-rI9YIJvj1wfEQ122YdEjwxUFeYAFEIlgg0u68CgTFZk_nslWFmYhDMQQ6vdBNf2vwy3QHKI_80Js"
        );
        let transcript = SessionTranscript::annex_c(&info, "https://verifier.example");
        assert_eq!(
            Hex(&sha256(&[transcript.octets()])).to_string(),
            "564a34efc36b9b5a5ccafb6bf2e923cd96cc4a9c3712407f887d1e84d3bb58e4"
        );

        let document = RequestedDocument::new("org.iso.18013.5.1.mDL").unwrap();
        let (namespace, element) = ("org.iso.18013.5.1", "age_over_18");
        let document =
            document.element(namespace, element, Retention::NotRetained, Need::Mandatory);
        let requested = Requested::one(document.unwrap()).unwrap();
        let unsigned = ReaderAuthentication::Unsigned;
        let request = DeviceRequest::new(&requested, &Edition::First, unsigned, &transcript);
        let request = iso_mdoc(&request.unwrap(), &info);
        let expected = json!({
            "protocol": "org-iso-mdoc",
            "data": {
                "deviceRequest":
                    "omd2ZXJzaW9uYzEuMGtkb2NSZXF1ZXN0c4GhbGl0ZW1zUmVxdWVzdNgYWEuiZ2RvY1R5cGV1b3Jn\
                     Lmlzby4xODAxMy41LjEubURMam5hbWVTcGFjZXOhcW9yZy5pc28uMTgwMTMuNS4xoWthZ2Vfb3Zl\
                     cl8xOPQ",
                "encryptionInfo": info,
            },
        });
        assert_eq!(request, expected);
    }
}
