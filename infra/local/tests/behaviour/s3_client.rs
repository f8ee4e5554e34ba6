//! The real S3 client.

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use local::{ACCESS_KEY_ID, Local, REGION};

/// An S3 client that signs with `secret`.
pub(crate) fn s3_client(local: &Local, secret: &str) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new(ACCESS_KEY_ID, secret, None, None, "test"))
        .endpoint_url(local.s3_url())
        .force_path_style(true)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    aws_sdk_s3::Client::from_conf(config)
}
