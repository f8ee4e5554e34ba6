//! The ports of a deployment: three in a row.

use std::net::{Ipv4Addr, TcpListener};
use std::num::ParseIntError;
use std::str::FromStr;

use crate::failure::Failure;

/// Attempts to find three free ports in a row; the first one nearly always succeeds.
const ATTEMPTS: usize = 100;

/// The ports on 127.0.0.1, named by the API's. `slipway --local` relies on the order, too.
#[derive(Clone, Copy)]
pub(crate) struct Ports {
    api: u16,
}

impl Ports {
    /// The API's.
    pub(crate) fn api(self) -> u16 {
        self.api
    }

    /// The stand-in for DynamoDB's.
    pub(crate) fn dynamodb(self) -> u16 {
        self.api.saturating_add(1)
    }

    /// The stand-in for S3's.
    pub(crate) fn s3(self) -> u16 {
        self.api.saturating_add(2)
    }

    /// Three ports that nobody uses now.
    pub(crate) fn free() -> Result<Self, Failure> {
        (0..ATTEMPTS)
            .filter_map(|_| any_port())
            .map(|api| Self { api })
            .find(|ports| ports.check().is_ok())
            .ok_or(Failure::NoFreePorts)
    }

    /// Fails if one of them is in use.
    pub(crate) fn check(self) -> Result<(), Failure> {
        let wanted = [(self.api(), "the API"), (self.dynamodb(), "DynamoDB"), (self.s3(), "S3")];
        for (port, service) in wanted {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .map_err(|_| Failure::PortInUse { port, service })?;
        }
        Ok(())
    }
}

impl FromStr for Ports {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(|api| Self { api })
    }
}

fn any_port() -> Option<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
    listener.local_addr().ok().map(|address| address.port())
}
