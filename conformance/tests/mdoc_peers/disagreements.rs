//! Where one does not make, or another does not accept, what is sound. Whatever
//! is not here has to be accepted; what is here has to fail as it says.

use libtest_mimic::Failed;

use crate::bench::Outcome;
use crate::cases::Case;
use crate::peer::Name;

struct Disagreement {
    /// Every case if there is none.
    cases: &'static [&'static str],
    makers: &'static [Name],
    judges: &'static [Name],
    says: Says,
    reason: &'static str,
}

enum Says {
    /// The maker, instead of making it.
    NotMade(&'static str),
    /// The judge. Ours says its code, and nothing else.
    Refused(&'static str),
    /// Now this, now that.
    Chance,
}

const ON_P384: &[&str] = &["licence_p384", "card_p384"];
const ROOT_ON_P384: &[&str] = &[
    "licence_root_p384",
    "card_root_p384",
    "licence_p384",
    "card_p384",
];
const MACS: &[&str] = &[
    "qr_with_mac",
    "nfc_static_with_mac",
    "nfc_negotiated_with_mac",
];
const MAC_WITHOUT_A_SESSION: &[&str] = &["mac_without_a_session"];
const ALL_MACS: &[&str] = &[
    "qr_with_mac",
    "nfc_static_with_mac",
    "nfc_negotiated_with_mac",
    "mac_without_a_session",
];
const OTHER_HANDOVERS: &[&str] = &["annex_c", "apple"];
const EVERY_CASE: &[&str] = &[];

use Name::{Auth0, Isomdl, Ours, Owf, PyMdoc};
use Says::{Chance, NotMade, Refused};

/// The first that fits counts.
const DISAGREEMENTS: &[Disagreement] = &[
    // The sdk refuses these two, and nothing else that anybody makes.
    Disagreement {
        cases: MAC_WITHOUT_A_SESSION,
        makers: &Name::ALL,
        judges: &[Ours],
        says: Refused("mdoc.device_mac_unexpected"),
        reason: "Whoever holds the reader's key can make the MAC, and outside of \
                 proximity there is no key that was agreed on face to face (ISO/IEC \
                 18013-5, 9.1.3.1; OpenID4VP and annex C know signatures alone).",
    },
    Disagreement {
        cases: MACS,
        makers: &[Owf],
        judges: &[Ours],
        says: Refused("mdoc.device_mac"),
        reason: "Its MAC_structure has three parts: where there is no external data it \
                 leaves out the empty byte string that RFC 9052, 6.3 puts in its place.",
    },
    // What the others refuse or cannot make.
    Disagreement {
        cases: OTHER_HANDOVERS,
        makers: &[Owf],
        judges: &Name::ALL,
        says: NotMade("Could not establish handover"),
        reason: "It reads the handovers of QR, NFC and OpenID4VP.",
    },
    Disagreement {
        cases: OTHER_HANDOVERS,
        makers: &[Ours, Auth0, PyMdoc, Isomdl],
        judges: &[Owf],
        says: Refused("Could not establish handover"),
        reason: "It reads the handovers of QR, NFC and OpenID4VP.",
    },
    Disagreement {
        cases: EVERY_CASE,
        makers: &[Owf],
        judges: &[Isomdl],
        says: Chance,
        reason: "The maker draws 32 bits for each digestID, the judge reads 31.",
    },
    Disagreement {
        cases: ROOT_ON_P384,
        makers: &Name::ALL,
        judges: &[Isomdl],
        says: Refused("no valid trust anchor"),
        reason: "It verifies certificates with P-256 alone.",
    },
    Disagreement {
        cases: ON_P384,
        makers: &Name::ALL,
        judges: &[PyMdoc],
        says: Refused("'secp384r1'"),
        reason: "It has a table of curves for signers, with P-256 alone in it.",
    },
    Disagreement {
        cases: &["sha384", "sha512"],
        makers: &Name::ALL,
        judges: &[PyMdoc],
        says: Refused("Hash mismatch"),
        reason: "It digests with SHA-256, whatever algorithm the MSO names.",
    },
    Disagreement {
        cases: &["undefined_key_id"],
        makers: &[Auth0],
        judges: &[PyMdoc],
        says: Refused("KID should be a byte string"),
        reason: "RFC 9052, 3.1: a key identifier is a byte string. Nothing here is \
                 found by it, so the sdk passes over it, as over any other header that \
                 it has no use for.",
    },
    Disagreement {
        cases: &["undefined_key_id"],
        makers: &[Auth0],
        judges: &[Isomdl],
        says: Refused("got nul, expected bstr"),
        reason: "The same.",
    },
    Disagreement {
        cases: ALL_MACS,
        makers: &Name::ALL,
        judges: &[Owf],
        says: Refused("Device MAC must use alg 5"),
        reason: "It compares the algorithm's name with its number, so that it takes none, \
                 its own neither.",
    },
    Disagreement {
        cases: ALL_MACS,
        makers: &Name::ALL,
        judges: &[Isomdl],
        says: Refused("Currently unsupported format"),
        reason: "It verifies no MACs.",
    },
    Disagreement {
        cases: ALL_MACS,
        makers: &[Owf],
        judges: &[Auth0],
        says: Refused("Device MAC must be valid"),
        reason: "RFC 9052, 6.3, as above.",
    },
];

impl Disagreement {
    fn of(case: &Case, maker: Name, judge: Name) -> Option<&'static Self> {
        DISAGREEMENTS.iter().find(|listed| {
            (listed.cases.is_empty() || listed.cases.contains(&case.name))
                && listed.makers.contains(&maker)
                && listed.judges.contains(&judge)
        })
    }
}

/// Whether the outcome is the one that the table has.
pub(crate) fn expect(
    case: &Case,
    maker: Name,
    judge: Name,
    outcome: &Outcome,
) -> Result<(), Failed> {
    let listed = Disagreement::of(case, maker, judge).map(|listed| &listed.says);
    let as_listed = match (listed, outcome) {
        (None, Outcome::Accepted) | (Some(Chance), _) => true,
        (Some(NotMade(says)), Outcome::NotMade(reason)) => reason.contains(says),
        (Some(Refused(code)), Outcome::Refused(reason)) if judge == Ours => reason == code,
        (Some(Refused(says)), Outcome::Refused(reason)) => reason.contains(says),
        _ => false,
    };
    if as_listed {
        return Ok(());
    }
    Err(match outcome {
        Outcome::NotMade(reason) => format!("not made: {reason}"),
        Outcome::Refused(reason) => format!("refused: {reason}"),
        Outcome::Accepted => "listed, and accepted".to_owned(),
    }
    .into())
}

/// Every entry is about something, and every case that it names is one.
pub(crate) fn none_is_stale() -> Result<(), Failed> {
    let cases = Case::all();
    let mut met = Vec::new();
    for case in &cases {
        for maker in case.makers {
            met.extend(Name::ALL.map(|judge| Disagreement::of(case, *maker, judge)));
        }
    }
    for listed in DISAGREEMENTS {
        let is_met = met.iter().flatten().any(|met| std::ptr::eq(*met, listed));
        let is_case = |name: &&str| cases.iter().any(|case| case.name == *name);
        if !is_met || !listed.cases.iter().all(is_case) {
            return Err(format!("about nothing: {}", listed.reason).into());
        }
    }
    Ok(())
}
