//! `cargo lambda watch`, which runs the functions and builds them anew when their source changes.
//!
//! Its invoke endpoint asks for no credentials and allows every web page. So it listens where no page
//! finds it: on a loopback address chosen at random for each run, of which there are 2^24.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use local::gateway::Lambda;
use local::hidden_address;
use reqwest::Client;

use super::ProcessGroup;
use crate::failure::Failure;
use crate::guard::{guarded, is_missing};

/// The running program, and with it the functions.
pub(crate) struct CargoLambda {
    process: ProcessGroup,
    functions: Arc<Functions>,
    log: PathBuf,
}

impl CargoLambda {
    /// Starts it. The functions get `environment` and write to a new file `log`; with `reload`, they are
    /// built anew whenever their source changes.
    pub(crate) fn start(
        environment: Vec<(&'static str, String)>,
        log: &Path,
        reload: bool,
    ) -> Result<Self, Failure> {
        let output = File::create(log).map_err(Failure::file(log))?;
        let errors = output.try_clone().map_err(Failure::file(log))?;
        let address = hidden_address().map_err(Failure::program("cargo-lambda"))?;
        let port = free_port(address)?;
        let arguments = [
            // With one instance, a function that exits would leave every later request hanging. And
            // no --timeout: it also ends the wait for a next event, and idle functions would exit.
            vec!["lambda", "watch", "--quiet", "--disable-cors", "--concurrency", "4"],
            vec!["--invoke-address", &address.to_string(), "--invoke-port", &port.to_string()],
            if reload { vec![] } else { vec!["--ignore-changes"] },
        ]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
        let mut command = guarded("cargo-lambda")?;
        command
            .args(arguments)
            .envs(environment)
            .env_remove("AWS_SESSION_TOKEN") // The person's own would not match our credentials.
            .stdout(output)
            .stderr(errors);
        let process =
            ProcessGroup::start(&mut command).map_err(Failure::program("cargo-lambda"))?;
        let url = format!("http://{address}:{port}");
        let client = Client::builder().no_proxy().build()?;
        Ok(Self { process, functions: Arc::new(Functions { client, url }), log: log.to_owned() })
    }

    /// What runs in it.
    pub(crate) fn functions(&self) -> Arc<Functions> {
        Arc::clone(&self.functions)
    }

    /// Waits until it ends by itself, which it never should.
    pub(crate) async fn ended(&mut self) -> Failure {
        match self.process.ended().await {
            Ok(status) if is_missing(status) => Failure::NoCargoLambda,
            Ok(status) => Failure::CargoLambdaEnded { status, log: self.log.clone() },
            Err(source) => Failure::program("cargo-lambda")(source),
        }
    }

    /// Ends it and the functions.
    pub(crate) async fn end(self) {
        self.process.end().await;
    }
}

/// The functions, by its invoke endpoint.
pub(crate) struct Functions {
    client: Client,
    url: String,
}

impl Functions {
    /// The base URL of the invoke endpoint, without a slash at its end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Lambda for Functions {
    async fn invoke(&self, function: &str, event: Bytes) -> Option<Bytes> {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", self.url);
        let answer = self.client.post(url).body(event).send().await.ok()?;
        answer.error_for_status().ok()?.bytes().await.ok()
    }
}

fn free_port(address: Ipv4Addr) -> Result<u16, Failure> {
    let listener = TcpListener::bind((address, 0)).map_err(Failure::program("cargo-lambda"))?;
    Ok(listener.local_addr().map_err(Failure::program("cargo-lambda"))?.port())
}
