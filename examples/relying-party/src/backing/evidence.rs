//! What is kept: the record of outcomes, and certificates under a key.

use std::sync::Arc;

use tashika::audit::{ChainKey, MethodTable, Role, Terms};
use tashika::jpki::LookupKey;
use tashika_tower::{AuditLayer, ChainKeys, FileOptions, FileSink};

use super::Backing;
use crate::party::StartError;

impl Backing {
    /// The key under which certificates are kept and compared.
    ///
    /// # Errors
    /// If it cannot be read or made.
    pub fn lookup_key(&self) -> std::io::Result<LookupKey> {
        Ok(LookupKey::from_octets(&self.keys().get("lookup")?))
    }

    /// A chain of records of this name, in a folder of its own, under a key of its
    /// own. Where the key was changed, the chain goes on.
    ///
    /// # Errors
    /// As [`FileSink::open`], and if a key cannot be had.
    pub fn records(&self, name: &str, role: Role) -> Result<FileSink, StartError> {
        let key = ChainKey::from_octets(&self.keys().get(name)?);
        let earlier = self.keys().earlier(name)?;
        let earlier = earlier.iter().map(ChainKey::from_octets).collect();
        Ok(FileSink::open(
            &self.settings().data.join(name),
            ChainKeys::new(key, earlier),
            Terms::new(self.lookup_key()?, role),
            FileOptions::standard(),
        )?)
    }

    /// Puts outcomes on record under the name `audit`, with what is kept beside
    /// them, and what the law calls the methods.
    ///
    /// # Errors
    /// As [`records`](Self::records).
    pub fn evidence(&self, role: Role, methods: &MethodTable) -> Result<AuditLayer, StartError> {
        let sink = Arc::new(self.records("audit", role)?);
        Ok(AuditLayer::new(sink).with_methods(methods.clone()))
    }
}
