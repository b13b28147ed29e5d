//! What is known about a document itself.

use bytes::Bytes;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::status::{
    RecordPolicy, RecordStatus, StatusPolicy, StatusVerifier, signer_profile,
};
use tashika::mdoc::{PresentationVerifier, Presented, UnconfirmedPresentation};
use tashika::x509::ExtendedKeyUsageRule;
use tashika::{Code, Duration, Error, Time};

use crate::vectors::presentation::{self, Presentation, Status};
use crate::vectors::{Octets, run::mdoc::trust};

impl Presentation {
    pub(super) fn record_policy(&self) -> RecordPolicy {
        match self.status.as_ref().map(|status| status.policy) {
            Some(presentation::RecordPolicy::Required) => RecordPolicy::Required,
            Some(presentation::RecordPolicy::DangerIgnored) => RecordPolicy::DangerIgnored,
            Some(presentation::RecordPolicy::WhereAvailable) | None => RecordPolicy::WhereAvailable,
        }
    }

    /// What the token says about the document that is looked up; none without
    /// a token, or for a document that names no list.
    pub(super) fn record(
        &self,
        checked: &UnconfirmedPresentation,
        verifier: &PresentationVerifier,
        now: Time,
    ) -> Result<Option<RecordStatus>, Error> {
        let Some((status, token)) = self.status.as_ref().and_then(Status::with_token) else {
            return Ok(None);
        };
        let Some(other) = &status.looked_up_for else {
            return status.record(checked, token, now);
        };
        let response = Bytes::from(other.0.clone());
        let transcript = self.transcript.as_ref().map(|t| t.value()).transpose()?;
        let transcript = transcript.ok_or(Error::new(Code::MisuseArgument))?;
        let presented = Presented::new(&response, &transcript);
        let other = verifier.check(&presented, &self.requested()?, now)?;
        status.record(&other, token, now)
    }
}

impl Status {
    fn with_token(&self) -> Option<(&Self, &Octets)> {
        self.token.as_ref().map(|token| (self, token))
    }

    fn record(
        &self,
        checked: &UnconfirmedPresentation,
        token: &Octets,
        now: Time,
    ) -> Result<Option<RecordStatus>, Error> {
        let profile = signer_profile(ExtendedKeyUsageRule::Absent);
        let trust = trust(self.anchors.iter())?;
        let verifier = StatusVerifier::new(trust, profile, AlgorithmTable::standard());
        let policy = StatusPolicy::strict(Duration::seconds(self.max_age));
        let reference = checked.questions().find_map(|question| question.record());
        let status =
            reference.map(|reference| verifier.status(reference, token.as_ref(), &policy, now));
        Ok(status)
    }
}
