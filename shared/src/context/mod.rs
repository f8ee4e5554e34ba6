//! The clock, randomness, settings and AWS clients, built once per container.

mod resources;

use std::sync::Arc;
use std::time::Duration;

use aws_types::SdkConfig;

use crate::config::ConfigError;
use crate::domain::{Access, Announced, Credentials, Milestone, Timestamp};
use crate::storage::{
    Caller, Files, Keys, Refused, Secrets, Table, connection, write_no_partitions,
};
use crate::{Config, Error, log, metrics};

pub(crate) use resources::warm_up;
pub use resources::{BucketContext, Resources};

/// What every handler may reach for: the table, but not the bytes. A handler that needs those asks for a
/// [`BucketContext`](crate::BucketContext).
#[derive(Clone)]
pub struct Context {
    config: Arc<Config>,
    clock: Clock,
    request_id: Arc<str>,
    wind_up_at: Timestamp,
    table: Table,
    keys: Keys,
    files: Files,
}

type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

impl Context {
    /// The most time that an invocation keeps back to finish what it has begun.
    const LONGEST_RESERVE: Duration = Duration::from_secs(5);
    /// The time limit of an invocation without a deadline: that of the HTTP functions in AWS.
    const UNTOLD_LIMIT: Duration = Duration::from_secs(30);

    /// A context of given parts: how tests bring their own clock and client.
    #[must_use]
    pub fn new(
        config: Config,
        clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
        dynamodb: aws_sdk_dynamodb::Client,
    ) -> Self {
        let table = Table::new(dynamodb, &config.table);
        Self {
            keys: Keys::new(table.clone(), config.rate_limit),
            files: Files::new(table.clone()),
            table,
            request_id: Arc::from(""),
            wind_up_at: Timestamp::from_millis(0),
            clock,
            config: Arc::new(config),
        }
    }

    /// A context of the function's environment, and the settings of further clients.
    fn of_environment() -> Result<(Self, SdkConfig), ConfigError> {
        let config = Config::from_environment()?;
        if let Some(path) = &config.partitions_file {
            write_no_partitions(path).map_err(|failure| ConfigError::of_partitions(&failure))?;
        }
        let settings = connection::settings(&config.aws);
        let dynamodb = Table::client(&settings, &config.aws);
        Ok((Self::new(config, Arc::new(system_time), dynamodb), settings))
    }

    /// The time. Nothing else reads a clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Unguessable bytes. Nothing else makes any.
    ///
    /// # Errors
    ///
    /// The operating system has none, which it always has.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes randomness")]
    pub fn random<const N: usize>(&self) -> crate::Result<[u8; N]> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes)
            .map_err(|error| Error::internal(format!("no randomness: {error}")))?;
        Ok(bytes)
    }

    /// The deployment's settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The files' records.
    #[must_use]
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// The deployment's signing secret, if it has one.
    #[must_use]
    pub fn secrets(&self) -> Option<Secrets> {
        let name = self.config.signing_secret_id.clone()?;
        let client = Secrets::client(&connection::settings(&self.config.aws), &self.config.aws);
        Some(Secrets::new(client, name))
    }

    /// The id of the request, as its answer and its line in the log carry it.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The time that is left for long work in this invocation.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        self.wind_up_at.since(self.now())
    }

    /// Counts what happened outside of a request; a request's own answer counts for itself.
    pub fn count(&self, milestone: Milestone) {
        log::count(metrics::embedded(milestone, &self.config.stage, self.now()));
    }

    /// Logs a failure that does not fail the request or event it happened in.
    pub fn warn(&self, failure: &Error) {
        log::warn(failure);
    }

    /// The keys of the deployment.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Admits or refuses a key: authentication, scope, rate limit and a token's bounds.
    pub(crate) async fn admit(
        &self,
        credentials: &Credentials,
        access: Access,
        announced: Option<&Announced>,
    ) -> Result<Caller, Refused> {
        let admission = self.keys.admit(credentials, access, announced, self.now()).await;
        admission.map_err(|refused| match self.random() {
            Ok(moment) => refused.apart(u64::from_le_bytes(moment)),
            Err(_) => refused,
        })
    }

    /// Whether this container has found these credentials to be genuine before.
    pub(crate) fn is_confirmed(&self, credentials: &Credentials) -> bool {
        self.keys.confirmed(credentials)
    }
}

impl AsRef<Self> for Context {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Resources for Context {
    fn from_environment() -> Result<Self, ConfigError> {
        Self::of_environment().map(|(context, _)| context)
    }

    fn during(&self, invocation: &lambda_runtime::Context) -> Self {
        let (now, told) = (self.now(), Timestamp::from_millis(invocation.deadline));
        // `cargo lambda watch` tells every invocation a deadline in 1970.
        let deadline = if told > now { told } else { now.after(Self::UNTOLD_LIMIT) };
        let reserve = (deadline.since(now) / 4).min(Self::LONGEST_RESERVE);
        Self {
            request_id: Arc::from(invocation.request_id.as_str()),
            wind_up_at: deadline.before(reserve),
            ..self.clone()
        }
    }

    async fn warm_up(&self) {
        self.table.warm_up().await;
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub(crate) fn system_time() -> Timestamp {
    let since_epoch =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(0).after(since_epoch)
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, context};

    #[test]
    fn some_of_an_invocations_time_is_kept_back_and_one_without_a_deadline_has_the_usual_time() {
        let minute = NOW.after(Duration::from_mins(1)).millis();
        let moment = NOW.after(Duration::from_secs(8)).millis();
        for (deadline, seconds) in [(minute, 55), (moment, 6), (600_000, 25), (0, 25)] {
            let mut invocation = lambda_runtime::Context::default();
            invocation.deadline = deadline;
            let time_left = context(&[]).during(&invocation).time_left();
            assert_eq!(time_left, Duration::from_secs(seconds), "{deadline}");
        }
    }
}
