//! On which terms a presentation is verified, as the arguments say.

use std::sync::Arc;

use tashika::Duration;
use tashika::mdoc::{
    AgeEvidence, CertificateProfile, IssuerProfile, JP_MNC, MDL, Need, Requested,
    RequestedDocument, Retention,
};
use tashika::revocation::{ListStore, Lists, Policy, RevocationQuery, ScopePolicy};
use tashika::trust::{Purpose, TrustStore};

use crate::anchors::Terms;
use crate::asking::Asking;
use crate::cli::mdoc::{Asked, Presentation, ProfileArgument};
use crate::exit::Failure;
use crate::lists;

impl Presentation {
    pub(super) fn terms(&self) -> Terms<'_> {
        Terms {
            environment: self.environment,
            pins: &self.pin,
        }
    }

    /// The rules for issuers: those that were named, or those of the type. A card
    /// in a phone counts for a month at most under any of them.
    pub(super) fn profile(&self) -> Result<IssuerProfile, Failure> {
        let doc_type = &*self.asked.doctype;
        let of_type = profile_of(doc_type);
        let other_type = |own: &str| {
            let text = format!("this --profile is for --doctype {own}");
            Err(Failure::Usage(text))
        };
        match self.profile {
            None => Ok(of_type),
            Some(ProfileArgument::JpMnc) if doc_type != JP_MNC => other_type(JP_MNC),
            Some(ProfileArgument::Mdl) if doc_type != MDL => other_type(MDL),
            Some(ProfileArgument::JpMnc | ProfileArgument::Mdl) => Ok(of_type),
            Some(ProfileArgument::Strict) => {
                Ok(of_type.with_certificates(CertificateProfile::StrictMdl))
            }
            Some(ProfileArgument::DangerAnyLeaf) => {
                Ok(of_type.with_certificates(CertificateProfile::DangerAnyLeaf))
            }
        }
    }

    /// Who is asked about signers; none if nobody is.
    pub(super) fn asking(&self, trust: &TrustStore) -> Result<Option<Asking>, Failure> {
        let revocation = &self.revocation;
        if revocation.no_revocation {
            return Ok(None);
        }
        let scope = ScopePolicy::production();
        let lists = match &revocation.store {
            Some(path) => {
                let store = ListStore::open(path, trust.clone());
                let store = store.map_err(|source| Failure::store(path, source))?;
                let ask = move |query: &RevocationQuery, now| store.status(query, &scope, now);
                Lists::new(ask)
            }
            None => {
                let set = lists::load(&revocation.crl, trust, Purpose::MdocIssuer)?;
                Lists::of_set(Arc::new(set), scope)
            }
        };
        let max_age = Duration::hours(i64::from(self.max_age));
        let skew = Duration::seconds(i64::from(self.clock_skew));
        let policy = Policy::strict(max_age).with_clock_skew(skew);
        Asking::of_lists(lists, policy).map(Some)
    }
}

/// The rules for issuers of a type of document.
pub(crate) fn profile_of(doc_type: &str) -> IssuerProfile {
    match doc_type {
        JP_MNC => IssuerProfile::jp_mnc(),
        MDL => IssuerProfile::mdl(),
        other => IssuerProfile::strict(other),
    }
}

impl Asked {
    /// What was asked for.
    /// Those `retained` are meant to be kept.
    pub(crate) fn requested(&self, retained: &[String]) -> Result<Requested, Failure> {
        if let Some(other) = retained.iter().find(|name| !self.asks_for(name)) {
            let text = format!("{other:?}: it is to be retained, and not requested");
            return Err(Failure::Usage(text));
        }
        let mut document = RequestedDocument::new(&self.doctype)?;
        for (names, need) in [
            (&self.requested, Need::Mandatory),
            (&self.optional, Need::Optional),
        ] {
            for name in names {
                let retention = match retained.contains(name) {
                    true => Retention::Retained,
                    false => Retention::NotRetained,
                };
                document = self.with(document, name, (retention, need))?;
            }
        }
        Ok(Requested::one(document)?)
    }

    fn asks_for(&self, name: &String) -> bool {
        self.requested.contains(name) || self.optional.contains(name)
    }

    fn with(
        &self,
        document: RequestedDocument,
        name: &str,
        (retention, need): (Retention, Need),
    ) -> Result<RequestedDocument, Failure> {
        let Some((namespace, identifier)) = name.rsplit_once('/') else {
            let text = format!("{name:?}: an element is written as NAMESPACE/ELEMENT");
            return Err(Failure::Usage(text));
        };
        let evidence = self.age_evidence.into();
        let with = match age(identifier) {
            Some(years) if evidence != AgeEvidence::OverOnly => {
                document.age_over(namespace, years, retention, need, evidence)
            }
            _ => document.element(namespace, identifier, retention, need),
        };
        with.map_err(|error| Failure::Usage(format!("{name:?}: {error}")))
    }
}

/// The years of `age_over_NN`.
fn age(identifier: &str) -> Option<u8> {
    let digits = identifier.strip_prefix("age_over_")?;
    (digits.len() == 2).then(|| digits.parse().ok()).flatten()
}
