//! What a deployment decides. The one place that reads the environment, once, at start.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use crate::domain::{Encryption, PartPlan, RateLimit};

/// A deployment's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which deployment this is (`STAGE`, default `local`): the metrics' dimension.
    pub stage: String,
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
    /// The limit of each key that has none of its own, in each category (`RATE_LIMIT_PER_SECOND`, 1 to 300, and
    /// `RATE_LIMIT_BURST`, 1 to 100,000; both 25 by default).
    pub rate_limit: RateLimit,
    /// The largest file in bytes (`MAX_SIZE_BYTES`, 1 byte to what fits in 10,000 parts of 5 GiB;
    /// default 512 MiB).
    pub max_size_bytes: u64,
    /// A file over so many bytes is uploaded in parts by a client that leaves the choice to us
    /// (`MULTIPART_THRESHOLD_BYTES`, 1 byte to 5 GiB, default 100 MiB).
    pub multipart_threshold_bytes: u64,
    /// Whether the deployment serves pages (`DOCS`: `served`, the default, or `none`).
    pub serves_pages: bool,
    /// The name in Secrets Manager of what the secret keys of clients that sign are derived from
    /// (`SIGNING_SECRET_ID`). Without it, no signature is accepted.
    pub signing_secret_id: Option<String>,
    /// The file from which the SDK takes its table of partitions (`SMITHY_CLIENT_SDK_CUSTOM_PARTITION`), if not
    /// from itself. It is written at start, and empty: no client of ours asks for an endpoint.
    pub partitions_file: Option<PathBuf>,
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
    /// The domain of the partition's services (`URL_SUFFIX`, default `amazonaws.com`).
    pub url_suffix: String,
    /// `AWS_ENDPOINT_URL_DYNAMODB`: another address than AWS's own.
    pub dynamodb_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_S3`: another address than AWS's own.
    pub s3_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_SECRETS_MANAGER`: another address than AWS's own.
    pub secrets_endpoint: Option<String>,
}

impl Aws {
    /// AWS itself in this region, as whoever holds this access key.
    #[must_use]
    pub fn with_key(region: &str, access_key_id: &str, secret_access_key: &str) -> Self {
        Self {
            region: region.to_owned(),
            access_key_id: access_key_id.to_owned(),
            secret_access_key: secret_access_key.to_owned(),
            session_token: None,
            url_suffix: URL_SUFFIX.to_owned(),
            dynamodb_endpoint: None,
            s3_endpoint: None,
            secrets_endpoint: None,
        }
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
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

impl ConfigError {
    /// No file can be written where the SDK is told to find its table of partitions.
    pub(crate) fn of_partitions(failure: &std::io::Error) -> Self {
        problem(PARTITIONS_FILE, format!("names no file that can be written: {failure}"))
    }
}

const PARTITIONS_FILE: &str = "SMITHY_CLIENT_SDK_CUSTOM_PARTITION";
const URL_SUFFIX: &str = "amazonaws.com";
const WEEK: u64 = 7 * 24 * 3600;
const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

impl Config {
    /// Reads the settings from the environment.
    ///
    /// # Errors
    ///
    /// A variable is absent, or out of its bounds.
    pub fn from_environment() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        Self::read(&Variables(&|name| std::env::var(name).ok()))
    }

    fn read(variables: &Variables<'_>) -> Result<Self, ConfigError> {
        // A presigned URL works for a week at the most (X-Amz-Expires).
        let seconds = |name, default| variables.number(name, 1..=WEEK, default);
        Ok(Self {
            stage: variables.text("STAGE").unwrap_or_else(|| "local".to_owned()),
            table: variables.required("TABLE_NAME")?,
            bucket: variables.required("BUCKET_NAME")?,
            encryption: match variables.text("BUCKET_ENCRYPTION").as_deref() {
                None | Some("AES256") => Encryption::S3Managed,
                Some("aws:kms") => Encryption::CustomerManaged,
                Some(_) => return Err(problem("BUCKET_ENCRYPTION", "must be AES256 or aws:kms")),
            },
            session_lifetime: seconds("SESSION_LIFETIME_SECONDS", 3600).map(Duration::from_secs)?,
            download_lifetime: seconds("DOWNLOAD_LIFETIME_SECONDS", 900)
                .map(Duration::from_secs)?,
            rate_limit: RateLimit::new(
                variables.number("RATE_LIMIT_PER_SECOND", 1..=RateLimit::MAX_PER_SECOND, 25)?,
                variables.number("RATE_LIMIT_BURST", 1..=RateLimit::MAX_BURST, 25)?,
            ),
            max_size_bytes: variables.number(
                "MAX_SIZE_BYTES",
                1..=PartPlan::MAX_FILE_BYTES,
                GIB / 2,
            )?,
            multipart_threshold_bytes: variables.number(
                "MULTIPART_THRESHOLD_BYTES",
                1..=PartPlan::MAX_PUT_BYTES,
                100 * MIB,
            )?,
            serves_pages: match variables.text("DOCS").as_deref() {
                None | Some("served") => true,
                Some("none") => false,
                Some(_) => return Err(problem("DOCS", "must be served or none")),
            },
            signing_secret_id: variables.text("SIGNING_SECRET_ID"),
            partitions_file: variables.text(PARTITIONS_FILE).map(PathBuf::from),
            aws: Aws {
                region: variables.required("AWS_REGION")?,
                access_key_id: variables.required("AWS_ACCESS_KEY_ID")?,
                secret_access_key: variables.required("AWS_SECRET_ACCESS_KEY")?,
                session_token: variables.text("AWS_SESSION_TOKEN"),
                url_suffix: variables.text("URL_SUFFIX").unwrap_or_else(|| URL_SUFFIX.to_owned()),
                dynamodb_endpoint: variables.text("AWS_ENDPOINT_URL_DYNAMODB"),
                s3_endpoint: variables.text("AWS_ENDPOINT_URL_S3"),
                secrets_endpoint: variables.text("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
            },
        })
    }
}

/// Where the settings come from. An empty variable is an absent one.
struct Variables<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Variables<'_> {
    fn text(&self, name: &str) -> Option<String> {
        // A template can only set a variable that is not wanted to nothing.
        (self.0)(name).filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<String, ConfigError> {
        self.text(name).ok_or_else(|| problem(name, "is not set"))
    }

    fn number<N>(
        &self,
        name: &'static str,
        bounds: RangeInclusive<N>,
        default: N,
    ) -> Result<N, ConfigError>
    where
        N: FromStr + PartialOrd + fmt::Display,
    {
        let Some(text) = self.text(name) else { return Ok(default) };
        text.parse().ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
            let (least, most) = (bounds.start(), bounds.end());
            problem(name, format!("must be a whole number from {least} to {most}"))
        })
    }
}

fn problem(name: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError { name, problem: problem.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let least = [
            ("TABLE_NAME", "t"),
            ("BUCKET_NAME", "b"),
            ("AWS_REGION", "r"),
            ("AWS_ACCESS_KEY_ID", "i"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
        ];
        let find = |name: &str| {
            let mut all = changes.iter().chain(&least);
            all.find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Config::read(&Variables(&find))
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let config = read(&[]).unwrap();
        assert_eq!(config.session_lifetime, Duration::from_hours(1));
        assert_eq!(config.download_lifetime, Duration::from_mins(15));
        assert_eq!(config.rate_limit, RateLimit::new(25, 25));
        assert_eq!(config.max_size_bytes, 512 * MIB);
        assert_eq!(config.multipart_threshold_bytes, 100 * MIB);
        assert_eq!(config.encryption, Encryption::S3Managed);
    }

    #[test]
    fn a_setting_out_of_its_bounds_is_named() {
        for (name, value) in [
            ("TABLE_NAME", ""),
            ("SESSION_LIFETIME_SECONDS", "0"),
            ("SESSION_LIFETIME_SECONDS", "604801"),
            ("RATE_LIMIT_PER_SECOND", "-1"),
            ("RATE_LIMIT_PER_SECOND", "301"),
            ("MAX_SIZE_BYTES", "53687091200001"),
            ("MULTIPART_THRESHOLD_BYTES", "5368709121"),
            ("MAX_SIZE_BYTES", "many"),
            ("BUCKET_ENCRYPTION", "rot13"),
            ("DOCS", "maybe"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn secrets_do_not_show_in_debug() {
        let shown = format!("{:?}", read(&[("AWS_SECRET_ACCESS_KEY", "hush")]).unwrap());
        assert!(!shown.contains("hush"), "{shown}");
    }
}
