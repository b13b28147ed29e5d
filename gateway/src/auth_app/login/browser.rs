//! A person and a browser that need neither: for those who want to see what
//! comes of what.

use std::error::Error;

use bytes::Bytes;
use http::header::{COOKIE, HOST, HeaderName, LOCATION, SET_COOKIE};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tashika_testbed::auth_app::Visit;
use tokio::net::TcpStream;

use super::steps::say;
use crate::auth_app::Simulation;
use crate::cli::auth_app::Chosen;
use crate::exit::Failure;

/// Begins a login at `start`, and brings back what the provider answers.
pub(super) async fn go(
    chosen: Chosen,
    simulation: &Simulation,
    start: &str,
) -> Result<(), Failure> {
    let choice = chosen.arrange(simulation);
    let begun = get(start, None).await.map_err(lost)?;
    let (Some(provider), Some(cookie)) = (header(&begun, LOCATION), header(&begun, SET_COOKIE))
    else {
        return Err(Failure::Usage("the login did not begin".to_owned()));
    };
    say(&format!("  the person: {choice:?}"));
    let back = match simulation.provider.visit(provider, &choice) {
        Visit::Redirect(back) => back,
        Visit::Shown(refusal) => return Err(Failure::Usage(refusal.description.to_owned())),
    };
    let cookie = cookie.split(';').next();
    let cookie = cookie.filter(|_| chosen != Chosen::OtherBrowser);
    get(&back, cookie).await.map_err(lost)?;
    Ok(())
}

/// What a browser gets at a URL of ours, over a connection of its own.
async fn get(url: &str, cookie: Option<&str>) -> Result<Response<Bytes>, Box<dyn Error>> {
    let url: Uri = url.parse()?;
    let authority = url.authority().map_or("", |authority| authority.as_str());
    let stream = TcpStream::connect(authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::get(path).header(HOST, authority);
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    let answer = sender.send_request(request.body(Empty::<Bytes>::new())?);
    let answer = async {
        let (head, body) = answer.await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    };
    let (answer, _) = tokio::join!(answer, connection);
    answer
}

fn header(response: &Response<Bytes>, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

#[expect(clippy::needless_pass_by_value, reason = "an error to be mapped")]
fn lost(error: Box<dyn Error>) -> Failure {
    Failure::Usage(format!("the browser was lost: {error}"))
}
