//! Records to whoever takes them from a channel.

use std::num::NonZeroUsize;

use tashika::audit::{Entry, Record, Terms};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::audit::{AuditSink, unrecorded};
use crate::store::StoreFuture;

/// Gives each record to the receiver of a channel.
///
/// A record counts as safe when it is in the channel: what the receiver makes of
/// it, and that it outlives this process, is the receiver's to see to. It never
/// waits: with a channel that is full, or whose receiver is gone, nothing is
/// recorded, and so nothing passes.
#[derive(Clone, Debug)]
pub struct ChannelSink {
    terms: Terms,
    sender: Sender<Entry>,
}

impl ChannelSink {
    /// A channel for `capacity` records, and its receiver, who gets of evidence
    /// what the role of `terms` may keep.
    #[must_use]
    pub fn new(capacity: NonZeroUsize, terms: Terms) -> (Self, Receiver<Entry>) {
        let (sender, receiver) = channel(capacity.get());
        (Self { terms, sender }, receiver)
    }
}

impl AuditSink for ChannelSink {
    fn write(&self, record: Record) -> StoreFuture<()> {
        let entry = self.terms.write(record).ok();
        let sent = entry.map(|entry| self.sender.try_send(entry));
        StoreFuture::known(match sent {
            Some(Ok(())) => Ok(()),
            _ => Err(unrecorded()),
        })
    }
}
