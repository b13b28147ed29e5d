//! A till that sells alcohol to people who have turned twenty.
//!
//! The till learns yes or no. It asks for a signature with the 署名用
//! certificate, looks at nothing but the date of birth in it, and forgets the
//! rest. The cards are the testbed's.

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{Kind, ProfileTable, SignedDocument, SigningRequest, SigningVerifier};
use tashika::person::AtLeast;
use tashika::revocation::{CertificateList, ListSet, Policy, ScopePolicy};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::trust::{Environment, TrustStore};
use tashika::{Duration, Language, Time};
use tashika_testbed::{self as testbed, Generation, Hash, Register, Scheme, Testbed};

/// The age from which alcohol and tobacco are sold.
const AGE: u8 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let now = Time::from_unix(i64::try_from(seconds)?);
    let world = Testbed::fresh(now.as_unix());
    let till = Till::new(&world)?;
    for (number, _) in (0_u32..).zip(world.people()) {
        let request = till.request(now)?;
        let document = sign(&world.card(number), &request);
        let shown = match till.may_buy(&document, now) {
            Ok(AtLeast::Yes) => "green".to_owned(),
            Ok(AtLeast::No) => "red".to_owned(),
            // An unknown part of the date of birth: a member of staff decides.
            Ok(AtLeast::Unknown) => "please wait for a member of staff".to_owned(),
            Err(error) => error.code().message().text(Language::English).to_owned(),
        };
        println!("customer {number}: {shown}");
    }
    Ok(())
}

struct Till {
    audience: Audience,
    verifier: SigningVerifier,
    lists: ListSet,
}

impl Till {
    fn new(world: &Testbed) -> Result<Self, tashika::Error> {
        let kind = testbed::Kind::Signing;
        let root = world.authority(kind, Generation::Third).certificate();
        let trust = TrustStore::builder(Environment::Test)
            .anchor(Kind::Signing.purpose(), root)?
            .build()?;
        let algorithms = AlgorithmTable::standard();
        let mut lists = ListSet::new();
        for list in world.lists(&Register::new(), kind, Generation::Third) {
            let list = CertificateList::from_der(&list.der)?;
            lists.add(list.verify(&trust, Kind::Signing.purpose(), &algorithms)?)?;
        }
        Ok(Self {
            audience: Audience {
                relying_party: RelyingParty::from_origin("https://shop.example")?,
                purpose: Purpose::named("age-check")?,
            },
            verifier: SigningVerifier::new(trust, ProfileTable::standard(), algorithms)?,
            lists,
        })
    }

    fn request(&self, now: Time) -> Result<SigningRequest, tashika::Error> {
        let binding = Binding {
            audience: self.audience.clone(),
            transaction: TransactionId::generate()?,
            expires: now.plus(Duration::minutes(2)),
        };
        let text = format!("{AGE}歳以上であることの確認").into_bytes();
        Ok(SigningRequest::new(binding, text))
    }

    /// Whether the signer has turned [`AGE`]. The proof, and with it the
    /// person, is dropped here.
    fn may_buy(&self, document: &SignedDocument, now: Time) -> Result<AtLeast, tashika::Error> {
        let unconfirmed = self.verifier.check(document, now)?;
        let scope = ScopePolicy::production();
        let status = self.lists.status(unconfirmed.query(), &scope, now);
        let proof = unconfirmed.confirm(&status, &Policy::strict(Duration::hours(48)), now)?;
        proof.request(&self.audience, now)?;
        proof.holder().has_reached(AGE, now)
    }
}

/// What the customer's card does.
fn sign(card: &testbed::Card, request: &SigningRequest) -> SignedDocument {
    let bytes = request.to_bytes();
    let signature = card.sign_raw(Scheme::Pkcs1(Hash::Sha256), &bytes);
    SignedDocument::raw(
        card.signing().certificate().to_vec().into(),
        signature.into(),
        bytes.into(),
    )
}
