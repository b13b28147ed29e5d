//! How a row gets its name and its seats.

use tashika::Time;
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;

use crate::store::postgres::connection::Connection;
use crate::store::postgres::keeper::New;
use crate::store::postgres::question::Question;
use crate::store::postgres::seats::{Look, Seats};

/// Keeps something, unless the name is taken or there is no room.
pub(super) struct Putting {
    pub(super) tenant: String,
    pub(super) client: Vec<u8>,
    pub(super) shares: Seats,
    pub(super) places: Seats,
    pub(super) new: New,
    pub(super) now: Time,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    Kept,
    /// Something is kept under this name.
    Known,
    /// No seat is free.
    Full,
}

/// How often seats are looked for that others take first.
const LOOKS: u32 = 8;

/// What one look found.
enum Found {
    Kept,
    /// Under this name is something that has not expired.
    Known,
    /// No seat that was looked at is free.
    NoSeat,
    /// Somebody was faster, or something that has expired has the name.
    Taken,
}

impl Question for Putting {
    /// None if others were faster, again and again.
    type Answer = Option<Put>;

    async fn ask(&self, connection: &Connection) -> Result<Option<Put>, Error> {
        match self.put(connection, Look::Few).await? {
            Found::Kept => return Ok(Some(Put::Kept)),
            Found::Known => return Ok(Some(Put::Known)),
            Found::NoSeat | Found::Taken => self.clear(connection).await?,
        }
        for _ in 0..LOOKS {
            match self.put(connection, Look::Many).await? {
                Found::Kept => return Ok(Some(Put::Kept)),
                Found::Known => return Ok(Some(Put::Known)),
                Found::NoSeat => return Ok(Some(Put::Full)),
                Found::Taken => {}
            }
        }
        Ok(None)
    }
}

impl Putting {
    async fn put(&self, connection: &Connection, look: Look) -> Result<Found, Error> {
        let New { name, state, .. } = &self.new;
        let values: [&(dyn ToSql + Sync); 9] = [
            &self.tenant,
            &self.new.kind.number(),
            name,
            &self.client,
            &self.new.expires.as_unix(),
            &self.new.ends.as_unix(),
            &&**state,
            &self.shares.candidates(name, look),
            &self.places.candidates(name, look),
        ];
        let put = &connection.statements().put;
        let row = connection.client().query_one(put, &values).await?;
        let (kept, seats): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
        let known: Option<i64> = row.try_get(2)?;
        Ok(match known {
            _ if kept => Found::Kept,
            Some(expires) if expires >= self.now.as_unix() => Found::Known,
            Some(_) => Found::Taken,
            None if seats => Found::Taken,
            None => Found::NoSeat,
        })
    }

    /// Removes what has expired and is in the way.
    async fn clear(&self, connection: &Connection) -> Result<(), Error> {
        let New { kind, name, .. } = &self.new;
        let values: [&(dyn ToSql + Sync); 6] = [
            &self.tenant,
            &kind.number(),
            name,
            &self.client,
            &self.now.as_unix(),
            &self.places.candidates(name, Look::Many),
        ];
        let clear = &connection.statements().clear;
        connection.client().execute(clear, &values).await.map(drop)
    }
}
