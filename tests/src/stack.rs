//! A whole deployment on this machine: the embedded AWS, the functions and their HTTP API.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use local::Local;
use shared::storage::connection;
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, oneshot};

use crate::client::Client;
use crate::gateway::{Gateway, routes_of_the_workspace};
use crate::keys;
use crate::lambda::{Function, Functions, LambdaSettings};

/// The functions that events start. No route names them.
const EVENT_FUNCTIONS: [&str; 2] = ["verify-upload", "expire-file"];

/// No test meets the rate limiter unless it sets a limit of its own.
const DEFAULTS: [(&str, &str); 2] =
    [("RATE_LIMIT_PER_SECOND", "300"), ("RATE_LIMIT_BURST", "100000")];

/// What a test may decide about its stack.
#[derive(Default)]
pub struct Settings {
    /// The embedded AWS. Its `functions` is set by the stack.
    pub local: local::Options,
    /// Added to the functions' environment, over what is there: `SESSION_LIFETIME_SECONDS`,
    /// `DOWNLOAD_LIFETIME_SECONDS`, `RATE_LIMIT_PER_SECOND`, `RATE_LIMIT_BURST`, `MAX_SIZE_BYTES`,
    /// `MULTIPART_THRESHOLD_BYTES`.
    pub environment: Vec<(&'static str, String)>,
    /// The most containers of one function; 8 if not set.
    pub max_containers: Option<usize>,
    /// How long an invocation of the function may last; 5 minutes where it is not named.
    pub time_limits: Vec<(&'static str, Duration)>,
}

/// A running deployment. Dropping it ends everything that it started.
pub struct Stack {
    // Dropped in this order: the sender of events goes before those who take them.
    local: Local,
    gateway: Gateway,
    _runtime: Option<OwnRuntime>,
}

impl Stack {
    /// Starts a stack on ports of its own.
    ///
    /// # Panics
    /// When a function's binary is missing, or the embedded AWS does not start.
    pub async fn start(settings: Settings) -> Self {
        let local = Local::start(settings.local).await.expect("the embedded AWS starts");
        let mut lambda = LambdaSettings::beside_the_test();
        lambda.max_containers = settings.max_containers.unwrap_or(lambda.max_containers);
        let time_limits = settings.time_limits.into_iter();
        lambda.time_limits = time_limits.map(|(name, limit)| (name.to_owned(), limit)).collect();
        let defaults = DEFAULTS.map(|(name, value)| (name, value.to_owned()));
        let environment =
            local.environment().into_iter().chain(defaults).chain(settings.environment);
        lambda.environment = environment.map(|(name, value)| (name.to_owned(), value)).collect();
        let functions = Functions::new(lambda);
        for name in EVENT_FUNCTIONS {
            let _ = functions.get(name);
        }
        let gateway = Gateway::start(routes_of_the_workspace(), functions).await;
        local.deliver_to(gateway.invoke_url());
        Self { local, gateway, _runtime: None }
    }

    /// The one stack that all black-box tests of this process share, as long as one of them runs.
    pub async fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Stack>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(stack) = shared.upgrade() {
            return stack;
        }
        let stack = Arc::new(Self::start_apart().await);
        *shared = Arc::downgrade(&stack);
        stack
    }

    /// A client with a new key, of all scopes, for the workspace: 1 to 32 of `a-z`, `0-9` and `-`.
    pub async fn workspace(&self, name: &str) -> Client {
        self.workspace_with(name, &["files:create", "files:read", "files:delete"]).await
    }

    /// A client with a new key of only these scopes.
    pub async fn workspace_with(&self, name: &str, scopes: &[&str]) -> Client {
        Client::new(self.gateway.url(), keys::issue(self.dynamodb(), name, scopes).await)
    }

    /// Revokes the client's key.
    ///
    /// # Panics
    /// When it has none.
    pub async fn revoke(&self, client: &Client) {
        keys::revoke(self.dynamodb(), client.key().expect("the client has a key")).await;
    }

    /// A client with a new key for a workspace that no other test uses.
    pub async fn new_workspace(&self) -> Client {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        self.workspace(&format!("test-{}", NEXT.fetch_add(1, Ordering::Relaxed))).await
    }

    /// The embedded AWS: clocks, calls, events.
    #[must_use]
    pub fn local(&self) -> &Local {
        &self.local
    }

    /// A client of the embedded DynamoDB, to look at records and to change them behind the API's back.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let (id, secret) = (local::ACCESS_KEY_ID, self.local.secret_access_key());
        let credentials = Credentials::new(id, secret, None, None, "tests");
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .credentials_provider(credentials)
            .endpoint_url(self.local.dynamodb_url())
            .http_client(connection::http_client())
            .region(Region::new(local::REGION))
            .build();
        aws_sdk_dynamodb::Client::from_conf(config)
    }

    /// The base URL of the API, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        self.gateway.url()
    }

    /// The base URL of Lambda's invoke endpoint, without a slash at its end.
    #[must_use]
    pub fn invoke_url(&self) -> &str {
        self.gateway.invoke_url()
    }

    /// A function, by the name of its binary: its containers, memory and logs.
    #[must_use]
    pub fn function(&self, name: &str) -> Arc<Function> {
        self.gateway.functions().get(name)
    }

    /// All that all functions have written so far.
    #[must_use]
    pub fn logs(&self) -> String {
        self.gateway.functions().logs()
    }

    /// Starts a stack on a runtime of its own: the runtime of the test that happens to come first
    /// ends with that test.
    async fn start_apart() -> Self {
        let runtime = OwnRuntime::new();
        let (sender, started) = oneshot::channel();
        runtime.0.as_ref().expect("taken on drop only").spawn(async move {
            // Nobody waits for it when the test has ended.
            let _ = sender.send(Self::start(Settings::default()).await);
        });
        let stack = started.await.expect("the stack starts; what failed stands above");
        Self { _runtime: Some(runtime), ..stack }
    }
}

/// A runtime that is awaited on drop, wherever that is, so that nothing of it outlives the test.
#[derive(Debug)]
struct OwnRuntime(Option<Runtime>);

impl OwnRuntime {
    fn new() -> Self {
        Self(Some(Runtime::new().expect("threads can be started")))
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        let runtime = self.0.take();
        // Tokio refuses to end a runtime on the thread of another.
        let _ = std::thread::spawn(move || drop(runtime)).join();
    }
}
