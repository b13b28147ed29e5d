//! Mistakes about origins, which two flows have in common.

/// Name, origin that is given, origin that the device signed.
pub(crate) const ORIGINS: &[(&str, &str, &str)] = &[
    ("origin.slash", "https://rp.example/", "https://rp.example"),
    ("origin.slash", "https://rp.example", "https://rp.example/"),
    (
        "origin.path",
        "https://rp.example/login?a=b",
        "https://rp.example",
    ),
    ("origin.scheme", "http://rp.example", "https://rp.example"),
    (
        "origin.scheme",
        "https://rp.example:8443",
        "http://rp.example:8443",
    ),
    ("origin.bare-host", "https://rp.example", "rp.example"),
    (
        "origin.default-port",
        "https://rp.example:443",
        "https://rp.example",
    ),
    (
        "origin.default-port",
        "https://rp.example",
        "https://rp.example:443",
    ),
    (
        "origin.default-port",
        "http://rp.example",
        "http://rp.example:80",
    ),
    (
        "origin.port",
        "https://rp.example:8443",
        "https://rp.example",
    ),
    ("origin.case", "https://RP.Example", "https://rp.example"),
    ("origin.case", "https://rp.example", "https://RP.EXAMPLE"),
    (
        "origin.prefix",
        "https://rp.example",
        "origin:https://rp.example",
    ),
    (
        "origin.prefix",
        "origin:https://rp.example",
        "https://rp.example",
    ),
    ("origin.app", "https://rp.example", APP),
    (
        "origin.subdomain",
        "https://www.rp.example",
        "https://rp.example",
    ),
    (
        "origin.subdomain",
        "https://rp.example",
        "https://www.rp.example",
    ),
    ("origin.opaque", "https://rp.example", "null"),
    ("origin.empty", "https://rp.example", ""),
    (
        "origin.whitespace",
        "https://rp.example",
        "https://rp.example\n",
    ),
    (
        "origin.quoted",
        "https://rp.example",
        "\"https://rp.example\"",
    ),
];

pub(crate) const APP: &str = "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck";
