//! What a provider knows of us, and we of it.

use crate::auth_app::{
    AcrPolicy, ClientId, IdTokenPolicy, Provider, RedirectUri, RefusalTable, Scopes,
};

/// One registration of a relying party at one provider.
///
/// A redirect URI belongs to one registration: with two that share it, a
/// callback would not tell which of two providers sent it.
#[derive(Clone, Debug)]
pub struct Registration {
    provider: Provider,
    client_id: ClientId,
    redirect_uri: RedirectUri,
    tokens: IdTokenPolicy,
    refusals: RefusalTable,
}

impl Registration {
    /// As `client_id` at `provider`, which sends browsers back to
    /// `redirect_uri`; ID tokens are judged by [`IdTokenPolicy::standard`].
    #[must_use]
    pub fn new(provider: Provider, client_id: ClientId, redirect_uri: RedirectUri) -> Self {
        Self {
            provider,
            client_id,
            redirect_uri,
            tokens: IdTokenPolicy::standard(),
            refusals: RefusalTable::standard(),
        }
    }

    /// The same with another policy for ID tokens.
    #[must_use]
    pub fn with_tokens(mut self, tokens: IdTokenPolicy) -> Self {
        self.tokens = tokens;
        self
    }

    /// The same with other meanings of errors in callbacks.
    #[must_use]
    pub fn with_refusals(mut self, refusals: RefusalTable) -> Self {
        self.refusals = refusals;
        self
    }

    /// Who is asked.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// By whom.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Where browsers come back to.
    #[must_use]
    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    pub(super) fn tokens(&self) -> &IdTokenPolicy {
        &self.tokens
    }

    pub(super) fn refusals(&self) -> &RefusalTable {
        &self.refusals
    }
}

/// What a login asks for.
#[derive(Clone, Debug)]
pub struct LoginRequest {
    pub(super) scopes: Scopes,
    pub(super) acr: AcrPolicy,
}

impl LoginRequest {
    /// These, of a person who is authenticated as the auth app's relying
    /// parties demand it: [`AcrPolicy::standard`].
    #[must_use]
    pub fn new(scopes: Scopes) -> Self {
        Self {
            scopes,
            acr: AcrPolicy::standard(),
        }
    }

    /// The same, of a person who is authenticated in another way.
    #[must_use]
    pub fn with_acr(mut self, acr: AcrPolicy) -> Self {
        self.acr = acr;
        self
    }
}
