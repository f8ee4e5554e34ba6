//! What a deployment decides. The one place that reads the environment, once, at start.

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use crate::domain::{Encryption, RateLimit};

/// A deployment's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// The DynamoDB table (`TABLE_NAME`).
    pub table: String,
    /// The S3 bucket (`BUCKET_NAME`).
    pub bucket: String,
    /// How the bucket encrypts (`BUCKET_ENCRYPTION`: `AES256`, the default, or `aws:kms`).
    pub encryption: Encryption,
    /// How long an upload session lives (`SESSION_LIFETIME_SECONDS`, 1 s to 7 days, default 1 hour).
    /// Seven days is the longest that S3 honours a presigned URL.
    pub session_lifetime: Duration,
    /// How long a download URL lives (`DOWNLOAD_LIFETIME_SECONDS`, 1 s to 7 days, default 15 minutes).
    pub download_lifetime: Duration,
    /// The limit of each key in each category (`RATE_LIMIT_PER_SECOND`, 1 to 10,000, and
    /// `RATE_LIMIT_BURST`, 1 to 100,000; both 25 by default).
    pub rate_limit: RateLimit,
    /// The largest file in bytes (`MAX_SIZE_BYTES`, 1 byte to 5 GiB, the most that S3 takes in one
    /// PUT; default 512 MiB).
    pub max_size_bytes: u64,
    /// Where the AWS services are, and as whom to call them.
    pub aws: Aws,
}

/// The environment that Lambda, or a person, gives an AWS client.
#[derive(Clone)]
pub struct Aws {
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`, where the credentials are a role's.
    pub session_token: Option<String>,
    /// `AWS_ENDPOINT_URL_DYNAMODB`: another address than AWS's own.
    pub dynamodb_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_S3`: another address than AWS's own.
    pub s3_endpoint: Option<String>,
}

impl std::fmt::Debug for Aws {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Aws({}, ..)", self.region)
    }
}

/// The environment does not hold what a function needs.
#[derive(Debug, Error)]
#[error("the environment variable {name} {problem}")]
pub struct ConfigError {
    name: &'static str,
    problem: String,
}

const WEEK: u64 = 7 * 24 * 3600;
const GIB: u64 = 1024 * 1024 * 1024;

impl Config {
    /// Reads the settings from the environment.
    ///
    /// # Errors
    ///
    /// A variable is absent, or out of its bounds.
    pub fn from_environment() -> Result<Self, ConfigError> {
        let encryption = match text("BUCKET_ENCRYPTION").as_deref() {
            None | Some("AES256") => Encryption::S3Managed,
            Some("aws:kms") => Encryption::CustomerManaged,
            Some(_) => return Err(problem("BUCKET_ENCRYPTION", "must be AES256 or aws:kms")),
        };
        let seconds = |name, default| number(name, 1, WEEK, default).map(Duration::from_secs);
        Ok(Self {
            table: required("TABLE_NAME")?,
            bucket: required("BUCKET_NAME")?,
            encryption,
            session_lifetime: seconds("SESSION_LIFETIME_SECONDS", 3600)?,
            download_lifetime: seconds("DOWNLOAD_LIFETIME_SECONDS", 900)?,
            rate_limit: RateLimit::new(
                number("RATE_LIMIT_PER_SECOND", 1, 10_000, 25)?,
                number("RATE_LIMIT_BURST", 1, 100_000, 25)?,
            ),
            max_size_bytes: number("MAX_SIZE_BYTES", 1, 5 * GIB, GIB / 2)?,
            aws: Aws {
                region: required("AWS_REGION")?,
                access_key_id: required("AWS_ACCESS_KEY_ID")?,
                secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
                session_token: text("AWS_SESSION_TOKEN"),
                dynamodb_endpoint: text("AWS_ENDPOINT_URL_DYNAMODB"),
                s3_endpoint: text("AWS_ENDPOINT_URL_S3"),
            },
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn required(name: &'static str) -> Result<String, ConfigError> {
    text(name).ok_or_else(|| problem(name, "is not set"))
}

fn number<N>(name: &'static str, least: N, most: N, default: N) -> Result<N, ConfigError>
where
    N: FromStr + PartialOrd + std::fmt::Display,
{
    let Some(text) = text(name) else { return Ok(default) };
    match text.parse() {
        Ok(number) if number >= least && number <= most => Ok(number),
        _ => Err(problem(name, format!("must be a whole number from {least} to {most}"))),
    }
}

fn problem(name: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError { name, problem: problem.into() }
}
