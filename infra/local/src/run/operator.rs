//! Keys, made as `slipway keys` makes them.

use local::{Clock as _, Local, SystemClock};
use shared::Aws;
use shared::domain::{ApiKey, Credentials, RateLimit, Scope, SigningSecret, Timestamp};
use shared::storage::{Keys, KnownKey, Table, connection};

use crate::failure::Failure;

/// What the secret keys of clients that sign are derived from, here and nowhere else.
pub(crate) const SIGNING_SECRET: &str = "the signing secret of one machine";

/// A key, and what its holder may sign with instead of sending it.
pub(crate) struct NewKey {
    pub(crate) text: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
}

/// Whoever may write to the deployment's table.
pub(crate) struct Operator(Keys);

impl Operator {
    /// The operator of what runs on this stand-in.
    pub(crate) fn of(local: &Local) -> Self {
        let aws = Aws {
            dynamodb_endpoint: Some(local.dynamodb_url()),
            ..Aws::with_key(local::REGION, local::ACCESS_KEY_ID, local.secret_access_key())
        };
        let client = Table::client(&connection::settings(&aws), &aws);
        // No request is admitted here, so no limit applies.
        Self(Keys::new(Table::new(client, local::TABLE), RateLimit::new(1, 1)))
    }

    /// Makes a key with every scope for a workspace.
    pub(crate) async fn new_key(&self, workspace: &str) -> Result<NewKey, Failure> {
        let failed = |failure: &dyn std::fmt::Display| Failure::NoKey(failure.to_string());
        let mut secret = [0; 20];
        getrandom::fill(&mut secret).map_err(|error| failed(&error))?;
        let workspace = workspace.parse().map_err(|error| failed(&error))?;
        let signing: SigningSecret = SIGNING_SECRET.parse().map_err(|error| failed(&error))?;
        let key = ApiKey::new(&workspace, &secret);
        let scopes = [Scope::FilesCreate, Scope::FilesRead, Scope::FilesDelete];
        let now = Timestamp::from_millis(SystemClock.now_ms());
        let known = KnownKey::of(&key, "make run".to_owned(), scopes, now);
        self.0.create(&known).await.map_err(|error| failed(&error))?;
        let credentials = Credentials::from(&key);
        Ok(NewKey {
            text: key.reveal().to_owned(),
            access_key: credentials.to_string(),
            secret_key: signing.secret_key(&credentials).reveal().to_owned(),
        })
    }
}
