//! The authorization endpoint.

use super::client::RegisteredClient;
use super::parameters::Parameters;
use super::refusal::Refusal;

/// Every scope that there is.
pub(super) const SCOPES: [&str; 6] = ["openid", "name", "address", "birthdate", "gender", "sign"];

/// What the reference does not list and software likes to send all the same.
const UNSUPPORTED: [&str; 7] = [
    "prompt",
    "max_age",
    "claims",
    "request",
    "request_uri",
    "response_mode",
    "registration",
];

/// An authorization request that a well-behaved provider accepts.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) challenge: String,
    pub(super) scopes: Vec<String>,
    pub(super) acr_values: Vec<String>,
    pub(super) transaction: Option<String>,
}

/// Where a refusal is told.
pub(super) enum Fault {
    /// To the person: nobody may be sent to where this request points.
    Shown(Refusal),
    /// To the relying party.
    Redirected {
        redirect_uri: String,
        state: Option<String>,
        refusal: Refusal,
    },
}

impl Request {
    /// Reads a request of one of these clients.
    pub(super) fn read<'c>(
        parameters: &Parameters,
        client: impl FnOnce(&str) -> Option<&'c RegisteredClient>,
    ) -> Result<Self, Fault> {
        let target = Target::read(parameters, client).map_err(Fault::Shown)?;
        let state = parameters.get("state").filter(|state| is_printable(state));
        Self::check(parameters, &target).map_err(|refusal| Fault::Redirected {
            redirect_uri: target.redirect_uri.to_owned(),
            state: state.map(str::to_owned),
            refusal,
        })
    }

    fn check(parameters: &Parameters, target: &Target<'_>) -> Result<Self, Refusal> {
        if parameters.has_duplicates() {
            return Err(Refusal::request("a parameter is repeated"));
        }
        if UNSUPPORTED
            .iter()
            .any(|name| parameters.get(name).is_some())
        {
            return Err(Refusal::request("a parameter is not supported"));
        }
        if target.required("response_type", "response_type is missing")? != "code" {
            return Err(Refusal::new(
                "unsupported_response_type",
                "response_type is not code",
            ));
        }
        let state = target.required("state", "state is missing")?;
        let nonce = target.required("nonce", "nonce is missing")?;
        if !is_printable(state) {
            return Err(Refusal::request(
                "state is not 1 to 255 printable characters",
            ));
        }
        if !is_printable(nonce) {
            return Err(Refusal::request(
                "nonce is not 1 to 255 printable characters",
            ));
        }
        let scopes = target.scopes()?;
        Ok(Self {
            client_id: target.client.id.clone(),
            redirect_uri: target.redirect_uri.to_owned(),
            state: state.to_owned(),
            nonce: nonce.to_owned(),
            challenge: target.challenge()?.to_owned(),
            transaction: target.transaction(&scopes)?,
            acr_values: words(parameters.get("acr_values").unwrap_or_default()),
            scopes,
        })
    }

    /// Whether the person has to show card and PIN.
    pub(super) fn wants_card_and_pin(&self) -> bool {
        self.acr_values.iter().any(|value| value == "aal3")
    }
}

/// Who asks and where the answer goes: what has to be right before anybody is
/// redirected.
struct Target<'a> {
    client: &'a RegisteredClient,
    redirect_uri: &'a str,
    parameters: &'a Parameters,
}

impl<'a> Target<'a> {
    fn read<'c: 'a>(
        parameters: &'a Parameters,
        client: impl FnOnce(&str) -> Option<&'c RegisteredClient>,
    ) -> Result<Self, Refusal> {
        let id = parameters.get("client_id");
        let id = id.ok_or(Refusal::client("client_id is missing"))?;
        if !(1..=255).contains(&id.len()) || !id.bytes().all(|c| c.is_ascii_alphanumeric()) {
            return Err(Refusal::client("client_id is not 1 to 255 of [0-9a-zA-Z]"));
        }
        let client = client(id).ok_or(Refusal::client("client_id is unknown"))?;
        let uri = parameters.get("redirect_uri");
        let uri = uri.ok_or(Refusal::request("redirect_uri is missing"))?;
        if uri.len() > 255 {
            return Err(Refusal::request("redirect_uri is longer than 255"));
        }
        if !client
            .redirect_uris
            .iter()
            .any(|registered| registered == uri)
        {
            return Err(Refusal::request("redirect_uri is not registered"));
        }
        Ok(Self {
            client,
            redirect_uri: uri,
            parameters,
        })
    }

    fn required(&self, name: &'static str, missing: &'static str) -> Result<&'a str, Refusal> {
        self.parameters.required(name, Refusal::request(missing))
    }

    fn scopes(&self) -> Result<Vec<String>, Refusal> {
        let scopes = words(self.parameters.get("scope").unwrap_or_default());
        if !scopes.iter().any(|scope| scope == "openid") {
            return Err(Refusal::scope("openid is missing"));
        }
        if !scopes.iter().all(|scope| SCOPES.contains(&scope.as_str())) {
            return Err(Refusal::scope("a scope is unknown"));
        }
        if !scopes.iter().all(|scope| self.client.may_ask(scope)) {
            return Err(Refusal::scope("a scope is not this client's"));
        }
        Ok(scopes)
    }

    fn challenge(&self) -> Result<&'a str, Refusal> {
        let challenge = self.required("code_challenge", "code_challenge is missing")?;
        let method = "code_challenge_method is missing";
        if self.required("code_challenge_method", method)? != "S256" {
            return Err(Refusal::request("code_challenge_method is not S256"));
        }
        let fits = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
        if challenge.len() > 128 || !challenge.bytes().all(fits) {
            return Err(Refusal::request(
                "code_challenge is not 1 to 128 of [0-9a-zA-Z_-]",
            ));
        }
        Ok(challenge)
    }

    /// The transaction, which goes with the scope `sign` and with no other.
    fn transaction(&self, scopes: &[String]) -> Result<Option<String>, Refusal> {
        let signs = scopes.iter().any(|scope| scope == "sign");
        match self.parameters.get("sign_transaction_id") {
            None if signs => Err(Refusal::request("sign_transaction_id is missing")),
            Some(_) if !signs => Err(Refusal::request("sign_transaction_id without sign")),
            id => Ok(id.map(str::to_owned)),
        }
    }
}

fn is_printable(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|c| (b' '..=b'~').contains(&c))
}

fn words(text: &str) -> Vec<String> {
    text.split(' ')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
