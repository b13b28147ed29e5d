use super::*;
use crate::algorithm::SignatureScheme;
use crate::hex;
use crate::jose::{decode, object};
use crate::mdoc::request::testing::TestReader;
use crate::mdoc::{Curve, Need, RequestedDocument, Retention};

const NONCE: &str = "n-0S6_WzA2Mj";

fn relying_party() -> RelyingParty {
    RelyingParty::from_origin("https://rp.example").unwrap()
}

fn requested() -> Requested {
    let document = RequestedDocument::new("org.iso.18013.5.1.mDL").unwrap();
    let (namespace, element) = ("org.iso.18013.5.1", "portrait");
    let document = document.element(namespace, element, Retention::NotRetained, Need::Mandatory);
    Requested::one(document.unwrap()).unwrap()
}

/// RFC 5903, 8.1.
fn key() -> EphemeralKey {
    let scalar = hex::decode("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433");
    let scalar: [u8; 32] = scalar.unwrap();
    EphemeralKey::from_entropy(Curve::P256, &scalar).unwrap()
}

fn request(key: Option<&EphemeralKey>, client: ClientAuthentication<'_>) -> Result<Value, Error> {
    let parameters = Parameters {
        relying_party: &relying_party(),
        requested: &requested(),
        nonce: NONCE,
        key,
    };
    parameters.request(client)
}

/// The members that both forms have.
fn members(mode: &str, metadata: &Value) -> Value {
    json!({
        "response_type": "vp_token",
        "response_mode": mode,
        "nonce": NONCE,
        "dcql_query": {
            "credentials": [{
                "id": "document-0",
                "format": "mso_mdoc",
                "meta": { "doctype_value": "org.iso.18013.5.1.mDL" },
                "claims": [{
                    "id": "element-0",
                    "path": ["org.iso.18013.5.1", "portrait"],
                    "intent_to_retain": false,
                }],
            }],
        },
        "client_metadata": metadata,
    })
}

fn formats() -> Value {
    json!({
        "mso_mdoc": {
            "issuerauth_alg_values": [-7, -35],
            "deviceauth_alg_values": [-7, -35],
        },
    })
}

#[test]
fn an_unsigned_request_names_nobody() {
    let metadata = json!({
        "vp_formats_supported": formats(),
        "encrypted_response_enc_values_supported": ["A128GCM", "A256GCM"],
        "jwks": { "keys": [{
            "kty": "EC",
            "crv": "P-256",
            "x": "2tC2U5QiHPmwUeH-yleH0Jjf5jf8kLnvlF0MN3JYEYA",
            "y": "UnGgRhzbglLWHxxFb6PlmrH0WzOsz19YOJ4Fd7iZC7M",
            "use": "enc",
            "alg": "ECDH-ES",
            "kid": "6zCobslLk2qqWRx1ZdA3vcxN_beN--P2AW_hzMluhfI",
        }] },
    });
    let sent = request(Some(&key()), ClientAuthentication::Unsigned).unwrap();
    let expected = json!({
        "protocol": "openid4vp-v1-unsigned",
        "data": members("dc_api.jwt", &metadata),
    });
    assert_eq!(sent, expected);

    let sent = request(None, ClientAuthentication::Unsigned).unwrap();
    let metadata = json!({ "vp_formats_supported": formats() });
    assert_eq!(sent["data"], members("dc_api", &metadata));
}

/// The claims of a signed request, whose signature is that of `reader`.
fn claims(reader: &TestReader, scheme: SignatureScheme, sent: &Value) -> Value {
    assert_eq!(sent["protocol"], "openid4vp-v1-signed");
    let data = sent["data"].as_object().unwrap();
    assert_eq!(data.len(), 1);
    let compact = data["request"].as_str().unwrap();
    let (input, signature) = compact.rsplit_once('.').unwrap();
    let signature = decode(signature).unwrap();
    reader
        .key
        .verify(scheme, input.as_bytes(), &signature)
        .unwrap();
    let (header, claims) = input.split_once('.').unwrap();
    let header = object(&decode(header).unwrap()).unwrap();
    assert_eq!(header["typ"], "oauth-authz-req+jwt");
    Value::Object(object(&decode(claims).unwrap()).unwrap())
}

#[test]
fn a_signed_request_names_us_and_our_origin() {
    let metadata = json!({ "vp_formats_supported": formats() });
    for (reader, scheme) in [
        (TestReader::p256(), SignatureScheme::ECDSA_P256_SHA256_FIXED),
        (TestReader::p384(), SignatureScheme::ECDSA_P384_SHA384_FIXED),
    ] {
        let hash = encode(&sha256(&[&reader.certificate]));
        for (identifier, expected) in [
            (ClientIdentifier::X509Hash, format!("x509_hash:{hash}")),
            (
                ClientIdentifier::X509SanDns("rp.example"),
                "x509_san_dns:rp.example".to_owned(),
            ),
        ] {
            let client = ClientAuthentication::Signed(&reader.identity, identifier);
            let sent = request(None, client).unwrap();
            let mut wanted = members("dc_api", &metadata);
            wanted["expected_origins"] = json!(["https://rp.example"]);
            wanted["client_id"] = json!(expected);
            wanted["aud"] = json!("https://self-issued.me/v2");
            assert_eq!(claims(&reader, scheme, &sent), wanted);
        }
    }
}

#[test]
fn the_certificate_must_be_for_the_name() {
    let reader = TestReader::p256();
    for name in [
        // Another name, a part of one, one of another kind, a wildcard's.
        "other.example",
        "example",
        "uri.example",
        "a.wild.example",
        "*.wild.example",
        // The right one, written otherwise.
        "RP.example",
        "rp.example.",
        "",
    ] {
        let identifier = ClientIdentifier::X509SanDns(name);
        let client = ClientAuthentication::Signed(&reader.identity, identifier);
        let error = request(None, client).unwrap_err();
        assert_eq!(error.code(), Code::MisuseRequest, "{name}");
    }
}
