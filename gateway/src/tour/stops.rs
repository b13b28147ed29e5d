//! The stops, in the order in which they are shown.

use tashika::jpki::{Challenge, ChallengeResponse, SignedDocument};
use tashika::{Code, Duration, Error};
use tashika_testbed as testbed;
use testbed::{Generation, Hash, Municipality, Partition, Reason, Register, Scheme};

use crate::tour::world::{Desk, Outcome, World, binding, request, signed, trust};
use crate::tour::{Stop, auth_app, phone};

macro_rules! stops {
    ($($ja:literal, $en:literal, $expected:expr, $run:expr;)+) => {
        pub(super) const STOPS: &[Stop] = &[$(Stop {
            title: ($ja, $en),
            expected: $expected,
            run: |world| outcome($run(world)),
        },)+];
    };
}

stops! {
    "署名用電子証明書による署名", "A signature with the signing certificate",
        None, genuine;
    "同じ文書のCMS署名", "The same document as a CMS message",
        None, genuine_cms;
    "次期マイナンバーカード(P-384)による署名", "A signature with the next card's key (P-384)",
        None, genuine_p384;
    "利用者証明用電子証明書によるログイン", "A login with the authentication certificate",
        None, login;
    "署名後に改ざんされた文書", "The document was changed after it was signed",
        Some(Code::SignatureInvalid), tampered;
    "改ざんされたCMSの内容", "The content of the CMS message was changed",
        Some(Code::CmsMessageDigest), tampered_cms;
    "有効期限の切れた電子証明書", "The certificate has expired",
        Some(Code::X509Expired), expired;
    "電子証明書の種類の誤り(利用者証明用で署名)", "Wrong kind: signed with the authentication certificate",
        Some(Code::TrustPurpose), wrong_kind;
    "認証局の世代の不一致(発行元の鍵を信頼していない)", "Wrong generation: the issuing key is not an anchor",
        Some(Code::X509AuthorityKey), wrong_generation;
    "署名用電子証明書のないカード", "A card without a signing certificate",
        Some(Code::JpkiNoCertificate), no_certificate;
    "期限切れの署名依頼", "The signing request has expired",
        Some(Code::TransactionExpired), late;
    "別サイトのチャレンジへの応答", "The answer to another site's challenge",
        Some(Code::TransactionForeign), foreign_challenge;
    "失効: unspecified", "Revoked: unspecified",
        Some(Code::RevokedUnspecified), |w| revoked(w, Reason::Unspecified);
    "失効: keyCompromise", "Revoked: keyCompromise",
        Some(Code::RevokedKeyCompromise), |w| revoked(w, Reason::KeyCompromise);
    "失効: cACompromise", "Revoked: cACompromise",
        Some(Code::RevokedCaCompromise), |w| revoked(w, Reason::CaCompromise);
    "失効: affiliationChanged", "Revoked: affiliationChanged",
        Some(Code::RevokedAffiliationChanged), |w| revoked(w, Reason::AffiliationChanged);
    "失効: superseded", "Revoked: superseded",
        Some(Code::RevokedSuperseded), |w| revoked(w, Reason::Superseded);
    "失効: cessationOfOperation", "Revoked: cessationOfOperation",
        Some(Code::RevokedCessationOfOperation), |w| revoked(w, Reason::CessationOfOperation);
    "失効: certificateHold", "Revoked: certificateHold",
        Some(Code::RevokedCertificateHold), |w| revoked(w, Reason::CertificateHold);
    "失効リストがない", "There is no revocation list",
        Some(Code::RevocationMissing), no_list;
    "古い失効リスト", "The revocation list is stale",
        Some(Code::RevocationStale), stale;
    "別の市区町村の失効リスト", "The revocation list of another municipality",
        Some(Code::RevocationScope), other_municipality;
    "対象範囲のない失効リスト", "A revocation list without a scope",
        Some(Code::RevocationNoScope), no_scope;
    "スマートフォンのマイナンバーカードによる氏名と生年月日の提示", "Name and date of birth, presented from a phone",
        None, phone::genuine;
    "生年月日を書き換えた提示", "The date of birth in the presentation was changed",
        Some(Code::MdocDigest), phone::changed;
    "別のサイトに向けた提示", "The presentation was made for another site",
        Some(Code::MdocDeviceSignature), phone::elsewhere;
    "デジタル認証アプリによるログイン", "A login through the auth app",
        None, auth_app::login;
    "デジタル認証アプリでの中止", "The person stops in the auth app",
        Some(Code::AuthAppCancelled), auth_app::cancelled;
    "別のブラウザーで開かれた認証結果", "The callback is opened in another browser",
        Some(Code::AuthAppBrowser), auth_app::other_browser;
    "偽造されたIDトークン", "The ID token is signed by somebody else",
        Some(Code::AuthAppSignature), auth_app::forged;
    "デジタル認証アプリのサービス停止", "The auth app is out of service",
        Some(Code::AuthAppUnavailable), auth_app::unavailable;
    "デジタル認証アプリによる文書への署名", "A document is signed through the auth app",
        None, auth_app::signature::genuine;
    "依頼と異なるデータへの署名", "Something else was signed than was asked for",
        Some(Code::SignatureInvalid), auth_app::signature::other_octets;
}

/// What goes wrong in setting a stop up is its outcome, and no expected one.
fn outcome(shown: Result<Outcome, Error>) -> Outcome {
    shown.unwrap_or_else(|error| Outcome {
        result: Err(error),
        status: None,
    })
}

fn genuine(world: &World) -> Result<Outcome, Error> {
    let document = signed(world.card(), &request(world.now)?);
    Ok(world.desk().verify(&document))
}

fn genuine_cms(world: &World) -> Result<Outcome, Error> {
    let message = world.card().sign_cms(&request(world.now)?, |cms| cms);
    Ok(world.desk().verify(&SignedDocument::cms(message.into())))
}

fn genuine_p384(world: &World) -> Result<Outcome, Error> {
    let card = world.next.card(0);
    let message = request(world.now)?;
    let document = SignedDocument::raw(
        card.signing().certificate().to_vec().into(),
        card.sign_raw(Scheme::Ecdsa(Hash::Sha384), &message).into(),
        message.into(),
    );
    let partition = card.partition(testbed::Kind::Signing);
    let key = world
        .next
        .authority(partition.kind, partition.generation)
        .key();
    let desk = Desk {
        trust: trust(&Generation::ALL, &world.next)?,
        lists: vec![world.next.list(&Register::new(), partition).sign(key)],
        now: world.now,
    };
    Ok(desk.verify(&document))
}

fn login(world: &World) -> Result<Outcome, Error> {
    answer(world, "https://bank.example")
}

fn foreign_challenge(world: &World) -> Result<Outcome, Error> {
    answer(world, "https://phishing.example")
}

fn answer(world: &World, origin: &str) -> Result<Outcome, Error> {
    let card = world.card();
    let challenge = Challenge::generate(binding(origin, "login", world.now)?)?;
    let response = ChallengeResponse {
        certificate: card.authentication().certificate().to_vec().into(),
        signature: card.answer(&challenge.to_bytes()).into(),
    };
    let list = world.list(&Register::new(), card, testbed::Kind::Authentication);
    Ok(world.desk_with(list).log_in(challenge, &response))
}

fn tampered(world: &World) -> Result<Outcome, Error> {
    let message = request(world.now)?;
    let signature = world.card().sign_raw(Scheme::Pkcs1(Hash::Sha256), &message);
    let mut changed = message;
    changed.extend(" ¥1,000,000".as_bytes());
    let document = SignedDocument::raw(
        world.card().signing().certificate().to_vec().into(),
        signature.into(),
        changed.into(),
    );
    Ok(world.desk().verify(&document))
}

fn tampered_cms(world: &World) -> Result<Outcome, Error> {
    let message = request(world.now)?;
    let cms = world.card().sign_cms(&message, |cms| cms.detached());
    let mut changed = message;
    changed.extend(" ¥1,000,000".as_bytes());
    let document = SignedDocument::cms_detached(cms.into(), changed.into());
    Ok(world.desk().verify(&document))
}

fn expired(world: &World) -> Result<Outcome, Error> {
    let mut desk = world.desk();
    desk.now = world.now.plus(Duration::hours(24 * 365 * 6));
    let document = signed(world.card(), &request(desk.now)?);
    Ok(desk.verify(&document))
}

fn wrong_kind(world: &World) -> Result<Outcome, Error> {
    let card = world.card();
    let message = request(world.now)?;
    let document = SignedDocument::raw(
        card.authentication().certificate().to_vec().into(),
        card.answer(&message).into(),
        message.into(),
    );
    Ok(world.desk().verify(&document))
}

fn wrong_generation(world: &World) -> Result<Outcome, Error> {
    let mut desk = world.desk();
    desk.trust = trust(&[Generation::Second], &world.testbed)?;
    let document = signed(world.card(), &request(world.now)?);
    Ok(desk.verify(&document))
}

fn no_certificate(world: &World) -> Result<Outcome, Error> {
    let message = request(world.now)?;
    let document = SignedDocument::raw(Vec::new().into(), Vec::new().into(), message.into());
    Ok(world.desk().verify(&document))
}

fn late(world: &World) -> Result<Outcome, Error> {
    let issued = world.now.minus(Duration::hours(1));
    let document = signed(world.card(), &request(issued)?);
    Ok(world.desk().verify(&document))
}

fn revoked(world: &World, reason: Reason) -> Result<Outcome, Error> {
    let card = world.card();
    let mut register = Register::new();
    let yesterday = world.now.minus(Duration::hours(24)).as_unix();
    register.revoke(card, testbed::Kind::Signing, reason, yesterday);
    let list = world.list(&register, card, testbed::Kind::Signing);
    let document = signed(card, &request(world.now)?);
    Ok(world.desk_with(list).verify(&document))
}

fn no_list(world: &World) -> Result<Outcome, Error> {
    let mut desk = world.desk();
    desk.lists.clear();
    let document = signed(world.card(), &request(world.now)?);
    Ok(desk.verify(&document))
}

fn stale(world: &World) -> Result<Outcome, Error> {
    let mut desk = world.desk();
    desk.now = world.now.plus(Duration::hours(24 * 7));
    let document = signed(world.card(), &request(desk.now)?);
    Ok(desk.verify(&document))
}

fn other_municipality(world: &World) -> Result<Outcome, Error> {
    let card = world.card();
    let own = card.partition(testbed::Kind::Signing);
    let municipality = if own.municipality == Municipality::NAHA {
        Municipality::FURANO
    } else {
        Municipality::NAHA
    };
    let partition = Partition {
        municipality,
        ..own
    };
    let key = world.testbed.authority(own.kind, own.generation).key();
    let list = world.testbed.list(&Register::new(), partition).sign(key);
    let document = signed(card, &request(world.now)?);
    Ok(world.desk_with(list).verify(&document))
}

fn no_scope(world: &World) -> Result<Outcome, Error> {
    let card = world.card();
    let partition = card.partition(testbed::Kind::Signing);
    let key = world
        .testbed
        .authority(partition.kind, partition.generation)
        .key();
    let list = world
        .testbed
        .list(&Register::new(), partition)
        .without(testbed::oid::ISSUING_DISTRIBUTION_POINT)
        .sign(key);
    let document = signed(card, &request(world.now)?);
    Ok(world.desk_with(list).verify(&document))
}
