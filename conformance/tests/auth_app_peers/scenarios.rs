//! What openid-client and the sdk make of each defect that the testbed's
//! provider can have. Whatever is not here both accept, or both refuse.

use libtest_mimic::Failed;
use tashika::Code;
use tashika_testbed::auth_app::Scenario;

use crate::openid_client;
use crate::program::Program;
use crate::testbed::World;

struct Difference {
    scenarios: &'static [&'static str],
    says: Says,
    reason: &'static str,
}

enum Says {
    /// We refuse with this code, and it accepts.
    OnlyOurs(Code),
    /// It refuses in these words, and we accept.
    OnlyTheirs(&'static str),
}

use Says::{OnlyOurs, OnlyTheirs};

const DIFFERENCES: &[Difference] = &[
    Difference {
        scenarios: &["token.expires_in_negative"],
        says: OnlyTheirs("must be a non-negative number"),
        reason: "The access token serves once, right away, so that it does not matter \
                 for how long it would: the member is not read.",
    },
    Difference {
        scenarios: &["callback.acr_values_lost", "id_token.acr_lower"],
        says: OnlyOurs(Code::AuthAppAcr),
        reason: "It leaves acr to whoever uses it.",
    },
    Difference {
        scenarios: &["id_token.acr_missing"],
        says: OnlyOurs(Code::AuthAppAcrMissing),
        reason: "The same.",
    },
    Difference {
        scenarios: &["id_token.acr_array", "id_token.exp_huge"],
        says: OnlyOurs(Code::InputIdToken),
        reason: "It does not look at the type of the one, and has no calendar that \
                 ends before the other.",
    },
    Difference {
        scenarios: &["id_token.at_hash_wrong", "id_token.at_hash_empty"],
        says: OnlyOurs(Code::AuthAppAtHash),
        reason: "In the code flow at_hash is optional (OpenID Connect Core 1.0, \
                 3.1.3.8), and it does not look at one that is there.",
    },
    Difference {
        scenarios: &["id_token.at_hash_missing"],
        says: OnlyOurs(Code::AuthAppAtHashMissing),
        reason: "The auth app sends it always.",
    },
    Difference {
        scenarios: &["id_token.aud_second"],
        says: OnlyOurs(Code::AuthAppAudience),
        reason: "Where azp names the client it trusts every other audience.",
    },
    Difference {
        scenarios: &["id_token.azp_wrong"],
        says: OnlyOurs(Code::AuthAppAuthorizedParty),
        reason: "It looks at azp where there are several audiences.",
    },
    Difference {
        scenarios: &["id_token.auth_time_future"],
        says: OnlyOurs(Code::AuthAppAuthTime),
        reason: "It looks at the value where max_age was sent, which the auth app does \
                 not know.",
    },
    Difference {
        scenarios: &["id_token.iat_future", "id_token.iat_old"],
        says: OnlyOurs(Code::AuthAppIssuedAt),
        reason: "It looks at its type.",
    },
    Difference {
        scenarios: &[
            "id_token.header_b64",
            "id_token.header_jku",
            "id_token.header_jwk",
            "id_token.header_x5c",
            "id_token.header_x5u",
            "id_token.header_zip",
        ],
        says: OnlyOurs(Code::AuthAppHeader),
        reason: "It passes over what it does not use, as RFC 7515, 4 has it. Who sends \
                 one of these wants something done that is not done here.",
    },
    Difference {
        scenarios: &["id_token.header_typ_access_token"],
        says: OnlyOurs(Code::AuthAppTokenKind),
        reason: "It does not look at typ (RFC 8725, 3.11).",
    },
    Difference {
        scenarios: &["id_token.huge"],
        says: OnlyOurs(Code::InputTooLarge),
        reason: "It has no budgets.",
    },
    Difference {
        scenarios: &["token.huge", "userinfo.name_overlong"],
        says: OnlyOurs(Code::AuthAppHttp),
        reason: "The same.",
    },
    Difference {
        scenarios: &["jwks.huge"],
        says: OnlyOurs(Code::AuthAppKeysMissing),
        reason: "The same.",
    },
    Difference {
        scenarios: &["jwks.many", "jwks.keys_twice"],
        says: OnlyOurs(Code::InputJwks),
        reason: "It has no budgets, and of two members it takes the last.",
    },
    Difference {
        scenarios: &["token.deep"],
        says: OnlyOurs(Code::InputTokenResponse),
        reason: "It has no budgets.",
    },
    Difference {
        scenarios: &["userinfo.name_twice"],
        says: OnlyOurs(Code::InputUserinfo),
        reason: "Of two members it takes the last.",
    },
    Difference {
        scenarios: &["token.content_type_text"],
        says: OnlyOurs(Code::AuthAppHttp),
        reason: "It reads whatever can be read as JSON, unless it is HTML.",
    },
    Difference {
        scenarios: &["token.scope_narrowed"],
        says: OnlyOurs(Code::AuthAppScope),
        reason: "It leaves what was granted to whoever uses it.",
    },
    Difference {
        scenarios: &[
            "userinfo.address_array",
            "userinfo.address_object_empty",
            "userinfo.birthdate_impossible",
            "userinfo.birthdate_number",
            "userinfo.birthdate_short",
            "userinfo.gender_number",
            "userinfo.name_empty",
            "userinfo.name_hostile",
            "userinfo.name_number",
        ],
        says: OnlyOurs(Code::AuthAppClaimForm),
        reason: "Of userinfo it reads the subject, and hands on the rest.",
    },
    Difference {
        scenarios: &["userinfo.name_missing", "userinfo.name_null"],
        says: OnlyOurs(Code::AuthAppClaimMissing),
        reason: "The same.",
    },
];

/// What is about how long one waits, or about two people at a time: one login of
/// one person does not show it.
const LEFT_OUT: &[&str] = &[
    "token.silent",
    "token.slow",
    "jwks.silent",
    "jwks.slow",
    "swap.codes",
    "swap.codes_without_pkce",
    "swap.people",
    "swap.userinfo",
    "swap.claims",
];

pub(crate) fn all() -> impl Iterator<Item = &'static Scenario> {
    let judged = |scenario: &&Scenario| !LEFT_OUT.contains(&scenario.name);
    Scenario::ALL.iter().filter(judged)
}

impl Difference {
    fn of(scenario: &str) -> Option<&'static Self> {
        let mut listed = DIFFERENCES.iter();
        listed.find(|difference| difference.scenarios.contains(&scenario))
    }
}

pub(crate) fn judge(program: &Program, scenario: &Scenario) -> Result<(), Failed> {
    let hostile = || -> Result<World, Failed> {
        let world = World::es256()?;
        world.provider.switch(scenario.apply);
        Ok(world)
    };
    let world = hostile()?;
    let theirs = openid_client::log_in(program, &world)?;
    if let Ok(answer) = &theirs {
        assert_eq!(answer["claims"]["sub"].as_str(), Some(&*world.subject));
    }
    let world = hostile()?;
    let ours = world.our_login()?;
    if let Ok(login) = &ours {
        assert_eq!(login.subject().as_str(), world.subject);
    }
    let as_listed = match (Difference::of(scenario.name), &ours, &theirs) {
        (None, Ok(_), Ok(_)) | (None, Err(_), Err(_)) => true,
        (Some(listed), Err(code), Ok(_)) => {
            matches!(listed.says, OnlyOurs(expected) if expected == *code)
        }
        (Some(listed), Ok(_), Err(reason)) => {
            matches!(listed.says, OnlyTheirs(words) if reason.contains(words))
        }
        _ => false,
    };
    if as_listed {
        return Ok(());
    }
    let (ours, theirs) = (ours.map(drop), theirs.map(drop));
    Err(format!("ours: {ours:?}, openid-client's: {theirs:?}").into())
}

/// Every name that is listed is a scenario's, and stands there once.
pub(crate) fn none_is_stale() -> Result<(), Failed> {
    let listed = DIFFERENCES.iter().flat_map(|listed| listed.scenarios);
    let mut seen = Vec::new();
    for name in listed.chain(LEFT_OUT) {
        if Scenario::named(name).is_none() || seen.contains(name) {
            return Err(format!("about nothing, or twice: {name}").into());
        }
        seen.push(*name);
    }
    let silent = DIFFERENCES.iter().filter(|listed| listed.reason.is_empty());
    assert_eq!(silent.count(), 0);
    Ok(())
}
