//! What both services run on: the clock, the recorder, the courier and the tasks.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::events::Courier;
use crate::http::StopSignal;
use crate::recorder::Recorder;

/// One stand-in's machinery, shared by DynamoDB and S3 while they start.
pub(crate) struct Machine {
    /// What time it is.
    pub(crate) clock: Arc<dyn Clock>,
    /// Where every call is written down.
    pub(crate) recorder: Arc<Recorder>,
    /// Who brings events to functions.
    pub(crate) courier: Arc<Courier>,
    /// Sends the signal that ends every task; so does dropping it.
    pub(crate) stop: watch::Sender<bool>,
    /// Everything that runs.
    pub(crate) tasks: JoinSet<()>,
}

impl Machine {
    /// A machine with nothing running on it.
    pub(crate) fn new(clock: Arc<dyn Clock>, functions: Option<String>) -> Self {
        Self {
            clock,
            recorder: Arc::default(),
            courier: Arc::new(Courier::new(functions)),
            stop: watch::Sender::new(false),
            tasks: JoinSet::new(),
        }
    }

    /// The signal for one task to wait for.
    pub(crate) fn stop_signal(&self) -> StopSignal {
        StopSignal(self.stop.subscribe())
    }

    /// Runs `task` to its end or to the signal.
    pub(crate) fn run(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop_signal();
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.given() => {}
                () = task => {}
            }
        });
    }
}
