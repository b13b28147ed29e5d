//! A phone before a reader: what the reader brings over NFC and Bluetooth comes over
//! a socket here.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tashika_testbed::Algorithm;
use tashika_testbed::mdoc::{Engagement, Handover, Session, Transcript};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Defect, Kind, NoAnswer};
use crate::world::World;

/// Who holds a phone to which reader.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Tap {
    /// Where the house's terminals connect.
    pub(crate) terminal: SocketAddr,
    /// Which of its readers it is.
    #[serde(default)]
    pub(crate) place: String,
    #[serde(default)]
    pub(crate) person: usize,
    #[serde(default)]
    pub(crate) defect: String,
}

/// What the last phone sent, as whoever stood beside has it.
#[derive(Default)]
pub(crate) struct Overheard(Mutex<Option<(Engagement, Vec<u8>)>>);

/// What a phone does.
struct Shown {
    engagement: Engagement,
    defect: Option<Defect>,
    /// What is sent whatever the reader says.
    replayed: Option<Vec<u8>>,
}

/// How long the house may take for a line.
const PATIENCE: Duration = Duration::from_secs(20);

impl World {
    /// Holds a phone to a reader: what the house said last. Before the phone sends
    /// anything that somebody has just been revoked for, it waits for `heard`.
    pub(crate) async fn tap(
        &self,
        overheard: &Overheard,
        tap: Tap,
        heard: impl Future<Output = ()>,
    ) -> Result<Value, NoAnswer> {
        let defect = Defect::named(&tap.defect, Kind::Tap)?;
        let shown = self.shown(overheard, defect)?;
        let stream = TcpStream::connect(tap.terminal)
            .await
            .map_err(unreachable)?;
        let (from, mut to) = stream.into_split();
        let mut from = BufReader::new(from);
        let begun = json!({ "place": tap.place, "qr": shown.engagement.uri() });
        let offered = converse(&mut from, &mut to, &begun).await?;
        let Some(establishment) = offered.get("establishment").and_then(Value::as_str) else {
            // The house does not ask.
            return Ok(offered);
        };
        let establishment = STANDARD.decode(establishment);
        let establishment = establishment.map_err(|_| NoAnswer::malformed())?;
        let revision = self.registry.revision();
        let data = match &shown.replayed {
            Some(data) => data.clone(),
            None => self.session_data(tap.person, &shown, &establishment)?,
        };
        if self.registry.revision() != revision {
            heard.await;
        }
        if defect.is_none() {
            overheard.keep(&shown.engagement, &data);
        }
        let said = json!({ "data": STANDARD.encode(data) });
        converse(&mut from, &mut to, &said).await
    }

    fn shown(&self, overheard: &Overheard, defect: Option<Defect>) -> Result<Shown, NoAnswer> {
        if defect == Some(Defect::Replayed) {
            let (engagement, data) = overheard.last()?;
            return Ok(Shown {
                engagement,
                defect,
                replayed: Some(data),
            });
        }
        let label = format!("session {}", self.people.number());
        let key = self.phones.key(Algorithm::P256, &label);
        Ok(Shown {
            engagement: Engagement::new(key),
            defect,
            replayed: None,
        })
    }

    /// SessionData of the phone.
    fn session_data(
        &self,
        person: usize,
        shown: &Shown,
        establishment: &[u8],
    ) -> Result<Vec<u8>, NoAnswer> {
        let (mut session, request) =
            Session::establish(&shown.engagement, &Handover::Qr, establishment)?;
        let transcript = session.transcript().clone();
        let asked = self.accepted(&request, &transcript)?;
        let proved = match shown.defect {
            Some(Defect::Transcript) => Transcript::annex_c("", "https://elsewhere.example"),
            _ => transcript,
        };
        let asked: Vec<_> = asked.iter().collect();
        let response = self.response(person, &asked, &proved, shown.defect);
        Ok(session.send(&response).encode())
    }
}

impl Overheard {
    fn keep(&self, engagement: &Engagement, data: &[u8]) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((engagement.clone(), data.to_vec()));
    }

    fn last(&self) -> Result<(Engagement, Vec<u8>), NoAnswer> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone().ok_or_else(|| {
            NoAnswer::new(
                "まだ誰もスマートフォンをかざしていません。先に一度、正しくかざしてください。",
                "Nobody has held a phone here yet. Hold one rightly once before.",
            )
        })
    }
}

/// Says a line, and gives the one that comes back.
async fn converse(
    from: &mut (impl tokio::io::AsyncBufRead + Unpin),
    to: &mut (impl tokio::io::AsyncWrite + Unpin),
    said: &Value,
) -> Result<Value, NoAnswer> {
    let line = async {
        to.write_all(format!("{said}\n").as_bytes()).await?;
        let mut line = String::new();
        from.read_line(&mut line).await?;
        Ok(line)
    };
    let line = timeout(PATIENCE, line).await;
    let line = line.map_err(io::Error::other).and_then(|line| line);
    serde_json::from_str(&line.map_err(unreachable)?).map_err(|_| {
        NoAnswer::new(
            "読み取り機が途中で通信を終えました。",
            "The reader has broken off.",
        )
    })
}

fn unreachable(_: io::Error) -> NoAnswer {
    NoAnswer::new(
        "読み取り機につながりません。",
        "The reader cannot be reached.",
    )
}
