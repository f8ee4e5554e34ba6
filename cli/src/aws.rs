//! The operator's own AWS: profile, SSO, credential process or role, or the local engine.

use std::fs;
use std::io;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use shared::storage::{Secrets, Table, connection};
use thiserror::Error;

/// The access key that the local engine knows, and where `make run` writes its secret.
const LOCAL: (&str, &str) = ("local", ".local/credentials");

/// The local engine's credentials are not to be had.
#[derive(Debug, Error)]
#[error("cannot read {}: `--local` works in the folder in which `make run` runs", LOCAL.1)]
pub(crate) struct NoCredentials(#[source] io::Error);

/// What an operator works on.
pub(crate) struct Deployment {
    /// Its table.
    pub(crate) table: Table,
    /// Its signing secret, which may not be there.
    pub(crate) secrets: Secrets,
}

/// The deployment with this table, on AWS as the environment and the profile say, or on the local
/// engine whose API listens on `local`: DynamoDB and Secrets Manager are one port above.
pub(crate) async fn deployment(
    table: &str,
    local: Option<u16>,
) -> Result<Deployment, NoCredentials> {
    let mut loader =
        aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(connection::http_client());
    if let Some(port) = local {
        loader = loader
            .endpoint_url(format!("http://127.0.0.1:{}", port.saturating_add(1)))
            .region(Region::new("us-east-1"))
            .credentials_provider(local_credentials().map_err(NoCredentials)?);
    }
    let config = loader.load().await;
    Ok(Deployment {
        table: Table::new(aws_sdk_dynamodb::Client::new(&config), table),
        // infra/template.yaml tells it to the functions by the same rule.
        secrets: Secrets::new(
            aws_sdk_secretsmanager::Client::new(&config),
            format!("{table}/signing"),
        ),
    })
}

/// The secret that the environment has for the engine's access key, or else the last `make run`'s: the
/// operator's own credentials are nothing that it should see.
#[expect(clippy::disallowed_methods, reason = "the AWS tools' own variables, as those read them")]
fn local_credentials() -> io::Result<Credentials> {
    let variable = |name| std::env::var(name).ok();
    let of_environment = variable("AWS_SECRET_ACCESS_KEY")
        .filter(|_| variable("AWS_ACCESS_KEY_ID").as_deref() == Some(LOCAL.0));
    let secret = match of_environment {
        Some(secret) => secret,
        None => remembered(&fs::read_to_string(LOCAL.1)?)
            .ok_or_else(|| io::Error::other("it holds no secret"))?,
    };
    Ok(Credentials::from_keys(LOCAL.0, secret, None))
}

/// The secret in an AWS credentials file with a single profile.
fn remembered(file: &str) -> Option<String> {
    let fields = file.lines().filter_map(|line| line.split_once('='));
    let mut secrets = fields.filter(|(name, _)| name.trim() == "aws_secret_access_key");
    secrets.next().map(|(_, secret)| secret.trim().to_owned())
}
