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

    /// Puts outcomes on record in the folder `audit`, with what is kept beside
    /// them, and what the law calls the methods.
    ///
    /// # Errors
    /// If the folder cannot be opened.
    pub fn evidence(&self, role: Role, methods: &MethodTable) -> Result<AuditLayer, StartError> {
        let chain = ChainKey::from_octets(&self.keys().get("chain")?);
        let earlier = self.keys().earlier("chain")?;
        let earlier = earlier.iter().map(ChainKey::from_octets).collect();
        let sink = FileSink::open(
            &self.settings().data.join("audit"),
            ChainKeys::new(chain, earlier),
            Terms::new(self.lookup_key()?, role),
            FileOptions::standard(),
        )?;
        Ok(AuditLayer::new(Arc::new(sink)).with_methods(methods.clone()))
    }
}
