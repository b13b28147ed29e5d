//! How a database is reached.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use tashika::transport::Tls;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::postgres::PostgresError;

/// What protects connections to the database on their way.
///
/// Whoever can read along gets sealed states and the password, unless it is asked
/// for by SCRAM; whoever can write gets transactions to begin again.
pub struct PostgresTls(Way);

enum Way {
    Verified(Tls),
    SameMachine,
    Plain,
}

/// How much may be asked of a database, and how long is waited for it.
///
/// A request waits for no longer than the three times together, whatever becomes
/// of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostgresLimits {
    /// Connections of this process.
    pub connections: NonZeroUsize,
    /// How long is waited for one of them to become free.
    pub wait: Duration,
    /// How long one may take to come about, with TLS and password.
    pub connect: Duration,
    /// How long an answer may take. The database stops working at it then.
    pub answer: Duration,
}

impl PostgresTls {
    /// TLS. The server's certificate has to be under one of the roots, and for the
    /// name that stands as `host` in the connection string. A server without TLS
    /// is refused.
    #[must_use]
    pub const fn verified(tls: Tls) -> Self {
        Self(Way::Verified(tls))
    }

    /// No TLS, because nothing leaves this machine: each host is the folder of a
    /// Unix socket or a loopback address. A name is neither: what it means can be
    /// changed.
    #[must_use]
    pub const fn same_machine() -> Self {
        Self(Way::SameMachine)
    }

    /// No TLS over a network: whoever sits on the way reads, and may take the place
    /// of the database. For networks where something else protects the connection.
    #[must_use]
    pub const fn danger_plain() -> Self {
        Self(Way::Plain)
    }

    /// What connects so, if `config` can be connected so. What the string said of
    /// TLS is overruled.
    pub(super) fn connector(self, config: &mut Config) -> Result<Connector, PostgresError> {
        let local = hosts_are_local(config);
        match self.0 {
            Way::Verified(_) if config.get_hosts().iter().any(is_socket) => Err(
                PostgresError::Configuration("there is no TLS over Unix sockets"),
            ),
            Way::Verified(tls) => {
                config.ssl_mode(SslMode::Require);
                let tls = tls.client_config();
                let tls = tls.map_err(PostgresError::TlsConfiguration)?;
                Ok(Connector::Tls(MakeRustlsConnect::new(tls)))
            }
            Way::SameMachine if !local => Err(PostgresError::Configuration(
                "a host is neither a Unix socket nor a loopback address",
            )),
            Way::SameMachine | Way::Plain => {
                config.ssl_mode(SslMode::Disable);
                Ok(Connector::Plain)
            }
        }
    }
}

/// What connects.
#[derive(Clone)]
pub(super) enum Connector {
    Tls(MakeRustlsConnect),
    Plain,
}

/// Whether it is this machine that is connected to, whatever a resolver says. An
/// address goes before the name that it stands beside.
fn hosts_are_local(config: &Config) -> bool {
    let addresses = config.get_hostaddrs();
    if !addresses.is_empty() {
        return addresses.iter().all(IpAddr::is_loopback);
    }
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()),
        Host::Unix(_) => true,
    })
}

fn is_socket(host: &Host) -> bool {
    matches!(host, Host::Unix(_))
}

impl PostgresLimits {
    /// 16 connections, two seconds to wait for one, three to connect, two for an
    /// answer.
    #[must_use]
    pub const fn standard() -> Self {
        const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(16).expect("not zero");
        Self {
            connections: CONNECTIONS,
            wait: Duration::from_secs(2),
            connect: Duration::from_secs(3),
            answer: Duration::from_secs(2),
        }
    }

    /// The milliseconds of an answer, as PostgreSQL takes them: it takes none for
    /// no limit.
    pub(super) fn answer_milliseconds(&self) -> i32 {
        let milliseconds = self.answer.as_millis().max(1);
        i32::try_from(milliseconds).unwrap_or(i32::MAX)
    }
}

/// Reads a connection string, and adds what is always so.
pub(super) fn configuration(
    connection: &str,
    limits: &PostgresLimits,
) -> Result<Config, PostgresError> {
    let unreadable = PostgresError::Configuration("neither key=value pairs nor a URL");
    let mut config: Config = connection.parse().map_err(|_| unreadable)?;
    let hosts = config.get_hosts().len().max(config.get_hostaddrs().len());
    let Ok(hosts @ 1..) = u32::try_from(hosts) else {
        return Err(PostgresError::Configuration("no host"));
    };
    if config.get_application_name().is_none() {
        config.application_name("tashika");
    }
    config
        // One that is gone leaves time for the others.
        .connect_timeout(limits.connect / hosts)
        .tcp_user_timeout(limits.answer)
        .keepalives_idle(Duration::from_secs(30))
        // A server that only reads is a standby.
        .target_session_attrs(TargetSessionAttrs::ReadWrite);
    Ok(config)
}

impl fmt::Debug for PostgresTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Way::Verified(_) => "PostgresTls(verified)",
            Way::SameMachine => "PostgresTls(same machine)",
            Way::Plain => "PostgresTls(danger: plain)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector(connection: &str, tls: PostgresTls) -> Result<(Connector, SslMode), String> {
        let config = configuration(connection, &PostgresLimits::standard());
        let mut config = config.map_err(|error| error.to_string())?;
        let connector = tls.connector(&mut config);
        let connector = connector.map_err(|error| error.to_string())?;
        Ok((connector, config.get_ssl_mode()))
    }

    #[test]
    fn without_tls_nothing_leaves_the_machine() {
        for local in [
            "host=/run/postgresql",
            "host=127.0.0.1",
            "host=::1",
            "host=/run/postgresql,127.0.0.2",
            "host=db.example hostaddr=127.0.0.1",
            "postgresql://user@127.0.0.1/db?sslmode=require",
        ] {
            let (connector, mode) = connector(local, PostgresTls::same_machine()).unwrap();
            assert!(matches!(connector, Connector::Plain), "{local}");
            assert_eq!(mode, SslMode::Disable);
        }
        for remote in [
            "host=db.example",
            "host=192.0.2.1",
            "host=localhost",
            "host=127.0.0.1,192.0.2.1",
            "host=127.0.0.1 hostaddr=192.0.2.1",
        ] {
            let error = connector(remote, PostgresTls::same_machine()).map(drop);
            let error = error.unwrap_err();
            assert!(error.contains("neither a Unix socket nor"), "{error}");
            assert!(connector(remote, PostgresTls::danger_plain()).is_ok());
        }
    }

    #[test]
    fn with_tls_nothing_goes_without() {
        for asked in ["", "sslmode=disable", "sslmode=prefer"] {
            let verified = PostgresTls::verified(Tls::no_roots());
            let (connector, mode) =
                connector(&format!("host=db.example {asked}"), verified).unwrap();
            assert!(matches!(connector, Connector::Tls(_)));
            assert_eq!(mode, SslMode::Require);
        }
        let verified = PostgresTls::verified(Tls::no_roots());
        let error = connector("host=/run/postgresql", verified).map(drop);
        assert!(error.unwrap_err().contains("Unix sockets"));
    }

    #[test]
    fn a_host_that_is_gone_leaves_time_for_the_next() {
        let limits = PostgresLimits::standard();
        let config = configuration("host=a,b,c port=1,2,3", &limits).unwrap();
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(1)));
        let never = PostgresLimits {
            answer: Duration::ZERO,
            ..limits
        };
        // PostgreSQL takes zero for as long as it likes.
        assert_eq!(never.answer_milliseconds(), 1);
    }

    #[test]
    fn what_is_no_connection_string_is_not_repeated() {
        for bad in ["password=hidden port=x", "hidden", "user=somebody"] {
            let error = configuration(bad, &PostgresLimits::standard()).unwrap_err();
            assert!(matches!(error, PostgresError::Configuration(_)));
            assert!(!format!("{error} {error:?}").contains("hidden"));
        }
    }
}
