//! Who is asked, and where.

use serde_json::{Map, Value};
use url::Url;

use openidconnect::core::{CoreClientAuthMethod, CoreProviderMetadata, CoreResponseType};

use crate::auth_app::endpoint::{endpoint, origin_of};
use crate::code::Code;
use crate::error::Error;
use crate::jose;
use crate::limits;

/// An OpenID provider: its name and its endpoints.
///
/// Nothing is asked before it is known: discovery is optional, and for the auth
/// app not needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    issuer: String,
    authorization: Url,
    token: Url,
    userinfo: Url,
    jwks: Url,
    sign_transactions: Option<Url>,
    response_issuer: ResponseIssuer,
}

/// Whether callbacks name the provider (RFC 9207).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseIssuer {
    /// They always do. One that does not is refused.
    Always,
    /// It is not known whether they do. One that names another is refused.
    IfPresent,
}

/// The auth app's realm, below its base.
const REALM: &str = "/realms/main";

impl Provider {
    /// The auth app in production.
    ///
    /// # Errors
    /// None: the address is a constant.
    pub fn production() -> Result<Self, Error> {
        Self::at("https://auth-and-sign.go.jp/api")
    }

    /// The auth app's sandbox.
    ///
    /// # Errors
    /// None: the address is a constant.
    pub fn sandbox() -> Result<Self, Error> {
        Self::at("https://sb-auth-and-sign.go.jp/api")
    }

    /// A provider with the auth app's paths below `base`, which does not end
    /// with a slash.
    ///
    /// Whether its callbacks name it is not published, so that is looked at if
    /// present: [`with_response_issuer`](Self::with_response_issuer).
    ///
    /// # Errors
    /// `misuse.argument` if it is no `https` URL, nor an `http` one of this
    /// machine, or has a query or a fragment.
    pub fn at(base: &str) -> Result<Self, Error> {
        let protocol =
            |path: &str| endpoint(&format!("{base}{REALM}/protocol/openid-connect/{path}"));
        if base.ends_with('/') {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self {
            issuer: format!("{base}{REALM}"),
            authorization: protocol("auth")?,
            token: protocol("token")?,
            userinfo: protocol("userinfo")?,
            jwks: protocol("certs")?,
            sign_transactions: Some(endpoint(&format!("{base}/sign-transactions"))?),
            response_issuer: ResponseIssuer::IfPresent,
        })
    }

    /// The provider called `issuer`, as its own document describes it (OpenID
    /// Connect Discovery 1.0, 3): another one than the auth app. It has no
    /// signing API.
    ///
    /// The audience of client assertions is never taken from here. Many such
    /// providers send no `at_hash` with a code: an
    /// [`IdTokenPolicy`](crate::auth_app::IdTokenPolicy) then has to permit that.
    ///
    /// The document chooses which [`origins`](Self::origins) are asked. Where there
    /// are services that nobody from outside should reach, a transport has to name
    /// those that it allows by itself. `http` endpoints are for issuers that are on
    /// this machine themselves.
    ///
    /// # Errors
    /// `auth_app.issuer` if the document is about another one, `auth_app.http`
    /// if it is none, or the provider does not speak what is spoken here: the
    /// code flow, with `private_key_jwt`, an endpoint for userinfo, and PKCE with
    /// S256 as far as it says anything of that.
    pub fn from_discovery(issuer: &str, document: &[u8]) -> Result<Self, Error> {
        let members =
            jose::object_within(document, limits::DISCOVERY_VALUES).ok_or(Code::AuthAppHttp)?;
        let response_issuer = match members.get("authorization_response_iss_parameter_supported") {
            Some(Value::Bool(true)) => ResponseIssuer::Always,
            _ => ResponseIssuer::IfPresent,
        };
        let has_pkce = has_pkce(&members);
        let metadata: CoreProviderMetadata =
            serde_json::from_value(Value::Object(members)).map_err(|_| Code::AuthAppHttp)?;
        if metadata.issuer().as_str() != issuer {
            return Err(Code::AuthAppIssuer.into());
        }
        let speaks = speaks(&metadata) && has_pkce;
        let (Some(token), Some(userinfo), true) = (
            metadata.token_endpoint(),
            metadata.userinfo_endpoint(),
            speaks,
        ) else {
            return Err(Code::AuthAppHttp.into());
        };
        // A document from elsewhere leads to nothing on this machine.
        let in_the_clear = issuer.starts_with("http:");
        let stated = |url: &str| {
            let url = endpoint(url).ok();
            let url = url.filter(|url| url.scheme() == "https" || in_the_clear);
            url.ok_or(Error::new(Code::AuthAppHttp))
        };
        Ok(Self {
            issuer: issuer.to_owned(),
            authorization: stated(metadata.authorization_endpoint().as_str())?,
            token: stated(token.as_str())?,
            userinfo: stated(userinfo.as_str())?,
            jwks: stated(metadata.jwks_uri().as_str())?,
            sign_transactions: None,
            response_issuer,
        })
    }

    /// Where the document for [`from_discovery`](Self::from_discovery) stands.
    #[must_use]
    pub fn discovery_url(issuer: &str) -> String {
        let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
        format!("{issuer}/.well-known/openid-configuration")
    }

    /// The same, of which it is known whether its callbacks name it.
    #[must_use]
    pub fn with_response_issuer(mut self, response_issuer: ResponseIssuer) -> Self {
        self.response_issuer = response_issuer;
        self
    }

    /// Its name: the `iss` of what it issues.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where browsers are sent.
    #[must_use]
    pub fn authorization_endpoint(&self) -> &str {
        self.authorization.as_str()
    }

    /// Where codes become tokens.
    #[must_use]
    pub fn token_endpoint(&self) -> &str {
        self.token.as_str()
    }

    /// Where it tells of people.
    #[must_use]
    pub fn userinfo_endpoint(&self) -> &str {
        self.userinfo.as_str()
    }

    /// Where its keys stand.
    #[must_use]
    pub fn jwks_uri(&self) -> &str {
        self.jwks.as_str()
    }

    /// Where signing begins, if it has a signing API.
    #[must_use]
    pub fn sign_transactions(&self) -> Option<&str> {
        self.sign_transactions.as_ref().map(Url::as_str)
    }

    /// The origins that are asked by us, and not by a browser: what a
    /// transport has to allow.
    #[must_use]
    pub fn origins(&self) -> Vec<String> {
        let asked = [Some(&self.token), Some(&self.userinfo), Some(&self.jwks)];
        let asked = asked.into_iter().chain([self.sign_transactions.as_ref()]);
        let mut origins: Vec<_> = asked.flatten().map(origin_of).collect();
        origins.sort_unstable();
        origins.dedup();
        origins
    }

    pub(super) const fn response_issuer(&self) -> ResponseIssuer {
        self.response_issuer
    }
}

/// Providers need not say it (RFC 8414, 2, is younger than most of them), but
/// one that names other methods alone does not check the verifier that we send.
fn has_pkce(document: &Map<String, Value>) -> bool {
    match document.get("code_challenge_methods_supported") {
        None => true,
        Some(Value::Array(methods)) => methods.iter().any(|method| method == "S256"),
        Some(_) => false,
    }
}

/// What is not stated is what every provider speaks (OpenID Connect Discovery
/// 1.0, 3), except for how clients authenticate.
fn speaks(metadata: &CoreProviderMetadata) -> bool {
    let mut types = metadata.response_types_supported().iter();
    let methods = metadata.token_endpoint_auth_methods_supported();
    types.any(|types| matches!(types.as_slice(), [CoreResponseType::Code]))
        && methods.is_some_and(|methods| methods.contains(&CoreClientAuthMethod::PrivateKeyJwt))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_auth_app_has_its_published_addresses() {
        let provider = Provider::production().unwrap();
        let base = "https://auth-and-sign.go.jp/api/realms/main";
        assert_eq!(provider.issuer(), base);
        for (endpoint, path) in [
            (provider.authorization_endpoint(), "auth"),
            (provider.token_endpoint(), "token"),
            (provider.userinfo_endpoint(), "userinfo"),
            (provider.jwks_uri(), "certs"),
        ] {
            assert_eq!(endpoint, format!("{base}/protocol/openid-connect/{path}"));
        }
        let signing = "https://auth-and-sign.go.jp/api/sign-transactions";
        assert_eq!(provider.sign_transactions(), Some(signing));
        assert_eq!(provider.origins(), ["https://auth-and-sign.go.jp"]);
        let sandbox = Provider::sandbox().unwrap();
        assert_eq!(sandbox.origins(), ["https://sb-auth-and-sign.go.jp"]);
    }

    #[test]
    fn tokens_do_not_travel_in_the_clear() {
        for good in [
            "https://op.example/api",
            "http://127.0.0.1:8080/api",
            "http://[::1]:1",
        ] {
            assert!(Provider::at(good).is_ok(), "{good}");
        }
        for bad in [
            "http://op.example/api",
            "http://127.0.0.1.example/api",
            "ftp://op.example",
            "op.example/api",
            "https://op.example/api/",
            "https://op.example/api?x=",
            "https://op.example/api#",
            "https://user@op.example/api",
            "",
        ] {
            let code = Provider::at(bad).unwrap_err().code();
            assert_eq!(code, Code::MisuseArgument, "{bad}");
        }
    }

    fn document() -> Value {
        json!({
            "issuer": "https://op.example",
            "authorization_endpoint": "https://op.example/auth",
            "token_endpoint": "https://op.example/token",
            "userinfo_endpoint": "https://op.example/me",
            "jwks_uri": "https://keys.example/jwks",
            "response_types_supported": ["code", "code id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        })
    }

    fn discovered(document: &Value) -> Result<Provider, Code> {
        let document = document.to_string();
        let provider = Provider::from_discovery("https://op.example", document.as_bytes());
        provider.map_err(|error| error.code())
    }

    #[test]
    fn a_provider_describes_itself_and_nobody_else() {
        let provider = discovered(&document()).unwrap();
        assert_eq!(provider.token_endpoint(), "https://op.example/token");
        assert_eq!(provider.sign_transactions(), None);
        assert_eq!(provider.response_issuer(), ResponseIssuer::IfPresent);
        assert_eq!(
            provider.origins(),
            ["https://keys.example", "https://op.example"]
        );

        let mut naming = document();
        naming["authorization_response_iss_parameter_supported"] = json!(true);
        let naming = discovered(&naming).unwrap();
        assert_eq!(naming.response_issuer(), ResponseIssuer::Always);

        for (member, value, code) in [
            ("issuer", json!("https://op.example/"), Code::AuthAppIssuer),
            (
                "token_endpoint",
                json!("http://op.example/token"),
                Code::AuthAppHttp,
            ),
            ("userinfo_endpoint", Value::Null, Code::AuthAppHttp),
            (
                "response_types_supported",
                json!(["id_token"]),
                Code::AuthAppHttp,
            ),
            (
                "token_endpoint_auth_methods_supported",
                Value::Null,
                Code::AuthAppHttp,
            ),
            (
                "token_endpoint_auth_methods_supported",
                json!(["client_secret_basic"]),
                Code::AuthAppHttp,
            ),
        ] {
            let mut changed = document();
            changed[member] = value;
            assert_eq!(discovered(&changed), Err(code), "{member}");
        }
        for (methods, spoken) in [
            (json!(["plain", "S256"]), true),
            (json!(["plain"]), false),
            (json!([]), false),
            (json!("S256"), false),
        ] {
            let mut changed = document();
            changed["code_challenge_methods_supported"] = methods;
            let refused = discovered(&changed).err();
            assert_eq!(refused, (!spoken).then_some(Code::AuthAppHttp));
        }
        // Nobody has us send codes to what listens on our own machine.
        for member in [
            "authorization_endpoint",
            "token_endpoint",
            "userinfo_endpoint",
            "jwks_uri",
        ] {
            let mut changed = document();
            changed[member] = json!("http://127.0.0.1:8080/x");
            assert_eq!(discovered(&changed), Err(Code::AuthAppHttp), "{member}");
        }
        let here = "http://127.0.0.1:8080";
        let document_of_ours = document().to_string().replace("https://op.example", here);
        let provider = Provider::from_discovery(here, document_of_ours.as_bytes()).unwrap();
        assert_eq!(provider.token_endpoint(), "http://127.0.0.1:8080/token");
        let twice = document()
            .to_string()
            .replacen('{', r#"{"issuer":"https://op.example","#, 1);
        let outcome = Provider::from_discovery("https://op.example", twice.as_bytes());
        assert_eq!(outcome.unwrap_err().code(), Code::AuthAppHttp);
    }
}
