//! A list says from its index what it says from memory: every list of the
//! vectors and of NIST PKITS, in one piece and in pieces.
//!
//! PKITS comes from the vectors beside the repository or from the archive that
//! `conformance/run peers` unpacks. Without either its rows are ignored.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what cannot be read fails the test"
)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{
    CertificateList, Ingest, IngestError, ListIndex, RevocationQuery, ScopePolicy, Source, State,
    Status,
};
use tashika::trust::{Environment, Fingerprint, Purpose, TrustStore};
use tashika::x509::{
    AuthorityKeyRule, ExtendedKeyUsageRule, KeyUsageRule, LeafProfile, OneHop, PolicyRule,
};
use tashika::{CheckId, Error, Time};
use tashika_testbed::mdoc::Cbor;

/// Octets that are read at once: all, and so few that everything straddles.
const CHUNKS: [usize; 3] = [1 << 20, 61, 1];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vectors();
    assert!(trials.len() > 80, "there are vectors with lists");
    match pkits() {
        Some(folder) => trials.extend(rows(&folder)),
        None => {
            eprintln!("PKITS IS NOT HERE: its lists are ignored (see tests/pkits.rs).");
            let trial = Trial::test("pkits", || Ok(())).with_ignored_flag(true);
            trials.push(trial);
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A list, whom it is believed, and whom it is asked about.
struct Question {
    trust: TrustStore,
    purpose: Purpose,
    certificate: Vec<u8>,
    list: Vec<u8>,
    now: Time,
}

/// What became of a list.
#[derive(Debug, PartialEq)]
struct Said {
    revoked: usize,
    conflicts: u64,
    this_update: Time,
    next_update: Option<Time>,
    number: Option<String>,
    statuses: Vec<Answer>,
}

/// A status under one policy.
#[derive(Debug, PartialEq)]
struct Answer {
    state: State,
    as_of: Option<Time>,
    next_update: Option<Time>,
    digest: Option<Fingerprint>,
}

type Outcome = Result<Said, (String, Vec<CheckId>)>;

impl Question {
    fn check(&self) -> Result<(), Failed> {
        let in_memory = self.in_memory();
        for chunk in CHUNKS {
            let by_index = self.by_index(chunk);
            if by_index != in_memory {
                return Err(format!("{chunk}: {by_index:?}, not {in_memory:?}").into());
            }
        }
        Ok(())
    }

    fn in_memory(&self) -> Outcome {
        let list = CertificateList::from_der(&self.list)
            .and_then(|list| list.verify(&self.trust, self.purpose, &AlgorithmTable::standard()))
            .map_err(refusal)?;
        Ok(Said {
            revoked: list.revoked(),
            conflicts: list.conflicts() as u64,
            this_update: list.this_update(),
            next_update: list.next_update(),
            number: list.number().map(ToString::to_string),
            statuses: self.ask(|query, policy| list.status(query, policy, self.now)),
        })
    }

    fn by_index(&self, chunk: usize) -> Outcome {
        let table = AlgorithmTable::standard();
        let ingest = Ingest::new(self.trust.clone(), vec![self.purpose], table);
        let mut octets = Vec::new();
        let length = self.list.len() as u64;
        let built = ingest
            .in_chunks_of(chunk)
            .build(&self.list[..], length, None, &mut octets)
            .map_err(|error| match error {
                IngestError::Refused(error) => refusal(error),
                other => panic!("{other:?}"),
            })?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index");
        fs::write(&path, octets).unwrap();
        let index = ListIndex::open(&path, &self.trust).unwrap();
        assert_eq!(built.revoked, index.revoked());
        Ok(Said {
            revoked: index.revoked(),
            conflicts: index.conflicts(),
            this_update: index.this_update(),
            next_update: index.next_update(),
            number: index.number().map(ToString::to_string),
            statuses: self.ask(|query, policy| index.status(query, policy, self.now)),
        })
    }

    /// What is said about the certificate, where it is one, under policies
    /// that differ in what a list may lack.
    fn ask(&self, status: impl Fn(&RevocationQuery, &ScopePolicy) -> Status) -> Vec<Answer> {
        let profile = LeafProfile {
            name: "any".into(),
            authority_key: AuthorityKeyRule::DangerOptional,
            key_usage: KeyUsageRule::DangerAnyLeaf,
            extended_key_usage: ExtendedKeyUsageRule::DangerAny,
            policies: PolicyRule::DangerAny,
        };
        let table = AlgorithmTable::standard();
        let hop = OneHop::new(self.trust.clone(), self.purpose, profile, table);
        let issued = hop.check(&self.certificate, self.now);
        let query = issued.and_then(|issued| RevocationQuery::of(&issued)).ok();
        let production = ScopePolicy::production();
        let lax = production
            .danger_certificate_without_distribution_point()
            .danger_list_without_scope()
            .danger_list_without_number()
            .danger_list_without_authority_key()
            .danger_without_deltas()
            .danger_same_name_generations();
        let answers = query.iter().flat_map(|query| {
            let answer = |policy| Answer::of(&status(query, policy));
            [&production, &lax].map(answer)
        });
        answers.collect()
    }
}

impl Answer {
    fn of(status: &Status) -> Self {
        let digest = status.source().map(|source| match source {
            Source::List(list) => list.digest(),
            other => panic!("{other:?}"),
        });
        Self {
            state: status.state(),
            as_of: status.as_of(),
            next_update: status.next_update(),
            digest,
        }
    }
}

fn refusal(error: Error) -> (String, Vec<CheckId>) {
    (error.code().to_string(), error.trace().iter().collect())
}

/// Every list of every vector.
fn vectors() -> Vec<Trial> {
    let root = tashika_conformance::vectors::directory();
    let mut trials = Vec::new();
    for area in fs::read_dir(root).unwrap() {
        let area = area.unwrap().path();
        if !area.is_dir() {
            continue;
        }
        for file in fs::read_dir(area).unwrap() {
            let text = fs::read(file.unwrap().path()).unwrap();
            trials.extend(of_vector(&serde_json::from_slice(&text).unwrap()));
        }
    }
    trials
}

fn of_vector(vector: &Value) -> Vec<Trial> {
    let inputs = &vector["inputs"];
    let octets = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
    let purpose = |value: &Value| match value.as_str() {
        Some("signing") => Purpose::JpkiSigning,
        Some("authentication") => Purpose::JpkiAuthentication,
        Some("mdoc") => Purpose::MdocIssuer,
        other => panic!("{other:?}"),
    };
    let lists = inputs["lists"].as_array().into_iter().flatten();
    let question = |list: &Value| {
        let builder = TrustStore::builder(Environment::Test);
        let own = inputs["anchors"].as_array().unwrap().iter();
        let issuers = inputs["presentation"]["issuers"].as_array();
        let issuers = issuers.into_iter().flatten();
        let roots = issuers.flat_map(|i| i["anchors"].as_array().unwrap());
        let anchors = own.chain(roots);
        let builder = anchors.fold(builder, |builder, anchor| {
            let der = octets(&anchor["certificate"]);
            builder.anchor(purpose(&anchor["purpose"]), &der).unwrap()
        });
        Question {
            trust: builder.build().unwrap(),
            purpose: purpose(&vector["kind"]),
            certificate: match inputs.get("certificate") {
                Some(certificate) => octets(certificate),
                None => signer(&inputs["presentation"]),
            },
            list: octets(list),
            now: Time::from_unix(vector["now"].as_i64().unwrap()),
        }
    };
    let id = vector["id"].as_str().unwrap();
    let trial = |(number, list)| {
        let question = question(list);
        Trial::test(format!("{id}_{number}"), move || question.check())
    };
    lists.enumerate().map(trial).collect()
}

/// The certificate of the signer of a presentation's first document; none
/// where there is no presentation.
fn signer(presentation: &Value) -> Vec<u8> {
    let response = presentation["response"].as_str().unwrap_or_default();
    let response = Cbor::decode(&STANDARD.decode(response).unwrap());
    let certificate = response.and_then(|r| {
        r.get("documents/0/issuerSigned/issuerAuth/1/33")?
            .as_bytes()
    });
    certificate.unwrap_or_default()
}

/// Every list of every row of PKITS, asked about the row's certificate.
fn rows(folder: &Path) -> Vec<Trial> {
    let suite = include_str!("../suites/pkits_onehop.json");
    let suite: Value = serde_json::from_str(suite).unwrap();
    let now = Time::from_unix(suite["time"].as_i64().unwrap());
    let mut trials = Vec::new();
    for row in suite["rows"].as_array().unwrap() {
        let read = |kind: &str, name: &Value, ending: &str| {
            let name = format!("{}.{ending}", name.as_str().unwrap());
            fs::read(folder.join(kind).join(name)).unwrap()
        };
        let anchor = read("certs", &row["anchor"], "crt");
        let builder = TrustStore::builder(Environment::Test);
        let Ok(builder) = builder.anchor(Purpose::JpkiSigning, &anchor) else {
            continue;
        };
        let trust = builder.build().unwrap();
        for (number, list) in row["crls"].as_array().unwrap().iter().enumerate() {
            let question = Question {
                trust: trust.clone(),
                purpose: Purpose::JpkiSigning,
                certificate: read("certs", &row["target"], "crt"),
                list: read("crls", list, "crl"),
                now,
            };
            let name = format!("pkits_{}_{number}", row["id"].as_str().unwrap());
            trials.push(Trial::test(name, move || question.check()));
        }
    }
    assert!(trials.len() > 100, "PKITS has lists");
    trials
}

fn pkits() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let vectors = env::var_os("TASHIKA_VECTORS_DIR")
        .map_or_else(|| root.join("../shared/vectors"), PathBuf::from)
        .join("pkits");
    let archive = env::var_os("TASHIKA_PKITS_DIR").map_or_else(
        || root.join("target/peers/pyhanko-certvalidator-0.33.0"),
        PathBuf::from,
    );
    [vectors, archive.join("tests/fixtures/nist_pkits")]
        .into_iter()
        .find(|folder| folder.join("certs").is_dir() && folder.join("crls").is_dir())
}
