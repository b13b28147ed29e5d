//! A bank that opens an account on the strength of a 署名用 certificate.
//!
//! The bank issues the bytes to be signed, the person's card signs them, the
//! bank verifies what comes back and takes name and address from the
//! certificate, not from the form. The card is the testbed's.

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{
    Kind, ProfileTable, SignedDocument, SigningRequest, SigningVerifier, VerifiedSignature,
};
use tashika::revocation::{CertificateList, ListSet, Policy, ScopePolicy};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::trust::{Environment, TrustStore};
use tashika::{Duration, Time};
use tashika_testbed::{self as testbed, Generation, Hash, Register, Scheme, Testbed};

fn main() -> Result<(), Box<dyn Error>> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let now = Time::from_unix(i64::try_from(seconds)?);
    let world = Testbed::fresh(now.as_unix());
    let bank = Bank::new(&world)?;

    let request = bank.application(now)?;
    println!(
        "The bank asks to sign:\n\n{}",
        String::from_utf8_lossy(&request.to_bytes())
    );

    let card = world.card(0);
    let proof = bank.verify(&sign(&card, &request), now)?;
    let holder = proof.holder();
    println!(
        "\nSigned by: {}, {}",
        holder.name().as_str(),
        holder.address().as_str()
    );
    println!(
        "{} checks passed; the account can be opened.",
        proof.trace().iter().count()
    );
    Ok(())
}

/// What the bank has at hand for every customer.
struct Bank {
    audience: Audience,
    verifier: SigningVerifier,
    lists: ListSet,
}

impl Bank {
    fn new(world: &Testbed) -> Result<Self, tashika::Error> {
        let mut anchors = TrustStore::builder(Environment::Test);
        for authority in world.authorities(testbed::Kind::Signing) {
            anchors = anchors.anchor(Kind::Signing.purpose(), authority.certificate())?;
        }
        let trust = anchors.build()?;
        let algorithms = AlgorithmTable::standard();

        let mut lists = ListSet::new();
        let published = world.lists(&Register::new(), testbed::Kind::Signing, Generation::Third);
        for list in published {
            let list = CertificateList::from_der(&list.der)?;
            lists.add(list.verify(&trust, Kind::Signing.purpose(), &algorithms)?)?;
        }
        Ok(Self {
            audience: Audience {
                relying_party: RelyingParty::from_origin("https://bank.example")?,
                purpose: Purpose::named("open-account")?,
            },
            verifier: SigningVerifier::new(trust, ProfileTable::standard(), algorithms)?,
            lists,
        })
    }

    /// The application form, bound to one transaction for ten minutes.
    fn application(&self, now: Time) -> Result<SigningRequest, tashika::Error> {
        let binding = Binding {
            audience: self.audience.clone(),
            transaction: TransactionId::generate()?,
            expires: now.plus(Duration::minutes(10)),
        };
        let form = "普通預金口座の開設を申し込みます。".as_bytes().to_vec();
        Ok(SigningRequest::new(binding, form))
    }

    fn verify(
        &self,
        document: &SignedDocument,
        now: Time,
    ) -> Result<VerifiedSignature, tashika::Error> {
        let unconfirmed = self.verifier.check(document, now)?;
        let scope = ScopePolicy::production();
        let status = self.lists.status(unconfirmed.query(), &scope, now);
        let policy = Policy::strict(Duration::hours(48));
        let proof = unconfirmed.confirm(&status, &policy, now)?;
        proof.request(&self.audience, now)?;
        Ok(proof)
    }
}

/// What the person's card and software do.
fn sign(card: &testbed::Card, request: &SigningRequest) -> SignedDocument {
    let bytes = request.to_bytes();
    let signature = card.sign_raw(Scheme::Pkcs1(Hash::Sha256), &bytes);
    SignedDocument::raw(
        card.signing().certificate().to_vec().into(),
        signature.into(),
        bytes.into(),
    )
}
