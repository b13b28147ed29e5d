//! `tashika tour`.

use crate::desk::tashika;

#[test]
fn the_tour_shows_every_refusal() {
    let codes = [
        "signature.invalid",
        "cms.message_digest",
        "x509.expired",
        "trust.purpose",
        "x509.authority_key",
        "jpki.no_certificate",
        "transaction.expired",
        "transaction.foreign",
        "revoked.unspecified",
        "revoked.key_compromise",
        "revoked.ca_compromise",
        "revoked.affiliation_changed",
        "revoked.superseded",
        "revoked.cessation_of_operation",
        "revoked.certificate_hold",
        "revocation.missing",
        "revocation.stale",
        "revocation.scope",
        "revocation.no_scope",
        "mdoc.digest",
        "mdoc.device_signature",
        "auth_app.cancelled",
        "auth_app.browser",
        "auth_app.signature",
        "auth_app.unavailable",
    ];
    tashika(["tour", "--seed", "1"])
        .exits(0)
        .says(&codes)
        .says(&["ACCEPTED", "UNDETERMINED", "33 of 33 came out as expected."]);
    tashika(["tour", "--seed", "1", "--lang", "ja"])
        .exits(0)
        .says(&codes)
        .says(&["改ざん"]);
}
