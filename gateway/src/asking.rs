//! Who is asked whether a certificate is revoked, as the arguments say.

use std::path::Path;
use std::sync::Arc;

use tashika::Time;
use tashika::algorithm::AlgorithmTable;
use tashika::revocation::operator::{OperatorClient, Token};
use tashika::revocation::{
    Answer, CheckPurpose, Checker, Endpoint, ListStore, Lists, OcspClient, OcspPolicy,
    OcspResponder, OcspVerifier, OutagePolicy, OutageTable, Plan, Policy, RevocationQuery, State,
    TombstoneKey, Tombstones, WhenFresh, WhenOverdue,
};
use tashika::transport::{BreakerPolicy, Load, TransportError};
use tashika::trust::{Purpose, TrustStore};
use tashika::{Duration, Error};
use tokio::runtime::{Builder, Runtime};

use crate::cli::{self, Ask, Options};
use crate::exit::Failure;
use crate::{input, key, lists, transport};

/// Octets of a file with a token, and of one with policies.
const TOKEN: usize = 16 * 1024;
const POLICIES: usize = 1024 * 1024;

/// Asks about certificates of one purpose.
pub(crate) struct Asking {
    checker: Checker,
    /// The lists where the plan has none: what they call revoked is revoked,
    /// whoever else is asked.
    beside: Option<Checker>,
    policy: Policy,
    purpose: CheckPurpose,
    runtime: Runtime,
}

/// What the arguments name, each as it is asked.
struct BackEnds {
    lists: Option<Lists>,
    ocsp: Option<OcspClient>,
    operator: Option<OperatorClient>,
}

impl Asking {
    pub(crate) fn new(
        options: &Options,
        trust: &TrustStore,
        purpose: Purpose,
    ) -> Result<Self, Failure> {
        let outage = options.asking.outage_policy()?;
        let policy = outage.policy()?;
        let back_ends = BackEnds::new(options, trust, purpose, &outage)?;
        let beside = back_ends.lists.clone();
        let plan = back_ends.plan(options.asking.ask)?;
        let tombstones = Arc::new(Tombstones::in_memory(TombstoneKey::generate()?));
        let beside = beside.filter(|_| plan.lists().is_none());
        let beside = beside.map(|lists| {
            let tombstones = Arc::clone(&tombstones);
            Checker::new(Plan::Crl(lists), policy, tombstones)
        });
        Ok(Self {
            checker: Checker::new(plan, policy, tombstones),
            beside,
            policy,
            purpose: options.asking.purpose.into(),
            runtime: Builder::new_current_thread().enable_all().build()?,
        })
    }

    /// Asks lists alone.
    pub(crate) fn of_lists(lists: Lists, policy: Policy) -> Result<Self, Failure> {
        let tombstones = Arc::new(Tombstones::in_memory(TombstoneKey::generate()?));
        Ok(Self {
            checker: Checker::new(Plan::Crl(lists), policy, tombstones),
            beside: None,
            policy,
            purpose: CheckPurpose::SignatureVerification,
            runtime: Builder::new_current_thread().enable_all().build()?,
        })
    }

    pub(crate) fn ask(&self, query: &RevocationQuery, now: Time) -> Answer {
        self.runtime.block_on(async {
            if let Some(lists) = &self.beside {
                let answer = lists.check(query, self.purpose, now).await;
                if let State::Revoked { .. } = answer.status().state() {
                    return answer;
                }
            }
            self.checker.check(query, self.purpose, now).await
        })
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl BackEnds {
    fn new(
        options: &Options,
        trust: &TrustStore,
        purpose: Purpose,
        outage: &OutagePolicy,
    ) -> Result<Self, Failure> {
        let (revocation, asking) = (&options.revocation, &options.asking);
        if revocation.ocsp.is_some() && revocation.operator.is_some() {
            let text = "--ocsp and --operator are not asked together";
            return Err(Failure::Usage(text.to_owned()));
        }
        let lists = options.lists(trust, purpose)?;
        let remote = revocation
            .ocsp
            .as_deref()
            .or(revocation.operator.as_deref());
        let Some(url) = remote else {
            return Ok(Self {
                lists,
                ocsp: None,
                operator: None,
            });
        };
        let endpoint = asking.endpoint(url)?;
        if revocation.operator.is_some() {
            return Ok(Self {
                lists,
                ocsp: None,
                operator: Some(asking.operator(endpoint)?),
            });
        }
        let verifier = asking.verifier(trust, purpose, outage);
        let mut responder = OcspResponder::new(endpoint, verifier);
        if let Some(lists) = lists.clone() {
            responder = responder.with_delegate_lists(lists, outage.policy()?);
        }
        Ok(Self {
            lists,
            ocsp: Some(OcspClient::new().with(responder)),
            operator: None,
        })
    }

    /// The plan that was asked for, or else that of all that are given.
    fn plan(self, ask: Option<Ask>) -> Result<Plan, Failure> {
        let ask = ask.unwrap_or(match (&self.lists, &self.ocsp, &self.operator) {
            (_, _, Some(_)) => Ask::Operator,
            (Some(_), Some(_), None) => Ask::Both,
            (None, Some(_), None) => Ask::Ocsp,
            (_, None, None) => Ask::Crl,
        });
        let needs = match (ask, self.lists, self.ocsp, self.operator) {
            (Ask::Crl, Some(lists), None, None) => return Ok(Plan::Crl(lists)),
            (Ask::Ocsp, _, Some(ocsp), None) => return Ok(Plan::Ocsp(ocsp)),
            (Ask::Both, Some(lists), Some(ocsp), None) => return Ok(Plan::Both(lists, ocsp)),
            (Ask::CrlElseOcsp, Some(lists), Some(ocsp), None) => {
                return Ok(Plan::CrlElseOcsp(lists, ocsp));
            }
            (Ask::Operator, _, None, Some(operator)) => {
                return Ok(Plan::Operator(Arc::new(operator)));
            }
            (Ask::Crl, ..) => "--ask crl needs --crl or --store, and neither --ocsp nor --operator",
            (Ask::Ocsp, ..) => "--ask ocsp needs --ocsp",
            (Ask::Both, ..) => "--ask both needs --ocsp, and --crl or --store",
            (Ask::CrlElseOcsp, ..) => "--ask crl-else-ocsp needs --ocsp, and --crl or --store",
            (Ask::Operator, ..) => "--ask operator needs --operator",
        };
        Err(Failure::Usage(needs.to_owned()))
    }
}

impl Options {
    /// The lists that are given, if any.
    fn lists(&self, trust: &TrustStore, purpose: Purpose) -> Result<Option<Lists>, Failure> {
        let scope = self.scope();
        if let Some(path) = &self.revocation.store {
            let store = ListStore::open(path, trust.clone());
            let store = store.map_err(|source| Failure::store(path, source))?;
            let ask = move |query: &RevocationQuery, now| store.status(query, &scope, now);
            return Ok(Some(Lists::new(ask)));
        }
        if self.revocation.crl.is_empty() {
            return Ok(None);
        }
        let set = lists::load(&self.revocation.crl, trust, purpose)?;
        Ok(Some(Lists::of_set(Arc::new(set), scope)))
    }
}

impl cli::Asking {
    /// What answers are worth: by the file, or by the other arguments.
    fn outage_policy(&self) -> Result<OutagePolicy, Failure> {
        let seconds = |hours: u32| hours.saturating_mul(3600);
        let (Some(path), Some(use_case)) = (&self.outage_policy, &self.use_case) else {
            return Ok(OutagePolicy {
                max_age: seconds(self.max_age),
                grace: seconds(self.grace),
                clock_skew: self.clock_skew,
                fresh: WhenFresh::Accept,
                // There is none unless it was asked for.
                within_grace: WhenOverdue::DangerAcceptAndFlag,
                expired: WhenOverdue::Undetermined,
            });
        };
        let misuse = |text: &str| Failure::Usage(format!("{}: {text}", path.display()));
        let table = input::read(path, POLICIES)?;
        let table: OutageTable =
            serde_json::from_slice(&table).map_err(|error| misuse(&error.to_string()))?;
        let mut cases = table.cases();
        let case = cases.find(|(name, _)| name == use_case);
        let (_, policy) = case.ok_or_else(|| misuse("no such use case"))?;
        let contradicts = "it accepts what has expired, but not what is within grace";
        policy.policy().map_err(|_| misuse(contradicts))?;
        Ok(*policy)
    }

    fn endpoint(&self, url: &str) -> Result<Endpoint, Failure> {
        let uri = transport::url(url).map_err(|text| Failure::Usage(text.to_owned()))?;
        let transport = self.http.transport(std::iter::once(&uri))?;
        let client = transport.under(&Load::standard());
        let misuse = |error: TransportError| Failure::Usage(error.to_string());
        Endpoint::new(url, client, BreakerPolicy::standard()).map_err(misuse)
    }

    fn verifier(
        &self,
        trust: &TrustStore,
        purpose: Purpose,
        outage: &OutagePolicy,
    ) -> OcspVerifier {
        let seconds = |number: u32| Duration::seconds(i64::from(number));
        let policy = OcspPolicy::new(self.ocsp_nonce.into(), seconds(outage.max_age))
            .with_clock_skew(seconds(outage.clock_skew));
        OcspVerifier::new(trust.clone(), purpose, AlgorithmTable::standard(), policy)
    }

    fn operator(&self, endpoint: Endpoint) -> Result<OperatorClient, Failure> {
        let client = OperatorClient::new(endpoint, self.operator_by.into())?;
        match &self.operator_token_file {
            Some(path) => Ok(client.with_token(token(path)?)),
            None => Ok(client),
        }
    }
}

/// A bearer token from a file that nobody else can read.
fn token(path: &Path) -> Result<Token, Failure> {
    key::refuse_exposed(path)?;
    let octets = input::read(path, TOKEN)?;
    let text = str::from_utf8(&octets).unwrap_or_default();
    Token::bearer(text.trim_end()).map_err(|_: Error| {
        let text = "a bearer token is one line of letters, digits and - . _ ~ + / =";
        Failure::Usage(format!("{}: {text}", path.display()))
    })
}
