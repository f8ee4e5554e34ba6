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

use super::FunctionError;
use super::log::Log;
use super::runtime_api::RuntimeApi;

/// A guard against a test that would hang for ever. No function takes this long, even on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(5);

/// What all containers of a function have in common.
#[derive(Debug)]
pub(super) struct Launch {
    name: String,
    program: PathBuf,
    environment: Vec<(String, String)>,
    pub(super) log: Log,
    pub(super) kill_all: watch::Sender<()>,
    running: Arc<Mutex<BTreeSet<u32>>>,
}

impl Launch {
    pub(super) fn new(name: &str, program: PathBuf, environment: Vec<(String, String)>) -> Self {
        Self {
            name: name.to_owned(),
            program,
            environment,
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

    /// Hands the process one event and waits for its answer, its death or the time-out.
    pub(super) async fn invoke(&mut self, event: Bytes) -> Result<Bytes, FunctionError> {
        tokio::select! {
            biased;
            outcome = timeout(TIMEOUT, self.runtime_api.invoke(event, TIMEOUT)) => {
                if let Ok(outcome) = outcome {
                    return outcome;
                }
            }
            exit = self.process.wait() => return Err(exited(exit)),
            _ = self.killed.changed() => {}
        }
        // A refusal means that it is dead already; `wait` tells either way.
        let _ = self.process.start_kill();
        Err(exited(self.process.wait().await))
    }

    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }
}

fn exited(exit: io::Result<ExitStatus>) -> FunctionError {
    let status = exit.map_or_else(|error| error.to_string(), |status| status.to_string());
    FunctionError::new("Runtime.ExitError", format!("Runtime exited with error: {status}"))
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
