//! One process of a function, and the Runtime API that it alone talks to.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

use super::log::Log;
use super::runtime_api::RuntimeApi;
use super::{FunctionError, LambdaSettings};

/// A guard against a test that would hang for ever. No function takes this long, even on a busy machine.
const LONGEST: Duration = Duration::from_mins(5);

/// What all containers of a function have in common.
#[derive(Debug)]
pub(super) struct Launch {
    name: String,
    program: PathBuf,
    environment: Vec<(String, String)>,
    time_limit: Duration,
    pub(super) log: Log,
    pub(super) kill_all: watch::Sender<()>,
    running: Arc<Mutex<BTreeSet<u32>>>,
}

impl Launch {
    pub(super) fn new(name: &str, program: PathBuf, settings: &LambdaSettings) -> Self {
        Self {
            name: name.to_owned(),
            program,
            environment: settings.environment.clone(),
            time_limit: settings.time_limits.get(name).copied().unwrap_or(LONGEST),
            log: Log::new().expect("a temporary file can be made"),
            kill_all: watch::Sender::new(()),
            running: Arc::default(),
        }
    }

    pub(super) fn process_ids(&self) -> BTreeSet<u32> {
        self.running.lock().expect("no holder panics").clone()
    }
}

/// One running process. Dropping it kills the process.
#[derive(Debug)]
pub(super) struct Container {
    process: Child,
    runtime_api: RuntimeApi,
    time_limit: Duration,
    killed: watch::Receiver<()>,
    _listed: Listed,
}

impl Container {
    pub(super) fn start(launch: &Launch) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let process = Command::new(&launch.program)
            .env_clear()
            .envs(launch.environment.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", &launch.name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", launch.name))
            .env("AWS_LAMBDA_LOG_STREAM_NAME", address.port().to_string())
            .stdout(launch.log.sink()?)
            .stderr(launch.log.sink()?)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self {
            _listed: Listed::new(launch, &process),
            process,
            runtime_api: RuntimeApi::serve(&launch.name, listener)?,
            time_limit: launch.time_limit,
            killed: launch.kill_all.subscribe(),
        })
    }

    /// Waits until the process has asked for its first event.
    pub(super) async fn ready(&mut self) -> Result<(), FunctionError> {
        tokio::select! {
            biased;
            () = self.runtime_api.asked() => Ok(()),
            exit = self.process.wait() => Err(exited(exit)),
        }
    }

    /// Hands the process one event and waits for its answer, its death or the end of its time. The
    /// time that it takes to start does not count.
    pub(super) async fn invoke(&mut self, event: Bytes) -> Result<Bytes, FunctionError> {
        let limit = self.time_limit;
        let answer = async {
            self.runtime_api.asked().await;
            timeout(limit, self.runtime_api.invoke(event, limit)).await
        };
        let late = tokio::select! {
            biased;
            outcome = answer => match outcome {
                Ok(outcome) => return outcome,
                Err(_) => true,
            },
            exit = self.process.wait() => return Err(exited(exit)),
            _ = self.killed.changed() => false,
        };
        // A refusal means that it is dead already; `wait` tells either way.
        let _ = self.process.start_kill();
        let exit = self.process.wait().await;
        Err(if late { timed_out(limit) } else { exited(exit) })
    }

    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }
}

fn exited(exit: io::Result<ExitStatus>) -> FunctionError {
    let status = exit.map_or_else(|error| error.to_string(), |status| status.to_string());
    FunctionError::new("Runtime.ExitError", format!("Runtime exited with error: {status}"))
}

fn timed_out(limit: Duration) -> FunctionError {
    let seconds = limit.as_secs_f64();
    FunctionError::new("Sandbox.Timedout", format!("Task timed out after {seconds:.2} seconds"))
}

/// A place in the list of living processes, given up on drop.
#[derive(Debug)]
struct Listed {
    running: Arc<Mutex<BTreeSet<u32>>>,
    process_id: u32,
}

impl Listed {
    fn new(launch: &Launch, process: &Child) -> Self {
        let process_id = process.id().expect("a process that was not waited for has an id");
        launch.running.lock().expect("no holder panics").insert(process_id);
        Self { running: Arc::clone(&launch.running), process_id }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.running.lock().expect("no holder panics").remove(&self.process_id);
    }
}
