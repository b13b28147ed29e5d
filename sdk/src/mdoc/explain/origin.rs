//! What is taken for an origin (RFC 6454, 6.1): scheme, host and port, and
//! nothing behind them.

use crate::mdoc::cbor::write;
use crate::mdoc::explain::mistake::{Entry, Input, Mistake};

/// An origin that is given, and the app's if there is one.
pub(super) struct Origins {
    pub(super) page: String,
    pub(super) app: Option<String>,
}

macro_rules! origins {
    ($($id:literal, $ja:literal, $en:literal, $of:expr;)+) => {
        pub(super) const ORIGINS: &[Entry<Origins>] = &[$(Entry {
            mistake: Mistake::new($id, Input::Origin, $ja, $en),
            of: |origins| $of(origins).into_iter().map(|o: String| write::text(&o)).collect(),
        },)+];
    };
}

origins! {
    "origin.slash",
        "オリジンの末尾のスラッシュが、一方にだけ付いています。",
        "The origin has a slash at its end on one side only.",
        |o: &Origins| [toggled_suffix(&o.page, "/")];
    "origin.path",
        "オリジンにパスが付いています。オリジンは、スキーム、ホスト、ポートだけから成ります。",
        "The origin has a path; it is scheme, host and port alone.",
        |o: &Origins| without_path(&o.page);
    "origin.scheme",
        "オリジンのスキームが異なります(httpとhttps)。",
        "The origin has another scheme: http and https are two origins.",
        |o: &Origins| other_scheme(&o.page);
    "origin.bare-host",
        "オリジンにスキームが付いておらず、ホスト名だけになっています。",
        "The origin has no scheme: it is a bare host name on one side.",
        |o: &Origins| bare_host(&o.page);
    "origin.default-port",
        "オリジンに既定のポート番号(443または80)が書かれています。既定のポートは省きます。",
        "The origin has its default port (443 or 80) written out on one side; it is left away.",
        |o: &Origins| default_port(&o.page);
    "origin.port",
        "オリジンのポート番号が、一方で落ちています。",
        "The port of the origin is missing on one side.",
        |o: &Origins| without_port(&o.page);
    "origin.case",
        "オリジンのホスト名の大文字と小文字が異なります。ホスト名は小文字で書きます。",
        "The host of the origin is in upper case on one side; it is written in lower case.",
        |o: &Origins| [o.page.to_ascii_lowercase(), upper_host(&o.page), capitalised_host(&o.page)];
    "origin.prefix",
        "オリジンに接頭辞(origin: など)が、一方にだけ付いています。",
        "The origin has a prefix such as origin: on one side only.",
        |o: &Origins| prefixed(&o.page);
    "origin.app",
        "ウェブページではなく、アプリが要求しました。オリジンは android:apk-key-hash: などで始まるアプリのものです。",
        "The app asked and not the page: the origin is the app's, such as android:apk-key-hash:.",
        |o: &Origins| o.app.clone();
    "origin.subdomain",
        "オリジンのサブドメインが異なります(www. の有無など)。",
        "The origin is of another subdomain, with or without www. for example.",
        |o: &Origins| other_subdomains(&o.page);
    "origin.opaque",
        "端末側のオリジンが null です。サンドボックス化されたフレームやファイルから要求しています。",
        "The device saw the opaque origin null: a sandboxed frame or a file asked.",
        |_: &Origins| ["null".to_owned()];
    "origin.empty",
        "オリジンが空のまま計算されています。",
        "The origin was left empty.",
        |_: &Origins| [String::new()];
    "origin.whitespace",
        "オリジンに空白または改行が混入しています。",
        "The origin has white space or a line break around it on one side.",
        |o: &Origins| [o.page.trim().to_owned(), format!("{}\n", o.page)];
    "origin.quoted",
        "オリジンが、引用符を含むJSONのまま使われています。",
        "The origin was used as JSON, with its quotation marks.",
        |o: &Origins| [format!("\"{}\"", o.page), o.page.trim_matches('"').to_owned()];
}

/// `text` without this ending, or with it if it has none.
pub(super) fn toggled_suffix(text: &str, suffix: &str) -> String {
    let without = text.strip_suffix(suffix).map(str::to_owned);
    without.unwrap_or_else(|| format!("{text}{suffix}"))
}

/// Scheme, what stands between it and the path, and the rest.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    Some((scheme, authority, path))
}

fn without_path(url: &str) -> Vec<String> {
    let Some((scheme, authority, _)) = parts(url) else {
        return Vec::new();
    };
    vec![format!("{scheme}://{authority}")]
}

pub(super) fn other_scheme(url: &str) -> Vec<String> {
    match url.split_once("://") {
        Some(("https", rest)) => vec![format!("http://{rest}")],
        Some(("http", rest)) => vec![format!("https://{rest}")],
        Some(_) => Vec::new(),
        None => ["https", "http"].map(|s| format!("{s}://{url}")).into(),
    }
}

fn bare_host(url: &str) -> Vec<String> {
    match parts(url) {
        Some((_, authority, _)) => {
            let host = authority.split(':').next().unwrap_or(authority);
            vec![authority.to_owned(), host.to_owned()]
        }
        None => vec![format!("https://{url}")],
    }
}

pub(super) fn default_port(url: &str) -> Vec<String> {
    let Some((scheme, authority, path)) = parts(url) else {
        return Vec::new();
    };
    let port = if scheme == "http" { ":80" } else { ":443" };
    let toggled = match authority.strip_suffix(port) {
        Some(host) => host.to_owned(),
        None if authority.contains(':') => return Vec::new(),
        None => format!("{authority}{port}"),
    };
    vec![format!("{scheme}://{toggled}{path}")]
}

fn without_port(url: &str) -> Vec<String> {
    let Some((scheme, authority, path)) = parts(url) else {
        return Vec::new();
    };
    let host = authority.split_once(':').map(|(host, _)| host);
    host.map(|host| format!("{scheme}://{host}{path}"))
        .into_iter()
        .collect()
}

fn upper_host(url: &str) -> String {
    with_host(url, |host| host.to_ascii_uppercase())
}

fn capitalised_host(url: &str) -> String {
    with_host(url, |host| {
        let mut letters = host.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect()
    })
}

fn with_host(url: &str, change: impl Fn(&str) -> String) -> String {
    match parts(url) {
        Some((scheme, host, path)) => format!("{scheme}://{}{path}", change(host)),
        None => change(url),
    }
}

/// Those of OpenID4VP and of its drafts.
const PREFIXES: [&str; 3] = ["origin:", "web-origin:", "x509_san_dns:"];

fn prefixed(url: &str) -> Vec<String> {
    let stripped = PREFIXES.iter().filter_map(|p| url.strip_prefix(p));
    let added = PREFIXES.iter().map(|p| format!("{p}{url}"));
    stripped.map(str::to_owned).chain(added).collect()
}

fn other_subdomains(url: &str) -> Vec<String> {
    let with_www = with_host(url, |host| format!("www.{host}"));
    let parent = parts(url).and_then(|(scheme, host, path)| {
        let (_, parent) = host.split_once('.')?;
        Some(format!("{scheme}://{parent}{path}"))
    });
    parent.into_iter().chain([with_www]).collect()
}
