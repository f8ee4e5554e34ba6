//! A process that is killed, and the one that comes after it.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use local::{Call, Interceptor, Verdict};
use tests::id_of;
use tokio::sync::Semaphore;

use super::tool::{Ending, IN_PARTS, PART, Tool};
use crate::hand::{Gate, When, completion, put_of_a_file, puts_part};
use crate::records::Records;

/// Lets so many parts through and holds the others, until it is released and breaks them off.
pub(crate) struct Brake {
    parts: usize,
    connections: usize,
    seen: AtomicUsize,
    arrived: Semaphore,
    released: Semaphore,
}

impl Brake {
    pub(crate) fn new(parts: usize, connections: usize) -> Arc<Self> {
        let (arrived, released) = (Semaphore::new(0), Semaphore::new(0));
        Arc::new(Self { parts, connections, seen: AtomicUsize::new(0), arrived, released })
    }

    /// Waits until those that are let through are stored, and every connection waits for another.
    pub(crate) async fn reached(&self) {
        let all = u32::try_from(self.parts + self.connections).expect("a few parts");
        self.arrived.acquire_many(all).await.expect("never closed").forget();
    }

    pub(crate) fn release(&self) {
        self.released.add_permits(self.connections);
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections
    }
}

#[async_trait]
impl Interceptor for Brake {
    async fn before(&self, call: &Call) -> Verdict {
        if !puts_part(call) || self.seen.fetch_add(1, Ordering::SeqCst) < self.parts {
            return Verdict::Pass;
        }
        self.arrived.add_permits(1);
        self.released.acquire().await.expect("never closed").forget();
        Verdict::HangUp
    }

    async fn after(&self, call: &Call) -> Verdict {
        if puts_part(call) {
            self.arrived.add_permits(1);
        }
        Verdict::Pass
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_megabytes_killed_half_way_send_no_finished_part_twice_and_fill_no_memory() {
    const PARTS: usize = 40;
    let tool = Tool::new().await;
    let bytes = tool.write(PARTS * PART - 1, 1);

    let brake = Brake::new(20, 8);
    tool.stack.local().intercept(brake.clone());
    let mut process = tool.start(&[&["upload", "file.bin"], &IN_PARTS[..]].concat());
    brake.reached().await;
    let memory = most_resident_kibibytes(process.id().expect("it runs"));
    process.kill().await.expect("the tool can be killed");
    brake.release();
    tool.stack.local().stop_intercepting();
    tool.stack.local().forget_calls();
    assert!(memory < 48 * 1024, "{memory} KiB");
    assert_eq!(tool.remembered(), 1);
    let id = id_of(&tool.files().await[0]).to_owned();

    let ending = tool.run(&[&["upload", "file.bin"], &IN_PARTS[..]].concat()).await;
    assert_eq!(ending.answer(), id);
    assert!(ending.stderr.contains("S3 holds 20 of 40 parts"), "{ending:?}");
    assert_eq!((tool.count(puts_part), tool.count(put_of_a_file)), (20, 0));
    tool.holds(&id, &bytes).await;
    assert_eq!(tool.remembered(), 0);
}

#[tokio::test]
async fn a_held_part_that_is_not_the_files_is_sent_again() {
    let tool = Tool::new().await;
    let bytes = tool.write(5 * PART, 1);
    tool.killed_after(2, 2).await;
    let id = id_of(&tool.files().await[0]).to_owned();
    let records = Records::of(&tool.stack, "acme");
    records.replace_the_first_part(&id, &vec![9; PART]).await;
    tool.stack.local().forget_calls();

    tool.run(&["upload", "file.bin"]).await.answer();
    assert_eq!(tool.count(puts_part), 4);
    tool.holds(&id, &bytes).await;
}

#[tokio::test]
async fn parts_whose_etags_are_no_md5s_are_not_sent_twice_either() {
    let tool = Tool::under_kms().await;
    let bytes = tool.write(5 * PART, 1);
    tool.killed_after(2, 2).await;

    let ending = tool.run(&["upload", "file.bin"]).await;
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!(tool.count(puts_part), 3);
}

#[tokio::test]
async fn a_changed_file_and_another_name_are_sent_anew() {
    let tool = Tool::new().await;
    tool.write(3 * PART, 1);
    tool.killed_after(1, 1).await;
    let bytes = tool.write(3 * PART - 1, 2);
    let ending = tool.run(&[&["upload", "file.bin"], &IN_PARTS[..]].concat()).await;
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!(tool.files().await.len(), 2);

    tool.killed_after(1, 1).await;
    tool.run(&["upload", "file.bin", "--name", "other.bin"]).await.answer();
    assert_eq!(tool.files().await.len(), 4);
}

#[tokio::test]
async fn a_session_that_is_gone_or_over_is_begun_anew() {
    for gone in ["deleted", "cancelled"] {
        let tool = Tool::new().await;
        let bytes = tool.write(3 * PART, 1);
        tool.killed_after(1, 1).await;
        let id = id_of(&tool.files().await[0]).to_owned();
        tool.client.cancel(&id).await.ok();
        if gone == "deleted" {
            assert_eq!(tool.client.delete(&id).await.status, 204);
        }

        let ending = tool.run(&["upload", "file.bin"]).await;
        assert_ne!(ending.answer(), id, "{gone}");
        tool.holds(ending.answer(), &bytes).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_whose_answer_was_lost_is_asked_for_again_and_nothing_is_sent() {
    let tool = Tool::new().await;
    let bytes = tool.write(3 * PART, 1);
    let gate = Gate::new(completion, When::After);
    tool.stack.local().intercept(gate.clone());

    let process = tool.start(&[&["upload", "file.bin"], &IN_PARTS[..]].concat());
    gate.arrival().await;
    // The file is COMPLETED, and its function dies before it can say so.
    tool.stack.function("complete-file").kill();
    gate.open();
    let ending = Ending::from(process.wait_with_output().await.expect("the tool ends"));

    assert!(ending.stderr.contains("Slipway answered 50"), "{ending:?}");
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!((tool.count(puts_part), tool.remembered()), (3, 0));
}

/// The most memory that a process has ever held, as Linux tells.
fn most_resident_kibibytes(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status"));
    // Elsewhere nobody tells, and the rest of the test is what counts.
    let status = status.unwrap_or_else(|_| "VmHWM: 0 kB".to_owned());
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = most.and_then(|most| most.trim().strip_suffix(" kB"));
    kibibytes.and_then(|number| number.parse().ok()).expect("a number of KiB")
}
