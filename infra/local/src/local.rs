//! The stand-in as a whole: start it, look into it, stop it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use crate::call::{Call, Interceptor};
use crate::directory::Directory;
use crate::dynamodb::{self, TtlStream};
use crate::error::Error;
use crate::events::{Courier, Event, Undelivered};
use crate::http;
use crate::machine::Machine;
use crate::options::Options;
use crate::recorder::Recorder;
use crate::s3::{self, Encryption};
use crate::secrets::Secret;
use crate::{ACCESS_KEY_ID, BUCKET, REGION, TABLE};

/// DynamoDB, S3 and their events, running. Dropping it ends everything; [`Local::stop`] also waits for that.
pub struct Local {
    dynamodb: SocketAddr,
    s3: SocketAddr,
    secret_access_key: String,
    secret: Option<Secret>,
    encryption: Encryption,
    recorder: Arc<Recorder>,
    courier: Arc<Courier>,
    removals: Arc<TtlStream>,
    announcements: Arc<Undelivered>,
    stop: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
    directory: Directory,
}

impl Local {
    /// Starts both services on 127.0.0.1, creating table and bucket where they are absent.
    pub async fn start(options: Options) -> Result<Self, Error> {
        // Both ports first: a used one is found before anything is written.
        let (dynamodb_listener, dynamodb) = http::listen("DynamoDB", options.dynamodb_port).await?;
        let (s3_listener, s3) = http::listen("S3", options.s3_port).await?;
        let directory = Directory::open(options.data)?;
        let secret_access_key = options.secret_access_key.map_or_else(new_secret, Ok)?;
        let mut machine = Machine::new(options.clock, options.functions);
        let access = dynamodb::Access {
            secret_access_key: secret_access_key.clone(),
            secret: options.secret.clone(),
        };
        let removals = dynamodb::start(&mut machine, dynamodb_listener, &directory, access).await?;
        let settings = s3::Settings {
            encryption: options.encryption,
            secret_access_key: secret_access_key.clone(),
            allowed_origins: options.allowed_origins,
        };
        let announcements = s3::start(&mut machine, s3_listener, &directory, settings)?;
        if let Some(period) = options.sweep_every {
            machine.run(sweep_every(period, Arc::clone(&removals)));
        }
        Ok(Self {
            dynamodb,
            s3,
            secret_access_key,
            secret: options.secret,
            encryption: options.encryption,
            recorder: machine.recorder,
            courier: machine.courier,
            removals,
            announcements,
            stop: machine.stop,
            tasks: Mutex::new(machine.tasks),
            directory,
        })
    }

    /// Where DynamoDB answers: `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn dynamodb_url(&self) -> String {
        format!("http://{}", self.dynamodb)
    }

    /// Where S3 answers, path-style: `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn s3_url(&self) -> String {
        format!("http://{}", self.s3)
    }

    /// The secret that DynamoDB's and S3's callers sign with.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// The environment a function needs to run against this.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let partitions = self.directory.partitions().to_string_lossy().into_owned();
        let mut environment = vec![
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_access_key.clone()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb_url()),
            ("AWS_ENDPOINT_URL_S3", self.s3_url()),
            ("TABLE_NAME", TABLE.to_owned()),
            ("BUCKET_NAME", BUCKET.to_owned()),
            ("BUCKET_ENCRYPTION", self.encryption.name().to_owned()),
            // As infra/template.yaml sets it.
            ("SMITHY_CLIENT_SDK_CUSTOM_PARTITION", partitions),
        ];
        if let Some(secret) = &self.secret {
            environment.push(("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.dynamodb_url()));
            environment.push(("SIGNING_SECRET_ID", secret.name.clone()));
        }
        environment
    }

    /// Sends events from now on to the Lambda invoke endpoint below `functions`, such as `http://127.0.0.1:9000`.
    pub fn deliver_to(&self, functions: impl Into<String>) {
        self.courier.deliver_to(functions.into());
    }

    /// Removes the records whose TTL is past, once; returns how many went. Where functions are known,
    /// resolves only when `expire-file` has acknowledged every removal.
    pub async fn sweep(&self) -> Result<usize, Error> {
        let removed = blocking(&self.removals, TtlStream::sweep).await?;
        if self.courier.knows_functions() {
            self.removals.undelivered().none().await;
        }
        Ok(removed)
    }

    /// Resolves when no event is undelivered.
    pub async fn settled(&self) {
        // While the one drains the other may fill again.
        while !(self.announcements.is_none() && self.removals.undelivered().is_none()) {
            self.announcements.none().await;
            self.removals.undelivered().none().await;
        }
    }

    /// The calls so far, in the order of their arrival; the latest 100,000.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.recorder.calls()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.recorder.forget_calls();
    }

    /// Shows every call from now on to `interceptor`, instead of the one before.
    pub fn intercept(&self, interceptor: Arc<dyn Interceptor>) {
        self.recorder.intercept(Some(interceptor));
    }

    /// Lets every call from now on take its course.
    pub fn stop_intercepting(&self) {
        self.recorder.intercept(None);
    }

    /// The events acknowledged so far, in that order; the latest 100,000.
    #[must_use]
    pub fn event_log(&self) -> Vec<Event> {
        self.courier.delivered()
    }

    /// Delivers an event once more, in one attempt, as soon as functions are known.
    pub async fn redeliver(&self, event: &Event) -> Result<(), Error> {
        self.courier.attempt(event).await.map(|_| ())
    }

    /// Ends every task and releases both ports. Calls under way are broken off.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let mut tasks = self.tasks.lock().await;
        while tasks.join_next().await.is_some() {}
    }
}

fn new_secret() -> Result<String, Error> {
    let mut random = [0; 20];
    getrandom::fill(&mut random).map_err(|error| Error::NoRandom(error.to_string()))?;
    Ok(data_encoding::HEXLOWER.encode(&random))
}

async fn sweep_every(period: Duration, removals: Arc<TtlStream>) {
    let mut due = tokio::time::interval(period);
    loop {
        due.tick().await;
        // A sweep that failed leaves everything in place for the next.
        let _ = blocking(&removals, TtlStream::sweep_if_due).await;
    }
}

/// Does what blocks its thread, as all that asks the engine does.
async fn blocking<T: Send + 'static>(
    removals: &Arc<TtlStream>,
    action: impl FnOnce(&TtlStream) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let removals = Arc::clone(removals);
    let done = tokio::task::spawn_blocking(move || action(&removals)).await;
    done.map_err(|panicked| Error::DynamoDb(panicked.to_string()))?
}
