//! The one place every call passes: it is written down and shown to the interceptor.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::call::{Call, Interceptor, Verdict};
use crate::lock::lock;

/// Calls remembered at most; a stand-in that runs for days must not grow for days.
const REMEMBERED: usize = 100_000;

/// The latest calls, and the interceptor in force.
#[derive(Default)]
pub(crate) struct Recorder {
    calls: Mutex<VecDeque<Call>>,
    ticks: AtomicU64,
    interceptor: Mutex<Option<Arc<dyn Interceptor>>>,
}

/// Why a call does not get the engine's answer, or not all of it.
#[derive(Debug)]
pub(crate) enum Intercepted<Answer> {
    /// Answer with this status and AWS error code instead.
    Refused { status: u16, code: String },
    /// Close the connection.
    HungUp,
    /// Close the connection after so many bytes of the answer's body.
    BrokenOff { answer: Answer, after: u64 },
}

impl Recorder {
    /// Lets `engine` act on the call unless the interceptor decides otherwise.
    pub(crate) async fn pass<Answer>(
        &self,
        mut call: Call,
        engine: impl Future<Output = Answer>,
    ) -> Result<Answer, Intercepted<Answer>> {
        call.started = self.tick();
        self.note(call.clone());
        let answer = self.decide(&call, engine).await;
        self.note_answered(call.started);
        answer
    }

    /// The calls in the order of their arrival.
    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.calls).iter().cloned().collect()
    }

    /// Forgets the calls so far.
    pub(crate) fn forget_calls(&self) {
        lock(&self.calls).clear();
    }

    /// Shows every later call to `interceptor`, or to nobody.
    pub(crate) fn intercept(&self, interceptor: Option<Arc<dyn Interceptor>>) {
        *lock(&self.interceptor) = interceptor;
    }

    async fn decide<Answer>(
        &self,
        call: &Call,
        engine: impl Future<Output = Answer>,
    ) -> Result<Answer, Intercepted<Answer>> {
        let interceptor = lock(&self.interceptor).clone();
        let Some(interceptor) = interceptor else {
            return Ok(engine.await);
        };
        obey(interceptor.before(call).await)?;
        let answer = engine.await;
        match interceptor.after(call).await {
            Verdict::BreakOff { after } => Err(Intercepted::BrokenOff { answer, after }),
            verdict => obey(verdict).map(|()| answer),
        }
    }

    fn note(&self, call: Call) {
        let mut calls = lock(&self.calls);
        if calls.len() == REMEMBERED {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    fn note_answered(&self, started: u64) {
        let answered = self.tick();
        let mut calls = lock(&self.calls);
        // From the end: the call is among the latest. It may have been forgotten meanwhile.
        if let Some(call) = calls.iter_mut().rev().find(|call| call.started == started) {
            call.answered = Some(answered);
        }
    }

    fn tick(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::SeqCst)
    }
}

fn obey<Answer>(verdict: Verdict) -> Result<(), Intercepted<Answer>> {
    match verdict {
        Verdict::Pass | Verdict::BreakOff { .. } => Ok(()),
        Verdict::Refuse { status, code } => Err(Intercepted::Refused { status, code }),
        Verdict::RefuseWithin200 { code } => Err(Intercepted::Refused { status: 200, code }),
        Verdict::HangUp => Err(Intercepted::HungUp),
    }
}
