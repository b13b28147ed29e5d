//! The outside of every layer: a `Layer`, and the `Service` that it makes.

/// Defines a layer and its service over a [`Desk`](super::Desk).
macro_rules! layer {
    ($(#[$doc:meta])+ $layer:ident, $service:ident, $desk:ty $(, <$param:ident: $bound:path $(= $default:ty)?>)?) => {
        $(#[$doc])+
        pub struct $layer$(<$param: $bound $(= $default)?>)? {
            desk: std::sync::Arc<$desk>,
        }

        #[doc = concat!("The service that [`", stringify!($layer), "`] makes of the one behind it.")]
        pub struct $service<S$(, $param: $bound $(= $default)?)?> {
            front: crate::front::Front<S, $desk>,
        }

        impl$(<$param: $bound>)? $layer$(<$param>)? {
            fn of(desk: $desk) -> Self {
                let desk = std::sync::Arc::new(desk);
                Self { desk }
            }
        }

        // The desk is one for all.
        impl$(<$param: $bound>)? Clone for $layer$(<$param>)? {
            fn clone(&self) -> Self {
                let desk = std::sync::Arc::clone(&self.desk);
                Self { desk }
            }
        }

        impl<S: Clone$(, $param: $bound)?> Clone for $service<S$(, $param)?> {
            fn clone(&self) -> Self {
                let front = self.front.clone();
                Self { front }
            }
        }

        impl$(<$param: $bound>)? std::fmt::Debug for $layer$(<$param>)? {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($layer)).field(&self.desk).finish()
            }
        }

        impl<S$(, $param: $bound)?> std::fmt::Debug for $service<S$(, $param)?> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($service)).finish_non_exhaustive()
            }
        }

        impl<S$(, $param: $bound)?> tower_layer::Layer<S> for $layer$(<$param>)? {
            type Service = $service<S$(, $param)?>;

            fn layer(&self, inner: S) -> Self::Service {
                let desk = std::sync::Arc::clone(&self.desk);
                let front = crate::front::Front::new(inner, desk);
                $service { front }
            }
        }

        impl<S, Q, R$(, $param: $bound)?> tower_service::Service<http::Request<Q>>
            for $service<S$(, $param)?>
        where
            S: tower_service::Service<
                    http::Request<crate::body::Body<Q>>,
                    Response = http::Response<R>,
                > + Clone
                + Send
                + 'static,
            S::Future: Send,
            S::Error: Send,
            Q: http_body::Body<Data = bytes::Bytes> + Send + 'static,
            Q::Error: Into<crate::front::BoxError>,
            R: http_body::Body<Data = bytes::Bytes> + Send + 'static,
            R::Error: Into<crate::front::BoxError>,
        {
            type Response = http::Response<crate::body::Body<R>>;
            type Error = S::Error;
            type Future = crate::front::ResponseFuture<S::Future, R, S::Error>;

            fn poll_ready(
                &mut self,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Result<(), S::Error>> {
                tower_service::Service::<http::Request<Q>>::poll_ready(&mut self.front, cx)
            }

            fn call(&mut self, request: http::Request<Q>) -> Self::Future {
                self.front.call(request)
            }
        }
    };
}

pub(crate) use layer;
