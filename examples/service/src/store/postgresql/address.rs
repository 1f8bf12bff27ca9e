//! Where the server is, and whether the way to it is encrypted.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use postgres::{
    Client, Config,
    config::{Host, SslMode},
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::StoreError;

/// How long a server may take to take a connection.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a server may leave what was sent to it without a sign.
const GONE: Duration = Duration::from_secs(6);

/// A server's address, and whose certificates are trusted.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
}

impl Address {
    /// Reads an address. To another machine the connection is encrypted, and the server's certificate is checked, unless the address
    /// says `sslmode=disable`; on the same machine it is where it says `sslmode=require`. Certificates are trusted that the
    /// authorities in this file have signed, or those that the system trusts.
    pub(super) fn read(url: &str, authorities: Option<&Path>) -> Result<Self, StoreError> {
        // Not what it says: it may hold a password.
        let mut config: Config = url.parse().map_err(|_| StoreError::Address)?;
        if config.get_ssl_mode() == SslMode::Prefer {
            let is_here =
                config.get_hosts().iter().all(is_here) && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
            config.ssl_mode(if is_here { SslMode::Disable } else { SslMode::Require });
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        // A server that is gone without a word is noticed within seconds, and not when the operating system gives up.
        config.keepalives_idle(PATIENCE).keepalives_interval(PATIENCE).keepalives_retries(2);
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(GONE);
        }
        let trusted = match (config.get_ssl_mode(), authorities) {
            (SslMode::Disable, _) => RootCertStore::empty(),
            (_, Some(file)) => in_file(file)?,
            (_, None) => of_the_system()?,
        };
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| StoreError::Tls(error.to_string()))?
            .with_root_certificates(trusted)
            .with_no_client_auth();
        Ok(Self { config, tls: MakeRustlsConnect::new(tls) })
    }

    pub(super) fn connect(&self) -> Result<Client, StoreError> {
        Ok(self.config.connect(self.tls.clone())?)
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn in_file(file: &Path) -> Result<RootCertStore, StoreError> {
    let wrong = |why: &dyn std::fmt::Display| StoreError::Tls(format!("`{}`: {why}", file.display()));
    let mut trusted = RootCertStore::empty();
    let read = CertificateDer::pem_file_iter(PathBuf::from(file)).map_err(|error| wrong(&error))?;
    for certificate in read {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        trusted.add(certificate).map_err(|error| wrong(&error))?;
    }
    if trusted.is_empty() { Err(wrong(&"there is no certificate in it")) } else { Ok(trusted) }
}

fn of_the_system() -> Result<RootCertStore, StoreError> {
    let mut trusted = RootCertStore::empty();
    // One that can't be read is as one that isn't there.
    trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if trusted.is_empty() {
        return Err(StoreError::Tls(
            "the system trusts no certificates; `--postgres-ca` names a file of them".to_owned(),
        ));
    }
    Ok(trusted)
}
