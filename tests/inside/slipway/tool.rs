//! The binary, and a place for it to work in.

use std::fs;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use local::{Call, Encryption};
use serde_json::Value;
use tempfile::TempDir;
use tests::lambda::binaries;
use tests::{Client, Settings, Stack, md5_of};
use tokio::process::{Child, Command};

use super::brake::Brake;
use crate::hand::{puts_part, reads};

/// The smallest part that S3 takes, in bytes.
pub(crate) const PART: usize = 5 * 1024 * 1024;

/// What makes `slipway` cut a file into the smallest parts.
pub(crate) const IN_PARTS: [&str; 2] = ["--part-size", "5242880"];

/// A deployment, and a machine with the tool on it that knows a key of it.
pub(crate) struct Tool {
    pub(crate) stack: Stack,
    pub(crate) client: Client,
    folder: TempDir,
}

/// How a run of the tool ended.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Tool {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    /// At a deployment whose bucket is encrypted by KMS.
    pub(crate) async fn under_kms() -> Self {
        Self::with(under_kms()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let stack = Stack::start(settings).await;
        let client = stack.workspace("acme").await;
        Self { stack, client, folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A path in the folder where the tool works.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes `file.bin`, of which no two blocks are alike; `seed` tells one content from another.
    pub(crate) fn write(&self, size: usize, seed: u8) -> Vec<u8> {
        let mut bytes = vec![seed; size];
        for (at, block) in (0_u32..).zip(bytes.as_chunks_mut::<4096>().0) {
            block[..4].copy_from_slice(&at.to_be_bytes());
        }
        fs::write(self.path("file.bin"), &bytes).expect("the file can be written");
        bytes
    }

    /// How many uploads the tool remembers.
    pub(crate) fn remembered(&self) -> usize {
        fs::read_dir(self.path("state/slipway")).map_or(0, Iterator::count)
    }

    /// Runs the tool to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ending {
        self.command(arguments).output().await.expect("the tool runs").into()
    }

    /// Starts the tool.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command.spawn().expect("the tool starts")
    }

    /// The files that the key sees, the newest first.
    pub(crate) async fn files(&self) -> Vec<Value> {
        let listed = self.client.list("").await.ok();
        listed["data"].as_array().expect("a list").clone()
    }

    /// How many calls of a kind came since they were last forgotten.
    pub(crate) fn count(&self, which: impl Fn(&Call) -> bool) -> usize {
        self.stack.local().calls().iter().filter(|call| which(call)).count()
    }

    /// The ranges in which bytes were asked for; nothing where it was all of them.
    pub(crate) fn ranges(&self) -> Vec<Option<String>> {
        let calls = self.stack.local().calls();
        calls.into_iter().filter(reads).map(|call| call.range).collect()
    }

    /// Asserts that a file is COMPLETED, and its bytes are proven to be these.
    pub(crate) async fn holds(&self, id: &str, bytes: &[u8]) {
        let file = self.client.file(id).await.ok();
        assert_eq!((&file["status"], &file["md5"]), (&"COMPLETED".into(), &md5_of(bytes).into()));
    }

    /// A tool with another key.
    pub(crate) fn with_key_of(self, client: Client) -> Self {
        Self { client, ..self }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binaries().join("slipway"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("SLIPWAY_URL", self.stack.url())
            .env("SLIPWAY_KEY", self.key())
            .env("XDG_STATE_HOME", self.path("state"));
        command
    }

    fn key(&self) -> &str {
        self.client.key().expect("the client has a key")
    }

    /// Uploads `file.bin` in the smallest parts.
    pub(crate) async fn upload_in_parts(&self) -> Ending {
        self.run(&[&["upload", "file.bin"], &IN_PARTS[..]].concat()).await
    }

    /// Starts to upload `file.bin` in parts, and kills the tool when so many parts are stored and each of
    /// its connections waits for an answer. The most memory that it has held by then, in KiB.
    pub(crate) async fn killed_after(&self, parts: usize, connections: usize) -> u64 {
        let brake = Brake::new(parts, connections);
        self.stack.local().forget_calls();
        self.stack.local().intercept(brake.clone());
        let at_once = connections.to_string();
        let arguments = ["upload", "file.bin", "--connections", &at_once];
        let mut process = self.start(&[&arguments[..], &IN_PARTS].concat());
        brake.reached().await;
        let memory = most_resident_kibibytes(process.id().expect("it runs"));
        process.kill().await.expect("the tool can be killed");
        brake.release();
        self.stack.local().stop_intercepting();
        assert_eq!(self.count(puts_part), parts + connections);
        self.stack.local().forget_calls();
        memory
    }
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

pub(crate) fn under_kms() -> Settings {
    let local = local::Options { encryption: Encryption::Kms, ..local::Options::default() };
    Settings { local, ..Settings::default() }
}

impl Ending {
    /// Asserts that it ended well; what it printed.
    pub(crate) fn answer(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout.trim_end()
    }

    /// Asserts that it failed; why.
    pub(crate) fn complaint(&self) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (Some(1), ""), "{self:?}");
        assert!(!self.stderr.contains("slw_acme"), "the key is shown: {self:?}");
        self.stderr.lines().last().expect("a complaint")
    }
}

impl From<Output> for Ending {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}
