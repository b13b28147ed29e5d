//! As whom a server runs: PostgreSQL refuses to run as root.

use std::fs;
use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::geteuid;

use crate::postgres::programs;

/// Ourselves, or somebody with no rights where we are root.
#[derive(Debug)]
pub(super) enum Account {
    Ourselves,
    Other { user: u32, group: u32 },
}

impl Account {
    pub(super) fn for_servers() -> io::Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let accounts = fs::read_to_string("/etc/passwd")?;
        let of = |name| accounts.lines().find_map(|line| numbers(line, name));
        let (user, group) = ["postgres", "nobody"]
            .into_iter()
            .find_map(of)
            .ok_or_else(|| io::Error::other("nobody is there for a server to run as"))?;
        Ok(Self::Other { user, group })
    }

    /// Gives it a file or a folder.
    pub(super) fn own(&self, path: &Path) -> io::Result<()> {
        match *self {
            Self::Ourselves => Ok(()),
            Self::Other { user, group } => chown(path, Some(user), Some(group)),
        }
    }

    /// A program of the server, run by it.
    pub(super) fn program(&self, name: &str) -> io::Result<Command> {
        let folder = programs().ok_or_else(|| io::Error::other("PostgreSQL is not installed"))?;
        let mut command = Command::new(folder.join(name));
        command.env_clear().env("LC_ALL", "C").current_dir("/");
        if let Self::Other { user, group } = *self {
            command.uid(user).gid(group);
        }
        Ok(command)
    }
}

/// User and group in a line of passwd(5), if it is the line of `name`.
fn numbers(line: &str, name: &str) -> Option<(u32, u32)> {
    let mut fields = line.split(':');
    if fields.next() != Some(name) {
        return None;
    }
    let user = fields.nth(1)?.parse().ok()?;
    Some((user, fields.next()?.parse().ok()?))
}
