//! Damage, loss, and lists that nobody should take.

use std::fs;
use std::path::PathBuf;

use super::*;

#[test]
fn a_reader_whose_files_are_gone_goes_on_by_itself() {
    let scene = Scene::new();
    scene.sync(&scene.list(1, "A")).unwrap();
    let store = scene.open();
    for number in 2..4 {
        scene
            .sync(&scene.list(number, "A").revoking(&[5], 1))
            .unwrap();
    }
    let answer = state(&store, &scene.query(5, "A"));
    assert!(matches!(answer, State::Revoked { .. }));
}

#[test]
fn a_damaged_file_says_nothing_until_it_is_made_anew() {
    let scene = Scene::new();
    let list = |number| scene.list(number, "A").revoking(&[5], 4);
    scene.sync(&list(1).revoking(&[7], 1)).unwrap();
    scene.sync(&list(2)).unwrap();
    let damage: [fn(&mut Vec<u8>); 4] = [
        |octets| octets.truncate(octets.len() / 2),
        |octets| octets.clear(),
        |octets| octets[12] ^= 1,
        |octets| octets.push(0),
    ];
    for (damage, number) in damage.iter().zip(3..) {
        let file = scene.file();
        let mut octets = fs::read(&file).unwrap();
        damage(&mut octets);
        fs::write(&file, octets).unwrap();
        assert_eq!(scene.state(5, "A"), undetermined(Code::RevocationDamaged));
        // Another partition does not depend on it.
        scene.sync(&scene.list(number, "B")).unwrap();
        assert_eq!(scene.state(6, "B"), GOOD);
        // The same list comes again; what was dropped before it is not lost.
        let outcome = scene.sync(&list(2));
        assert_eq!(outcome, Ok(Outcome::Repaired));
        assert_eq!(scene.state(6, "A"), GOOD);
        assert!(scene.is_revoked(5, "A") && scene.is_revoked(7, "A"));
    }
}

#[test]
fn an_older_list_in_place_of_a_lost_one_only_revokes() {
    let scene = Scene::new();
    scene.sync(&scene.list(7, "A")).unwrap();
    for file in scene.files("index") {
        fs::remove_file(file).unwrap();
    }
    assert_eq!(scene.state(5, "A"), undetermined(Code::RevocationDamaged));
    let older = scene.list(6, "A").revoking(&[5], 1);
    assert_eq!(scene.sync(&older), Err(Code::RevocationNumber));
    assert!(scene.is_revoked(5, "A"));
    assert_eq!(scene.state(6, "A"), undetermined(Code::RevocationNumber));
    assert_eq!(scene.sync(&scene.list(7, "A")), Ok(Outcome::Repaired));
    assert_eq!(scene.state(6, "A"), GOOD);
    assert!(scene.is_revoked(5, "A"));
}

#[test]
fn a_damaged_manifest_is_an_error_and_floors_survive_it() {
    let scene = Scene::new();
    scene.sync(&scene.list(7, "A")).unwrap();
    scene.sync(&scene.list(7, "B")).unwrap();
    let manifest = scene.path().join("manifest");
    let whole = fs::read(&manifest).unwrap();
    for position in (0..whole.len()).step_by(7) {
        let mut octets = whole.clone();
        octets[position] ^= 1;
        fs::write(&manifest, octets).unwrap();
        let opened = ListStore::open(&scene.path(), scene.trust());
        assert!(matches!(opened, Err(StoreError::Damaged)), "{position}");
    }
    fs::write(&manifest, &whole[..whole.len() / 2]).unwrap();
    let refused = scene.try_begin(Recovery::Refuse);
    assert!(matches!(refused, Err(StoreError::Damaged)));
    let previous = fs::read(scene.path().join("manifest.previous")).unwrap();
    let update = scene.try_begin(Recovery::Rebuild).unwrap();
    assert_eq!(update.recovered(), Some(Recovered::Previous));
    // What saved it stays until there is something newer.
    let kept = fs::read(scene.path().join("manifest.previous")).unwrap();
    assert_eq!(kept, previous);
    let older = scene.take(&update, &scene.list(6, "A"));
    assert_eq!(older, Err(Code::RevocationNumber));
    assert_eq!(scene.take(&update, &scene.list(7, "B")), Ok(Outcome::First));
    update.finish().unwrap();
    assert_eq!(scene.state(5, "A"), GOOD);
    assert_eq!(scene.state(5, "B"), GOOD);
}

/// Damages both manifests.
fn lose_manifests(scene: &Scene) {
    for name in ["manifest", "manifest.previous"] {
        fs::write(scene.path().join(name), b"").unwrap();
    }
}

#[test]
fn without_any_manifest_files_tell_what_they_know() {
    let scene = Scene::new();
    for name in ["A", "B"] {
        let dropped = scene.list(6, name).revoking(&[5], 1);
        scene.sync(&dropped).unwrap();
        scene.sync(&scene.list(7, name).revoking(&[7], 1)).unwrap();
    }
    let generation = scene.open().generation();
    lose_manifests(&scene);
    let update = scene.try_begin(Recovery::Rebuild).unwrap();
    assert_eq!(update.recovered(), Some(Recovered::Files));
    // Nothing is good before the source says so.
    let number = undetermined(Code::RevocationNumber);
    assert_eq!(scene.state(6, "A"), number);
    assert!(scene.is_revoked(5, "A") && scene.is_revoked(7, "B"));
    let older = scene.take(&update, &scene.list(6, "A"));
    assert_eq!(older, Err(Code::RevocationNumber));
    let same = scene.list(7, "A").revoking(&[7], 1);
    assert_eq!(scene.take(&update, &same), Ok(Outcome::Repaired));
    update.finish().unwrap();
    assert_eq!((scene.state(6, "A"), scene.state(6, "B")), (GOOD, number));
    assert!(scene.is_revoked(5, "A") && scene.is_revoked(5, "B"));
    assert!(scene.open().generation() > generation);
    assert_eq!(scene.sync(&scene.list(8, "B")), Ok(Outcome::Replaced));
    assert_eq!(scene.state(6, "B"), GOOD);
    assert!(scene.is_revoked(5, "B") && scene.is_revoked(7, "B"));
    assert_eq!(scene.sync(&scene.list(1, "C")), Ok(Outcome::First));
    assert_eq!((scene.state(6, "A"), scene.state(6, "C")), (GOOD, GOOD));
}

#[test]
fn a_file_that_is_not_whole_tells_nothing() {
    let scene = Scene::new();
    scene.sync(&scene.list(6, "A").revoking(&[5], 1)).unwrap();
    scene.sync(&scene.list(7, "A")).unwrap();
    let mut files = scene.files("index");
    let newest = files.pop().unwrap();
    let octets = fs::read(&newest).unwrap();
    fs::write(&newest, &octets[..octets.len() - 1]).unwrap();
    lose_manifests(&scene);
    let update = scene.try_begin(Recovery::Rebuild).unwrap();
    assert_eq!(update.recovered(), Some(Recovered::Files));
    update.finish().unwrap();
    let partition = scene.open().partitions().remove(0);
    assert_eq!(partition.number().unwrap().as_unsigned(), [6]);
    for file in scene.files("index") {
        fs::write(file, b"").unwrap();
    }
    lose_manifests(&scene);
    let update = scene.try_begin(Recovery::Rebuild).unwrap();
    assert_eq!(update.recovered(), Some(Recovered::Nothing));
    assert_eq!(scene.take(&update, &scene.list(2, "A")), Ok(Outcome::First));
    update.finish().unwrap();
    assert_eq!(scene.state(5, "A"), GOOD);
    assert_eq!(scene.files("index").len(), 1);
}

#[test]
fn another_version_is_not_guessed_at() {
    let scene = Scene::new();
    scene.sync(&scene.list(1, "A")).unwrap();
    let manifest = scene.path().join("manifest");
    let mut octets = fs::read(&manifest).unwrap();
    octets[8] = 9;
    let body = octets.len() - 32;
    let digest = crate::trust::Fingerprint::of(&octets[..body]);
    octets[body..].copy_from_slice(digest.octets());
    fs::write(&manifest, octets).unwrap();
    for recovery in [Recovery::Refuse, Recovery::Rebuild] {
        let refused = scene.try_begin(recovery);
        assert!(matches!(refused, Err(StoreError::Version(9))));
    }
}

#[test]
fn a_clock_wound_back_is_noticed_whatever_is_left() {
    let scene = Scene::new();
    let mut future = scene.list(9, "B");
    future.this_update = time_at("2026-06-01T00:00:00Z");
    scene.sync(&scene.list(1, "A")).unwrap();
    scene.sync(&future).unwrap();
    let status = scene
        .open()
        .status(&scene.query(5, "A"), &PRODUCTION, now());
    let crate::revocation::status::Finding::Good { newest, .. } = status.finding() else {
        panic!("{status:?}");
    };
    assert_eq!(*newest, future.this_update);
}

#[test]
fn lists_that_do_not_verify_change_nothing() {
    let scene = Scene::new();
    scene.sync(&scene.list(1, "A")).unwrap();
    let update = scene.begin();
    let origin = ListOrigin::default();
    let whole = scene.ca.sign_list(&scene.list(2, "A"));
    let refused = |der: &[u8], length: usize| {
        let taken = update.take(der, length as u64, &origin, now());
        taken.unwrap_err().code()
    };
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let impostor = Ca::new("CA");
    let re_signed = impostor.sign_list(&scene.list(2, "A"));
    let of_another = Ca::new("Other");
    let of_another = of_another.sign_list(&of_another.list(2, &[directory("A")]));
    for (der, code) in [
        (&*flipped, Code::RevocationSignature),
        (&*re_signed, Code::RevocationSignature),
        (&*of_another, Code::RevocationIssuer),
        (&[], Code::InputCrl),
        (b"<html>", Code::InputCrl),
        (&whole[..whole.len() - 1], Code::InputCrl),
    ] {
        assert_eq!(refused(der, der.len()), code);
    }
    assert_eq!(refused(&whole[..40], whole.len()), Code::InputCrl);
    assert_eq!(refused(&whole, usize::MAX >> 8), Code::RevocationTooLarge);
    let updated = update.finish().unwrap();
    assert_eq!((updated.generation, updated.removed), (1, 0));
    assert_eq!(scene.files("new"), Vec::<PathBuf>::new());
    assert_eq!(scene.state(5, "A"), GOOD);
}
