//! A program and everything that it starts in turn, which ends with us.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

/// How long a program may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(10);

/// A running program in a process group of its own, so that a Ctrl-C reaches it through us alone.
/// Dropping it asks the whole group to end.
pub(crate) struct ProcessGroup {
    leader: Child,
    id: Option<Pid>,
    /// What tells a guard that we are there. Waiting for a child closes its standard input, if it is
    /// still the child's.
    _we_are_here: Option<ChildStdin>,
}

impl ProcessGroup {
    /// Starts the program.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        let mut leader = command.process_group(0).spawn()?;
        let we_are_here = leader.stdin.take();
        let id = leader.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(Self { leader, id, _we_are_here: we_are_here })
    }

    /// Waits until the program ends by itself.
    pub(crate) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.leader.wait().await
    }

    /// Ends the group, by force if it has to be.
    pub(crate) async fn end(mut self) {
        self.signal(Signal::TERM);
        if timeout(GRACE, self.leader.wait()).await.is_err() {
            self.signal(Signal::KILL);
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(id) = self.id {
            // A group that is gone already needs no signal.
            let _ = kill_process_group(id, signal);
        }
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
    }
}
