#![doc = include_str!("../README.md")]

mod answer;
mod audit;
#[cfg(feature = "auth-app")]
mod auth_app;
mod behind;
mod body;
mod carry;
mod challenge;
mod clock;
#[cfg(feature = "axum")]
mod extract;
mod flow;
mod front;
mod presentation;
mod refusal;
mod revocation;
mod session;
mod signature;
mod site;
mod store;
mod verified;

pub use audit::{AuditLayer, AuditService, AuditSink, ChannelSink, TracingSink};
#[cfg(unix)]
pub use audit::{ChainKeys, FileOptions, FileSink, FileSinkError};
#[cfg(feature = "auth-app")]
pub use auth_app::{
    Arrival, AuthAppLayer, AuthAppService, AuthAppSigningLayer, AuthAppSigningService, Landing,
    LoginPaths, Logins, ReturnTo, Signers, SigningJudge, SigningPaths, Signings,
};
pub use behind::{FromLayer, Lack, MissingLayer, RequireLayer, RequireService};
pub use body::{Body, BodyLimit};
pub use carry::{Carried, Carry};
pub use challenge::{ChallengeLayer, ChallengeService};
pub use clock::Clock;
pub use flow::FlowPaths;
pub use front::ResponseFuture;
pub use presentation::{
    AgeLayer, AgeRequirement, AgeService, BrowserOffer, Channels, Documents, EvidenceId,
    OpenidClient, PresentationLayer, PresentationService, Readers, Records, VerifiedAge,
};
pub use refusal::Refusal;
pub use revocation::Revocation;
pub use session::{
    Certificates, Gained, Identity, MemorySessions, Recheck, Session, SessionEntry, SessionFuture,
    SessionId, SessionKey, SessionKeys, SessionLayer, SessionMode, SessionPolicy, SessionService,
    SessionStore, Visitors, WhenUndetermined,
};
pub use signature::{SignatureLayer, SignatureService, SignedRequest};
pub use site::{Clients, Hops, Nodes, PeerAddress, Site, SitePath, Work};
pub use store::{Entry, Mark, MemoryTransactions, Reach, Seen, StoreFuture, TransactionStore};
#[cfg(feature = "postgres")]
pub use store::{
    Postgres, PostgresError, PostgresLimits, PostgresSessions, PostgresTls, PostgresTransactions,
    Tenant,
};
pub use verified::{Device, Gaining, Verified};
