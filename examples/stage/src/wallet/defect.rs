//! What a visitor can break.

use serde::Serialize;
use tashika_testbed::Reason;

use super::{Kind, NoAnswer};

/// Something wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    /// What is shown ended yesterday.
    Expired,
    /// A certificate of this moment is revoked at once, for this reason.
    Revoked(Reason),
    /// Whoever signed the document is revoked at once.
    RevokedSigner,
    /// What is shown was changed after it was signed.
    Tampered,
    /// The device proves itself to another site, or in another session.
    Transcript,
    /// An earlier answer comes again.
    Replayed,
    /// Somebody issued it who is nobody.
    Issuer,
    /// Another key proves it: somebody else's card, or a copy in another phone.
    OtherKey,
    /// The certificate is the card's other one.
    OtherCertificate,
    /// The PIN is wrong.
    Pin,
}

/// A row of the list from which a visitor chooses.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) ja: &'static str,
    pub(crate) en: &'static str,
    pub(crate) kinds: &'static [Kind],
    /// By what code a relying party refuses it; none where nothing is sent, or where
    /// it depends on what was asked.
    pub(crate) code: Option<&'static str>,
    #[serde(skip)]
    defect: Defect,
}

const fn row(
    name: &'static str,
    ja: &'static str,
    en: &'static str,
    kinds: &'static [Kind],
    code: Option<&'static str>,
    defect: Defect,
) -> Row {
    Row {
        name,
        ja,
        en,
        kinds,
        code,
        defect,
    }
}

const PHONES: &[Kind] = &[Kind::Present, Kind::Tap];
const CARDS: &[Kind] = &[Kind::Sign, Kind::Challenge];

/// All of them. Outside, every revocation looks the same.
pub(crate) const DEFECTS: [Row; 20] = [
    row(
        "expired-document",
        "書類の有効期限が切れている",
        "The document has expired",
        PHONES,
        Some("mdoc.expired"),
        Defect::Expired,
    ),
    row(
        "expired",
        "電子証明書の有効期限が切れている",
        "The certificate has expired",
        CARDS,
        Some("x509.expired"),
        Defect::Expired,
    ),
    revoked(
        "unspecified",
        "交付前に廃棄された",
        "discarded before it was handed over",
        Reason::Unspecified,
    ),
    revoked(
        "key-compromise",
        "鍵が漏れた",
        "its key leaked",
        Reason::KeyCompromise,
    ),
    revoked(
        "ca-compromise",
        "発行者の鍵が漏れた",
        "its issuer's key leaked",
        Reason::CaCompromise,
    ),
    revoked(
        "affiliation-changed",
        "記録の内容が変わった",
        "what is recorded has changed",
        Reason::AffiliationChanged,
    ),
    revoked(
        "superseded",
        "更新された",
        "it was renewed",
        Reason::Superseded,
    ),
    revoked(
        "cessation-of-operation",
        "使うのをやめた",
        "its holder uses it no longer",
        Reason::CessationOfOperation,
    ),
    revoked(
        "certificate-hold",
        "カードをなくした",
        "the card is lost",
        Reason::CertificateHold,
    ),
    row(
        "revoked-signer",
        "書類に署名した発行者の証明書が失効している",
        "Whoever signed the document is revoked",
        PHONES,
        Some("revoked"),
        Defect::RevokedSigner,
    ),
    row(
        "tampered-element",
        "発行のあとで内容が書き換えられている",
        "What the document says was changed after it was issued",
        PHONES,
        Some("mdoc.digest"),
        Defect::Tampered,
    ),
    row(
        "tampered-document",
        "署名のあとで文書が書き換えられている",
        "The document was changed after it was signed",
        &[Kind::Sign],
        None,
        Defect::Tampered,
    ),
    row(
        "wrong-transcript",
        "別のサイト（別の通信）に宛てた提示を送る",
        "It was shown to another site, or in another session",
        PHONES,
        Some("mdoc.device_signature"),
        Defect::Transcript,
    ),
    row(
        "replayed",
        "以前の回答をもう一度送る",
        "An earlier answer is sent again",
        &[Kind::Present, Kind::Sign, Kind::Challenge, Kind::Tap],
        None,
        Defect::Replayed,
    ),
    row(
        "unknown-issuer",
        "知られていない発行者の書類を示す",
        "Nobody knows the issuer of the document",
        PHONES,
        Some("x509.authority_key"),
        Defect::Issuer,
    ),
    row(
        "unknown-authority",
        "知られていない認証局の証明書を使う",
        "Nobody knows the authority of the certificate",
        CARDS,
        Some("x509.authority_key"),
        Defect::Issuer,
    ),
    row(
        "copied-document",
        "書類を別のスマートフォンに写した",
        "The document was copied into another phone",
        PHONES,
        Some("mdoc.device_signature"),
        Defect::OtherKey,
    ),
    row(
        "other-persons-signature",
        "ほかの人のカードで署名した",
        "Somebody else's card made the signature",
        CARDS,
        Some("signature.invalid"),
        Defect::OtherKey,
    ),
    row(
        "other-certificate",
        "カードのもう一方の電子証明書を使う",
        "The card's other certificate is used",
        CARDS,
        Some("trust.purpose"),
        Defect::OtherCertificate,
    ),
    row(
        "wrong-pin",
        "暗証番号を間違える",
        "The PIN is wrong",
        CARDS,
        None,
        Defect::Pin,
    ),
];

/// A certificate that is revoked before the answer arrives.
const fn revoked(name: &'static str, ja: &'static str, en: &'static str, reason: Reason) -> Row {
    row(
        name,
        ja,
        en,
        CARDS,
        Some("revoked"),
        Defect::Revoked(reason),
    )
}

impl Defect {
    /// The defect of a name, which has to be one of this kind of answer; none of `none`
    /// and of nothing.
    pub(crate) fn named(name: &str, kind: Kind) -> Result<Option<Self>, NoAnswer> {
        if matches!(name, "" | "none") {
            return Ok(None);
        }
        let mut rows = DEFECTS.iter();
        let row = rows.find(|row| row.name == name && row.kinds.contains(&kind));
        let unknown = || {
            NoAnswer::new(
                "そのような壊し方はありません。",
                "Nothing can be broken so.",
            )
        };
        row.map(|row| Some(row.defect)).ok_or_else(unknown)
    }
}
