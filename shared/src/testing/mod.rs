//! Pieces of the endpoint tests: one file, one key and one moment, seen from all three sides.
//!
//! - [`gateway`]: requests as API Gateway sends them, and the answers it gets.
//! - [`dynamodb`], [`transactions`], [`s3`] and [`parts`]: the calls a test expects, and what AWS
//!   answers. They are mocked *under* the real clients: a rule sees the typed request, and answers
//!   with what comes over the wire.
//!
//! A call to DynamoDB that no rule expects panics, which fails the test that made it.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test fails by panicking")]

pub mod dynamodb;
pub mod gateway;
pub mod parts;
pub mod s3;
pub mod transactions;

mod answer;
mod http_client;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_mocks::{MockResponseInterceptor, RuleMode};
use aws_smithy_types::retry::RetryConfig;

pub use answer::{Answers, AwsAnswer};
pub use aws_smithy_mocks::Rule;

use crate::config::Aws;
use crate::domain::id::Suffix;
use crate::domain::{ApiKey, Encryption, FileId, RateLimit, Sequence, Timestamp};
use crate::trigger::{self, EventAuthority};
use crate::{BucketContext, Config, Context, Resources, Result};

/// The time: `2026-04-08T12:00:00.000Z`.
pub const NOW: Timestamp = Timestamp::from_millis(1_775_649_600_000);
/// When the file's session ends: `2026-04-08T12:59:00.000Z`.
pub const DUE: Timestamp = Timestamp::from_millis(1_775_653_140_000);
/// The file's id; its sequence is 7.
pub const ID: &str = "fil_000000070123456789abcdef";
/// The id of a file that is not there, at the same sequence.
pub const OTHER_ID: &str = "fil_00000007fedcba9876543210";
/// The file's size in bytes.
pub const SIZE: u64 = 11;
/// The file's bytes.
pub const BYTES: &str = "hello world";
/// The MD5 of the file's bytes.
pub const MD5: &str = "5eb63bbbe01eeed093cb22bb8f5acdc3";
/// An MD5 of other bytes: of none.
pub const OTHER_MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

/// What the secret keys of the deployment are derived from.
pub const SIGNING_SECRET: &str = "a secret of 32 characters at least";

/// The id of the file at `sequence`.
#[must_use]
pub fn id(sequence: u64) -> String {
    const SUFFIX: Suffix = [0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf];
    FileId::new(Sequence::new(sequence).unwrap(), SUFFIX).to_string()
}

/// The key of the workspace `acme`.
#[must_use]
pub fn key() -> ApiKey {
    ApiKey::new(&"acme".parse().unwrap(), &[7; 20])
}

/// An upload token of the workspace `acme`.
#[must_use]
pub fn token() -> ApiKey {
    ApiKey::upload_token(&"acme".parse().unwrap(), &[8; 20])
}

/// A container at [`NOW`], and an AWS that answers by `rules`.
#[must_use]
pub fn context(rules: &[&Rule]) -> BucketContext {
    context_at(|| NOW, rules)
}

/// A container with a clock of its own.
#[must_use]
pub fn context_at(
    clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    rules: &[&Rule],
) -> BucketContext {
    context_of(config(), clock, rules)
}

/// A container of another deployment.
#[must_use]
pub fn context_of(
    config: Config,
    clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    rules: &[&Rule],
) -> BucketContext {
    let context = Context::new(config, Arc::new(clock), dynamodb_client(rules));
    BucketContext::new(context, s3_client(rules))
}

/// A handler that asks for no bucket is tested in the same container, and never sees that it has one.
impl From<BucketContext> for Context {
    fn from(context: BucketContext) -> Self {
        Self::clone(&context)
    }
}

/// Has an event function handle an event, in an invocation that lasts no longer than this.
///
/// # Errors
///
/// The function's.
pub async fn deliver<E, A, H, F>(
    time: Duration,
    context: &BucketContext,
    handler: &H,
    event: E,
) -> Result<A>
where
    H: Fn(BucketContext, EventAuthority, E) -> F,
    F: Future<Output = Result<A>>,
{
    trigger::run(context.during(&invocation(context.now(), time)), handler, event).await
}

fn invocation(now: Timestamp, time: Duration) -> lambda_runtime::Context {
    let mut invocation = lambda_runtime::Context::default();
    gateway::REQUEST_ID.clone_into(&mut invocation.request_id);
    invocation.deadline = now.after(time).millis();
    invocation
}

/// The settings of a deployment that changes no default.
#[must_use]
pub fn config() -> Config {
    Config {
        stage: "test".to_owned(),
        table: "slipway".to_owned(),
        bucket: "files".to_owned(),
        encryption: Encryption::S3Managed,
        session_lifetime: Duration::from_hours(1),
        download_lifetime: Duration::from_mins(15),
        rate_limit: RateLimit::new(25, 25),
        max_size_bytes: 512 * 1024 * 1024,
        multipart_threshold_bytes: 100 * 1024 * 1024,
        serves_pages: true,
        signing_secret_id: None,
        partitions_file: None,
        aws: Aws::with_key("us-east-1", "", ""),
    }
}

fn dynamodb_client(rules: &[&Rule]) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .with_test_defaults_v2()
        .retry_config(retries())
        .http_client(http_client::client())
        .interceptor(interceptor(rules));
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// Signing passes by the rules too, and sends nothing. So a call may go without a rule here; if it
/// is sent, the answer is 418.
fn s3_client(rules: &[&Rule]) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .with_test_defaults_v2()
        .retry_config(retries())
        .http_client(http_client::client())
        .interceptor(interceptor(rules).allow_passthrough());
    aws_sdk_s3::Client::from_conf(config.build())
}

fn interceptor(rules: &[&Rule]) -> MockResponseInterceptor {
    let none = MockResponseInterceptor::new().rule_mode(RuleMode::MatchAny);
    rules.iter().fold(none, |interceptor, rule| interceptor.with_rule(rule))
}

/// As many attempts as in earnest, without the wait between them.
fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::ZERO)
}
