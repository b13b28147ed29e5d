//! Services that are none of ours.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tashika::Code;
use tashika::auth_app::AuthAppSettings;
use tashika::transport::{Body, Client, Load, TransportError};
use tashika_testbed::Answer;
use tashika_testbed::auth_app::Endpoint;
use tower::Service;

use crate::scene::{Scene, impatient};

type Sent<E> = Pin<Box<dyn Future<Output = Result<Response<Body>, E>> + Send>>;

/// Somebody else's error.
#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

type Boxed = Box<dyn std::error::Error + Send + Sync>;

/// A client under a layer that boxes what goes wrong, as tower's layers do, and
/// that may refuse by itself.
#[derive(Clone)]
struct Layered {
    client: Client,
    refuses: bool,
    forgets_budgets: bool,
}

impl Service<Request<Bytes>> for Layered {
    type Response = Response<Body>;
    type Error = Boxed;
    type Future = Sent<Boxed>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Boxed>> {
        self.client.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, mut request: Request<Bytes>) -> Sent<Boxed> {
        if self.refuses {
            return Box::pin(async { Err(Refused.into()) });
        }
        if self.forgets_budgets {
            request.extensions_mut().clear();
        }
        let sent = self.client.call(request);
        Box::pin(async { sent.await.map_err(|e: TransportError| e.into()) })
    }
}

fn layered(scene: &Scene) -> Layered {
    let once = Load {
        retries: 0,
        ..Load::standard()
    };
    Layered {
        client: scene.transport(&once),
        refuses: false,
        forgets_budgets: false,
    }
}

#[tokio::test]
async fn an_error_is_known_in_a_box() {
    let scene = Scene::new();
    let auth_app = scene.auth_app_over(layered(&scene), AuthAppSettings::standard());
    scene.log_in(&auth_app).await.unwrap();
    scene
        .provider
        .only(|s| s.token.instead = Some(Answer::redirect("/")));
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppHttp);
}

#[tokio::test]
async fn an_error_that_is_not_ours_is_unreachable() {
    let scene = Scene::new();
    let service = Layered {
        refuses: true,
        ..layered(&scene)
    };
    let auth_app = scene.auth_app_over(service, AuthAppSettings::standard());
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppUnreachable);
    assert_eq!(scene.asked(Endpoint::Token), 0);
}

/// Whatever a service makes of its budget.
#[tokio::test]
async fn octets_and_time_are_counted_here_too() {
    let scene = Scene::new();
    let service = Layered {
        forgets_budgets: true,
        ..layered(&scene)
    };
    let auth_app = scene.auth_app_over(service, impatient());
    scene.log_in(&auth_app).await.unwrap();
    let slow = Answer::ok("application/json", "{}").dripping(1, Duration::from_secs(60));
    scene.provider.only(|s| s.token.instead = Some(slow));
    let fault = scene.log_in(&auth_app).await.unwrap_err();
    assert_eq!(fault.code(), Code::AuthAppTimeout);
}
