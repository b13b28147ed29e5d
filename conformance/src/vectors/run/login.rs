//! A login before the sdk.

use bytes::Bytes;
use http::Response;
use http::header::CONTENT_TYPE;
use tashika::auth_app::{
    AccessTokenHash, Acr, AcrPolicy, AuthenticationAge, Callback, ClientId, Fault, IdTokenPolicy,
    JwsAlgorithm, KeySet, LoginRequest, LoginSecrets, PendingLogin, Provider, RedirectUri, Refusal,
    RefusalTable, Registration, ResponseIssuer, Scope, Scopes, SignedToken, TokenKind,
    VerifiedLogin,
};
use tashika::transaction::{Binding, TransactionId};
use tashika::{Duration, Error, Time, Trace, person};

use super::{Accepted, Outcome, Step, at, misused};
use crate::vectors::login::{self, Login, Reply, Sex, Since, Token, Told};
use crate::vectors::{Octets, Vector};

impl Vector {
    pub(super) fn login(&self) -> Outcome {
        let login = self.inputs.login.as_ref();
        let login = login.map_or_else(misused, Ok).map_err(at(Step::Setup))?;
        let proof = login.finish(self.now())?;
        Ok(Accepted {
            trace: proof.trace(),
            reached: None,
            told: Some(Told::of(&proof, self.now())),
        })
    }

    pub(super) fn token(&self) -> Outcome {
        let token = self.inputs.token.as_ref();
        let token = token.map_or_else(misused, Ok).map_err(at(Step::Setup))?;
        token.verify()
    }
}

impl Login {
    fn finish(&self, now: Time) -> Result<VerifiedLogin, (Step, Error)> {
        let registration = self.registration.value().map_err(at(Step::Setup))?;
        let other = self.goes_on_with.as_ref();
        let other = other.map(|(since, other)| Ok((*since, other.value()?)));
        let other = other.transpose().map_err(at(Step::Setup))?;
        let with = |step| match &other {
            Some((since, other)) if *since <= step => other,
            Some(_) | None => &registration,
        };
        let pending = self.begin(&registration).map_err(at(Step::Setup))?;
        let callback = Callback::from_query(&self.callback).map_err(at(Step::Read))?;
        let cookie = self.cookie.as_deref();
        let authorized = pending.receive(callback, cookie, with(Since::Callback), now);
        let authorized = authorized.map_err(at(Step::Callback))?;
        let answer = self.tokens.response().map_err(at(Step::Setup))?;
        let tokens = authorized.tokens(with(Since::Callback), &answer);
        let tokens = tokens.map_err(failed)?;
        let keys = KeySet::read(self.jwks.as_bytes()).map_err(at(Step::Read))?;
        let person = tokens.verify(with(Since::IdToken), &keys, now);
        let person = person.map_err(at(Step::Check))?;
        match &self.userinfo {
            None => person.without_userinfo().map_err(at(Step::Check)),
            Some(answer) => {
                let answer = answer.response().map_err(at(Step::Setup))?;
                person.userinfo(&answer).map_err(failed)
            }
        }
    }

    fn begin(&self, registration: &Registration) -> Result<PendingLogin, Error> {
        let entropy = &self.entropy;
        let binding = Binding {
            audience: self.audience.value()?,
            transaction: TransactionId::from_entropy(array(&entropy.transaction)?),
            expires: Time::from_unix(self.expires),
        };
        let secrets = LoginSecrets::from_entropy(
            array(&entropy.state)?,
            array(&entropy.nonce)?,
            array(&entropy.verifier)?,
            array(&entropy.browser)?,
        );
        let request = LoginRequest::new(self.scopes()?).with_acr(self.acr()?);
        let begun = PendingLogin::begin_with_secrets(binding, registration, request, secrets)?;
        Ok(begun.pending)
    }

    fn scopes(&self) -> Result<Scopes, Error> {
        self.scopes.iter().try_fold(Scopes::openid(), |all, name| {
            let scope = Scope::ALL.iter().find(|scope| scope.as_str() == name);
            Ok(all.with(*scope.map_or_else(misused, Ok)?))
        })
    }

    fn acr(&self) -> Result<AcrPolicy, Error> {
        let classes = |names: &[String]| {
            let classes = names.iter().map(|name| Acr::named(name));
            classes.collect::<Result<Vec<_>, _>>()
        };
        let asked = AcrPolicy::of(classes(&self.acr)?)?;
        match self.acr_required.as_deref() {
            None => Ok(asked),
            Some([]) => Ok(asked.danger_requiring_none()),
            Some(names) => asked.requiring(classes(names)?),
        }
    }
}

impl login::Registration {
    fn value(&self) -> Result<Registration, Error> {
        let named = if self.callbacks_name_it {
            ResponseIssuer::Always
        } else {
            ResponseIssuer::IfPresent
        };
        let provider = Provider::at(&self.base)?.with_response_issuer(named);
        let client_id = ClientId::new(&self.client_id)?;
        let redirect_uri = RedirectUri::new(&self.redirect_uri)?;
        Ok(Registration::new(provider, client_id, redirect_uri)
            .with_tokens(self.policy()?)
            .with_refusals(self.table()?))
    }

    fn policy(&self) -> Result<IdTokenPolicy, Error> {
        let mut policy = IdTokenPolicy::standard();
        if let Some(names) = &self.algorithms {
            policy = policy.with_algorithms(algorithms(names)?)?;
        }
        if let Some(seconds) = self.skew {
            policy = policy.with_skew(Duration::seconds(seconds))?;
        }
        if self.at_hash_if_present {
            policy = policy.with_access_token_hash(AccessTokenHash::IfPresent);
        }
        if let Some(seconds) = self.authenticated_within {
            let within = AuthenticationAge::Within(Duration::seconds(seconds));
            policy = policy.with_authentication_age(within);
        }
        Ok(policy)
    }

    fn table(&self) -> Result<RefusalTable, Error> {
        let mut refusals = self.refusals.iter();
        refusals.try_fold(RefusalTable::standard(), |table, (name, meaning)| {
            table.with(name, meaning.value())
        })
    }
}

impl login::Refusal {
    fn value(self) -> Refusal {
        match self {
            Self::Expired => Refusal::Expired,
            Self::Certificate => Refusal::Certificate,
            Self::PinLocked => Refusal::PinLocked,
            Self::NoPin => Refusal::NoPin,
            Self::AppMissing => Refusal::AppMissing,
        }
    }
}

impl Reply {
    fn response(&self) -> Result<Response<Bytes>, Error> {
        let mut response = Response::builder().status(self.status);
        if let Some(content_type) = &self.content_type {
            response = response.header(CONTENT_TYPE, content_type);
        }
        let response = response.body(self.body.clone().into());
        response.or_else(|_| misused())
    }
}

impl Told {
    fn of(login: &VerifiedLogin, now: Time) -> Self {
        let claims = login.claims();
        let age = || login.age_on(now.date_in_japan().ok()?);
        let owned = str::to_owned;
        Self {
            subject: login.subject().as_str().to_owned(),
            acr: login.acr().map(owned),
            authenticated_at: login.authenticated_at().map(Time::as_unix),
            name: claims.name().map(owned),
            address: claims.address().map(owned),
            birthdate: claims.birthdate().map(|d| (d.as_str().to_owned(), age())),
            gender: claims.gender().map(|gender| {
                let sex = gender.sex().and_then(Sex::of);
                (gender.as_str().to_owned(), sex)
            }),
        }
    }
}

impl Sex {
    fn of(sex: person::Sex) -> Option<Self> {
        match sex {
            person::Sex::Male => Some(Self::Male),
            person::Sex::Female => Some(Self::Female),
            _ => None,
        }
    }
}

impl Token {
    fn verify(&self) -> Outcome {
        let allowed = algorithms(&self.algorithms).map_err(at(Step::Setup))?;
        let token = SignedToken::read(&self.compact, TokenKind::DangerAny, &allowed);
        let token = token.map_err(at(Step::Check))?;
        let keys = KeySet::read(self.jwks.as_bytes()).map_err(at(Step::Read))?;
        token.danger_verify(&keys).map_err(at(Step::Check))?;
        Ok(Trace::default().into())
    }
}

fn algorithms(names: &[String]) -> Result<Vec<JwsAlgorithm>, Error> {
    let known = [JwsAlgorithm::Es256, JwsAlgorithm::Rs256];
    let find = |name: &String| known.into_iter().find(|known| known.as_str() == name);
    let found = names.iter().map(find).collect::<Option<_>>();
    found.map_or_else(misused, Ok)
}

fn array<const N: usize>(octets: &Octets) -> Result<[u8; N], Error> {
    octets.as_ref().try_into().or_else(|_| misused())
}

fn failed(fault: Fault) -> (Step, Error) {
    (Step::Check, fault.error())
}
