//! What is wrong with a provider at the moment.

use std::collections::VecDeque;

use serde_json::Value;

use super::json::{Changes, Object};
use super::keys::OldKeys;
use crate::server::Answer;

/// Everything that a provider may do otherwise than it should. Nothing is wrong by
/// default, and each switch is one defect: whatever it does not touch stays right.
#[derive(Clone, Debug, Default)]
pub struct Switches {
    /// The authorization ends in this error, whatever the person chooses: the
    /// values of `error` and `error_description`.
    pub outcome: Option<(String, String)>,
    /// What the parameters of the callback say otherwise.
    pub callback: Changes,
    /// `acr_values` are lost on the way: somebody in between removed them.
    pub acr_values_lost: bool,
    /// The verifier of PKCE is not compared.
    pub verifier_ignored: bool,
    /// Codes may be used again.
    pub codes_reusable: bool,
    /// Two people are mistaken for one another.
    pub swap: Swap,
    /// People's access tokens are this text.
    pub access_token: Option<String>,
    /// The token endpoint.
    pub token: Reply,
    /// ID tokens.
    pub id_token: IdTokenSwitches,
    /// The key set.
    pub jwks: Reply,
    /// What keys are in it.
    pub keys: KeySetSwitches,
    /// Userinfo.
    pub userinfo: Reply,
    /// The discovery document.
    pub discovery: Reply,
    /// Where a transaction for a signature begins.
    pub signing_start: Reply,
    /// The result of a transaction.
    pub signing_result: Reply,
    /// Nothing is signed yet when the result is asked for.
    pub signing_pending: bool,
    /// The card signs other bytes than it was given.
    pub signs_other_bytes: bool,
}

/// What is wrong with the answers of an endpoint. Parts that nothing is said about
/// are right.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Answers in the place of the next ones, in this order. The request is not
    /// looked at, so a code in it remains good.
    pub next: VecDeque<Answer>,
    /// An answer in the place of all.
    pub instead: Option<Answer>,
    /// What members of the JSON say otherwise.
    pub members: Changes,
    /// The body becomes another text.
    pub text: Option<fn(String) -> String>,
    /// Another content type.
    pub content_type: Option<&'static str>,
    /// The answer is delivered otherwise: late, in pieces, or not to its end.
    pub delivery: Option<fn(Answer) -> Answer>,
}

impl Reply {
    /// What stands in the place of the answer to this request.
    pub(super) fn take(&mut self) -> Option<Answer> {
        self.next.pop_front().or_else(|| self.instead.clone())
    }

    /// 200 with an object.
    pub(super) fn json(&self, mut object: Object) -> Answer {
        self.members.apply(&mut object);
        self.text(object.to_string())
    }

    /// 200 with a text of JSON.
    pub(super) fn text(&self, text: String) -> Answer {
        let text = match self.text {
            Some(change) => change(text),
            None => text,
        };
        let content_type = self.content_type.unwrap_or("application/json");
        let answer = Answer::ok(content_type, text).header("Cache-Control", "no-store");
        match self.delivery {
            Some(change) => change(answer),
            None => answer,
        }
    }
}

/// Who is mistaken for whom. Of every pair of people who authorize one after the
/// other, the second is confused with the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Swap {
    /// Nobody.
    #[default]
    Nobody,
    /// The callback of the second brings the code of the first.
    Codes,
    /// The code of the second stands for the person of the first: no relying party
    /// can notice.
    People,
    /// Userinfo of the second is that of the first, `sub` included.
    Userinfo,
    /// Userinfo of the second has its own `sub` and the claims of the first: no
    /// relying party can notice.
    Claims,
}

/// What is wrong with ID tokens.
#[derive(Clone, Debug, Default)]
pub struct IdTokenSwitches {
    /// What members of the header say otherwise.
    pub header: Changes,
    /// What claims say otherwise.
    pub claims: Changes,
    /// How it is signed.
    pub signature: Signature,
    /// How its parts are written.
    pub shape: Shape,
    /// The provider signs with a new key from this token on.
    pub rotated: bool,
}

/// How an ID token is signed. The header names what was done, unless the name says
/// otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signature {
    /// As it should be.
    #[default]
    Right,
    /// `none`, with an empty signature.
    Unsigned,
    /// HS256, the key being the PEM of the P-256 public key.
    HmacOfEs256Key,
    /// HS256, the key being the PEM of the RSA public key.
    HmacOfRs256Key,
    /// RS256 with the published RSA key.
    Rs256,
    /// ES384 with a key on P-384 that is not published.
    Es384,
    /// A signature on P-384 while the header says ES256.
    P384UnderEs256,
    /// ES256 in DER.
    Der,
    /// One bit is wrong.
    Broken,
    /// Nothing but zeros, as long as a signature is.
    Zero,
    /// None, although the header names an algorithm.
    Missing,
    /// By another key on P-256 than the header names.
    OtherKey,
    /// By another key on P-256, which the header brings along as `jwk`.
    EmbeddedKey,
    /// By the RSA key while the header says ES256 and names it.
    Rs256UnderEs256,
}

/// How the parts of an ID token are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Three parts of base64url.
    #[default]
    Compact,
    /// A fourth, empty part.
    TrailingPart,
    /// The signature is missing, with its point.
    TwoParts,
    /// With the padding of base64.
    Padded,
    /// In five parts: encrypted, to nobody.
    Encrypted,
    /// Nothing but points.
    Points,
    /// The payload is `null`.
    Null,
    /// Longer than any token: 32 KiB and more.
    Huge,
}

/// What is wrong with the keys in the key set.
#[derive(Clone, Debug, Default)]
pub struct KeySetSwitches {
    /// Which keys are there.
    pub contents: KeySet,
    /// What becomes of the old keys when the provider rotates.
    pub old: OldKeys,
    /// Members that every key has in addition or otherwise.
    pub members: Changes,
}

/// Which keys are in the set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeySet {
    /// Those that should be.
    #[default]
    Right,
    /// Those of the beginning, however often the provider rotated.
    Outdated,
    /// None.
    Empty,
    /// The one that ID tokens are signed with, and no other.
    SigningKeyAlone,
    /// Two on P-256 under names of their own.
    TwoSigningKeys,
    /// So many on P-256 in addition.
    Many(u8),
    /// Two different ones under one name.
    SameName,
    /// A private one.
    Private,
    /// Under the name of the signing key, one of RSA.
    OtherType,
    /// Under the name of the signing key, one on P-384.
    OtherCurve,
    /// Under the name of the signing key, a point that is not on the curve.
    OffCurve,
}

impl Switches {
    /// The authorization ends in this error.
    pub fn ends_in(&mut self, error: &str, description: &str) {
        self.outcome = Some((error.to_owned(), description.to_owned()));
    }

    /// The token endpoint answers with this error.
    pub fn token_error(&mut self, status: u16, error: &str) {
        let body = Object::new().with("error", error).to_string();
        let answer = Answer::status(status).header("Content-Type", "application/json");
        self.token.instead = Some(answer.body(body));
    }

    /// A claim of the ID token has this value.
    pub fn claim(&mut self, name: &str, value: impl Into<Value>) {
        self.id_token.claims.set(name, value);
    }
}
