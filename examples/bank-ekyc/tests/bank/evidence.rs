//! What is on record, and what is not in what others read.

use std::fs;
use std::io::BufReader;
use std::path::Path;

use tashika::audit::{ChainKey, ChainVerifier, EvidenceCheck, Part};

use crate::scene::{HANAKO, Scene, Way};

/// Verifies a chain with what is kept beside it: how many records it has.
fn verify(keys: &[ChainKey], chain: &str, evidence: &str) -> Result<(u64, u64), String> {
    let mut verifier = ChainVerifier::from_beginning(keys.to_vec());
    let mut check = EvidenceCheck::new(BufReader::new(evidence.as_bytes()));
    let read = verifier.read(chain.as_bytes(), Part::Last, |link| check.look(link));
    read.map_err(|error| error.to_string())?;
    check.finish().map_err(|error| error.to_string())?;
    let summary = verifier.finish().map_err(|error| error.to_string())?;
    Ok((summary.records, summary.rotations))
}

/// The one file of this kind.
fn only(folder: &Path, kind: &str) -> String {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut found = names.filter(|path| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with(kind)
    });
    let text = fs::read_to_string(found.next().unwrap()).unwrap();
    assert_eq!(found.next(), None, "{kind}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_of_evidence_is_whole_and_a_change_breaks_it() {
    let scene = Scene::new().await;
    for way in Way::ALL {
        scene.visitor(0).applies_and_sees(way, &HANAKO).await;
    }
    let mut refused = scene.visitor(0);
    refused.defect = "certificate-hold";
    assert_eq!(refused.applies(Way::Card, &HANAKO).await.status, 403);

    let backing = &scene.bank.backing;
    let folder = backing.settings().data.join("audit");
    let (chain, evidence) = (only(&folder, "audit-"), only(&folder, "evidence-"));
    let key = [ChainKey::from_octets(&backing.keys().get("audit").unwrap())];
    assert_eq!(verify(&key, &chain, &evidence), Ok((4, 0)));
    for part in [
        "\"letter\":\"カ\"",
        "\"letter\":\"ル\"",
        "certificateHold",
        "\"accepted\"",
        "\"rejected\"",
    ] {
        assert!(chain.contains(part), "{part}: {chain}");
    }
    for (bad, fault) in [
        (
            chain.replacen("accepted", "rejected", 1),
            "not as it was written",
        ),
        (
            chain
                .lines()
                .skip(1)
                .map(|line| format!("{line}\n"))
                .collect(),
            "lines are missing",
        ),
    ] {
        assert_ne!(bad, chain);
        let found = verify(&key, &bad, &evidence).unwrap_err();
        assert!(found.contains(fault), "{found}");
    }
    // Neither name nor address in the chain; what was signed is beside it.
    for personal in ["花子", "清瀬", "1985"] {
        assert!(!chain.contains(personal), "{personal}");
    }
    let page = scene.staff().get("/").await.text();
    assert!(page.contains("tashika audit verify --key"));
    assert!(page.contains(&format!("{}/keys/audit", backing.settings().data.display())));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_goes_on_under_a_new_key() {
    let mut scene = Scene::new().await;
    scene.visitor(0).applies_and_sees(Way::Card, &HANAKO).await;
    let data = scene.bank.backing.settings().data.clone();
    let elsewhere = tempfile::tempdir().unwrap();
    for name in ["keys", "audit"] {
        let (from, to) = (data.join(name), elsewhere.path().join(name));
        fs::create_dir(&to).unwrap();
        fs::set_permissions(&to, fs::metadata(&from).unwrap().permissions()).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
    let data = elsewhere.path();
    fs::rename(data.join("keys/audit"), data.join("keys/audit.1")).unwrap();
    scene.moves_to(data).await;
    scene.visitor(0).applies_and_sees(Way::Phone, &HANAKO).await;
    let (folder, keys) = (data.join("audit"), scene.bank.backing.keys());
    let (chain, evidence) = (only(&folder, "audit-"), only(&folder, "evidence-"));
    let [new, old] =
        ["audit", "audit.1"].map(|name| ChainKey::from_octets(&keys.get(name).unwrap()));
    assert_eq!(verify(&[new.clone(), old], &chain, &evidence), Ok((2, 1)));
    let found = verify(&[new], &chain, &evidence).unwrap_err();
    assert!(
        found.contains("written under a key that was not given"),
        "{found}"
    );
}
