//! The operator's own AWS: profile, SSO, credential process or role, or the local engine.

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use shared::storage::{Table, connection};

/// The deployment's table, on AWS as the environment and the profile say, or on the local engine
/// whose API listens on `local`: its DynamoDB is one port above.
pub(crate) async fn table(name: String, local: Option<u16>) -> Table {
    let mut loader =
        aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(connection::http_client());
    if let Some(port) = local {
        let anyone = Credentials::from_keys("local", "local-secret", None);
        loader = loader
            .endpoint_url(format!("http://127.0.0.1:{}", port.saturating_add(1)))
            .region(Region::new("us-east-1"))
            .credentials_provider(anyone);
    }
    Table::new(Client::new(&loader.load().await), &name)
}
