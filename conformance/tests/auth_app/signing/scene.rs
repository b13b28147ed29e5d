//! A bank, the provider with its signing API, the operator, and a customer with a
//! card.

use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use tashika::auth_app::signing::{
    AuthenticatedSigner, AuthorizedSigning, OperatorProfile, PendingSigning, PlainSignature,
    RawOctets, SealedResult, SignInput, SignTransaction, SignatureRequest, SignerExpectation,
    SigningOperator, SigningProfile, SigningResult, SigningToken, ToSign, VerifiedSigning,
};
use tashika::auth_app::{
    AssertionAudience, AssertionId, AssertionKey, AssertionKeys, Callback, ClientAssertion,
    ClientId, Fault, KeySet, PrivateKeyJwt, Provider, RedirectUri, Refusal, RefusalTable,
    Registration, Subject,
};
use tashika::revocation::{ListSet, Policy, ScopePolicy};
use tashika::signer::{EcdsaSigner, Immediate};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::{Code, Duration, Error, Time};
use tashika_conformance::desk::{Desk, NOW};
use tashika_testbed::auth_app as testbed;
use tashika_testbed::auth_app::{
    Choice, Citizen, ClientKey, RegisteredClient, ResultForm, Settings, SigningSettings,
};
use tashika_testbed::{Algorithm, KeyPair, Kind, Register, Rng};

pub(super) const CLIENT: &str = "Bank1";
const REDIRECT_URI: &str = "https://bank.example/sign/callback";
pub(super) const DOCUMENT: &[u8] = b"I open an account at the bank.";

pub(super) static DESK: LazyLock<Desk> =
    LazyLock::new(|| Desk::new(71, Algorithm::RSA_2048).unwrap());

pub(super) struct Scene {
    pub(super) provider: testbed::Provider,
    pub(super) operator: testbed::SigningOperator,
    pub(super) registration: Registration,
    pub(super) profile: SigningProfile,
    /// Whom the provider calls so is hanako.
    pub(super) hanako: Subject,
    pub(super) client: PrivateKeyJwt,
}

/// All three forms of one document, which is short enough for the last.
pub(super) fn inputs() -> [SignInput; 3] {
    let document = || ToSign::document(DOCUMENT);
    [
        SignInput::Sha256DigestInfo(document()),
        SignInput::BareSha256(document()),
        SignInput::Raw(RawOctets::danger_new(DOCUMENT).unwrap()),
    ]
}

pub(super) fn standard() -> SignInput {
    SignInput::Sha256DigestInfo(ToSign::document(DOCUMENT))
}

pub(super) fn binding() -> Binding {
    Binding {
        audience: Audience {
            relying_party: RelyingParty::from_origin("https://bank.example").unwrap(),
            purpose: Purpose::named("open-account").unwrap(),
        },
        transaction: TransactionId::generate().unwrap(),
        expires: NOW.plus(Duration::minutes(10)),
    }
}

impl Scene {
    pub(super) fn new(form: ResultForm) -> Self {
        Self::with(form, |_| ())
    }

    pub(super) fn with(form: ResultForm, change: impl FnOnce(&mut Settings)) -> Self {
        let operator = testbed::SigningOperator::start(72).unwrap();
        let mut settings = Settings {
            signing: SigningSettings {
                form,
                operator: Some(operator.public_key()),
                ..SigningSettings::default()
            },
            ..Settings::default()
        };
        change(&mut settings);
        let provider = testbed::Provider::start(settings).unwrap();
        let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(73));
        let registered = RegisteredClient::new(CLIENT, REDIRECT_URI, ClientKey::of(&key));
        provider.register(registered);
        let card = DESK.card();
        let hanako = Citizen::new("hanako", card.person()).signing(card.signing());
        let hanako = Subject::known(&provider.enrol(hanako)).unwrap();
        let other = DESK.testbed().card(1);
        let shota = Citizen::new("shota", other.person()).signing(other.signing());
        provider.enrol(shota);
        Self {
            registration: registration(&provider),
            client: client(&provider, &key),
            operator,
            provider,
            hanako,
            profile: SigningProfile::standard(),
        }
    }

    /// Asks the provider, or whoever has this name.
    pub(super) fn ask(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let headers: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let target = request.uri().path_and_query().unwrap().as_str();
        let method = request.method().as_str();
        let answer = self
            .provider
            .handle(method, target, &headers, request.body());
        response(answer)
    }

    pub(super) fn assertion(&self) -> ClientAssertion {
        let id = AssertionId::generate().unwrap();
        let unsigned = self.client.prepare(id, self.now()).unwrap();
        // The key is in memory: it signs at once.
        let mut waiting = Context::from_waker(Waker::noop());
        match pin!(unsigned.sign()).poll(&mut waiting) {
            Poll::Ready(assertion) => assertion.unwrap(),
            Poll::Pending => panic!("a key in memory waits for nothing"),
        }
    }

    pub(super) fn now(&self) -> Time {
        Time::from_unix(self.provider.now())
    }

    pub(super) fn token(&self) -> SigningToken {
        let request = SigningToken::request(&self.registration, &self.profile, &self.assertion());
        let answer = self.ask(&request.unwrap());
        SigningToken::read(&self.registration, &answer, self.now()).unwrap()
    }

    /// A transaction for `sent`, of which we think that it is for `meant`.
    pub(super) fn transaction(&self, sent: &SignInput, meant: SignInput) -> SignTransaction {
        let (registration, profile) = (&self.registration, &self.profile);
        let request = self
            .token()
            .transaction_request(registration, profile, sent);
        let answer = self.ask(&request.unwrap());
        SignTransaction::read(registration, profile, meant, &answer).unwrap()
    }

    /// The browser came back from where somebody made this choice.
    pub(super) fn received(
        &self,
        transaction: SignTransaction,
        signer: SignerExpectation,
        choice: Choice,
    ) -> Result<AuthorizedSigning, Error> {
        let request = SignatureRequest::new(signer);
        let begun = PendingSigning::begin(binding(), &self.registration, transaction, request)?;
        let back = self.provider.authorize(&begun.url, choice);
        let callback = Callback::from_query(back.split_once('?').unwrap().1)?;
        let browser = Some(begun.browser.value());
        let now = self.now();
        begun
            .pending
            .receive(callback, browser, &self.registration, now)
    }

    pub(super) fn authenticated(
        &self,
        transaction: SignTransaction,
        signer: SignerExpectation,
    ) -> Result<AuthenticatedSigner, Code> {
        let choice = Choice::citizen("hanako");
        let received = self.received(transaction, signer, choice).unwrap();
        let request = received.token_request(&self.registration, &self.assertion());
        let tokens = received.tokens(&self.registration, &self.ask(&request.unwrap()));
        let keys = Request::get(self.registration.provider().jwks_uri()).body(Bytes::new());
        let keys = KeySet::read(self.ask(&keys.unwrap()).body()).unwrap();
        let verified = tokens
            .unwrap()
            .verify(&self.registration, &keys, self.now());
        verified.map_err(|error| error.code())
    }

    /// Hanako has signed `sent`, and we think that it was `meant`.
    pub(super) fn signer(&self, sent: &SignInput, meant: SignInput) -> AuthenticatedSigner {
        let transaction = self.transaction(sent, meant);
        let hanako = SignerExpectation::SameAs(self.hanako.clone());
        self.authenticated(transaction, hanako).unwrap()
    }

    pub(super) fn result(&self, signer: &AuthenticatedSigner) -> Result<SigningResult, Fault> {
        let request = signer.result_request(&self.registration, &self.profile);
        signer.result(&self.profile, &self.ask(&request.unwrap()))
    }

    pub(super) fn plain(&self, sent: &SignInput, meant: SignInput) -> PlainSignature {
        let result = self.result(&self.signer(sent, meant)).unwrap();
        result.plain().unwrap()
    }

    pub(super) fn sealed(&self, sent: &SignInput, meant: SignInput) -> SealedResult {
        let result = self.result(&self.signer(sent, meant)).unwrap();
        result.sealed().unwrap()
    }

    pub(super) fn operator(&self) -> SigningOperator {
        SigningOperator::at(&self.operator.url(), OperatorProfile::standard()).unwrap()
    }

    pub(super) fn verified(&self, sealed: &SealedResult) -> Result<VerifiedSigning, Fault> {
        let operator = self.operator();
        let request = sealed.request(&operator).unwrap();
        let (status, body) = self.operator.ask(request.body());
        let json = [("content-type".to_owned(), "application/json".to_owned())];
        sealed.verify(&operator, &response((status, json.to_vec(), body)))
    }
}

/// What our own verifier says, with the list of the card's municipality.
pub(super) fn confirm(
    plain: PlainSignature,
    register: &Register,
) -> Result<VerifiedSigning, Error> {
    let verifier = DESK.signing(tashika::algorithm::AlgorithmTable::standard())?;
    let unconfirmed = plain.check(&verifier, NOW)?;
    let mut lists = ListSet::new();
    let list = DESK.list(Kind::Signing, register);
    lists.add(DESK.read_list(Kind::Signing, &list)?)?;
    let status = lists.status(unconfirmed.query(), &ScopePolicy::production(), NOW);
    unconfirmed.confirm(&status, &Policy::strict(Duration::hours(48)), NOW)
}

fn registration(provider: &testbed::Provider) -> Registration {
    let provider = Provider::at(&provider.base()).unwrap();
    let redirect_uri = RedirectUri::new(REDIRECT_URI).unwrap();
    let refusals = RefusalTable::standard()
        .with("transaction_expired", Refusal::Expired)
        .and_then(|table| table.with("no_pin", Refusal::NoPin));
    Registration::new(provider, ClientId::new(CLIENT).unwrap(), redirect_uri)
        .with_refusals(refusals.unwrap())
}

fn client(provider: &testbed::Provider, key: &KeyPair) -> PrivateKeyJwt {
    let signer = EcdsaSigner::from_pkcs8(&key.pkcs8()).unwrap();
    let begins = Time::from_unix(0);
    let key = AssertionKey::new(Arc::new(Immediate::new(signer)), begins).unwrap();
    let audience = AssertionAudience::new(&provider.url(testbed::Endpoint::Token)).unwrap();
    let keys = AssertionKeys::new(vec![key]).unwrap();
    PrivateKeyJwt::new(ClientId::new(CLIENT).unwrap(), audience, keys)
}

fn response((status, headers, body): (u16, Vec<(String, String)>, Vec<u8>)) -> Response<Bytes> {
    let head = Response::builder().status(status);
    let head = headers
        .iter()
        .fold(head, |head, (name, value)| head.header(name, value));
    head.body(body.into()).unwrap()
}
