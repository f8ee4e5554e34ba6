//! Where a deployment is and what opens it; `.local/env` tells it to shells and to the next run.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::{FOLDER, private};
use crate::failure::Failure;
use reqwest::{Client, StatusCode};

/// A function that cannot be built never answers.
const PATIENCE: Duration = Duration::from_secs(10);

/// A deployment's base URL and a key with every scope.
pub(crate) struct Access {
    /// Without `/v1` and without a slash at the end.
    pub(crate) url: String,
    /// The API key; a secret.
    pub(crate) key: String,
}

impl Access {
    /// The deployment that the environment names, or else the last `make run` if it still runs.
    pub(crate) async fn running() -> Option<Self> {
        if let Some(access) = Self::of_environment() {
            return Some(access);
        }
        let access = Self::remembered()?;
        (access.validate().await == Some(StatusCode::OK)).then_some(access)
    }

    /// What `make run` wrote down last, if it ever ran.
    pub(crate) fn remembered() -> Option<Self> {
        Self::read(&Path::new(FOLDER).join("env"))
    }

    /// Writes it down, for the owner's eyes only.
    pub(crate) fn remember(&self) -> Result<(), Failure> {
        let path = Path::new(FOLDER).join("env");
        self.write(&path).map_err(Failure::file(&path))
    }

    /// Whether the deployment answers that nobody issued the key, or that it was revoked.
    pub(crate) async fn is_refused(&self) -> bool {
        self.validate().await == Some(StatusCode::UNAUTHORIZED)
    }

    /// What the deployment says of the key, if it answers.
    async fn validate(&self) -> Option<StatusCode> {
        let client = Client::builder().no_proxy().timeout(PATIENCE).build().ok()?;
        let request = client.get(format!("{}/v1/auth/validate", self.url)).bearer_auth(&self.key);
        request.send().await.ok().map(|answer| answer.status())
    }

    fn of_environment() -> Option<Self> {
        let value = |name| std::env::var(name).ok();
        Some(Self { url: value("SLIPWAY_URL")?, key: value("SLIPWAY_KEY")? })
    }

    fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let value = |name| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        Some(Self { url: value("SLIPWAY_URL=")?, key: value("SLIPWAY_KEY=")? })
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        private::write(path, &format!("SLIPWAY_URL={}\nSLIPWAY_KEY={}\n", self.url, self.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("env");
        let access =
            |key: &str| Access { url: "http://127.0.0.1:1".to_owned(), key: key.to_owned() };

        assert!(Access::read(&path).is_none());
        access("first").write(&path).unwrap();
        access("second").write(&path).unwrap();

        let read = Access::read(&path).unwrap();
        assert_eq!((read.url.as_str(), read.key.as_str()), ("http://127.0.0.1:1", "second"));
    }
}
