//! What the suites need relaxed, as values: the verifier has no switch for it.

use aws_lc_rs::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
};
use const_oid::db::rfc5912::{
    SHA_1_WITH_RSA_ENCRYPTION, SHA_256_WITH_RSA_ENCRYPTION, SHA_512_WITH_RSA_ENCRYPTION,
};
use tashika::Duration;
use tashika::algorithm::{AlgorithmTable, KeyKind, SignatureScheme};
use tashika::revocation::{NonceRule, OcspPolicy, Policy, ScopePolicy};
use tashika::x509::{
    AuthorityKeyRule, ExtendedKeyUsageRule, KeyUsageRule, LeafProfile, PolicyRule,
};

use crate::judge::answer::Refusal;
use crate::judge::row::Flags;

/// What the standard table holds for RSA.
const STANDARD_BITS: u32 = 2048;
/// What the lax verifiers can do.
const LEAST_BITS: u32 = 1024;
const MOST_BITS: u32 = 8192;

const SHA1: SignatureScheme = SignatureScheme::danger_custom(
    "pkcs1-sha1",
    KeyKind::Rsa,
    &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
);
const SMALL_SHA1: SignatureScheme = SignatureScheme::danger_custom(
    "pkcs1-sha1",
    KeyKind::Rsa,
    &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
);
const SMALL_SHA256: SignatureScheme = SignatureScheme::danger_custom(
    "pkcs1-sha256-small",
    KeyKind::Rsa,
    &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
);
const SMALL_SHA512: SignatureScheme = SignatureScheme::danger_custom(
    "pkcs1-sha512-small",
    KeyKind::Rsa,
    &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
);

const NULL: &[u8] = &[0x05, 0x00];

/// The names under which other vocabularies know the schemes.
const ALIASES: [(&str, &[&str]); 11] = [
    ("pkcs1-sha1", &["RS1", "sha1WithRSAEncryption"]),
    ("pkcs1-sha256", &["RS256", "sha256WithRSAEncryption"]),
    ("pkcs1-sha384", &["RS384", "sha384WithRSAEncryption"]),
    ("pkcs1-sha512", &["RS512", "sha512WithRSAEncryption"]),
    ("pss-sha256", &["PS256"]),
    ("pss-sha384", &["PS384"]),
    ("pss-sha512", &["PS512"]),
    ("ecdsa-sha256", &["ecdsa-with-SHA256"]),
    ("ecdsa-sha384", &["ecdsa-with-SHA384"]),
    // JOSE writes ECDSA signatures as r‖s (RFC 7518, 3.4).
    ("ecdsa-sha256-fixed", &["ES256"]),
    ("ecdsa-sha384-fixed", &["ES384"]),
];

/// The scheme of this name, as far as the flags allow it.
pub(super) fn scheme(name: &str, flags: &Flags) -> Result<SignatureScheme, Refusal> {
    let name = ALIASES
        .iter()
        .find(|(_, aliases)| aliases.contains(&name))
        .map_or(name, |(name, _)| *name);
    let sha1 = flags.allow_sha1 == Some(true);
    match (name, allows_small_keys(flags)) {
        ("pkcs1-sha1", false) if sha1 => Ok(SHA1),
        ("pkcs1-sha1", true) if sha1 => Ok(SMALL_SHA1),
        ("pkcs1-sha256", true) => Ok(SMALL_SHA256),
        ("pkcs1-sha512", true) => Ok(SMALL_SHA512),
        _ => Ok(name.parse()?),
    }
}

/// The table of algorithms that the flags ask for.
pub(super) fn algorithms(flags: &Flags) -> Result<AlgorithmTable, Refusal> {
    let mut table = AlgorithmTable::standard();
    if let Some(bits) = flags.min_rsa_bits {
        if !(LEAST_BITS..=MOST_BITS).contains(&bits) {
            return Err(Refusal::argument());
        }
        table = table.danger_rsa_bits(bits..=MOST_BITS);
    }
    let small = allows_small_keys(flags);
    if small {
        table = table
            .danger_with(SHA_256_WITH_RSA_ENCRYPTION.as_bytes(), NULL, SMALL_SHA256)
            .danger_with(SHA_512_WITH_RSA_ENCRYPTION.as_bytes(), NULL, SMALL_SHA512);
    }
    if flags.allow_sha1 == Some(true) {
        let rsa = if small { SMALL_SHA1 } else { SHA1 };
        // Those who still sign so also leave the parameters out.
        for parameters in [NULL, &[]] {
            table = table.danger_with(SHA_1_WITH_RSA_ENCRYPTION.as_bytes(), parameters, rsa);
        }
    }
    if flags.allow_pss == Some(true) {
        table = table.with_pss();
    }
    Ok(table)
}

/// Any leaf that is no CA, under these policies.
pub(super) fn leaf(flags: &Flags, policies: PolicyRule) -> LeafProfile {
    LeafProfile {
        name: "judge".into(),
        authority_key: if flags.require_aki == Some(false) {
            AuthorityKeyRule::DangerOptional
        } else {
            AuthorityKeyRule::Required
        },
        key_usage: KeyUsageRule::DangerAnyLeaf,
        extended_key_usage: ExtendedKeyUsageRule::DangerAny,
        policies,
    }
}

/// What a list must be to say that a certificate is good.
pub(super) fn scope(flags: &Flags) -> ScopePolicy {
    let mut scope = ScopePolicy::production();
    if flags.dp_optional == Some(true) {
        scope = scope
            .danger_certificate_without_distribution_point()
            .danger_list_without_scope();
    }
    if flags.require_crl_number == Some(false) {
        scope = scope.danger_list_without_number();
    }
    if flags.require_next_update == Some(false) {
        scope = scope.danger_list_without_next_update();
    }
    if flags.require_aki == Some(false) {
        scope = scope.danger_list_without_authority_key();
    }
    scope
}

/// How old a list or response may be: without a flag as old as its next
/// update allows.
pub(super) fn policy(flags: &Flags) -> Result<Policy, Refusal> {
    let max_age = seconds(flags.max_crl_age, i64::MAX)?;
    Ok(Policy::strict(max_age).with_clock_skew(skew(flags)?))
}

/// How old an OCSP response may be that states no next update, and whether
/// it must bear a nonce.
pub(super) fn responders(flags: &Flags) -> Result<OcspPolicy, Refusal> {
    let nonce = match flags.require_nonce {
        Some(true) => NonceRule::Required,
        Some(false) | None => NonceRule::OrMaxAge,
    };
    let policy = OcspPolicy::new(nonce, seconds(flags.max_crl_age, DAY)?)
        .with_max_age_without_nonce(seconds(flags.max_crl_age, i64::MAX)?);
    Ok(policy.with_clock_skew(skew(flags)?))
}

/// How far the clocks of issuer and verifier may be apart.
pub(super) fn skew(flags: &Flags) -> Result<Duration, Refusal> {
    seconds(flags.skew, 0)
}

/// In seconds.
const DAY: i64 = 24 * 60 * 60;

fn seconds(flag: Option<i64>, otherwise: i64) -> Result<Duration, Refusal> {
    match flag {
        Some(seconds) if seconds < 0 => Err(Refusal::argument()),
        Some(seconds) => Ok(Duration::seconds(seconds)),
        None => Ok(Duration::seconds(otherwise)),
    }
}

fn allows_small_keys(flags: &Flags) -> bool {
    flags.min_rsa_bits.is_some_and(|bits| bits < STANDARD_BITS)
}
