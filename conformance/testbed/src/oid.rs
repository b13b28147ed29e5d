//! Object identifiers, as arcs.

macro_rules! oids {
    ($($name:ident = [$($arc:literal),+] $doc:literal;)+) => {
        $(#[doc = $doc] pub const $name: &[u64] = &[$($arc),+];)+
    };
}

oids! {
    SHA1 = [1, 3, 14, 3, 2, 26] "SHA-1.";
    SHA256 = [2, 16, 840, 1, 101, 3, 4, 2, 1] "SHA-256.";
    SHA384 = [2, 16, 840, 1, 101, 3, 4, 2, 2] "SHA-384.";
    SHA512 = [2, 16, 840, 1, 101, 3, 4, 2, 3] "SHA-512.";

    RSA_ENCRYPTION = [1, 2, 840, 113549, 1, 1, 1] "rsaEncryption.";
    SHA1_WITH_RSA = [1, 2, 840, 113549, 1, 1, 5] "sha1WithRSAEncryption.";
    MGF1 = [1, 2, 840, 113549, 1, 1, 8] "The mask generation function of PSS.";
    RSASSA_PSS = [1, 2, 840, 113549, 1, 1, 10] "id-RSASSA-PSS.";
    SHA256_WITH_RSA = [1, 2, 840, 113549, 1, 1, 11] "sha256WithRSAEncryption.";
    SHA384_WITH_RSA = [1, 2, 840, 113549, 1, 1, 12] "sha384WithRSAEncryption.";
    SHA512_WITH_RSA = [1, 2, 840, 113549, 1, 1, 13] "sha512WithRSAEncryption.";
    EC_PUBLIC_KEY = [1, 2, 840, 10045, 2, 1] "id-ecPublicKey.";
    PRIME_FIELD = [1, 2, 840, 10045, 1, 1] "prime-field.";
    P256 = [1, 2, 840, 10045, 3, 1, 7] "secp256r1.";
    P384 = [1, 3, 132, 0, 34] "secp384r1.";
    ECDSA_WITH_SHA1 = [1, 2, 840, 10045, 4, 1] "ecdsa-with-SHA1.";
    ECDSA_WITH_SHA256 = [1, 2, 840, 10045, 4, 3, 2] "ecdsa-with-SHA256.";
    ECDSA_WITH_SHA384 = [1, 2, 840, 10045, 4, 3, 3] "ecdsa-with-SHA384.";
    ECDSA_WITH_SHA512 = [1, 2, 840, 10045, 4, 3, 4] "ecdsa-with-SHA512.";

    COUNTRY = [2, 5, 4, 6] "countryName.";
    STATE_OR_PROVINCE = [2, 5, 4, 8] "stateOrProvinceName.";
    LOCALITY = [2, 5, 4, 7] "localityName.";
    ORGANIZATION = [2, 5, 4, 10] "organizationName.";
    ORGANIZATIONAL_UNIT = [2, 5, 4, 11] "organizationalUnitName.";
    COMMON_NAME = [2, 5, 4, 3] "commonName.";

    SUBJECT_KEY_IDENTIFIER = [2, 5, 29, 14] "subjectKeyIdentifier.";
    KEY_USAGE = [2, 5, 29, 15] "keyUsage.";
    SUBJECT_ALT_NAME = [2, 5, 29, 17] "subjectAltName.";
    ISSUER_ALT_NAME = [2, 5, 29, 18] "issuerAltName.";
    BASIC_CONSTRAINTS = [2, 5, 29, 19] "basicConstraints.";
    CRL_NUMBER = [2, 5, 29, 20] "cRLNumber.";
    REASON_CODE = [2, 5, 29, 21] "reasonCode.";
    INVALIDITY_DATE = [2, 5, 29, 24] "invalidityDate.";
    DELTA_CRL_INDICATOR = [2, 5, 29, 27] "deltaCRLIndicator.";
    ISSUING_DISTRIBUTION_POINT = [2, 5, 29, 28] "issuingDistributionPoint.";
    CERTIFICATE_ISSUER = [2, 5, 29, 29] "certificateIssuer.";
    NAME_CONSTRAINTS = [2, 5, 29, 30] "nameConstraints.";
    CRL_DISTRIBUTION_POINTS = [2, 5, 29, 31] "cRLDistributionPoints.";
    CERTIFICATE_POLICIES = [2, 5, 29, 32] "certificatePolicies.";
    ANY_POLICY = [2, 5, 29, 32, 0] "anyPolicy.";
    AUTHORITY_KEY_IDENTIFIER = [2, 5, 29, 35] "authorityKeyIdentifier.";
    EXTENDED_KEY_USAGE = [2, 5, 29, 37] "extKeyUsage.";
    ANY_EXTENDED_KEY_USAGE = [2, 5, 29, 37, 0] "anyExtendedKeyUsage.";
    FRESHEST_CRL = [2, 5, 29, 46] "freshestCRL.";
    EXPIRED_CERTS_ON_CRL = [2, 5, 29, 60] "expiredCertsOnCRL.";
    AUTHORITY_INFO_ACCESS = [1, 3, 6, 1, 5, 5, 7, 1, 1] "authorityInfoAccess.";
    CPS_QUALIFIER = [1, 3, 6, 1, 5, 5, 7, 2, 1] "The policy qualifier that points to a CPS.";
    SERVER_AUTH = [1, 3, 6, 1, 5, 5, 7, 3, 1] "serverAuth.";
    CLIENT_AUTH = [1, 3, 6, 1, 5, 5, 7, 3, 2] "clientAuth.";
    OCSP_SIGNING = [1, 3, 6, 1, 5, 5, 7, 3, 9] "OCSPSigning.";
    OCSP = [1, 3, 6, 1, 5, 5, 7, 48, 1] "The access method of a responder.";
    OCSP_BASIC = [1, 3, 6, 1, 5, 5, 7, 48, 1, 1] "id-pkix-ocsp-basic.";
    OCSP_NONCE = [1, 3, 6, 1, 5, 5, 7, 48, 1, 2] "id-pkix-ocsp-nonce.";
    OCSP_NOCHECK = [1, 3, 6, 1, 5, 5, 7, 48, 1, 5] "id-pkix-ocsp-nocheck.";
    OCSP_ARCHIVE_CUTOFF = [1, 3, 6, 1, 5, 5, 7, 48, 1, 6] "id-pkix-ocsp-archive-cutoff.";

    MDL_DOCUMENT_SIGNER = [1, 0, 18013, 5, 1, 2] "mdlDS: who signs mdocs, of any document type.";
    MDL_READER = [1, 0, 18013, 5, 1, 6] "mdlReaderAuth: who signs requests.";

    DATA = [1, 2, 840, 113549, 1, 7, 1] "id-data.";
    SIGNED_DATA = [1, 2, 840, 113549, 1, 7, 2] "id-signedData.";
    CONTENT_TYPE = [1, 2, 840, 113549, 1, 9, 3] "contentType.";
    MESSAGE_DIGEST = [1, 2, 840, 113549, 1, 9, 4] "messageDigest.";
    SIGNING_TIME = [1, 2, 840, 113549, 1, 9, 5] "signingTime.";
    COUNTERSIGNATURE = [1, 2, 840, 113549, 1, 9, 6] "countersignature.";
    SIGNING_CERTIFICATE_V2 = [1, 2, 840, 113549, 1, 9, 16, 2, 47] "signingCertificateV2.";

    JPKI_SIGNING_TEST_POLICY = [1, 2, 392, 200149, 8, 5, 1, 0, 20] "Test cards, 署名用.";
    JPKI_AUTHENTICATION_TEST_POLICY = [1, 2, 392, 200149, 8, 5, 1, 0, 30] "Test cards, 利用者証明用.";
    JPKI_NAME = [1, 2, 392, 200149, 8, 5, 5, 1] "氏名.";
    JPKI_NAME_SUBSTITUTION = [1, 2, 392, 200149, 8, 5, 5, 2] "Substituted characters of 氏名.";
    JPKI_SEX = [1, 2, 392, 200149, 8, 5, 5, 3] "性別.";
    JPKI_BIRTH_DATE = [1, 2, 392, 200149, 8, 5, 5, 4] "生年月日.";
    JPKI_ADDRESS = [1, 2, 392, 200149, 8, 5, 5, 5] "住所.";
    JPKI_ADDRESS_SUBSTITUTION = [1, 2, 392, 200149, 8, 5, 5, 6] "Substituted characters of 住所.";

    UNKNOWN = [2, 25, 1] "An arc nobody knows, for extensions nobody can process.";
}
