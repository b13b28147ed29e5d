use bytes::Bytes;

use super::*;
use crate::audit::{
    Chain, Evidence, EvidenceCheck, EvidenceCount, Flow, Record, Role, Terms, WriterId,
};
use crate::code::Code;
use crate::error::Error;
use crate::jpki::{LookupKey, SignedDocument};
use crate::time::Time;
use crate::transaction::TransactionId;

fn key(octet: u8) -> ChainKey {
    ChainKey::from_octets(&[octet; 32])
}

fn writer(octet: u8) -> Chain {
    Chain::begin(WriterId::from_entropy([octet; 16]), key(1))
}

fn record(number: u8) -> Record {
    let transaction = TransactionId::from_entropy([number; 16]);
    let at = Time::from_unix(1_800_000_000 + i64::from(number));
    let error = Error::new(Code::SignatureInvalid);
    Record::refused(Flow::Signature, error, Some(transaction), at)
}

fn append(chain: &mut Chain, record: Record) -> String {
    let terms = Terms::new(LookupKey::from_octets(&[9; 32]), Role::Verifier);
    chain.append(&terms.write(record).unwrap()).unwrap()
}

/// Six lines, the fourth of which changes the key.
fn chain() -> Vec<String> {
    let mut chain = writer(7);
    let mut lines: Vec<_> = (1..4).map(|n| append(&mut chain, record(n))).collect();
    lines.push(chain.rotate(key(2)).unwrap());
    lines.extend((5..7).map(|n| append(&mut chain, record(n))));
    lines
}

fn keys() -> Vec<ChainKey> {
    vec![key(1), key(2)]
}

fn head(line: &str) -> Head {
    let mut verifier = ChainVerifier::danger_from_anywhere(keys());
    let read = verifier.read(line.as_bytes(), Part::Last, |_| Ok(()));
    read.unwrap();
    verifier.finish().unwrap().head.unwrap()
}

fn verify_with(mut verifier: ChainVerifier, octets: &[u8]) -> Result<ChainSummary, ChainError> {
    verifier.read(octets, Part::Last, |_| Ok(()))?;
    verifier.finish()
}

fn verify(lines: &[String]) -> Result<ChainSummary, ChainError> {
    let verifier = ChainVerifier::from_beginning(keys());
    verify_with(verifier, lines.concat().as_bytes())
}

/// The line and the name of the fault.
fn fault(outcome: Result<ChainSummary, ChainError>) -> (u64, &'static str) {
    let error = outcome.unwrap_err();
    (error.line(), error.fault().as_str())
}

#[test]
fn a_chain_is_read_back() {
    let lines = chain();
    let summary = verify(&lines).unwrap();
    assert_eq!(summary.head, Some(head(&lines[5])));
    assert_eq!((summary.records, summary.rotations), (5, 1));
    assert_eq!(summary.torn, 0);
    assert_eq!(verify(&[]).unwrap(), ChainSummary::default());

    let text = head(&lines[5]).to_string();
    assert_eq!(text.parse::<Head>().unwrap(), head(&lines[5]));
    for bad in [
        "",
        "07:1:08",
        &text.replace(":6:", ":0:"),
        &text.replace(":6:", ":06:"),
    ] {
        let refused = bad.parse::<Head>().unwrap_err();
        assert_eq!(refused.code(), Code::MisuseArgument, "{bad}");
    }
}

#[test]
fn every_octet_counts() {
    let lines = chain();
    for (number, line) in lines.iter().enumerate() {
        for at in 0..line.len() - 1 {
            let mut octets = line.clone().into_bytes();
            octets[at] ^= 1;
            let mut changed = lines[..number].concat().into_bytes();
            changed.extend(octets);
            let verifier = ChainVerifier::from_beginning(keys());
            let (at_line, fault) = fault(verify_with(verifier, &changed));
            assert!(at_line > number as u64, "{fault}");
            let seen = matches!(fault, "altered" | "form" | "unknown_key");
            assert!(seen, "line {number}, octet {at}: {fault}");
        }
    }
}

#[test]
fn a_value_that_was_changed_is_found_in_its_line() {
    let mut lines = chain();
    lines[1] = lines[1].replace("rejected", "accepted");
    assert_eq!(fault(verify(&lines)), (2, "altered"));
}

#[test]
fn a_line_that_was_taken_out_is_missed_by_the_next() {
    for taken in 0..5 {
        let mut lines = chain();
        lines.remove(taken);
        let (line, found) = fault(verify(&lines));
        assert_eq!((line, found), (taken as u64 + 1, "missing"));
    }
}

#[test]
fn a_line_that_was_put_in_or_moved_is_found() {
    let lines = chain();
    let mut doubled = lines.clone();
    doubled.insert(2, lines[1].clone());
    assert_eq!(fault(verify(&doubled)), (3, "repeated"));
    let mut moved = lines.clone();
    moved.swap(1, 2);
    assert_eq!(fault(verify(&moved)), (2, "missing"));
    let mut foreign = lines;
    foreign.insert(1, "{}\n".to_owned());
    assert_eq!(fault(verify(&foreign)), (2, "form"));
}

#[test]
fn lines_that_are_missing_at_the_end_are_missed_by_whoever_knows_the_head() {
    let lines = chain();
    let expecting = |line: &String| ChainVerifier::from_beginning(keys()).expecting(head(line));
    let whole = lines.concat();
    for line in &lines {
        assert!(verify_with(expecting(line), whole.as_bytes()).is_ok());
    }
    let short = lines[..4].concat();
    assert!(verify(&lines[..4]).is_ok());
    let outcome = verify_with(expecting(&lines[5]), short.as_bytes());
    assert_eq!(fault(outcome), (4, "truncated"));
    let outcome = verify_with(expecting(&lines[5]), b"");
    assert_eq!(fault(outcome), (0, "truncated"));
}

#[test]
fn a_chain_that_was_written_again_is_not_the_one_that_is_expected() {
    let lines = chain();
    let mut other = writer(7);
    let forged: Vec<_> = (0..6).map(|_| append(&mut other, record(9))).collect();
    assert!(verify(&forged).is_ok());
    let verifier = ChainVerifier::from_beginning(keys()).expecting(head(&lines[2]));
    let outcome = verify_with(verifier, forged.concat().as_bytes());
    assert_eq!(fault(outcome), (3, "unexpected"));
    // Its end put after the beginning of ours.
    let spliced = [&lines[..2], &forged[2..]].concat();
    assert_eq!(fault(verify(&spliced)), (3, "fork"));
}

#[test]
fn another_writers_lines_do_not_fit() {
    let mut lines = chain();
    let mut other = writer(8);
    let theirs: Vec<_> = (0..3).map(|n| append(&mut other, record(n))).collect();
    lines[2] = theirs[2].clone();
    assert_eq!(fault(verify(&lines)), (3, "other_writer"));
}

#[test]
fn keys_are_not_mixed_up() {
    let lines = chain();
    let octets = lines.concat();
    let with = |keys| verify_with(ChainVerifier::from_beginning(keys), octets.as_bytes());
    assert_eq!(fault(with(vec![key(1)])), (5, "unknown_key"));
    assert_eq!(fault(with(vec![key(2)])), (1, "unknown_key"));
    assert_eq!(fault(with(Vec::new())), (1, "unknown_key"));

    // Whoever has an earlier key goes on under it, or a later one without a word.
    for (from, octet) in [(4, 1), (2, 2)] {
        let mut other = Chain::resume(head(&lines[from - 1]), key(octet));
        let mut lines = lines[..from].to_vec();
        lines.push(append(&mut other, record(5)));
        assert_eq!(fault(verify(&lines)), (from as u64 + 1, "key_change"));
    }
}

#[test]
fn what_a_crash_cut_off_is_told_and_no_fault() {
    let lines = chain();
    let (whole, last) = (lines[..5].concat(), &lines[5]);
    for cut in [1, last.len() / 2, last.len() - 1] {
        let torn = format!("{whole}{}", &last[..cut]);
        let verifier = ChainVerifier::from_beginning(keys());
        let summary = verify_with(verifier, torn.as_bytes()).unwrap();
        assert_eq!(summary.torn, cut as u64);
        assert_eq!(summary.head, Some(head(&lines[4])));
        let mut verifier = ChainVerifier::from_beginning(keys());
        let read = verifier.read(torn.as_bytes(), Part::Earlier, |_| Ok(()));
        let error = read.unwrap_err();
        assert_eq!((error.line(), error.fault().as_str()), (6, "torn"));
    }
    // Torn in the middle is no crash.
    let middle = [&lines[0][..40], "\n", &lines[1]].concat();
    let verifier = ChainVerifier::from_beginning(keys());
    assert_eq!(fault(verify_with(verifier, middle.as_bytes())), (1, "form"));
    let endless = "x".repeat(limits::AUDIT_LINE + 1);
    let verifier = ChainVerifier::from_beginning(keys());
    let outcome = verify_with(verifier, endless.as_bytes());
    assert_eq!(fault(outcome), (1, "too_long"));
}

#[test]
fn a_chain_goes_on_from_a_head() {
    let lines = chain();
    let after = |line: &String| ChainVerifier::after(head(line), keys());
    let rest = lines[3..].concat();
    let summary = verify_with(after(&lines[2]), rest.as_bytes()).unwrap();
    assert_eq!((summary.records, summary.head), (2, Some(head(&lines[5]))));
    let outcome = verify_with(after(&lines[1]), rest.as_bytes());
    assert_eq!(fault(outcome), (1, "missing"));
    let outcome = verify_with(ChainVerifier::from_beginning(keys()), rest.as_bytes());
    assert_eq!(fault(outcome), (1, "missing"));
    let nothing = after(&lines[2]).expecting(head(&lines[2]));
    let summary = verify_with(nothing, b"").unwrap();
    assert_eq!(summary.head, Some(head(&lines[2])));
    // Two parts are one chain.
    let mut verifier = ChainVerifier::from_beginning(keys());
    let (one, other) = (lines[..3].concat(), lines[3..].concat());
    let first = verifier.read(one.as_bytes(), Part::Earlier, |_| Ok(()));
    first.unwrap();
    let second = verifier.read(other.as_bytes(), Part::Last, |_| Ok(()));
    second.unwrap();
    assert_eq!(verifier.finish().unwrap().records, 5);
}

#[test]
fn no_line_is_longer_than_its_reader_takes() {
    let mut chain = writer(7);
    let before = chain.head();
    let terms = Terms::new(LookupKey::from_octets(&[9; 32]), Role::Verifier);
    let long = "x".repeat(limits::AUDIT_LINE);
    let meanings = crate::jpki::MeaningTable::standard();
    let mut row = meanings.rows().next().unwrap().clone();
    row.meaning.meaning.ja = long;
    let terms = terms.with_meanings(meanings.replace([row]));
    let error = Error::new(Code::RevokedUnspecified);
    let record = Record::refused(Flow::Signature, error, None, Time::from_unix(0));
    let refused = chain.append(&terms.write(record).unwrap()).unwrap_err();
    assert_eq!(refused.code(), Code::InputTooLarge);
    assert_eq!(chain.head(), before);
}

/// A chain of three records, the first and the last with evidence; and that.
fn kept() -> (String, Vec<String>) {
    let mut chain = writer(7);
    let terms = Terms::new(LookupKey::from_octets(&[9; 32]), Role::Verifier);
    let (mut lines, mut evidence) = (Vec::new(), Vec::new());
    for number in 1..4 {
        let mut record = record(number);
        if number != 2 {
            let octets = || Bytes::copy_from_slice(&[number; 40]);
            let document = SignedDocument::raw(octets(), octets(), octets());
            record = record.with_evidence(Evidence::from_entropy(&document, &[number; 32]));
        }
        let entry = terms.write(record).unwrap();
        lines.push(chain.append(&entry).unwrap());
        let head = chain.head().unwrap();
        evidence.extend(entry.evidence().map(|e| e.line(&head).unwrap()));
    }
    (lines.concat(), evidence)
}

fn check(chain: &str, evidence: &str) -> Result<EvidenceCount, &'static str> {
    let mut check = EvidenceCheck::new(evidence.as_bytes());
    let mut verifier = ChainVerifier::from_beginning(keys());
    let read = verifier.read(chain.as_bytes(), Part::Last, |link| check.look(link));
    read.map_err(|error| error.fault().as_str())?;
    check.finish().map_err(|fault| fault.as_str())
}

#[test]
fn evidence_is_what_the_chain_commits_to_or_is_gone() {
    let (chain, evidence) = kept();
    let count = |kept, absent| Ok(EvidenceCount { kept, absent });
    assert_eq!(check(&chain, &evidence.concat()), count(2, 0));
    assert_eq!(check(&chain, ""), count(0, 2));
    assert_eq!(Evidence::sequence_of(evidence[1].as_bytes()), Some(3));
    for erased in 0..2 {
        let mut evidence = evidence.clone();
        let spaces = " ".repeat(evidence[erased].len() - 1);
        assert_eq!(Evidence::sequence_of(spaces.as_bytes()), None);
        evidence[erased] = spaces + "\n";
        assert_eq!(check(&chain, &evidence.concat()), count(1, 1));
    }
    // The last line was cut off, and its record was never written.
    let (first, _) = chain.split_at(chain.rfind("{\"form\"").unwrap());
    let torn = format!("{}{}", evidence[0], &evidence[1][..50]);
    assert_eq!(check(first, &torn), count(1, 0));
}

#[test]
fn evidence_that_was_changed_or_put_in_is_found() {
    let (chain, evidence) = kept();
    let [one, other] = &evidence[..] else {
        panic!("{evidence:?}");
    };
    let changed = one.replacen("AQEB", "AQEC", 1);
    assert_ne!(changed, *one);
    assert_eq!(check(&chain, &(changed + other)), Err("evidence_altered"));
    let salt = one.replacen("\"salt\":\"", "\"salt\":\"0", 1);
    assert_eq!(check(&chain, &salt), Err("evidence_form"));
    let relabelled = one.replacen("signed_data", "certificate", 1);
    assert_eq!(check(&chain, &relabelled), Err("evidence_altered"));
    let moved = one.replacen("\"sequence\":1", "\"sequence\":3", 1);
    assert_eq!(check(&chain, &moved), Err("evidence_altered"));
    let uncommitted = one.replacen("\"sequence\":1", "\"sequence\":2", 1);
    assert_eq!(check(&chain, &uncommitted), Err("evidence_foreign"));
    let later = one.replacen("\"sequence\":1", "\"sequence\":4", 1);
    assert_eq!(check(&chain, &later), Err("evidence_foreign"));
    let disordered = format!("{other}{one}");
    assert_eq!(check(&chain, &disordered), Err("evidence_foreign"));
    let doubled = format!("{one}{one}{other}");
    assert_eq!(check(&chain, &doubled), Err("evidence_foreign"));
    let writer = one.replacen("0707", "0708", 1);
    assert_eq!(check(&chain, &writer), Err("evidence_foreign"));
    let form = one.replacen("evidence/1", "evidence/2", 1);
    assert_eq!(check(&chain, &form), Err("evidence_form"));
}

#[test]
fn a_service_provider_keeps_no_certificate() {
    let mark = |octet| Bytes::copy_from_slice(&[octet; 40]);
    let terms = Terms::new(LookupKey::from_octets(&[9; 32]), Role::ServiceProvider);
    let labels = |document: SignedDocument| {
        let evidence = Evidence::from_entropy(&document, &[1; 32]);
        let entry = terms.write(record(1).with_evidence(evidence)).unwrap();
        let labels = entry.evidence().map(|evidence| {
            let labels = evidence.commitments().map(|(label, _)| label);
            labels.collect::<Vec<_>>()
        });
        let committed = entry.json().matches("commitment").count();
        assert_eq!(committed, labels.as_ref().map_or(0, Vec::len));
        labels
    };
    let raw = SignedDocument::raw(mark(1), mark(2), mark(3));
    assert_eq!(labels(raw), Some(vec!["signed_data", "signature"]));
    assert_eq!(labels(SignedDocument::cms(mark(4))), None);
    let detached = SignedDocument::cms_detached(mark(4), mark(5));
    assert_eq!(labels(detached), Some(vec!["signed_data"]));
}

#[test]
fn evidence_has_a_budget() {
    let large = Bytes::from(vec![0; limits::AUDIT_EVIDENCE + 1]);
    let evidence = Evidence::generate(&SignedDocument::cms(large)).unwrap();
    let terms = Terms::new(LookupKey::from_octets(&[9; 32]), Role::Verifier);
    let refused = terms.write(record(1).with_evidence(evidence)).unwrap_err();
    assert_eq!(refused.code(), Code::InputTooLarge);
}

#[test]
fn salts_are_of_their_own() {
    let octets = || Bytes::from_static(b"the same");
    let document = SignedDocument::raw(octets(), octets(), octets());
    let commitments = |evidence: Evidence| {
        let commitments = evidence.commitments().map(|(_, commitment)| commitment);
        commitments.collect::<std::collections::BTreeSet<_>>()
    };
    let one = commitments(Evidence::generate(&document).unwrap());
    let other = commitments(Evidence::generate(&document).unwrap());
    assert_eq!((one.len(), one.union(&other).count()), (3, 6));
}
