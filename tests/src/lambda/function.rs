//! One function: its containers, and which of them takes the next invocation.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use tokio::sync::Semaphore;

use super::container::{Container, Launch};
use super::{FunctionError, LambdaSettings};

/// A function and the processes it runs in.
#[derive(Debug)]
pub struct Function {
    launch: Launch,
    /// One permit for each container that may be busy.
    seats: Semaphore,
    idle: Mutex<VecDeque<Container>>,
}

impl Function {
    pub(super) fn new(name: &str, program: PathBuf, settings: &LambdaSettings) -> Self {
        Self {
            launch: Launch::new(name, program, settings),
            seats: Semaphore::new(settings.max_containers),
            idle: Mutex::default(),
        }
    }

    /// Gives one event to an idle container, or to a new one when all are busy, and waits for the
    /// answer. A caller that goes away does not end the invocation, as on AWS.
    pub async fn invoke(self: Arc<Self>, event: Bytes) -> Result<Bytes, FunctionError> {
        let invocation = tokio::spawn(async move {
            let outcome = self.run(event).await;
            if let Err(error) = &outcome {
                self.launch.log.note(error).expect("a temporary file can be written");
            }
            outcome
        });
        invocation.await.unwrap_or_else(|error| Err(FunctionError::new("Runtime.Unknown", error)))
    }

    /// Makes sure that `count` containers, at most the cap, have started and stand idle.
    ///
    /// # Panics
    /// When one of them ends before it asks for its first event.
    pub async fn warm(&self, count: usize) {
        let seats = u32::try_from(count).expect("a few containers");
        let _seats = self.seats.acquire_many(seats).await.expect("the stack is running");
        let mut containers: Vec<Container> = Vec::with_capacity(count);
        while containers.len() < count {
            containers.push(self.container().expect("the function's binary starts"));
        }
        for container in &mut containers {
            container.ready().await.unwrap_or_else(|error| panic!("{error}\n{}", self.logs()));
        }
        self.idle().extend(containers);
    }

    /// Kills every container, as a failing host would. Their invocations fail, and the next
    /// invocation starts a new container.
    pub fn kill(&self) {
        self.idle().clear();
        self.launch.kill_all.send_replace(());
    }

    /// How many containers are alive.
    #[must_use]
    pub fn containers(&self) -> usize {
        self.launch.process_ids().len()
    }

    /// The most memory that any living container has ever held, in bytes (`VmHWM`).
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        self.launch.process_ids().into_iter().filter_map(peak_memory).max().unwrap_or(0)
    }

    /// All that the function's containers, dead ones too, have written, and Lambda's own line for
    /// each failed invocation.
    #[must_use]
    pub fn logs(&self) -> String {
        self.launch.log.text().expect("a temporary file can be read")
    }

    pub(super) fn close(&self) {
        self.seats.close();
        self.kill();
    }

    async fn run(&self, event: Bytes) -> Result<Bytes, FunctionError> {
        let closed = |_| FunctionError::new("Sandbox.Closed", "the stack has been stopped");
        let _seat = self.seats.acquire().await.map_err(closed)?;
        let mut container = self.container()?;
        let outcome = container.invoke(event).await;
        if container.is_alive() {
            self.idle().push_back(container);
        }
        outcome
    }

    /// The container that has been idle longest, so that consecutive requests meet different
    /// containers where there are several, and nothing rests on what one of them remembers.
    fn container(&self) -> Result<Container, FunctionError> {
        let mut idle = self.idle();
        while let Some(mut container) = idle.pop_front() {
            if container.is_alive() {
                return Ok(container);
            }
        }
        Container::start(&self.launch)
            .map_err(|error| FunctionError::new("Runtime.InvalidEntrypoint", error))
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<Container>> {
        self.idle.lock().expect("no holder panics")
    }
}

fn peak_memory(process_id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}
