//! Who opens transactions, as far as quotas need to know.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;

use http::HeaderName;
use http::request::Parts;
use tashika::transaction::ClientKey;

/// By what clients are told apart, so that one of them cannot take all the room
/// for open transactions.
#[derive(Clone)]
pub struct Clients(How);

#[derive(Clone)]
enum How {
    Peer,
    Forwarded(HeaderName, Hops),
    By(Arc<dyn Fn(&Parts) -> ClientKey + Send + Sync>),
}

/// The address at the other end of the connection, in a request's extensions:
/// put there by whoever accepts connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

/// How many proxies of one's own stand in front, each of which appends the
/// address that it sees to the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hops(pub NonZeroUsize);

impl Clients {
    /// By the address at the other end of the connection: [`PeerAddress`], or
    /// with the feature `axum` its `ConnectInfo<SocketAddr>`. Right where no
    /// proxy stands in front; behind one, everybody is one client.
    ///
    /// A request without either is one of a client that all such share.
    #[must_use]
    pub const fn by_peer() -> Self {
        Self(How::Peer)
    }

    /// By the address that the outermost proxy of one's own saw, in a header
    /// like `X-Forwarded-For`. What stands left of it a client may have written.
    ///
    /// A request whose header has fewer addresses is one of a client that all
    /// such share: it did not come through the proxies.
    #[must_use]
    pub const fn by_forwarded(header: HeaderName, hops: Hops) -> Self {
        Self(How::Forwarded(header, hops))
    }

    /// By whatever else tells them apart.
    #[must_use]
    pub fn by(key: impl Fn(&Parts) -> ClientKey + Send + Sync + 'static) -> Self {
        Self(How::By(Arc::new(key)))
    }

    /// The client of a request.
    #[must_use]
    pub fn of(&self, parts: &Parts) -> ClientKey {
        match &self.0 {
            How::Peer => key_of(peer(parts)),
            How::Forwarded(header, hops) => key_of(forwarded(parts, header, *hops)),
            How::By(key) => key(parts),
        }
    }
}

fn key_of(address: Option<IpAddr>) -> ClientKey {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => ClientKey::of(&address.octets()),
        // Whoever has one address of 64 bits has all of them (RFC 6177).
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            let network = [a, b, c, d].map(u16::to_be_bytes);
            ClientKey::of(network.as_flattened())
        }
        None => ClientKey::of(b"unknown"),
    }
}

fn peer(parts: &Parts) -> Option<IpAddr> {
    #[cfg(feature = "axum")]
    if let Some(peer) = crate::extract::peer(parts) {
        return Some(peer);
    }
    let peer = parts.extensions.get::<PeerAddress>();
    peer.map(|PeerAddress(address)| address.ip())
}

/// The address that is so many places from the end, of all lines of the header.
fn forwarded(parts: &Parts, header: &HeaderName, Hops(hops): Hops) -> Option<IpAddr> {
    let lines = parts.headers.get_all(header).into_iter();
    let lines: Option<Vec<_>> = lines.map(|line| line.to_str().ok()).collect();
    let lines = lines?.join(",");
    let address = lines.rsplit(',').nth(hops.get() - 1)?.trim();
    let socket = || address.parse::<SocketAddr>().map(|socket| socket.ip());
    let bare = address.strip_prefix('[').and_then(|a| a.strip_suffix(']'));
    let bare = bare.unwrap_or(address);
    bare.parse().or_else(|_| socket()).ok()
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            How::Peer => f.write_str("Clients(by peer)"),
            How::Forwarded(header, hops) => write!(f, "Clients(by {header}, {} hops)", hops.0),
            How::By(_) => f.write_str("Clients(by a function)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn parts() -> Parts {
        http::Request::new(()).into_parts().0
    }

    fn from(address: &str) -> Parts {
        let mut parts = parts();
        let address = PeerAddress(address.parse().unwrap());
        parts.extensions.insert(address);
        parts
    }

    #[test]
    fn a_client_is_an_address_or_a_network_of_version_6() {
        let of = |address: &str| Clients::by_peer().of(&from(address));
        assert!(of("192.0.2.1:1") == of("192.0.2.1:2"));
        assert!(of("192.0.2.1:1") != of("192.0.2.2:1"));
        assert!(of("192.0.2.1:1") == of("[::ffff:192.0.2.1]:1"));
        assert!(of("[2001:db8::1]:1") == of("[2001:db8::ffff:2]:1"));
        assert!(of("[2001:db8::1]:1") != of("[2001:db8:0:1::1]:1"));
        assert!(Clients::by_peer().of(&parts()) != of("192.0.2.1:1"));
    }

    #[test]
    fn only_what_our_own_proxies_wrote_counts() {
        let clients = |hops| {
            let header = HeaderName::from_static("x-forwarded-for");
            Clients::by_forwarded(header, Hops(NonZeroUsize::new(hops).unwrap()))
        };
        let with = |lines: &[&'static str]| {
            let mut parts = from("10.0.0.1:1");
            for line in lines {
                let value = HeaderValue::from_static(line);
                parts.headers.append("x-forwarded-for", value);
            }
            parts
        };
        let direct = Clients::by_peer();
        let honest = direct.of(&from("192.0.2.1:1"));
        let unknown = clients(1).of(&parts());
        assert!(clients(1).of(&with(&["192.0.2.1"])) == honest);
        assert!(clients(1).of(&with(&["198.51.100.7, 192.0.2.1"])) == honest);
        assert!(clients(1).of(&with(&["198.51.100.7", "192.0.2.1:443"])) == honest);
        let of_6 = direct.of(&from("[2001:db8::1]:1"));
        for address in ["2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:443"] {
            assert!(clients(1).of(&with(&[address])) == of_6);
        }
        assert!(clients(2).of(&with(&["203.0.113.9, 192.0.2.1, 10.0.0.9"])) == honest);
        for shared in [&[][..], &["192.0.2.1"], &["x, y"]] {
            assert!(clients(2).of(&with(shared)) == unknown);
        }
    }
}
