//! TLS of the `jupyter` executor: rustls over ring, with the system's trust or with authorities of the endpoint's own.

use super::error::UseError;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::BuilderVerifierExt;
use std::{path::Path, sync::Arc};

/// For a client that trusts `authorities` (PEM, of `file`) and nobody else, or whom the system trusts.
pub(super) fn client(authorities: Option<&[u8]>, file: Option<&Path>) -> Result<ClientConfig, UseError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let failed = |e: rustls::Error| UseError::Tls(e.to_string());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(failed)?;
    let Some(pem) = authorities else {
        return Ok(builder.with_platform_verifier().map_err(failed)?.with_no_client_auth());
    };
    let wrong = |why: String| UseError::Authorities { path: file.unwrap_or(Path::new("?")).into(), why };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|e| wrong(e.to_string()))?;
        roots.add(certificate).map_err(|e| wrong(e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("there is no certificate in it".into()));
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
