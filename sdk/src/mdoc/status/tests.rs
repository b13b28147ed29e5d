//! Tokens broken one thing at a time.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING};

use crate::code::Code;
use crate::mdoc::cbor::write;
use crate::mdoc::status::testing::*;
use crate::mdoc::status::{RecordPolicy, RecordState, RecordStatus, StatusReference};
use crate::revocation::testing::{Ca, now};
use crate::time::{Duration, Time};
use crate::trust::Purpose;

fn undetermined(code: Code) -> RecordState {
    RecordState::Undetermined(code)
}

#[test]
fn each_value_has_its_meaning() {
    let scene = Scene::new();
    let one = scene.statuses(1, &ONE_BIT);
    let two = scene.statuses(2, &TWO_BITS);
    for (draft, index, state) in [
        (&one, 2, RecordState::Good),
        (&one, INDEX, RecordState::Revoked),
        (&two, 2, RecordState::Good),
        (&two, 0, RecordState::Revoked),
        (&two, 1, RecordState::Suspended),
        // 3 is for applications, and none has said what it is.
        (&two, 3, RecordState::Revoked),
        (&one, 16, undetermined(Code::MdocStatusIndex)),
        (&one, 1 << 40, undetermined(Code::MdocStatusTooLarge)),
    ] {
        assert_eq!(scene.state(draft, &in_status_list(index)), state);
    }
}

#[test]
fn whoever_is_named_in_an_identifier_list_is_revoked() {
    let scene = Scene::new();
    let reference = in_identifier_list();
    let state = |identifiers: &[&[u8]]| scene.state(&scene.identifiers(identifiers), &reference);
    assert_eq!(state(&[]), RecordState::Good);
    assert_eq!(state(&[&[0xab; 15], &[0xac; 16]]), RecordState::Good);
    assert_eq!(state(&[&[0xac; 16], IDENTIFIER]), RecordState::Revoked);
}

#[test]
fn both_curves_sign() {
    let scene = Scene::with(&ECDSA_P384_SHA384_FIXED_SIGNING, USAGE);
    let draft = scene.statuses(1, &ONE_BIT);
    assert_eq!(scene.state(&draft, &in_status_list(2)), RecordState::Good);
    // The algorithm of the other curve.
    let draft = draft.header(1, write::integer(-7));
    let refused = undetermined(Code::MdocStatusSigner);
    assert_eq!(scene.state(&draft, &in_status_list(2)), refused);
}

#[test]
fn the_tag_may_be_missing() {
    let scene = Scene::new();
    let token = scene.sign(&scene.statuses(1, &ONE_BIT));
    let state = scene.state_of(&token[1..], &in_status_list(2));
    assert_eq!(state, RecordState::Good);
}

#[test]
fn what_is_no_token_is_unreadable() {
    let scene = Scene::new();
    let sound = scene.statuses(1, &ONE_BIT);
    let list = |bits, packed: Vec<u8>| named(&[("bits", bits), ("lst", packed)]);
    let packed = || write::bytes(&[&ONE_BIT]);
    for (name, draft) in [
        ("no type", sound.clone().without(16)),
        (
            "another type",
            sound
                .clone()
                .header(16, write::text("application/identifierlist+cwt")),
        ),
        (
            "an unknown type",
            sound.clone().header(16, write::text("application/cwt")),
        ),
        (
            "a critical header",
            sound.clone().header(2, write::array(&[write::integer(16)])),
        ),
        ("no subject", sound.clone().without(2)),
        ("no time of issue", sound.clone().without(6)),
        (
            "a time that is text",
            sound.clone().claim(6, write::text("now")),
        ),
        (
            "no time to live",
            sound.clone().claim(65534, write::unsigned(0)),
        ),
        ("no list", sound.clone().without(65533)),
        (
            "both lists",
            sound
                .clone()
                .claim(65530, named(&[("identifiers", write::map(Vec::new()))])),
        ),
        (
            "three bits",
            sound
                .clone()
                .claim(65533, list(write::unsigned(3), packed())),
        ),
        (
            "no bits",
            sound.clone().claim(65533, named(&[("lst", packed())])),
        ),
        (
            "a list that is text",
            sound.clone().claim(
                65533,
                list(write::unsigned(1), write::text("eNrbuRgAAhcBXQ")),
            ),
        ),
        (
            "a list that is not packed",
            sound.clone().claim(
                65533,
                list(write::unsigned(1), write::bytes(&[&[0xb9, 0xa3]])),
            ),
        ),
    ] {
        let state = scene.state(&draft, &in_status_list(2));
        assert_eq!(state, undetermined(Code::InputStatusToken), "{name}");
    }
    let names = scene.identifiers(&[]);
    let bad = named(&[(
        "identifiers",
        write::map(vec![(write::text("a"), write::map(Vec::new()))]),
    )]);
    let state = scene.state(&names.claim(65530, bad), &in_identifier_list());
    assert_eq!(state, undetermined(Code::InputStatusToken));

    let token = scene.sign(&sound);
    let trailing = [&token[..], &[0]].concat();
    for octets in [&[][..], b"<html>", &trailing, &token[..token.len() - 1]] {
        let state = scene.state_of(octets, &in_status_list(2));
        assert_eq!(state, undetermined(Code::InputStatusToken));
    }
}

#[test]
fn a_token_of_the_other_kind_is_none_for_the_document() {
    let scene = Scene::new();
    let state = scene.state(&scene.identifiers(&[]), &in_status_list(2));
    assert_eq!(state, undetermined(Code::InputStatusToken));
    let state = scene.state(&scene.statuses(1, &ONE_BIT), &in_identifier_list());
    assert_eq!(state, undetermined(Code::InputStatusToken));
}

#[test]
fn a_token_beyond_its_budget_is_not_read() {
    let scene = Scene::new();
    let token = vec![0; crate::limits::STATUS_TOKEN + 1];
    let state = scene.state_of(&token, &in_status_list(2));
    assert_eq!(state, undetermined(Code::MdocStatusTooLarge));
}

#[test]
fn another_list_says_nothing_about_the_document() {
    let scene = Scene::new();
    let draft = scene.statuses(1, &ONE_BIT);
    for subject in [
        "https://status.example/lists/2",
        "https://STATUS.example/lists/1",
        "",
    ] {
        let draft = draft.clone().claim(2, write::text(subject));
        let state = scene.state(&draft, &in_status_list(2));
        assert_eq!(state, undetermined(Code::MdocStatusSubject), "{subject}");
    }
}

#[test]
fn a_signer_is_under_an_anchor_for_status_and_of_its_profile() {
    let scene = Scene::new();
    let sound = scene.statuses(1, &ONE_BIT);
    let refused = undetermined(Code::MdocStatusSigner);
    let reference = in_status_list(2);

    let other = Scene::new();
    let by_another_ca = other.sign(&other.statuses(1, &ONE_BIT));
    assert_eq!(scene.state_of(&by_another_ca, &reference), refused);

    assert_eq!(scene.state(&sound.clone().without(33), &reference), refused);
    let mut unprotected = sound.clone().without(33);
    unprotected.unprotected = vec![entry(33, write::bytes(&[&scene.certificate]))];
    assert_eq!(scene.state(&unprotected, &reference), refused);
    let empty = sound.clone().header(33, write::array::<Vec<u8>>(&[]));
    assert_eq!(scene.state(&empty, &reference), refused);
    // The CA itself is none of its signers.
    let root = sound
        .clone()
        .header(33, write::bytes(&[&scene.ca.certificate]));
    assert_eq!(scene.state(&root, &reference), refused);

    let signs_documents = Scene::with(&ECDSA_P256_SHA256_FIXED_SIGNING, DOCUMENT_SIGNER);
    let token = signs_documents.sign(&signs_documents.statuses(1, &ONE_BIT));
    assert_eq!(signs_documents.state_of(&token, &reference), refused);
}

#[test]
fn an_anchor_for_documents_is_none_for_their_status() {
    let scene = Scene::new();
    let token = scene.sign(&scene.statuses(1, &ONE_BIT));
    let verifier = scene.verifier_for(Purpose::MdocIssuer);
    let status = verifier.status(&in_status_list(2), &token, &policy(), now());
    assert_eq!(status.state(), undetermined(Code::MdocStatusSigner));
}

#[test]
fn a_chain_begins_with_the_signer() {
    let scene = Scene::new();
    let chain = write::array(&[
        write::bytes(&[&scene.certificate]),
        write::bytes(&[&scene.ca.certificate]),
    ]);
    let draft = scene.statuses(1, &ONE_BIT).header(33, chain);
    assert_eq!(scene.state(&draft, &in_status_list(2)), RecordState::Good);
}

#[test]
fn a_signature_is_over_header_and_claims() {
    let scene = Scene::new();
    let token = scene.sign(&scene.statuses(1, &ONE_BIT));
    let refused = undetermined(Code::MdocStatusSignature);
    let reference = in_status_list(2);
    let mut broken = token.clone();
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(scene.state_of(&broken, &reference), refused);
    // Another index of the same list, packed: the claims are others.
    let claims = token.windows(10).position(|w| w == ONE_BIT).unwrap();
    let mut broken = token;
    broken[claims + 4] ^= 1;
    assert_eq!(scene.state_of(&broken, &reference), refused);
}

#[test]
fn a_pinned_anchor_is_the_signers() {
    let scene = Scene::new();
    let draft = scene.statuses(1, &ONE_BIT);
    let of = |certificate: &[u8]| scene.state(&draft, &pinned(certificate));
    assert_eq!(of(&scene.ca.certificate), RecordState::Good);
    let refused = undetermined(Code::MdocStatusSigner);
    assert_eq!(of(&Ca::new("Status CA").certificate), refused);
    assert_eq!(of(&scene.certificate), refused);
    assert_eq!(of(&[0x30, 0x00]), refused);
}

fn after(seconds: i64) -> Time {
    now().plus(Duration::seconds(seconds))
}

#[test]
fn age_counts_from_the_time_of_issue() {
    let scene = Scene::new();
    let reference = in_status_list(2);
    let issued = |from_now: i64| {
        let time = write::integer(now().as_unix() + from_now);
        scene.statuses(1, &ONE_BIT).without(4).claim(6, time)
    };
    let day = 24 * 60 * 60;
    let skewed = policy().with_clock_skew(Duration::seconds(5));
    let stale = undetermined(Code::MdocStatusStale);
    for (draft, policy, at, state) in [
        (issued(0), policy(), 0, RecordState::Good),
        (issued(0), policy(), day, RecordState::Good),
        (issued(0), policy(), day + 1, stale),
        (issued(1), policy(), 0, stale),
        (issued(5), skewed, 0, RecordState::Good),
        (issued(6), skewed, 0, stale),
        (
            issued(0).claim(4, write::integer(now().as_unix() + 10)),
            skewed,
            10,
            RecordState::Good,
        ),
        (
            issued(0).claim(4, write::integer(now().as_unix() + 10)),
            skewed,
            11,
            stale,
        ),
        (
            issued(0).claim(5, write::integer(now().as_unix() + 10)),
            policy(),
            9,
            stale,
        ),
    ] {
        let token = scene.sign(&draft);
        let status = scene
            .verifier()
            .status(&reference, &token, &policy, after(at));
        assert_eq!(status.state(), state, "{at}");
    }
}

#[test]
fn what_is_revoked_stays_so_and_what_is_suspended_has_to_be_fresh() {
    let scene = Scene::new();
    let token = scene.sign(&scene.statuses(2, &TWO_BITS));
    let late = after(30 * 24 * 60 * 60);
    for (index, state) in [
        (0, RecordState::Revoked),
        (1, undetermined(Code::MdocStatusStale)),
        (2, undetermined(Code::MdocStatusStale)),
    ] {
        let reference = in_status_list(index);
        let status = scene.verifier().status(&reference, &token, &policy(), late);
        assert_eq!(status.state(), state);
    }
}

#[test]
fn a_token_that_was_kept_ends_with_its_signer() {
    let scene = Scene::new();
    let token = scene.sign(&scene.statuses(2, &TWO_BITS));
    let token = scene.verifier().verify(&token, now()).unwrap();
    let later = "2027-01-01T00:00:01Z".parse().unwrap();
    for index in [0, 2] {
        let status = token.status(&in_status_list(index), &policy(), later);
        assert_eq!(status.state(), undetermined(Code::MdocStatusSigner));
    }
}

#[test]
fn how_long_a_token_is_kept_counts_from_its_issue() {
    let scene = Scene::new();
    let keep = |draft: Draft| {
        let token = scene.verifier().verify(&scene.sign(&draft), now()).unwrap();
        token
            .keep_until(&policy())
            .since(token.as_of())
            .as_seconds()
    };
    let draft = || scene.statuses(1, &ONE_BIT);
    assert_eq!(keep(draft()), 660);
    assert_eq!(keep(draft().without(4)), 24 * 60 * 60);
    assert_eq!(keep(draft().claim(65534, write::unsigned(30))), 30);
    assert_eq!(keep(draft().claim(65534, write::unsigned(u64::MAX))), 660);
}

fn judged(
    policy: RecordPolicy,
    reference: Option<&StatusReference>,
    status: Option<&RecordStatus>,
) -> Result<RecordState, Code> {
    let confirmation = policy.judge(reference, status, now());
    confirmation.map(|c| c.state())
}

#[test]
fn policies_differ_where_nothing_is_known() {
    use RecordPolicy::{DangerIgnored, Required, WhereAvailable};
    let scene = Scene::new();
    let token = scene.sign(&scene.statuses(2, &TWO_BITS));
    let of = |index| {
        let reference = in_status_list(index);
        let status = scene
            .verifier()
            .status(&reference, &token, &policy(), now());
        (reference, status)
    };
    let (good, revoked, suspended, unknown) = (of(2), of(0), of(1), of(99));
    for policy in [Required, WhereAvailable, DangerIgnored] {
        let judge = |(reference, status): &(_, _)| judged(policy, Some(reference), Some(status));
        assert_eq!(judge(&good), Ok(RecordState::Good));
        assert_eq!(judge(&revoked), Err(Code::MdocRecordRevoked));
        assert_eq!(judge(&suspended), Err(Code::MdocRecordSuspended));
        // The status of another document, whatever it says.
        let swapped = judged(policy, Some(&good.0), Some(&revoked.1));
        assert_eq!(swapped, Err(Code::MdocStatusQuery));
        let unasked = judged(policy, None, Some(&good.1));
        assert_eq!(unasked, Err(Code::MdocStatusQuery));
    }
    for policy in [Required, WhereAvailable] {
        let judge = |status| judged(policy, Some(&unknown.0), status);
        assert_eq!(judge(Some(&unknown.1)), Err(Code::MdocStatusIndex));
        assert_eq!(judge(None), Err(Code::MdocStatusUnreachable));
    }
    let ignored = judged(DangerIgnored, Some(&unknown.0), Some(&unknown.1));
    assert_eq!(ignored, Ok(undetermined(Code::MdocStatusIndex)));
    let ignored = judged(DangerIgnored, Some(&unknown.0), None);
    assert_eq!(ignored, Ok(undetermined(Code::MdocStatusUnreachable)));

    assert_eq!(judged(Required, None, None), Err(Code::MdocStatusMissing));
    for policy in [WhereAvailable, DangerIgnored] {
        assert_eq!(judged(policy, None, None), Ok(RecordState::NotAvailable));
    }
}

#[test]
fn a_good_status_ends() {
    let scene = Scene::new();
    let token = scene.sign(&scene.statuses(1, &ONE_BIT));
    let reference = in_status_list(2);
    let status = scene
        .verifier()
        .status(&reference, &token, &policy(), now());
    let judge = |at| RecordPolicy::Required.judge(Some(&reference), Some(&status), at);
    assert_eq!(status.as_of(), Some(after(-60)));
    assert_eq!(status.expires(), Some(after(600)));
    assert_eq!(judge(after(600)).unwrap().as_of(), status.as_of());
    assert_eq!(judge(after(601)), Err(Code::MdocStatusStale));
    assert_eq!(judge(after(-61)), Err(Code::MdocStatusStale));
}

#[test]
fn of_two_lists_the_one_that_revokes_wins() {
    let scene = Scene::new();
    let place = named(&[("idx", write::unsigned(2)), ("uri", write::text(URI))]);
    let name = named(&[
        ("id", write::bytes(&[IDENTIFIER])),
        ("uri", write::text(URI)),
    ]);
    let both = read(&named(&[("status_list", place), ("identifier_list", name)]));
    let status = |draft: &Draft| {
        let token = scene.sign(draft);
        scene.verifier().status(&both, &token, &policy(), now())
    };
    let good = status(&scene.statuses(1, &ONE_BIT));
    let revoked = status(&scene.identifiers(&[IDENTIFIER]));
    let unknown = RecordStatus::undetermined(&both, Code::MdocStatusUnreachable);
    let state = |one: &RecordStatus, other: &RecordStatus| one.clone().and(other.clone()).state();
    assert_eq!(state(&good, &revoked), RecordState::Revoked);
    assert_eq!(state(&revoked, &good), RecordState::Revoked);
    assert_eq!(state(&unknown, &good), RecordState::Good);
    assert_eq!(state(&good, &unknown), RecordState::Good);
    let of_another = RecordStatus::undetermined(&in_status_list(2), Code::MdocStatusStale);
    assert_eq!(
        state(&good, &of_another),
        undetermined(Code::MdocStatusQuery)
    );
}

#[test]
fn nothing_prints_what_tells_documents_apart() {
    let scene = Scene::new();
    let token = scene.sign(&scene.statuses(1, &ONE_BIT));
    let reference = in_status_list(424_242);
    let status = scene
        .verifier()
        .status(&reference, &token, &policy(), now());
    let token = scene.verifier().verify(&token, now()).unwrap();
    let printed = format!("{reference:?} {status:?} {token:?} {:?}", scene.verifier());
    for secret in ["424242", "status.example", "lists"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

/// draft-ietf-oauth-status-list, 5.2: a published token, without a certificate.
#[test]
fn the_published_token_is_read_as_far_as_its_signer() {
    let token = crate::hex::decode::<189>(
        "d2845820a2012610781a6170706c69636174696f6e2f7374617475736c6973742b637774\
         a1044231325850a502782168747470733a2f2f6578616d706c652e636f6d2f7374617475\
         736c697374732f31061a648c5bea041a8898dfea19fffe19a8c019fffda2646269747301\
         636c73744a78dadbb918000217015d584093fa4d01032b18c35e2fe1101b77fd6cc94400\
         22caa4694450c4e4e9feab4e99d1fa6d9772ce2bf3a12e0323ded7c982c5e101a5e67f0c\
         bc1e2b6f57ce99c279",
    );
    let token = token.unwrap();
    let message = super::token::message(&token).unwrap();
    let claims = super::token::Claims::of(&message).unwrap();
    assert_eq!(&*claims.subject, "https://example.com/statuslists/1");
    assert_eq!(claims.issued_at.as_unix(), 1_686_920_170);
    assert_eq!(claims.expires.unwrap().as_unix(), 2_291_720_170);
    assert_eq!(claims.time_to_live.unwrap().as_seconds(), 43_200);
    let super::token::List::Statuses(list) = &claims.list else {
        panic!("a status list");
    };
    assert_eq!((list.status(0), list.status(1)), (Ok(1), Ok(0)));
    let refused = Scene::new().verifier().verify(&token, now()).unwrap_err();
    assert_eq!(refused.code(), Code::MdocStatusSigner);
}

proptest::proptest! {
    /// Whatever arrives is refused or read, and nothing panics: a sound token
    /// with other octets somewhere, its end cut off, and an index of any size.
    #[test]
    fn hostile_tokens_are_refused(
        place in 0_usize..400,
        octets in proptest::collection::vec(proptest::num::u8::ANY, 0..16),
        end in 0_usize..800,
        index in proptest::num::u64::ANY,
    ) {
        let scene = Scene::new();
        let mut token = scene.sign(&scene.statuses(2, &TWO_BITS));
        token.splice(place..(place + octets.len()).min(token.len()), octets);
        token.truncate(end);
        if let Ok(message) = super::token::message(&token)
            && let Ok(claims) = super::token::Claims::of(&message)
            && let super::token::List::Statuses(list) = &claims.list
        {
            let _ = list.status(index);
            let _ = list.status(index % 16);
        }
        let _ = scene.verifier().verify(&token, now());
    }
}
