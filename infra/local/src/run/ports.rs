//! The ports of a deployment: three in a row.

use std::net::{Ipv4Addr, TcpListener};
use std::str::FromStr;

use thiserror::Error;

use crate::failure::Failure;

/// The highest port of an API: two more have to follow.
const HIGHEST: u16 = u16::MAX - 2;

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
        self.api + 1
    }

    /// The stand-in for S3's.
    pub(crate) fn s3(self) -> u16 {
        self.api + 2
    }

    /// Three ports that nobody uses now.
    pub(crate) fn free() -> Result<Self, Failure> {
        (0..ATTEMPTS)
            .filter_map(|_| any_port()?.to_string().parse::<Self>().ok())
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

/// The text is not a port with two more after it.
#[derive(Debug, Error)]
#[error("must be a port from 1 to {HIGHEST}")]
pub(crate) struct NotAPort;

impl FromStr for Ports {
    type Err = NotAPort;

    fn from_str(text: &str) -> Result<Self, NotAPort> {
        match text.parse() {
            Ok(api @ 1..=HIGHEST) => Ok(Self { api }),
            _ => Err(NotAPort),
        }
    }
}

fn any_port() -> Option<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
    listener.local_addr().ok().map(|address| address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_used_port_is_named_with_what_it_was_wanted_for() {
        let ports = Ports::free().unwrap();
        let _other = TcpListener::bind((Ipv4Addr::LOCALHOST, ports.s3())).unwrap();
        let failure = ports.check().unwrap_err().to_string();
        assert!(failure.contains(&format!("port {}, wanted for S3", ports.s3())), "{failure}");
    }

    #[test]
    fn two_more_ports_have_room_after_the_first() {
        assert!("65533".parse::<Ports>().is_ok());
        for text in ["65534", "65536", "0", "-1", ""] {
            assert!(text.parse::<Ports>().is_err(), "{text}");
        }
    }
}
