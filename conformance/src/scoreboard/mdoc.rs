//! `mdoc.*`: documents in phones, presented over the web.

use bytes::Bytes;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::{
    IssuerProfile, MDL, Need, PresentationVerifier, Presented, Requested, RequestedDocument,
    Retention, SessionTranscript,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::{Error, Time};
use tashika_testbed::mdoc::elements::LICENCE_NAME_SPACE;

use crate::scoreboard::cards::NOW;
use crate::scoreboard::contest::{Contender, Contest};
use crate::scoreboard::failure::{Fault, Faulty};
use crate::scoreboard::wallets::{ENCRYPTION_INFO, ORIGIN, Presentation, Selection, Wallets};
use crate::scoreboard::{Measurement, Peers, limit, peers};

pub(crate) const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        path: "mdoc.verify",
        goal: 1.10,
        prepare: |_, peers| verify(Selection::Small, Memory::None, peers),
    },
    Measurement {
        path: "mdoc.verify.seen",
        goal: 0.75,
        prepare: |_, peers| verify(Selection::Small, Memory::Seen, peers),
    },
    Measurement {
        path: "mdoc.verify.portrait",
        goal: 1.10,
        prepare: |_, peers| verify(Selection::Portrait, Memory::None, peers),
    },
    Measurement {
        path: "mdoc.verify.portrait.seen",
        goal: 0.75,
        prepare: |_, peers| verify(Selection::Portrait, Memory::Seen, peers),
    },
];

const NAME: &str = "tashika";

/// Whether the verifier has met the documents' signers before.
#[derive(Clone, Copy)]
enum Memory {
    None,
    Seen,
}

/// A device response and its transcript: one hop, the issuer's signature, ten
/// digests, the device's signature, and the proof with its elements.
fn verify(selection: Selection, memory: Memory, peers: Peers) -> Result<Contest, Faulty> {
    let wallets = Wallets::new(selection);
    let mut cases = wallets.presentations();
    // What is seen before is ours alone.
    let peers = match memory {
        Memory::None => peers::presentation(peers, &cases)?,
        Memory::Seen => Vec::new(),
    };
    // What no peer is asked, since not every one looks at digests.
    cases.flipped.extend(wallets.younger());
    let limit = limit::presentation(&cases)?;
    let unprepared = |_| Faulty {
        contender: NAME,
        fault: Fault::Unprepared,
    };
    let verifier = verifier(wallets.root(), memory).map_err(unprepared)?;
    let requested = requested(selection).map_err(unprepared)?;
    let transcript = SessionTranscript::annex_c(ENCRYPTION_INFO, ORIGIN);
    let now = Time::from_unix(NOW);
    let prepare = |case: &Presentation| Some(Bytes::copy_from_slice(&case.response));
    let ours = Contender::new(NAME, &cases, prepare, move |response| {
        let presented = Presented::new(response, &transcript);
        let checked = verifier.check(&presented, &requested, now);
        // As if its status had come and were good: the proof with its elements.
        checked.is_ok_and(|unconfirmed| {
            let proof = unconfirmed.danger_unchecked();
            let document = proof.document(MDL);
            document.is_some_and(|document| document.elements().len() == 10)
        })
    })?;
    Ok(Contest::new(limit, ours, peers))
}

fn verifier(root: &[u8], memory: Memory) -> Result<PresentationVerifier, Error> {
    let trust = TrustStore::builder(Environment::Test)
        .anchor(Purpose::MdocIssuer, root)?
        .build()?;
    let verifier = PresentationVerifier::new(AlgorithmTable::standard());
    let verifier = verifier.with_issuers(IssuerProfile::mdl(), trust)?;
    Ok(match memory {
        Memory::None => verifier,
        Memory::Seen => verifier.remember(1024),
    })
}

fn requested(selection: Selection) -> Result<Requested, Error> {
    let document = RequestedDocument::new(MDL)?;
    let document = selection.elements().try_fold(document, |document, name| {
        document.element(
            LICENCE_NAME_SPACE,
            name,
            Retention::NotRetained,
            Need::Mandatory,
        )
    })?;
    Requested::one(document)
}
