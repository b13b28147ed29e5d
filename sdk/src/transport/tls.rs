//! Whom to believe to be the other side, and who we are.

use std::fmt;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::transport::TransportError;

/// TLS 1.2 or 1.3 with configured roots: those of the system are not asked.
pub struct Tls {
    roots: RootCertStore,
    client: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
}

impl Tls {
    /// No roots: nobody's certificate is believed. Enough where every origin is
    /// plain HTTP.
    #[must_use]
    pub fn no_roots() -> Self {
        Self {
            roots: RootCertStore::empty(),
            client: None,
        }
    }

    /// These and one more root certificate, in DER.
    ///
    /// # Errors
    /// [`TransportError::TlsConfiguration`] if it is no certificate.
    pub fn root_der(mut self, der: &[u8]) -> Result<Self, TransportError> {
        let root = CertificateDer::from(der.to_vec());
        self.roots.add(root).map_err(configuration)?;
        Ok(self)
    }

    /// These and the root certificates of a PEM file.
    ///
    /// # Errors
    /// [`TransportError::TlsConfiguration`] if one is no certificate,
    /// [`TransportError::Configuration`] if there is none.
    pub fn roots_pem(mut self, pem: &[u8]) -> Result<Self, TransportError> {
        let roots = certificates(pem)?;
        if roots.is_empty() {
            return Err(TransportError::Configuration("no certificate in the PEM"));
        }
        for root in roots {
            self.roots.add(root).map_err(configuration)?;
        }
        Ok(self)
    }

    /// The same with a certificate and key of our own, which the other side
    /// may ask for; both in PEM, the certificate first in its chain.
    ///
    /// # Errors
    /// [`TransportError::TlsConfiguration`] if either cannot be read.
    pub fn client_certificate_pem(
        mut self,
        chain: &[u8],
        key: &[u8],
    ) -> Result<Self, TransportError> {
        let key = PrivateKeyDer::from_pem_slice(key).map_err(configuration)?;
        self.client = Some((certificates(chain)?, key));
        Ok(self)
    }

    pub(super) fn has_roots(&self) -> bool {
        !self.roots.is_empty()
    }

    /// What rustls makes of it, for protocols other than HTTP that run over TLS.
    ///
    /// # Errors
    /// [`TransportError::TlsConfiguration`] if the certificate and the key of our
    /// own do not belong together.
    pub fn client_config(self) -> Result<ClientConfig, TransportError> {
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(configuration)?
            .with_root_certificates(self.roots);
        match self.client {
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(configuration),
            None => Ok(builder.with_no_client_auth()),
        }
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(configuration)
}

fn configuration(error: impl std::error::Error + Send + Sync + 'static) -> TransportError {
    TransportError::TlsConfiguration(Box::new(error))
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("roots", &self.roots.len())
            .field("client", &self.client.is_some())
            .finish()
    }
}
