//! Whether documents themselves are revoked, from tokens on disk.

use bytes::Bytes;
use der::oid::ObjectIdentifier;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::status::{
    RecordStatus, StatusPolicy, StatusReference, StatusVerifier, signer_profile,
};
use tashika::x509::ExtendedKeyUsageRule;
use tashika::{Duration, Time, limits};

use crate::anchors;
use crate::cli::mdoc::Presentation;
use crate::exit::Failure;
use crate::input;

/// The tokens, and who verifies them; none if no token was given.
pub(super) struct Records(Option<Verified>);

struct Verified {
    verifier: StatusVerifier,
    policy: StatusPolicy,
    tokens: Vec<Bytes>,
}

impl Records {
    pub(super) fn new(options: &Presentation) -> Result<Self, Failure> {
        let record = &options.record;
        let (false, Some(usage)) = (record.status_token.is_empty(), &record.status_eku) else {
            return Ok(Self(None));
        };
        let trust = anchors::load_status(&options.trust, options.terms())?;
        let profile = signer_profile(extended_key_usage(usage)?);
        let tokens = record.status_token.iter();
        let tokens: Result<_, Failure> = tokens
            .map(|path| input::read(path, limits::STATUS_TOKEN))
            .collect();
        let max_age = Duration::hours(i64::from(options.max_age));
        let skew = Duration::seconds(i64::from(options.clock_skew));
        Ok(Self(Some(Verified {
            verifier: StatusVerifier::new(trust, profile, AlgorithmTable::standard()),
            policy: StatusPolicy::strict(max_age).with_clock_skew(skew),
            tokens: tokens?,
        })))
    }

    /// What the tokens say about one document; none if there is no token.
    pub(super) fn status(&self, reference: &StatusReference, at: Time) -> Option<RecordStatus> {
        let Verified {
            verifier,
            policy,
            tokens,
        } = self.0.as_ref()?;
        let statuses = tokens.iter();
        let statuses = statuses.map(|token| verifier.status(reference, token, policy, at));
        statuses.reduce(RecordStatus::and)
    }
}

fn extended_key_usage(usage: &str) -> Result<ExtendedKeyUsageRule, Failure> {
    if usage == "absent" {
        return Ok(ExtendedKeyUsageRule::Absent);
    }
    let oid = ObjectIdentifier::new(usage);
    let text = "--status-eku: an object identifier such as 1.3.6.1.5.5.7.3.30, or absent";
    oid.map(ExtendedKeyUsageRule::Exactly)
        .map_err(|_| Failure::Usage(text.to_owned()))
}
