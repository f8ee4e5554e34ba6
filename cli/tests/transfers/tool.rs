//! The real binary, and a place for it to work in.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::fake::{Fake, KEY};

/// A machine with the tool on it, that knows one deployment.
pub(crate) struct Tool {
    url: String,
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
    pub(crate) fn new(fake: &Fake) -> Self {
        Self { url: fake.url(), folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A path in the folder where the tool works.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes `file.bin`.
    pub(crate) fn write(&self, bytes: &[u8]) {
        std::fs::write(self.path("file.bin"), bytes).expect("the file can be written");
    }

    /// How many uploads the tool remembers.
    pub(crate) fn remembered(&self) -> usize {
        std::fs::read_dir(self.path("state/slipway")).map_or(0, Iterator::count)
    }

    /// Runs the tool to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ending {
        self.command(arguments).output().expect("the tool runs").into()
    }

    /// Starts the tool.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stderr(Stdio::null()).spawn().expect("the tool starts")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_slipway"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("SLIPWAY_URL", &self.url)
            .env("SLIPWAY_KEY", KEY)
            .env("XDG_STATE_HOME", self.path("state"));
        command
    }
}

impl Ending {
    /// Asserts that it ended well; what it printed.
    pub(crate) fn answer(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout.trim_end()
    }

    /// Asserts that it ended well and printed JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.answer()).expect("JSON")
    }

    /// Asserts that it failed; why.
    pub(crate) fn complaint(&self) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (Some(1), ""), "{self:?}");
        assert!(!self.stderr.contains(KEY), "the key is shown: {self:?}");
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
