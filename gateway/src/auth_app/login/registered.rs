//! Whom we ask, as whom, and for what: out of the arguments.

use http::Uri;
use tashika::Duration;
use tashika::auth_app::{
    AccessTokenHash, AcrPolicy, AssertionAudience, AssertionKey, AssertionKeys, AuthApp, ClientId,
    IdTokenPolicy, JwsAlgorithm, LoginRequest, PrivateKeyJwt, Provider, RedirectUri, RefusalTable,
    Registration, ResponseIssuer, Scopes,
};
use tashika::transport::{Client as HttpClient, Load};

use super::steps::Announced;
use crate::auth_app::client_key;
use crate::cli::Http;
use crate::cli::auth_app::{Asked, Client, Login, Who};
use crate::clock;
use crate::exit::Failure;
use crate::transport::url;

pub(super) struct Registered {
    pub(super) registration: Registration,
    pub(super) request: LoginRequest,
    pub(super) client: PrivateKeyJwt,
    pub(super) http: HttpClient,
}

impl Registered {
    /// With another provider than the testbed.
    pub(super) async fn of(options: &Login) -> Result<Self, Failure> {
        let Client {
            client_id,
            redirect_uri,
            key,
            kid,
            audience,
            ..
        } = &options.client;
        let redirect_uri = needed(redirect_uri.as_deref(), "--redirect-uri")?;
        let redirect_uri = RedirectUri::new(redirect_uri).map_err(|_| {
            let text = "--redirect-uri is an https URL, or an http one of this machine";
            Failure::Usage(text.to_owned())
        })?;
        let client_id = options.client_id(needed(client_id.as_deref(), "--client-id")?)?;
        let audience = AssertionAudience::new(needed(audience.as_deref(), "--audience")?)
            .map_err(|_| Failure::Usage("--audience is an https URL".to_owned()))?;
        let signer = client_key::load(key)?.signer();
        let mut key = AssertionKey::new(signer, clock::now())?;
        if let Some(kid) = kid {
            key = key.with_kid(kid)?;
        }
        let client =
            PrivateKeyJwt::new(client_id.clone(), audience, AssertionKeys::new(vec![key])?);
        let provider = options.provider().await?;
        let http = options.http.to(&provider)?;
        let registration = Registration::new(provider, client_id, redirect_uri);
        let (asked, refusals) = (&options.asked, RefusalTable::standard());
        Self::new(registration, client, http, asked, refusals)
    }

    /// With what the arguments say of requests and tokens.
    pub(super) fn new(
        registration: Registration,
        client: PrivateKeyJwt,
        http: HttpClient,
        asked: &Asked,
        refusals: RefusalTable,
    ) -> Result<Self, Failure> {
        Ok(Self {
            registration: registration
                .with_tokens(asked.tokens()?)
                .with_refusals(asked.refusals(refusals)?),
            request: asked.request()?,
            client,
            http,
        })
    }

    /// The provider and the client, by name.
    pub(super) fn names(&self) -> (String, String) {
        let issuer = self.registration.provider().issuer().to_owned();
        (issuer, self.registration.client_id().as_str().to_owned())
    }

    pub(super) fn app(self) -> AuthApp<Announced> {
        AuthApp::new(self.registration, self.client, Announced::new(self.http))
    }
}

impl Login {
    /// The Digital Agency gives out letters and digits, others what they like.
    fn client_id(&self, id: &str) -> Result<ClientId, Failure> {
        let id = match &self.provider {
            Who::At(_) => ClientId::of_other_provider(id),
            _ => ClientId::new(id),
        };
        let text = "--client-id is not of the form that this provider gives out";
        id.map_err(|_| Failure::Usage(text.to_owned()))
    }

    async fn provider(&self) -> Result<Provider, Failure> {
        let none = |_| {
            let text = "--provider is an https URL without a slash at its end, or an http one of this machine";
            Failure::Usage(text.to_owned())
        };
        let provider = match (&self.provider, self.discover) {
            (Who::At(issuer), true) => self.discovered(issuer).await?,
            (Who::At(base), false) => Provider::at(base).map_err(none)?,
            (_, true) => {
                let text = "--discover is for other providers: the auth app's addresses are known";
                return Err(Failure::Usage(text.to_owned()));
            }
            (Who::Production, false) => Provider::production()?,
            (_, false) => Provider::sandbox()?,
        };
        Ok(match self.asked.require_iss {
            true => provider.with_response_issuer(ResponseIssuer::Always),
            false => provider,
        })
    }

    async fn discovered(&self, issuer: &str) -> Result<Provider, Failure> {
        let place = url(issuer).map_err(|text| Failure::Usage(format!("--provider: {text}")))?;
        let client = self.http.to_origins([issuer.to_owned()], [place])?;
        let found = Provider::discover(Announced::new(client), issuer).await;
        found.map_err(|fault| Failure::Library(fault.error()))
    }
}

impl Asked {
    fn request(&self) -> Result<LoginRequest, Failure> {
        let scopes = self.scope.iter().map(|scope| (*scope).into());
        let scopes = scopes.fold(Scopes::openid(), Scopes::with);
        let acr = AcrPolicy::of(self.acr.clone())?;
        let acr = match (self.danger_any_acr, &*self.require_acr) {
            (true, _) => acr.danger_requiring_none(),
            (false, []) => acr,
            (false, required) => acr.requiring(required.to_vec())?,
        };
        Ok(LoginRequest::new(scopes).with_acr(acr))
    }

    fn tokens(&self) -> Result<IdTokenPolicy, Failure> {
        let mut policy = IdTokenPolicy::standard();
        if self.rs256 {
            policy = policy.with_algorithms(vec![JwsAlgorithm::Rs256])?;
        }
        if self.no_at_hash {
            policy = policy.with_access_token_hash(AccessTokenHash::IfPresent);
        }
        let skew = Duration::seconds(self.clock_skew.into());
        let text = "--clock-skew is at most 300 seconds";
        policy
            .with_skew(skew)
            .map_err(|_| Failure::Usage(text.to_owned()))
    }

    fn refusals(&self, mut table: RefusalTable) -> Result<RefusalTable, Failure> {
        for error in &self.error {
            table = table.with(&error.name, error.meaning)?;
        }
        Ok(table)
    }
}

impl Http {
    /// A client that may ask a provider and nobody else.
    pub(super) fn to(&self, provider: &Provider) -> Result<HttpClient, Failure> {
        let asked = [
            provider.token_endpoint(),
            provider.userinfo_endpoint(),
            provider.jwks_uri(),
        ];
        let urls: Vec<Uri> = asked
            .iter()
            .filter_map(|asked| asked.parse().ok())
            .collect();
        self.to_origins(provider.origins(), urls)
    }

    /// What stands on this machine is asked without TLS, and without being named
    /// once more.
    fn to_origins(
        &self,
        origins: impl IntoIterator<Item = String>,
        urls: impl IntoIterator<Item = Uri>,
    ) -> Result<HttpClient, Failure> {
        let mut http = self.clone();
        let here = origins
            .into_iter()
            .filter(|origin| origin.starts_with("http:"));
        http.plain_http.extend(here);
        let urls: Vec<_> = urls.into_iter().collect();
        Ok(http.transport(urls.iter())?.under(&Load::standard()))
    }
}

/// Nothing of it can be guessed.
fn needed<'v, T: ?Sized>(value: Option<&'v T>, name: &str) -> Result<&'v T, Failure> {
    let text = "is needed, as it was registered with the provider";
    value.ok_or_else(|| Failure::Usage(format!("{name} {text}")))
}
