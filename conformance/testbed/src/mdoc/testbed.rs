//! Everything of mdoc presentations at once, from one seed.

use super::{
    Authority, Elements, Engagement, Holder, Issuance, ReaderTrust, StatusToken, Wallet,
    elements::{JAPAN, LICENCE, portrait},
};
use crate::{
    Algorithm, CertificateBuilder, Credential, CrlBuilder, KeyPair, Person, Reason, Rng,
    calendar::DAY,
};

const HOUR: i64 = 3_600;

/// Authorities, signers and documents ready to be presented, for fictional people.
///
/// All of it follows from the seed and `now`. What has a builder is also handed out as
/// one, so that a document with one defect is as short to write as a good one.
///
/// ```
/// use tashika_testbed::mdoc::{MdocTestbed, Response, Transcript, elements};
///
/// let testbed = MdocTestbed::from_seed(1, 1_800_000_000);
/// let transcript = Transcript::annex_c("encryptionInfo", "https://rp.example");
/// let good = testbed
///     .japan()
///     .present(&transcript)
///     .select(elements::COMMON_NAME_SPACE, &["age_over_20"])
///     .signed();
/// let response = Response::of(good).encode();
///
/// // Signed correctly, but the document ended yesterday.
/// let now = testbed.now();
/// let expired = testbed
///     .japan_issuance()
///     .validity(now - 40 * 86_400, now - 40 * 86_400, now - 86_400)
///     .sign(testbed.japan_signer());
/// let holder = testbed.japan().with_mdoc(expired);
/// assert_ne!(Response::of(holder.present(&transcript).signed()).encode(), response);
/// ```
#[derive(Debug)]
pub struct MdocTestbed {
    rng: Rng,
    now: i64,
    person: Person,
    japan_authority: Authority,
    japan_signer: Credential,
    licence_authority: Authority,
    licence_signer: Credential,
    reader_authority: Authority,
    reader: Credential,
    status_authority: Authority,
    status_signer: Credential,
}

impl MdocTestbed {
    /// The host that the reader's certificate names, as `x509_san_dns` has it.
    pub const READER_HOST: &'static str = "rp.test.example";

    /// Where the status list of [`Self::japan_with_status`] is published.
    pub const STATUS_LIST: &'static str = "https://status-ca.test.example/lists/1";
    /// The place of that document in it.
    pub const STATUS_INDEX: u64 = 412;
    /// Where the identifier list of [`Self::japan_with_identifier`] is published.
    pub const IDENTIFIER_LIST: &'static str = "https://status-ca.test.example/identifiers/1";
    /// The identifier of that document.
    pub const IDENTIFIER: &'static [u8] = b"TEST-identifier-1";

    /// The testbed of a seed: the same bytes on every machine.
    #[must_use]
    pub fn from_seed(seed: u64, now: i64) -> Self {
        Self::new(Rng::from_seed(seed), now)
    }

    /// A testbed whose keys no other run has.
    ///
    /// # Panics
    ///
    /// If the operating system has no entropy to give.
    #[must_use]
    pub fn fresh(now: i64) -> Self {
        Self::new(Rng::from_entropy(), now)
    }

    fn new(rng: Rng, now: i64) -> Self {
        let key = |algorithm, label: &str| KeyPair::generate(algorithm, &mut rng.derive(label));
        let p256 = |label| key(Algorithm::P256, label);
        let japan_authority = Authority::japan(key(Algorithm::P384, "mdoc japan root"), now);
        let licence_authority = Authority::mdl(p256("mdoc licence root"), now);
        let reader_authority = Authority::readers(p256("mdoc reader root"), now);
        let status_authority = Authority::status(p256("mdoc status root"), now);
        let issue =
            |authority: &Authority, label, leaf: &dyn Fn(&KeyPair) -> CertificateBuilder| {
                let key = p256(label);
                let certificate = leaf(&key).sign(authority.key());
                authority.credential(key, certificate)
            };
        Self {
            japan_signer: issue(&japan_authority, "mdoc japan signer", &|key| {
                japan_authority.document_signer(key)
            }),
            licence_signer: issue(&licence_authority, "mdoc licence signer", &|key| {
                licence_authority.document_signer(key)
            }),
            reader: issue(&reader_authority, "mdoc reader", &|key| {
                reader_authority.reader(key, &[Self::READER_HOST])
            }),
            status_signer: issue(&status_authority, "mdoc status signer", &|key| {
                status_authority.status_signer(key)
            }),
            person: Person::everybody(now).swap_remove(0),
            rng,
            now,
            japan_authority,
            licence_authority,
            reader_authority,
            status_authority,
        }
    }

    /// The same for another person.
    #[must_use]
    pub fn person(mut self, person: Person) -> Self {
        self.person = person;
        self
    }

    /// The moment everything is arranged around, in unix seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// A generator of one's own, the same for the same label.
    #[must_use]
    pub fn rng(&self, label: &str) -> Rng {
        self.rng.derive(label)
    }

    /// A further key, the same for the same label.
    #[must_use]
    pub fn key(&self, algorithm: Algorithm, label: &str) -> KeyPair {
        KeyPair::generate(algorithm, &mut self.rng(label))
    }

    /// The IACA of My Number Cards, on P-384.
    #[must_use]
    pub fn japan_authority(&self) -> &Authority {
        &self.japan_authority
    }

    /// The document signer of My Number Cards, on P-256.
    #[must_use]
    pub fn japan_signer(&self) -> &Credential {
        &self.japan_signer
    }

    /// The IACA of driving licences, on P-256.
    #[must_use]
    pub fn licence_authority(&self) -> &Authority {
        &self.licence_authority
    }

    /// The document signer of driving licences.
    #[must_use]
    pub fn licence_signer(&self) -> &Credential {
        &self.licence_signer
    }

    /// The authority whose readers the wallets here know.
    #[must_use]
    pub fn reader_authority(&self) -> &Authority {
        &self.reader_authority
    }

    /// A reader of that authority, for [`Self::READER_HOST`].
    #[must_use]
    pub fn reader(&self) -> &Credential {
        &self.reader
    }

    /// The authority of status lists.
    #[must_use]
    pub fn status_authority(&self) -> &Authority {
        &self.status_authority
    }

    /// A signer of status lists under that authority.
    #[must_use]
    pub fn status_signer(&self) -> &Credential {
        &self.status_signer
    }

    /// The key of the device that holds the documents, on P-256.
    #[must_use]
    pub fn device_key(&self) -> KeyPair {
        self.key(Algorithm::P256, "mdoc device")
    }

    /// The elements of the person's My Number Card, with a portrait of 1,000 octets.
    #[must_use]
    pub fn japan_elements(&self) -> Elements {
        Elements::japan(&self.person, self.now, &portrait(1_000))
    }

    /// The person's My Number Card before it is digested: signed three days ago, valid
    /// for thirty days.
    #[must_use]
    pub fn japan_issuance(&self) -> Issuance {
        self.issuance(JAPAN, &self.japan_elements())
    }

    /// The person's My Number Card on the device.
    #[must_use]
    pub fn japan(&self) -> Holder {
        Holder::new(
            self.japan_issuance().sign(&self.japan_signer),
            self.device_key(),
        )
    }

    /// The person's card, whose status is [`Self::STATUS_INDEX`] of
    /// [`Self::STATUS_LIST`].
    #[must_use]
    pub fn japan_with_status(&self) -> Holder {
        let issuance = self.japan_issuance();
        let issuance = issuance.status_list(Self::STATUS_INDEX, Self::STATUS_LIST);
        self.japan().with_mdoc(issuance.sign(&self.japan_signer))
    }

    /// The person's card, which is [`Self::IDENTIFIER`] in [`Self::IDENTIFIER_LIST`].
    #[must_use]
    pub fn japan_with_identifier(&self) -> Holder {
        let issuance = self.japan_issuance();
        let issuance = issuance.identifier_list(Self::IDENTIFIER, Self::IDENTIFIER_LIST);
        self.japan().with_mdoc(issuance.sign(&self.japan_signer))
    }

    /// The status list of a thousand documents, of one bit each, before it is signed:
    /// issued an hour ago, expiring in a day.
    #[must_use]
    pub fn status_list(&self, revoked: &[u64]) -> StatusToken {
        let status = |index| u8::from(revoked.contains(&index));
        let statuses: Vec<_> = (0..1_000).map(status).collect();
        StatusToken::status_list(Self::STATUS_LIST, 1, &statuses, self.issued_to_expiry())
    }

    /// The identifier list of the same validity before it is signed.
    #[must_use]
    pub fn identifier_list(&self, revoked: &[&[u8]]) -> StatusToken {
        StatusToken::identifier_list(Self::IDENTIFIER_LIST, revoked, self.issued_to_expiry())
    }

    /// The revocation list of an authority as of an hour ago, before it is signed with
    /// the authority's key; its number is that of the day.
    #[must_use]
    pub fn list(&self, authority: &Authority, revoked: &[&Credential]) -> CrlBuilder {
        let this_update = self.now - HOUR;
        let list = authority.list((this_update / DAY).unsigned_abs(), this_update);
        revoked.iter().fold(list, |list, credential| {
            list.revoke(
                credential.serial(),
                this_update - HOUR,
                Reason::KeyCompromise,
            )
        })
    }

    /// What the wallets here know about readers: the one authority of the testbed.
    #[must_use]
    pub fn reader_trust(&self) -> ReaderTrust {
        ReaderTrust::new(self.now).authority(&self.reader_authority)
    }

    /// A wallet with the person's card and a driving licence.
    #[must_use]
    pub fn wallet(&self) -> Wallet {
        Wallet::new(self.reader_trust(), self.rng("mdoc wallet"))
            .holder(self.japan())
            .holder(self.licence())
    }

    /// A device that can be engaged by a QR code.
    #[must_use]
    pub fn engagement(&self) -> Engagement {
        Engagement::new(self.key(Algorithm::P256, "mdoc session"))
    }

    fn issued_to_expiry(&self) -> (i64, i64) {
        (self.now - HOUR, self.now + DAY)
    }

    /// A driving licence before it is digested, with the same validity.
    #[must_use]
    pub fn licence_issuance(&self) -> Issuance {
        self.issuance(LICENCE, &Elements::licence(&portrait(1_000)))
    }

    /// A driving licence on the device.
    #[must_use]
    pub fn licence(&self) -> Holder {
        Holder::new(
            self.licence_issuance().sign(&self.licence_signer),
            self.device_key(),
        )
    }

    /// One of the copies of the person's card that are issued at once: the same elements,
    /// but nothing else that two of them share.
    #[must_use]
    pub fn japan_copy(&self, number: u32) -> Holder {
        let label = format!("mdoc copy {number}");
        let key = self.key(Algorithm::P256, &format!("{label} device"));
        let validity = (self.now - 3 * DAY, 30 * DAY);
        let elements = self.japan_elements();
        let issuance = Issuance::new(JAPAN, &elements, &key.public(), validity, self.rng(&label));
        Holder::new(issuance.sign(&self.japan_signer), key)
    }

    /// Any document for the device's key, with the same validity.
    #[must_use]
    pub fn issuance(&self, doc_type: &str, elements: &Elements) -> Issuance {
        let validity = (self.now - 3 * DAY, 30 * DAY);
        let rng = self.rng(&format!("mdoc issuance {doc_type}"));
        Issuance::new(
            doc_type,
            elements,
            &self.device_key().public(),
            validity,
            rng,
        )
    }
}
