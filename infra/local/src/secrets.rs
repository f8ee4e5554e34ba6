//! Secrets Manager, as far as a function reads one secret that is never replaced.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

/// The one secret: its name, and its value.
#[derive(Clone, Debug)]
pub struct Secret {
    /// What it is asked for by.
    pub name: String,
    /// Its only version.
    pub value: String,
}

/// What stands before the operations in `x-amz-target`.
pub(crate) const TARGET: &str = "secretsmanager.";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetSecretValue {
    secret_id: String,
    version_stage: Option<String>,
}

/// The answer to a call, if it is one that can be answered.
pub(crate) fn answer(secret: Option<&Secret>, operation: &str, body: &Bytes) -> Option<String> {
    let asked: GetSecretValue = serde_json::from_slice(body).ok()?;
    let secret = secret.filter(|secret| secret.name == asked.secret_id)?;
    let is_current = asked.version_stage.as_deref().unwrap_or("AWSCURRENT") == "AWSCURRENT";
    (operation == "GetSecretValue" && is_current)
        .then(|| json!({ "Name": secret.name, "SecretString": secret.value }).to_string())
}
