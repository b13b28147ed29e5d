//! What is on record, and what is not in what others read.

use std::fs;
use std::io::BufReader;
use std::path::Path;

use tashika::audit::{ChainKey, ChainVerifier, EvidenceCheck, Part};

use crate::scene::{HANAKO, Scene, Way};

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
    let key = ChainKey::from_octets(&backing.keys().get("chain").unwrap());
    let verify = |chain: &str, evidence: &str| {
        let mut verifier = ChainVerifier::from_beginning(vec![key.clone()]);
        let mut check = EvidenceCheck::new(BufReader::new(evidence.as_bytes()));
        let read = verifier.read(chain.as_bytes(), Part::Last, |link| check.look(link));
        read.map_err(|error| error.to_string())?;
        check.finish().map_err(|error| error.to_string())?;
        let summary = verifier.finish().map_err(|error| error.to_string())?;
        Ok::<_, String>(summary.records)
    };
    assert_eq!(verify(&chain, &evidence), Ok(4));
    for part in [
        "\"letter\":\"カ\"",
        "\"letter\":\"ル\"",
        "certificateHold",
        "\"accepted\"",
        "\"rejected\"",
    ] {
        assert!(chain.contains(part), "{part}: {chain}");
    }
    for bad in [
        chain.replacen("accepted", "rejected", 1),
        chain
            .lines()
            .skip(1)
            .map(|line| format!("{line}\n"))
            .collect(),
    ] {
        assert_ne!(bad, chain);
        assert!(verify(&bad, &evidence).unwrap_err().len() > 3);
    }
    // Neither name nor address in the chain; what was signed is beside it.
    for personal in ["花子", "清瀬", "1985"] {
        assert!(!chain.contains(personal), "{personal}");
    }
    let page = scene.staff().get("/").await.text();
    assert!(page.contains("tashika audit verify --key"));
    assert!(page.contains(&format!("{}/keys/chain", backing.settings().data.display())));
}
