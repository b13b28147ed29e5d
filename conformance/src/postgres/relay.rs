//! A way to a server on which what a test wants happens to connections.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What becomes of what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// It arrives.
    Forward,
    /// Nothing arrives on either side, until there is another conduct.
    Hold,
    /// Connections break before a request arrives.
    LoseRequests,
    /// Requests arrive, and connections break after so many octets of what is
    /// answered.
    LoseAnswersAfter(usize),
}

/// A port of 127.0.0.1 from which octets go to another port and back.
///
/// It is there until the process ends.
#[derive(Debug)]
pub struct Relay {
    port: u16,
    conduct: Arc<Switch>,
}

#[derive(Debug)]
struct Switch {
    conduct: Mutex<Conduct>,
    changed: Condvar,
}

impl Relay {
    /// One that forwards.
    ///
    /// # Errors
    /// If there is no port for it.
    pub fn to(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let relay = Self {
            port: listener.local_addr()?.port(),
            conduct: Arc::new(Switch {
                conduct: Mutex::new(Conduct::Forward),
                changed: Condvar::new(),
            }),
        };
        let conduct = Arc::clone(&relay.conduct);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // Nobody may be listening there; then nobody is here.
                let _ = connect(client, port, &conduct);
            }
        });
        Ok(relay)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Has this happen from now on, on connections that are open too.
    pub fn conduct(&self, conduct: Conduct) {
        *self.conduct.lock() = conduct;
        self.conduct.changed.notify_all();
    }
}

impl Switch {
    fn lock(&self) -> MutexGuard<'_, Conduct> {
        self.conduct.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens now, once it is not [`Conduct::Hold`].
    fn wait(&self) -> Conduct {
        let held = |conduct: &mut Conduct| *conduct == Conduct::Hold;
        let conduct = self.changed.wait_while(self.lock(), held);
        *conduct.unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(client: TcpStream, port: u16, conduct: &Arc<Switch>) -> io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", port))?;
    let (from_client, from_server) = (client.try_clone()?, server.try_clone()?);
    let (there, back) = (Arc::clone(conduct), Arc::clone(conduct));
    thread::spawn(move || requests(from_client, server, &there));
    thread::spawn(move || answers(from_server, client, &back));
    Ok(())
}

/// Passes requests on.
fn requests(mut from: TcpStream, mut to: TcpStream, conduct: &Switch) {
    let mut octets = [0; 16 * 1024];
    while let Some(request) = read(&mut from, &mut octets) {
        if conduct.wait() == Conduct::LoseRequests || to.write_all(request).is_err() {
            break;
        }
    }
    cut(&from, &to);
}

/// Passes answers back.
fn answers(mut from: TcpStream, mut to: TcpStream, conduct: &Switch) {
    let mut octets = [0; 16 * 1024];
    let mut passed = 0;
    while let Some(answer) = read(&mut from, &mut octets) {
        let part = match conduct.wait() {
            Conduct::LoseAnswersAfter(most) => {
                let rest = most.saturating_sub(passed);
                passed += answer.len();
                answer
                    .split_at_checked(rest)
                    .map_or(answer, |(part, _)| part)
            }
            _ => answer,
        };
        if to.write_all(part).is_err() || part.len() < answer.len() {
            break;
        }
    }
    cut(&from, &to);
}

fn read<'o>(from: &mut TcpStream, octets: &'o mut [u8]) -> Option<&'o [u8]> {
    match from.read(octets) {
        Ok(0) | Err(_) => None,
        Ok(length) => octets.get(..length),
    }
}

fn cut(one: &TcpStream, other: &TcpStream) {
    // One side may have gone already.
    let _ = one.shutdown(Shutdown::Both);
    let _ = other.shutdown(Shutdown::Both);
}
