//! The table of codes: every way an answer can be other than "accepted".
//!
//! A [`Code`] is the stable, dotted name that callers match on, log and
//! document. It belongs to exactly one [`CheckId`] (the check that failed),
//! has one [`Disposition`] (who is concerned) and one [`Message`] (what a
//! person outside may be told). All four stand in one table, so that none can
//! drift from the others.

use std::fmt;

use crate::message::Message;

/// What a failed check means for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Disposition {
    /// The evidence could not be read: the sender's software is at fault.
    Malformed,
    /// The evidence was read and is bad.
    Rejected,
    /// It could not be known. Neither good nor bad: ask again later.
    Undetermined,
    /// The caller used the library wrongly or configured it wrongly.
    Misuse,
}

macro_rules! checks {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal;)+) => {
        /// A check that a verification runs, in the order in which reports list
        /// them. A verification that looks at cheap things first may run them in
        /// another.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum CheckId {
            $($(#[doc = $doc])+ $name,)+
        }

        impl CheckId {
            /// Every check, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable name of this check, as reports print it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// What this check demands, in one English sentence.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc,)+).trim_ascii(),)+ }
            }
        }
    };
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $check:ident, $disposition:ident, $message:ident;)+) => {
        /// The stable code of a refusal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code, in the order of the checks.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The dotted, stable form, for example `x509.expired`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The check that fails with this code.
            #[must_use]
            pub const fn check(self) -> CheckId {
                match self { $(Self::$name => CheckId::$check,)+ }
            }

            /// Whether the evidence is bad, unreadable or unknowable.
            #[must_use]
            pub const fn disposition(self) -> Disposition {
                match self { $(Self::$name => Disposition::$disposition,)+ }
            }

            /// What may be told to the person outside.
            #[must_use]
            pub const fn message(self) -> Message {
                match self { $(Self::$name => Message::$message,)+ }
            }

            /// What went wrong, for the operator, in one English sentence.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc,)+).trim_ascii(),)+ }
            }
        }
    };
}

checks! {
    /// Sizes and counts stay within their budgets.
    Budget = "input.budget";
    /// The HTTP request is one that is taken here, and arrives whole and in time.
    HttpRequest = "input.request";
    /// The CMS message is well-formed BER.
    CmsEncoding = "cms.encoding";
    /// The CMS message is SignedData of a known version, over plain data.
    CmsContentType = "cms.content_type";
    /// The content is attached or supplied, not both and not neither.
    CmsContent = "cms.content";
    /// There is exactly one signer, of the version that fits how it is identified.
    CmsSigner = "cms.signer";
    /// The certificate that the signer names is in the message.
    CmsSignerCertificate = "cms.signer_certificate";
    /// Digest and signature algorithm are allowed and agree.
    CmsAlgorithm = "cms.algorithm";
    /// Signed attributes are in DER, each at most once, with one value, and no content passes for them.
    CmsSignedAttributes = "cms.signed_attributes";
    /// The signed content type is the type of the content.
    CmsSignedContentType = "cms.signed_content_type";
    /// The signed message digest is the digest of the content.
    CmsMessageDigest = "cms.message_digest";
    /// The signed signing-certificate attribute names the signer's certificate.
    CmsSigningCertificate = "cms.signing_certificate";
    /// The signed algorithm protection names the algorithms that are used.
    CmsAlgorithmProtection = "cms.algorithm_protection";
    /// The wallet's answer is in the envelope of its protocol, sealed to our key for this transaction.
    MdocEnvelope = "mdoc.envelope";
    /// A proximity session keeps its keys, its order and its end.
    MdocSession = "mdoc.session";
    /// The presentation is well-formed CBOR without trailing data, duplicates or excessive nesting.
    MdocEncoding = "mdoc.encoding";
    /// The response is of a known version.
    MdocVersion = "mdoc.version";
    /// The wallet says that it answered.
    MdocResponseStatus = "mdoc.response_status";
    /// The documents are those that were asked for, each once, and nothing else.
    MdocDocuments = "mdoc.documents";
    /// No element is one that nobody may ask for.
    MdocForbidden = "mdoc.forbidden";
    /// The elements are those that were asked for, each once.
    MdocElements = "mdoc.elements";
    /// The issuer's COSE structures are sound, and name an allowed algorithm and a certificate.
    MdocIssuerAuth = "mdoc.issuer_auth";
    /// There is a certificate.
    CertificatePresent = "jpki.certificate_present";
    /// The certificate is well-formed DER without trailing data.
    CertificateEncoding = "x509.encoding";
    /// The certificate is version 3.
    Version = "x509.version";
    /// The serial number is positive, minimal and at most 20 octets.
    SerialNumber = "x509.serial";
    /// The algorithm identifier is the same inside and outside.
    AlgorithmIdentifier = "x509.algorithm_identifier";
    /// No extension stands twice, and each is in its one permitted form.
    Extensions = "x509.extensions";
    /// The issuer is a configured anchor for this purpose.
    Issuer = "x509.issuer";
    /// The authority key identifier names that anchor.
    AuthorityKey = "x509.authority_key";
    /// The certificate's signature algorithm is allowed.
    CertificateAlgorithm = "x509.signature_algorithm";
    /// The anchor signed the certificate.
    CertificateSignature = "x509.signature";
    /// The anchor is valid at the evaluation time.
    AnchorValidity = "trust.validity";
    /// The evaluation time lies within the validity period.
    Validity = "x509.validity";
    /// No critical extension is left unprocessed.
    CriticalExtensions = "x509.critical_extensions";
    /// The certificate is not a CA certificate.
    BasicConstraints = "x509.basic_constraints";
    /// Key usage is exactly that of the profile.
    KeyUsage = "x509.key_usage";
    /// Extended key usage is that of the profile.
    ExtendedKeyUsage = "x509.extended_key_usage";
    /// The certificate policy is in the profile's allow-list.
    Policy = "jpki.policy";
    /// The subject's public key is of an allowed kind and size.
    SubjectKey = "x509.subject_key";
    /// The document signer's certificate is of its profile.
    MdocCertificateProfile = "mdoc.certificate_profile";
    /// The document signer's key signed the mobile security object.
    MdocIssuerSignature = "mdoc.issuer_signature";
    /// The mobile security object is well-formed, and about this document.
    MdocMso = "mdoc.mso";
    /// The evaluation time lies within the validity of the mobile security object.
    MdocValidity = "mdoc.validity";
    /// Every element is the one that the issuer made a digest of.
    MdocDigests = "mdoc.digests";
    /// The device's key is on an allowed curve.
    MdocDeviceKey = "mdoc.device_key";
    /// The device signed only elements that the issuer authorised it to sign.
    MdocDeviceSigned = "mdoc.device_signed";
    /// The device's key authenticated this presentation in this transaction.
    MdocDeviceAuth = "mdoc.device_auth";
    /// Elements have their types, and do not contradict each other.
    MdocElementValues = "mdoc.element_values";
    /// The status token is sound, fresh, and its signer's.
    MdocStatusToken = "mdoc.status_token";
    /// The issuer has not revoked the document itself.
    MdocRecordStatus = "mdoc.record_status";
    /// The callback is of its form, and says one thing.
    AuthAppCallback = "auth_app.callback";
    /// The callback answers this transaction's request.
    AuthAppState = "auth_app.state";
    /// The callback comes from the browser in which the transaction began.
    AuthAppBrowser = "auth_app.browser";
    /// The callback names the provider that was asked.
    AuthAppResponseIssuer = "auth_app.response_issuer";
    /// The person and the provider agreed to what was asked.
    AuthAppAuthorized = "auth_app.authorized";
    /// The provider can be reached, and answers in its protocol.
    AuthAppAnswered = "auth_app.answered";
    /// The provider takes us for the registered client, which may ask so.
    AuthAppClient = "auth_app.client";
    /// The token response is of its form, and grants what was asked for.
    AuthAppTokenResponse = "auth_app.token_response";
    /// The token is a signed message in compact form, with a header that leaves nothing to others.
    AuthAppTokenForm = "auth_app.token_form";
    /// The token is signed with an algorithm that is allowed.
    AuthAppAlgorithm = "auth_app.algorithm";
    /// The key that the token names is one of the provider's, and fit for it.
    AuthAppKey = "auth_app.key";
    /// The provider's key signed the token.
    AuthAppSignature = "auth_app.signature";
    /// The provider that was asked issued the token.
    AuthAppIssuer = "auth_app.issuer";
    /// The token is for us, and for nobody else.
    AuthAppAudience = "auth_app.audience";
    /// The evaluation time lies within the token's.
    AuthAppTime = "auth_app.time";
    /// The token was made for this request.
    AuthAppNonce = "auth_app.nonce";
    /// The token came with this access token.
    AuthAppAccessToken = "auth_app.access_token";
    /// The person was authenticated as it was demanded.
    AuthAppAcr = "auth_app.acr";
    /// What is told of the person is about the person who logged in, complete, and of its form.
    AuthAppClaims = "auth_app.claims";
    /// The signature is over this transaction's document, by the person who logged in.
    AuthAppSigning = "auth_app.signing";
    /// The message is nothing that a signature was made over for another end.
    SignedMessage = "signature.message";
    /// The signature scheme fits the key and the signature is well-formed.
    SignatureScheme = "signature.scheme";
    /// The subject's key made the signature over these bytes.
    Signature = "signature.verified";
    /// The challenge or signing request is ours, for this use, and in time.
    Transaction = "transaction.binding";
    /// What has to be kept is kept: the state of transactions, sessions, the record of outcomes.
    TransactionKept = "transaction.kept";
    /// The browser has a session, and it goes on.
    TransactionSession = "transaction.session";
    /// The status is about the certificate that was checked.
    RevocationQuery = "revocation.query";
    /// The responder or operator can be reached, and gives an answer of its protocol.
    Answered = "revocation.answered";
    /// The revocation list is well-formed DER without trailing data.
    CrlEncoding = "revocation.encoding";
    /// The list is version 2, with equal algorithm identifiers and sound serial numbers.
    CrlProfile = "revocation.profile";
    /// The list is a complete one, and none of its critical parts is unprocessed.
    CrlExtensions = "revocation.extensions";
    /// The list names the key of the certificate's issuer.
    CrlIssuer = "revocation.issuer";
    /// The issuer's key signed the list.
    CrlSignature = "revocation.signature";
    /// The OCSP response is well-formed DER without trailing data.
    OcspEncoding = "revocation.ocsp_encoding";
    /// The responder answers, and does not refuse to.
    OcspStatus = "revocation.ocsp_status";
    /// The OCSP response is a basic one of version 1, with an allowed algorithm.
    OcspProfile = "revocation.ocsp_profile";
    /// No extension of the OCSP response stands twice or is critical and unprocessed.
    OcspExtensions = "revocation.ocsp_extensions";
    /// The OCSP response is about the certificate.
    OcspCertificate = "revocation.ocsp_certificate";
    /// The responder is the certificate's issuer, or somebody to whom it delegated.
    OcspResponder = "revocation.ocsp_responder";
    /// The responder's key signed the OCSP response.
    OcspSignature = "revocation.ocsp_signature";
    /// The responder knows the certificate, and does not contradict itself.
    OcspAnswer = "revocation.ocsp_answer";
    /// The OCSP response was made for this request, as far as the policy demands it.
    OcspNonce = "revocation.ocsp_nonce";
    /// The clock is not behind the newest verified list or response.
    Clock = "revocation.clock";
    /// The list's number is not lower than the highest seen.
    CrlNumber = "revocation.number";
    /// The list covers the certificate's distribution point and kind.
    Scope = "revocation.scope";
    /// The list or response is inside its validity and the policy's maximum age.
    Freshness = "revocation.freshness";
    /// The certificate is not revoked.
    NotRevoked = "revocation.not_revoked";
    /// The certificate carries the four items in their one permitted form.
    Holder = "jpki.holder";
    /// Anchors are fit to be anchors and belong to their environment.
    Anchor = "trust.anchor";
    /// The library is used and configured as documented.
    Usage = "misuse";
}

codes! {
    /// The input is larger than its budget.
    InputTooLarge = "input.too_large", Budget, Malformed, Unreadable;
    /// The input holds more parts than its budget.
    InputTooMany = "input.too_many", Budget, Malformed, Unreadable;

    /// The method is not one that is taken here.
    InputMethod = "input.method", HttpRequest, Malformed, Unreadable;
    /// The media type is not one that is taken here.
    InputMediaType = "input.media_type", HttpRequest, Malformed, Unreadable;
    /// The body did not arrive in time.
    InputSlow = "input.slow", HttpRequest, Malformed, TookTooLong;
    /// The body broke off.
    InputBody = "input.body", HttpRequest, Malformed, Unreadable;
    /// The answer is not in one of the forms that are taken here: a member is missing, stands twice or is of another form.
    InputAnswer = "input.answer", HttpRequest, Malformed, Unreadable;
    /// Where to go on afterwards is not a path of this site.
    InputReturnTo = "input.return_to", HttpRequest, Malformed, StartAgain;

    /// The CMS message is not well-formed, or has trailing data.
    InputCms = "input.cms", CmsEncoding, Malformed, Unreadable;
    /// The message is not CMS SignedData of a known version, or its content is not of the type data.
    CmsContentType = "cms.content_type", CmsContentType, Rejected, NotAccepted;
    /// The message carries no content and none was supplied.
    CmsContentMissing = "cms.content_missing", CmsContent, Rejected, NotAccepted;
    /// The message carries content although the content was supplied.
    CmsContentTwice = "cms.content_twice", CmsContent, Rejected, NotAccepted;
    /// The message does not have exactly one signer.
    CmsSignerCount = "cms.signer_count", CmsSigner, Rejected, NotAccepted;
    /// The signer's version is unknown or does not fit how the signer is identified.
    CmsSignerVersion = "cms.signer_version", CmsSigner, Rejected, NotAccepted;
    /// The certificate that the signer names is not in the message, or not exactly one is.
    CmsSignerCertificate = "cms.signer_certificate", CmsSignerCertificate, Rejected, NotAccepted;
    /// The digest algorithm is not allowed, or not the one of the signature.
    CmsDigestAlgorithm = "cms.digest_algorithm", CmsAlgorithm, Rejected, NotAccepted;
    /// The signature algorithm is not allowed or its parameters are not the ones required.
    CmsSignatureAlgorithm = "cms.signature_algorithm", CmsAlgorithm, Rejected, NotAccepted;
    /// The signed attributes are not in DER, or one stands twice or has several values.
    CmsSignedAttributes = "cms.signed_attributes", CmsSignedAttributes, Rejected, NotAccepted;
    /// The content could be read as signed attributes: the two signed forms are not told apart.
    CmsAmbiguousContent = "cms.ambiguous_content", CmsSignedAttributes, Rejected, NotAccepted;
    /// The content-type attribute is missing or not the type of the content.
    CmsSignedContentType = "cms.signed_content_type", CmsSignedContentType, Rejected, NotAccepted;
    /// The message-digest attribute is missing or not the digest of the content.
    CmsMessageDigest = "cms.message_digest", CmsMessageDigest, Rejected, NotAccepted;
    /// The signing-certificate attribute does not name the signer's certificate.
    CmsSigningCertificate = "cms.signing_certificate", CmsSigningCertificate, Rejected, NotAccepted;
    /// The algorithm-protection attribute names other algorithms than the signer uses.
    CmsAlgorithmProtection = "cms.algorithm_protection", CmsAlgorithmProtection, Rejected, NotAccepted;

    /// The envelope is not of the form of its protocol.
    InputEnvelope = "input.envelope", MdocEnvelope, Malformed, Unreadable;
    /// The envelope names other algorithms than its protocol's, or is compressed.
    MdocEnvelopeAlgorithm = "mdoc.envelope_algorithm", MdocEnvelope, Rejected, NotAccepted;
    /// The envelope is addressed to another key or another transaction.
    MdocEnvelopeRecipient = "mdoc.envelope_recipient", MdocEnvelope, Rejected, NotAccepted;
    /// The envelope does not open with our key in this transaction.
    MdocEnvelopeSeal = "mdoc.envelope_seal", MdocEnvelope, Rejected, NotAccepted;
    /// The engagement or a message of the session is not of its form.
    InputSession = "input.session", MdocSession, Malformed, Unreadable;
    /// The engagement offers no version, cipher suite or curve that is known here.
    MdocEngagement = "mdoc.engagement", MdocSession, Rejected, NotAccepted;
    /// A message of the session does not open with the session's key at its place.
    MdocSessionSeal = "mdoc.session_seal", MdocSession, Rejected, NotAccepted;
    /// The session has ended, by either side.
    MdocSessionEnded = "mdoc.session_ended", MdocSession, Rejected, NotAccepted;
    /// The wallet could not read what it was sent.
    MdocSessionError = "mdoc.session_error", MdocSession, Rejected, NotAccepted;
    /// The presentation is not well-formed, or lacks a part that it must have.
    InputMdoc = "input.mdoc", MdocEncoding, Malformed, Unreadable;
    /// There is data behind the end of a data item.
    InputCborTrailing = "input.cbor_trailing", MdocEncoding, Malformed, Unreadable;
    /// A key of a map stands twice.
    InputCborDuplicate = "input.cbor_duplicate", MdocEncoding, Malformed, Unreadable;
    /// Data items are nested too deeply.
    InputCborDepth = "input.cbor_depth", MdocEncoding, Malformed, Unreadable;
    /// A tag stands on a data item that it is not for.
    InputCborTag = "input.cbor_tag", MdocEncoding, Malformed, Unreadable;
    /// The response, or the mobile security object, is of an unknown version.
    MdocVersion = "mdoc.version", MdocVersion, Rejected, NotAccepted;
    /// The wallet says that it could not answer.
    MdocResponseStatus = "mdoc.response_status", MdocResponseStatus, Rejected, NotAccepted;
    /// The response holds no document.
    MdocNoDocument = "mdoc.no_document", MdocDocuments, Rejected, NoDocument;
    /// The response lacks a document that was asked for, or reports an error for it.
    MdocDocumentMissing = "mdoc.document_missing", MdocDocuments, Rejected, NoDocument;
    /// A document was not asked for, or stands twice.
    MdocDocumentUnrequested = "mdoc.document_unrequested", MdocDocuments, Rejected, NotAccepted;
    /// A document is in a form that is not verified here.
    MdocDocumentForm = "mdoc.document_form", MdocDocuments, Rejected, NotAccepted;
    /// No issuer is configured for documents of this type.
    MdocDocTypeUnknown = "mdoc.doc_type_unknown", MdocDocuments, Rejected, NotAccepted;
    /// The response carries an element that can hold a My Number; nothing of it was kept.
    MdocForbidden = "mdoc.forbidden", MdocForbidden, Rejected, NotAccepted;
    /// An element stands twice.
    MdocElementDuplicate = "mdoc.element_duplicate", MdocElements, Rejected, NotAccepted;
    /// Two elements claim one digest.
    MdocDigestIdDuplicate = "mdoc.digest_id_duplicate", MdocElements, Rejected, NotAccepted;
    /// An element comes with less than 16 octets of randomness.
    MdocRandom = "mdoc.random", MdocElements, Rejected, NotAccepted;
    /// An element was not asked for.
    MdocElementUnrequested = "mdoc.element_unrequested", MdocElements, Rejected, NotAccepted;
    /// An element that must be there was not given.
    MdocElementMissing = "mdoc.element_missing", MdocElements, Rejected, ElementMissing;
    /// A COSE structure is not of its form.
    MdocCose = "mdoc.cose", MdocIssuerAuth, Malformed, Unreadable;
    /// A COSE structure has a critical header.
    MdocCoseCritical = "mdoc.cose_critical", MdocIssuerAuth, Rejected, NotAccepted;
    /// The issuer's algorithm is missing, unprotected, not allowed or not one of its key.
    MdocIssuerAlgorithm = "mdoc.issuer_algorithm", MdocIssuerAuth, Rejected, NotAccepted;
    /// There is no document signer's certificate in the unprotected header, or not exactly a chain of them.
    MdocX5chain = "mdoc.x5chain", MdocIssuerAuth, Rejected, NotAccepted;
    /// The chain carries the root that only the relying party may bring.
    MdocX5chainRoot = "mdoc.x5chain_root", MdocIssuerAuth, Rejected, NotAccepted;

    /// The card carries no certificate of this kind; people under 15 hold no signing certificate as a rule.
    JpkiNoCertificate = "jpki.no_certificate", CertificatePresent, Rejected, NoCertificate;
    /// The certificate is not well-formed DER, or has trailing data.
    InputCertificate = "input.certificate", CertificateEncoding, Malformed, Unreadable;
    /// The certificate is not version 3.
    X509Version = "x509.version", Version, Rejected, NotAccepted;
    /// The serial number is zero, negative, padded or longer than 20 octets.
    X509Serial = "x509.serial", SerialNumber, Rejected, NotAccepted;
    /// The algorithm identifier inside differs from the one outside.
    X509AlgorithmIdentifier = "x509.algorithm_identifier", AlgorithmIdentifier, Rejected, NotAccepted;
    /// An extension stands twice.
    X509DuplicateExtension = "x509.duplicate_extension", Extensions, Rejected, NotAccepted;
    /// An extension is malformed, or critical where it may not be.
    X509Extension = "x509.extension", Extensions, Rejected, NotAccepted;
    /// The deprecated unique identifiers are present.
    X509UniqueIdentifier = "x509.unique_identifier", Extensions, Rejected, NotAccepted;
    /// No anchor bears the issuer's name.
    X509Issuer = "x509.issuer", Issuer, Rejected, NotAccepted;
    /// The issuer is an anchor for another purpose only.
    TrustPurpose = "trust.purpose", Issuer, Rejected, WrongCertificate;
    /// The authority key identifier is missing.
    X509AuthorityKeyMissing = "x509.authority_key_missing", AuthorityKey, Rejected, NotAccepted;
    /// No anchor of that name has the key that the authority key identifier names.
    X509AuthorityKey = "x509.authority_key", AuthorityKey, Rejected, NotAccepted;
    /// The authority key identifier names another issuer or serial than the anchor's.
    X509AuthorityCertificate = "x509.authority_certificate", AuthorityKey, Rejected, NotAccepted;
    /// The certificate is signed with an algorithm that is not allowed.
    X509SignatureAlgorithm = "x509.signature_algorithm", CertificateAlgorithm, Rejected, NotAccepted;
    /// The anchor did not sign this certificate.
    X509Signature = "x509.signature", CertificateSignature, Rejected, NotAccepted;
    /// The anchor is not valid at the evaluation time.
    TrustExpired = "trust.expired", AnchorValidity, Rejected, NotAccepted;
    /// The certificate is not valid yet.
    X509NotYetValid = "x509.not_yet_valid", Validity, Rejected, NotAccepted;
    /// The certificate has expired; the card that carries it may still be valid.
    X509Expired = "x509.expired", Validity, Rejected, CertificateExpired;
    /// A critical extension is not understood.
    X509CriticalExtension = "x509.critical_extension", CriticalExtensions, Rejected, NotAccepted;
    /// The certificate is a CA certificate.
    X509Ca = "x509.ca", BasicConstraints, Rejected, NotAccepted;
    /// The key usage is missing or not that of the profile.
    X509KeyUsage = "x509.key_usage", KeyUsage, Rejected, WrongCertificate;
    /// The extended key usage is not that of the profile.
    X509ExtendedKeyUsage = "x509.extended_key_usage", ExtendedKeyUsage, Rejected, WrongCertificate;
    /// The certificate policy is not in the allow-list.
    JpkiPolicy = "jpki.policy", Policy, Rejected, NotAccepted;
    /// A certificate policy stands twice.
    X509DuplicatePolicy = "x509.duplicate_policy", Policy, Rejected, NotAccepted;
    /// The subject's public key is of a kind, size or form that is not allowed.
    X509SubjectKey = "x509.subject_key", SubjectKey, Rejected, NotAccepted;

    /// The document signer's certificate lacks an extension of its profile, or one has the wrong criticality or form.
    MdocCertificateProfile = "mdoc.certificate_profile", MdocCertificateProfile, Rejected, NotAccepted;
    /// The document signer's certificate carries an extension that its profile forbids.
    MdocForbiddenExtension = "mdoc.forbidden_extension", MdocCertificateProfile, Rejected, NotAccepted;
    /// Document signer and root are of different countries.
    MdocCountry = "mdoc.country", MdocCertificateProfile, Rejected, NotAccepted;
    /// Document signer and root are of different states or provinces.
    MdocStateOrProvince = "mdoc.state_or_province", MdocCertificateProfile, Rejected, NotAccepted;
    /// The document signer's key did not sign this mobile security object.
    MdocIssuerSignature = "mdoc.issuer_signature", MdocIssuerSignature, Rejected, NotAccepted;
    /// The mobile security object lacks a part or has one of the wrong form.
    MdocMso = "mdoc.mso", MdocMso, Rejected, NotAccepted;
    /// The mobile security object is about another type of document.
    MdocDocType = "mdoc.doc_type", MdocMso, Rejected, NotAccepted;
    /// The digest algorithm is not allowed.
    MdocDigestAlgorithm = "mdoc.digest_algorithm", MdocMso, Rejected, NotAccepted;
    /// A time of the mobile security object is not of its form, or they are out of order.
    MdocValidityForm = "mdoc.validity_form", MdocValidity, Rejected, NotAccepted;
    /// The document was signed outside the validity of its signer's certificate, or in the future.
    MdocSignedOutside = "mdoc.signed_outside", MdocValidity, Rejected, NotAccepted;
    /// The document is valid for longer than its profile allows.
    MdocValidityPeriod = "mdoc.validity_period", MdocValidity, Rejected, NotAccepted;
    /// The document is not valid yet.
    MdocNotYetValid = "mdoc.not_yet_valid", MdocValidity, Rejected, NotAccepted;
    /// The document has expired; the wallet renews it when it can.
    MdocExpired = "mdoc.expired", MdocValidity, Rejected, DocumentExpired;
    /// The issuer made no digest for this element.
    MdocDigestUnknown = "mdoc.digest_unknown", MdocDigests, Rejected, NotAccepted;
    /// An element is not the one that the issuer made the digest of.
    MdocDigest = "mdoc.digest", MdocDigests, Rejected, NotAccepted;
    /// The device's key is malformed, off its curve or on a curve that is not allowed.
    MdocDeviceKey = "mdoc.device_key", MdocDeviceKey, Rejected, NotAccepted;
    /// A namespace is authorised both as a whole and element by element, or the authorisations are malformed.
    MdocKeyAuthorizations = "mdoc.key_authorizations", MdocDeviceSigned, Rejected, NotAccepted;
    /// The device signed an element that the issuer did not authorise it to sign.
    MdocDeviceSigned = "mdoc.device_signed", MdocDeviceSigned, Rejected, NotAccepted;
    /// The device authenticated the presentation by neither or by both of signature and MAC, or in a malformed way.
    MdocDeviceAuth = "mdoc.device_auth", MdocDeviceAuth, Rejected, NotAccepted;
    /// The device's algorithm is missing, unprotected, not allowed or not one of its key.
    MdocDeviceAlgorithm = "mdoc.device_algorithm", MdocDeviceAuth, Rejected, NotAccepted;
    /// The device carries a payload where what it authenticated must be computed.
    MdocDevicePayload = "mdoc.device_payload", MdocDeviceAuth, Rejected, NotAccepted;
    /// The device sent a MAC where nobody but its sender and we could tell who made it, or we do not hold the key.
    MdocDeviceMacUnexpected = "mdoc.device_mac_unexpected", MdocDeviceAuth, Rejected, NotAccepted;
    /// The device's key did not sign this presentation in this transaction.
    MdocDeviceSignature = "mdoc.device_signature", MdocDeviceAuth, Rejected, NotAccepted;
    /// The MAC is not that of this presentation in this transaction.
    MdocDeviceMac = "mdoc.device_mac", MdocDeviceAuth, Rejected, NotAccepted;
    /// An element is not of its type.
    MdocElementForm = "mdoc.element_form", MdocElementValues, Rejected, NotAccepted;
    /// Statements about the person's age contradict each other.
    MdocAgeContradiction = "mdoc.age_contradiction", MdocElementValues, Rejected, NotAccepted;
    /// The status token is not of its form, or of another type than was asked for.
    InputStatusToken = "input.status_token", MdocStatusToken, Undetermined, TryLater;
    /// The status token is larger than its budget when it is unpacked.
    MdocStatusTooLarge = "mdoc.status_too_large", MdocStatusToken, Undetermined, TryLater;
    /// The status token is about another list than the document names.
    MdocStatusSubject = "mdoc.status_subject", MdocStatusToken, Undetermined, TryLater;
    /// The signer of the status token is not one under the anchors for status.
    MdocStatusSigner = "mdoc.status_signer", MdocStatusToken, Undetermined, TryLater;
    /// The signature of the status token does not verify.
    MdocStatusSignature = "mdoc.status_signature", MdocStatusToken, Undetermined, TryLater;
    /// The status token is from the future, has expired, or is older than the policy allows.
    MdocStatusStale = "mdoc.status_stale", MdocStatusToken, Undetermined, TryLater;
    /// The status list ends before the document's place in it.
    MdocStatusIndex = "mdoc.status_index", MdocStatusToken, Undetermined, TryLater;
    /// The status is about another document.
    MdocStatusQuery = "mdoc.status_query", MdocRecordStatus, Undetermined, TryLater;
    /// Nobody could be asked whether the document is revoked.
    MdocStatusUnreachable = "mdoc.status_unreachable", MdocRecordStatus, Undetermined, TryLater;
    /// The document names no status list, and the policy demands one.
    MdocStatusMissing = "mdoc.status_missing", MdocRecordStatus, Rejected, NotAccepted;
    /// The issuer has revoked the document.
    MdocRecordRevoked = "mdoc.record_revoked", MdocRecordStatus, Rejected, Revoked;
    /// The issuer has suspended the document.
    MdocRecordSuspended = "mdoc.record_suspended", MdocRecordStatus, Rejected, Revoked;

    /// The callback is too long, has a parameter twice, or lacks one that it must have.
    InputCallback = "input.callback", AuthAppCallback, Malformed, StartAgain;
    /// The callback carries both a code and an error.
    AuthAppCallbackConflict = "auth_app.callback_conflict", AuthAppCallback, Rejected, StartAgain;
    /// The callback's state is missing, or not the one of this transaction.
    AuthAppState = "auth_app.state", AuthAppState, Rejected, StartAgain;
    /// The callback came to another browser than the one in which the transaction began.
    AuthAppBrowser = "auth_app.browser", AuthAppBrowser, Rejected, OtherBrowser;
    /// The callback names another provider than the one that was asked.
    AuthAppResponseIssuer = "auth_app.response_issuer", AuthAppResponseIssuer, Rejected, StartAgain;
    /// The callback does not name the provider, although this one always does.
    AuthAppResponseIssuerMissing = "auth_app.response_issuer_missing", AuthAppResponseIssuer, Rejected, StartAgain;
    /// The person stopped. Nothing is wrong.
    AuthAppCancelled = "auth_app.cancelled", AuthAppAuthorized, Rejected, Cancelled;
    /// The provider says that its transaction has expired.
    AuthAppExpired = "auth_app.expired", AuthAppAuthorized, Rejected, TookTooLong;
    /// The provider says that the certificate is not valid. Why it is not cannot be known on this path.
    AuthAppCertificate = "auth_app.certificate", AuthAppAuthorized, Rejected, CertificateNotValid;
    /// The provider says that the card's PIN is locked.
    AuthAppPinLocked = "auth_app.pin_locked", AuthAppAuthorized, Rejected, PinLocked;
    /// The provider says that the card has no PIN.
    AuthAppNoPin = "auth_app.no_pin", AuthAppAuthorized, Rejected, NoPin;
    /// The provider says that the app is not there.
    AuthAppMissing = "auth_app.app_missing", AuthAppAuthorized, Rejected, AppMissing;
    /// The provider refused with an error that its profile does not name.
    AuthAppRefused = "auth_app.refused", AuthAppAuthorized, Rejected, StartAgain;
    /// The provider cannot be reached.
    AuthAppUnreachable = "auth_app.unreachable", AuthAppAnswered, Undetermined, ServiceUnavailable;
    /// The provider did not answer in time.
    AuthAppTimeout = "auth_app.timeout", AuthAppAnswered, Undetermined, ServiceUnavailable;
    /// The provider is too busy, or too many requests of ours are under way.
    AuthAppBusy = "auth_app.busy", AuthAppAnswered, Undetermined, ServiceUnavailable;
    /// The provider failed several times and is not asked for a while.
    AuthAppPaused = "auth_app.paused", AuthAppAnswered, Undetermined, ServiceUnavailable;
    /// The provider is out of service, for maintenance or by a fault of its own.
    AuthAppUnavailable = "auth_app.unavailable", AuthAppAnswered, Undetermined, ServiceUnavailable;
    /// What came is no answer of the protocol: another status, content type or encoding, or a redirect.
    AuthAppHttp = "auth_app.http", AuthAppAnswered, Undetermined, ServiceUnavailable;
    /// The provider does not accept our client assertion: compare the registered public key, its `kid`, the assertion's audience and our clock.
    AuthAppInvalidClient = "auth_app.invalid_client", AuthAppClient, Misuse, OurFault;
    /// The provider does not let this client ask so: compare redirect URI, scopes and grants with what is registered.
    AuthAppClientRefused = "auth_app.client_refused", AuthAppClient, Misuse, OurFault;
    /// The provider does not take the code: it was used, has expired, or was not issued for this request.
    AuthAppCodeRefused = "auth_app.code_refused", AuthAppClient, Rejected, StartAgain;
    /// The provider does not take the access token that it issued.
    AuthAppTokenRefused = "auth_app.token_refused", AuthAppClient, Rejected, StartAgain;
    /// The token response is not of its form.
    InputTokenResponse = "input.token_response", AuthAppTokenResponse, Malformed, StartAgain;
    /// The access token is of another type than Bearer.
    AuthAppTokenType = "auth_app.token_type", AuthAppTokenResponse, Rejected, NotAccepted;
    /// There is no ID token.
    AuthAppIdTokenMissing = "auth_app.id_token_missing", AuthAppTokenResponse, Rejected, NotAccepted;
    /// Less was granted than was asked for.
    AuthAppScope = "auth_app.scope", AuthAppTokenResponse, Rejected, ElementMissing;
    /// The token is not of its form, or a claim of it is not.
    InputIdToken = "input.id_token", AuthAppTokenForm, Malformed, StartAgain;
    /// The token's header has a parameter that brings a key along, or that must be understood and is not.
    AuthAppHeader = "auth_app.header", AuthAppTokenForm, Rejected, NotAccepted;
    /// The token is of another kind than an ID token.
    AuthAppTokenKind = "auth_app.token_kind", AuthAppTokenForm, Rejected, NotAccepted;
    /// The token's algorithm is not allowed.
    AuthAppAlgorithm = "auth_app.algorithm", AuthAppAlgorithm, Rejected, NotAccepted;
    /// The provider's keys are not known: they could not be fetched, or it is too soon to fetch them again.
    AuthAppKeysMissing = "auth_app.keys_missing", AuthAppKey, Undetermined, ServiceUnavailable;
    /// The provider's set of keys is not of its form.
    InputJwks = "input.jwks", AuthAppKey, Undetermined, ServiceUnavailable;
    /// The provider's set of keys has two keys of one name, or tells a private one.
    AuthAppJwks = "auth_app.jwks", AuthAppKey, Undetermined, ServiceUnavailable;
    /// The token is signed with a key that is not one of the provider's.
    AuthAppKeyUnknown = "auth_app.key_unknown", AuthAppKey, Rejected, StartAgain;
    /// The token does not say which of several keys signed it.
    AuthAppKeyAmbiguous = "auth_app.key_ambiguous", AuthAppKey, Rejected, NotAccepted;
    /// The key is for another algorithm, or for another use than signing.
    AuthAppKeyUse = "auth_app.key_use", AuthAppKey, Rejected, NotAccepted;
    /// The provider's key did not sign the token.
    AuthAppSignature = "auth_app.signature", AuthAppSignature, Rejected, NotAccepted;
    /// The token does not name the provider that was asked.
    AuthAppIssuer = "auth_app.issuer", AuthAppIssuer, Rejected, NotAccepted;
    /// The token is not for us, or for others too.
    AuthAppAudience = "auth_app.audience", AuthAppAudience, Rejected, NotAccepted;
    /// The token was issued to another client.
    AuthAppAuthorizedParty = "auth_app.authorized_party", AuthAppAudience, Rejected, NotAccepted;
    /// The token has expired.
    AuthAppTokenExpired = "auth_app.token_expired", AuthAppTime, Rejected, StartAgain;
    /// The token was issued in the future or too long ago, or is not valid yet.
    AuthAppIssuedAt = "auth_app.issued_at", AuthAppTime, Rejected, NotAccepted;
    /// The person was authenticated in the future, or too long ago.
    AuthAppAuthTime = "auth_app.auth_time", AuthAppTime, Rejected, StartAgain;
    /// The token has no nonce, or that of another request.
    AuthAppNonce = "auth_app.nonce", AuthAppNonce, Rejected, StartAgain;
    /// The token does not say with which access token it came.
    AuthAppAtHashMissing = "auth_app.at_hash_missing", AuthAppAccessToken, Rejected, NotAccepted;
    /// The token came with another access token.
    AuthAppAtHash = "auth_app.at_hash", AuthAppAccessToken, Rejected, NotAccepted;
    /// The token does not say how the person was authenticated.
    AuthAppAcrMissing = "auth_app.acr_missing", AuthAppAcr, Rejected, NotAccepted;
    /// The person was authenticated in another way than was demanded.
    AuthAppAcr = "auth_app.acr", AuthAppAcr, Rejected, NotAccepted;
    /// What is told of the person is not of its form.
    InputUserinfo = "input.userinfo", AuthAppClaims, Malformed, StartAgain;
    /// What is told is about another person than the one who logged in.
    AuthAppSubject = "auth_app.subject", AuthAppClaims, Rejected, NotAccepted;
    /// Something was asked for and granted, and is not told.
    AuthAppClaimMissing = "auth_app.claim_missing", AuthAppClaims, Rejected, ElementMissing;
    /// Something that is told of the person is not of a known form.
    AuthAppClaimForm = "auth_app.claim_form", AuthAppClaims, Rejected, NotAccepted;
    /// An answer about a signature is not of its form.
    InputSigningAnswer = "input.signing_answer", AuthAppSigning, Malformed, StartAgain;
    /// The person has not signed yet.
    AuthAppSigningPending = "auth_app.signing_pending", AuthAppSigning, Undetermined, TryLater;
    /// The provider does not know the signing transaction, or it has expired.
    AuthAppSigningUnknown = "auth_app.signing_unknown", AuthAppSigning, Rejected, TookTooLong;
    /// The answer is about another signing transaction.
    AuthAppSigningTransaction = "auth_app.signing_transaction", AuthAppSigning, Rejected, NotAccepted;
    /// The answer is about another document.
    AuthAppSigningDigest = "auth_app.signing_digest", AuthAppSigning, Rejected, NotAccepted;
    /// Somebody else signed than the person who logged in.
    AuthAppSigningSubject = "auth_app.signing_subject", AuthAppSigning, Rejected, NotAccepted;
    /// The platform operator says that the signature is not one over this document.
    AuthAppSigningInvalid = "auth_app.signing_invalid", AuthAppSigning, Rejected, NotAccepted;
    /// The platform operator cannot say whether the signature is good.
    AuthAppSigningUndetermined = "auth_app.signing_undetermined", AuthAppSigning, Undetermined, TryLater;
    /// The result is in another form than was to be verified.
    AuthAppSigningForm = "auth_app.signing_form", AuthAppSigning, Rejected, NotAccepted;

    /// The message is a set of CMS attributes: the signature over it may be one that was made over a document.
    SignatureAmbiguous = "signature.ambiguous", SignedMessage, Rejected, NotAccepted;
    /// The signature scheme does not fit the certificate's key.
    SignatureScheme = "signature.scheme", SignatureScheme, Rejected, NotAccepted;
    /// The certificate's key did not make this signature over these bytes.
    SignatureInvalid = "signature.invalid", Signature, Rejected, NotAccepted;

    /// The bytes are not a challenge or signing request of ours.
    TransactionForm = "transaction.form", Transaction, Malformed, Unreadable;
    /// The challenge or signing request was issued for another relying party or purpose.
    TransactionForeign = "transaction.foreign", Transaction, Rejected, NotAccepted;
    /// The challenge or signing request has expired.
    TransactionExpired = "transaction.expired", Transaction, Rejected, TookTooLong;

    /// The transaction is not known: it never was, has been taken already, or has expired.
    TransactionUnknown = "transaction.unknown", Transaction, Rejected, TookTooLong;
    /// The sealed state is not one of ours, or is another transaction's.
    TransactionSeal = "transaction.seal", Transaction, Rejected, NotAccepted;
    /// No more transactions can be kept open.
    TransactionFull = "transaction.full", Transaction, Undetermined, TryLater;
    /// The answer came from another browser than the one in which the transaction began.
    TransactionBrowser = "transaction.browser", Transaction, Rejected, OtherBrowser;

    /// The store that keeps transactions or sessions gives no answer.
    TransactionStore = "transaction.store", TransactionKept, Undetermined, NotNow;
    /// The outcome could not be put on record, and so it has no effect.
    TransactionUnrecorded = "transaction.unrecorded", TransactionKept, Undetermined, NotNow;

    /// There is no session here, or it has ended.
    TransactionSession = "transaction.session", TransactionSession, Rejected, SignIn;

    /// The status is about another certificate.
    RevocationQuery = "revocation.query", RevocationQuery, Undetermined, TryLater;
    /// The responder or operator cannot be reached, or broke off.
    RevocationUnreachable = "revocation.unreachable", Answered, Undetermined, TryLater;
    /// The responder or operator did not answer in time.
    RevocationTimeout = "revocation.timeout", Answered, Undetermined, TryLater;
    /// The responder or operator is too busy, or too many questions of ours are under way.
    RevocationBusy = "revocation.busy", Answered, Undetermined, TryLater;
    /// The responder or operator failed several times and is not asked for a while.
    RevocationPaused = "revocation.paused", Answered, Undetermined, TryLater;
    /// The responder or operator does not take us for somebody who may ask.
    RevocationNotPermitted = "revocation.not_permitted", Answered, Undetermined, TryLater;
    /// What came over HTTP is no answer of the protocol: another status, content type or encoding, or a redirect.
    RevocationHttp = "revocation.http", Answered, Undetermined, TryLater;
    /// The operator's answer is not of the documented form, contradicts itself or answers another question.
    RevocationOperatorAnswer = "revocation.operator_answer", Answered, Undetermined, TryLater;
    /// The operator does not know whether the certificate is revoked.
    RevocationOperatorUnknown = "revocation.operator_unknown", Answered, Undetermined, TryLater;
    /// No responder or operator is configured for certificates of this purpose.
    RevocationNoEndpoint = "revocation.no_endpoint", Answered, Undetermined, TryLater;
    /// The certificate names no distribution point, so no list is known to cover it.
    RevocationNoDistributionPoint = "revocation.no_distribution_point", Scope, Undetermined, TryLater;
    /// There is no list or answer for this certificate.
    RevocationMissing = "revocation.missing", Scope, Undetermined, TryLater;
    /// The revocation list is not well-formed DER, or has trailing data.
    InputCrl = "input.crl", CrlEncoding, Undetermined, TryLater;
    /// The revocation list is larger, or has more entries, than its budget.
    RevocationTooLarge = "revocation.too_large", CrlEncoding, Undetermined, TryLater;
    /// What is kept of the revocation list is damaged, and has to be made again from the list.
    RevocationDamaged = "revocation.damaged", CrlEncoding, Undetermined, TryLater;
    /// The revocation list is not version 2.
    RevocationVersion = "revocation.version", CrlProfile, Undetermined, TryLater;
    /// The list's algorithm identifier inside differs from the one outside, or is not allowed.
    RevocationAlgorithm = "revocation.algorithm", CrlProfile, Undetermined, TryLater;
    /// An entry's serial number is zero, negative, padded or longer than 20 octets.
    RevocationSerial = "revocation.serial", CrlProfile, Undetermined, TryLater;
    /// The list is a delta list, and stands where a complete one must.
    RevocationDelta = "revocation.delta", CrlExtensions, Undetermined, TryLater;
    /// A critical extension of the list or of an entry is not understood.
    RevocationCriticalExtension = "revocation.critical_extension", CrlExtensions, Undetermined, TryLater;
    /// An extension of the list or of an entry stands twice, is malformed or has the wrong criticality.
    RevocationExtension = "revocation.extension", CrlExtensions, Undetermined, TryLater;
    /// The list is signed in the name or with the key of somebody else than the certificate's issuer, or by an anchor that is not valid now.
    RevocationIssuer = "revocation.issuer", CrlIssuer, Undetermined, TryLater;
    /// The list does not say which of the issuer's keys signed it.
    RevocationAuthorityKeyMissing = "revocation.authority_key_missing", CrlIssuer, Undetermined, TryLater;
    /// The issuer's key may not sign revocation lists.
    RevocationCrlSign = "revocation.crl_sign", CrlIssuer, Undetermined, TryLater;
    /// The issuer's key did not sign this list.
    RevocationSignature = "revocation.signature", CrlSignature, Undetermined, TryLater;
    /// The OCSP response is not well-formed DER, or has trailing data.
    InputOcsp = "input.ocsp", OcspEncoding, Undetermined, TryLater;
    /// The OCSP response is larger, or has more answers or certificates, than its budget.
    RevocationOcspTooLarge = "revocation.ocsp_too_large", OcspEncoding, Undetermined, TryLater;
    /// The responder could not read the request.
    RevocationOcspMalformedRequest = "revocation.ocsp_malformed_request", OcspStatus, Undetermined, TryLater;
    /// The responder has an internal error.
    RevocationOcspInternalError = "revocation.ocsp_internal_error", OcspStatus, Undetermined, TryLater;
    /// The responder asks to try again later.
    RevocationOcspTryLater = "revocation.ocsp_try_later", OcspStatus, Undetermined, TryLater;
    /// The responder wants the request to be signed.
    RevocationOcspSignatureRequired = "revocation.ocsp_signature_required", OcspStatus, Undetermined, TryLater;
    /// The responder does not answer this requestor, or not about this certificate.
    RevocationOcspUnauthorized = "revocation.ocsp_unauthorized", OcspStatus, Undetermined, TryLater;
    /// The OCSP response is of another type than the basic one.
    RevocationOcspType = "revocation.ocsp_type", OcspProfile, Undetermined, TryLater;
    /// The OCSP response is not version 1.
    RevocationOcspVersion = "revocation.ocsp_version", OcspProfile, Undetermined, TryLater;
    /// The OCSP response is signed with an algorithm that is not allowed.
    RevocationOcspAlgorithm = "revocation.ocsp_algorithm", OcspProfile, Undetermined, TryLater;
    /// A critical extension of the OCSP response or of an answer in it is not understood.
    RevocationOcspCriticalExtension = "revocation.ocsp_critical_extension", OcspExtensions, Undetermined, TryLater;
    /// An extension of the OCSP response or of an answer in it stands twice or is malformed.
    RevocationOcspExtension = "revocation.ocsp_extension", OcspExtensions, Undetermined, TryLater;
    /// The OCSP response says nothing about the certificate.
    RevocationOcspCertificate = "revocation.ocsp_certificate", OcspCertificate, Undetermined, TryLater;
    /// The response names a responder that is neither the certificate's issuer nor one whose certificate it carries.
    RevocationOcspResponder = "revocation.ocsp_responder", OcspResponder, Undetermined, TryLater;
    /// The responder's certificate is unsound, or issued by another key than the certificate that is asked about.
    RevocationOcspDelegate = "revocation.ocsp_delegate", OcspResponder, Undetermined, TryLater;
    /// The responder's certificate is not one for signing OCSP responses, and nothing else.
    RevocationOcspDelegateUsage = "revocation.ocsp_delegate_usage", OcspResponder, Undetermined, TryLater;
    /// The responder was not valid when it signed, or is not valid now.
    RevocationOcspDelegateValidity = "revocation.ocsp_delegate_validity", OcspResponder, Undetermined, TryLater;
    /// The responder's certificate does not do without a check, and it is not known that it is good.
    RevocationOcspDelegateStatus = "revocation.ocsp_delegate_status", OcspResponder, Undetermined, TryLater;
    /// The responder's key did not sign the OCSP response.
    RevocationOcspSignature = "revocation.ocsp_signature", OcspSignature, Undetermined, TryLater;
    /// The responder does not know the certificate.
    RevocationOcspUnknown = "revocation.ocsp_unknown", OcspAnswer, Undetermined, TryLater;
    /// The responder says different things about the certificate, and none of them is that it is revoked.
    RevocationOcspConflict = "revocation.ocsp_conflict", OcspAnswer, Undetermined, TryLater;
    /// The OCSP response was made for another request.
    RevocationOcspNonce = "revocation.ocsp_nonce", OcspNonce, Undetermined, TryLater;
    /// The OCSP response does not say for which request it was made.
    RevocationOcspNonceMissing = "revocation.ocsp_nonce_missing", OcspNonce, Undetermined, TryLater;
    /// The clock is behind the newest verified list or response, or that comes from the future.
    RevocationClock = "revocation.clock", Clock, Undetermined, TryLater;
    /// The list carries no number.
    RevocationNumberMissing = "revocation.number_missing", CrlNumber, Undetermined, TryLater;
    /// The list's number is lower than the highest seen for this partition.
    RevocationNumber = "revocation.number", CrlNumber, Undetermined, TryLater;
    /// The list covers other distribution points than the certificate's: another municipality's, for example.
    RevocationScope = "revocation.scope", Scope, Undetermined, TryLater;
    /// The list states no scope, so it cannot say that a certificate is good.
    RevocationNoScope = "revocation.no_scope", Scope, Undetermined, TryLater;
    /// The list covers another kind of certificate.
    RevocationCertificateKind = "revocation.certificate_kind", Scope, Undetermined, TryLater;
    /// The list covers only some reasons.
    RevocationPartialReasons = "revocation.partial_reasons", Scope, Undetermined, TryLater;
    /// The list is indirect: it may speak for other issuers.
    RevocationIndirect = "revocation.indirect", Scope, Undetermined, TryLater;
    /// The certificate or the list points at delta lists, which are not processed.
    RevocationFreshest = "revocation.freshest", Scope, Undetermined, TryLater;
    /// The list does not say when the next one comes.
    RevocationNoNextUpdate = "revocation.no_next_update", Freshness, Undetermined, TryLater;
    /// The list or response is past its next update, or older than the policy allows.
    RevocationStale = "revocation.stale", Freshness, Undetermined, TryLater;

    /// Revoked, no reason given.
    RevokedUnspecified = "revoked.unspecified", NotRevoked, Rejected, Revoked;
    /// Revoked: the key is compromised.
    RevokedKeyCompromise = "revoked.key_compromise", NotRevoked, Rejected, Revoked;
    /// Revoked: the issuer's key is compromised.
    RevokedCaCompromise = "revoked.ca_compromise", NotRevoked, Rejected, Revoked;
    /// Revoked: what the certificate states has changed.
    RevokedAffiliationChanged = "revoked.affiliation_changed", NotRevoked, Rejected, Revoked;
    /// Revoked: replaced by another certificate.
    RevokedSuperseded = "revoked.superseded", NotRevoked, Rejected, Revoked;
    /// Revoked: no longer needed.
    RevokedCessationOfOperation = "revoked.cessation_of_operation", NotRevoked, Rejected, Revoked;
    /// Revoked: on hold, which is never released.
    RevokedCertificateHold = "revoked.certificate_hold", NotRevoked, Rejected, Revoked;
    /// Listed as removed from the list, which never happens here: treated as revoked, and an alert.
    RevokedRemoveFromCrl = "revoked.remove_from_crl", NotRevoked, Rejected, Revoked;
    /// Revoked: a privilege was withdrawn.
    RevokedPrivilegeWithdrawn = "revoked.privilege_withdrawn", NotRevoked, Rejected, Revoked;
    /// Revoked: the attribute authority is compromised.
    RevokedAaCompromise = "revoked.aa_compromise", NotRevoked, Rejected, Revoked;
    /// Revoked, with a reason that no standard names.
    RevokedUnknown = "revoked.unknown", NotRevoked, Rejected, Revoked;

    /// One of the four items is missing.
    JpkiHolderMissing = "jpki.holder_missing", Holder, Rejected, NotAccepted;
    /// One of the four items stands twice.
    JpkiHolderDuplicate = "jpki.holder_duplicate", Holder, Rejected, NotAccepted;
    /// One of the four items is not in its permitted form.
    JpkiHolderForm = "jpki.holder_form", Holder, Rejected, NotAccepted;

    /// The anchor is malformed, no CA, or lacks what a CA certificate must say.
    TrustAnchor = "trust.anchor", Anchor, Misuse, OurFault;
    /// The anchor is of another kind than the purpose it was given for.
    TrustAnchorPurpose = "trust.anchor_purpose", Anchor, Misuse, OurFault;
    /// The anchor belongs to another environment: production and test never share a store.
    TrustEnvironment = "trust.environment", Anchor, Misuse, OurFault;
    /// The anchor's fingerprint is not a pinned one.
    TrustUnpinned = "trust.unpinned", Anchor, Misuse, OurFault;
    /// There is no anchor for this purpose.
    TrustEmpty = "trust.empty", Anchor, Misuse, OurFault;

    /// An argument is not of the documented form.
    MisuseArgument = "misuse.argument", Usage, Misuse, OurFault;
    /// What is to be asked of a wallet is something that may not be asked, or not so.
    MisuseRequest = "misuse.request", Usage, Misuse, OurFault;
    /// No profile is configured for this carrier.
    MisuseProfile = "misuse.profile", Usage, Misuse, OurFault;
    /// The source of randomness failed.
    MisuseEntropy = "misuse.entropy", Usage, Misuse, OurFault;
    /// A layer that has to stand before this handler does not, or not before this path.
    MisuseLayer = "misuse.layer", Usage, Misuse, OurFault;
    /// The store is one of a single process, and several nodes serve the same people.
    MisuseStore = "misuse.store", Usage, Misuse, OurFault;
    /// The key with which we sign does not: its token is away or locked, or the thread that signed has failed.
    MisuseSigner = "misuse.signer", Usage, Misuse, OurFault;
}

impl Code {
    /// The form that may leave the house: every revocation is `revoked`, so
    /// that no reason can be read off an answer.
    #[must_use]
    pub const fn outside(self) -> &'static str {
        match self.check() {
            CheckId::NotRevoked => "revoked",
            CheckId::MdocRecordStatus if matches!(self.message(), Message::Revoked) => "revoked",
            _ => self.as_str(),
        }
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIXES: [&str; 12] = [
        "input.",
        "trust.",
        "x509.",
        "signature.",
        "jpki.",
        "cms.",
        "revocation.",
        "revoked.",
        "mdoc.",
        "auth_app.",
        "transaction.",
        "misuse.",
    ];

    #[test]
    fn codes_are_unique_and_under_the_closed_prefixes() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{code} stands twice");
            assert!(
                PREFIXES.iter().any(|p| code.as_str().starts_with(p)),
                "{code}"
            );
            assert!(code.description().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn every_check_has_a_code_and_a_unique_name() {
        let mut seen = std::collections::HashSet::new();
        for check in CheckId::ALL {
            assert!(seen.insert(check.as_str()), "{check} stands twice");
            assert!(
                Code::ALL.iter().any(|code| code.check() == *check),
                "{check}"
            );
        }
    }

    #[test]
    fn outside_messages_do_not_tell_reasons_apart() {
        let revoked: Vec<_> = Code::ALL
            .iter()
            .filter(|c| c.check() == CheckId::NotRevoked)
            .collect();
        assert_eq!(revoked.len(), 11);
        assert!(revoked.iter().all(|c| c.message() == Message::Revoked));
        assert!(revoked.iter().all(|c| c.outside() == "revoked"));
        assert_eq!(Code::X509Expired.outside(), "x509.expired");
    }
}
