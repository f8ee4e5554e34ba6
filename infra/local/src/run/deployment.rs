//! A whole deployment on one machine: the stand-in for AWS, the gateway with the functions, a key.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use local::gateway::{Gateway, Limits};
use local::{Local, Options, Secret};
use tokio::signal::unix::{SignalKind, signal};

use super::cargo_lambda::{CargoLambda, Functions};
use super::{Access, FOLDER, Operator, Ports, SIGNING_SECRET, credentials, functions};
use crate::failure::Failure;

/// DynamoDB's own sweeps are hours apart; nobody wants to wait for one in development.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// `cargo lambda watch` answers nothing any more once 100 requests wait in it, so only as many get
/// through as it has places for, events included.
const LIMITS: Limits = Limits { concurrent: 64, waiting: 4096, time: Duration::from_secs(30) };

/// The function whose answer shows that functions can be built and run.
const FIRST: &str = "validate-key";

/// A temporary deployment is for programs, of which some do not wait when they meet a limit: what they
/// come to must not depend on how fast the machine is.
const UNHURRIED: [(&str, &str); 2] =
    [("RATE_LIMIT_PER_SECOND", "300"), ("RATE_LIMIT_BURST", "100000")];

/// What a deployment is to be like.
pub(crate) struct Settings {
    /// Where it listens.
    pub(crate) ports: Ports,
    /// Where it keeps its data; `None` keeps nothing.
    pub(crate) data: Option<PathBuf>,
    /// The file that the functions' log replaces.
    pub(crate) log: PathBuf,
    /// Whether the functions are built anew when their source changes.
    pub(crate) reload: bool,
    /// The secret of the stand-in's callers, to keep using.
    pub(crate) secret: Option<String>,
    /// A key to keep using, if it still opens the data.
    pub(crate) key: Option<String>,
}

impl Settings {
    /// Of a deployment that leaves nothing behind but its log, a file in `.local`.
    pub(crate) fn temporary(ports: Ports, log: &str) -> Result<Self, Failure> {
        let folder = Path::new(FOLDER);
        fs::create_dir_all(folder).map_err(Failure::file(folder))?;
        Ok(Self {
            ports,
            data: None,
            log: folder.join(log),
            reload: false,
            secret: None,
            key: None,
        })
    }
}

/// Deploys, waits until every function answers, does `work`, and ends all of it again. `None` if a
/// signal came before the work was done.
pub(crate) async fn during<Done>(
    settings: Settings,
    work: impl AsyncFnOnce(Access, Operator) -> Result<Done, Failure>,
) -> Result<Option<Done>, Failure> {
    settings.ports.check()?;
    let local = start_local(&settings).await?;
    let mut environment = local.environment();
    if settings.data.is_none() {
        let unhurried = UNHURRIED.map(|(name, value)| (name, value.to_owned()));
        environment.extend(unhurried);
    }
    let mut cargo_lambda = CargoLambda::start(environment, &settings.log, settings.reload)?;
    let functions = cargo_lambda.functions();
    let outcome = tokio::select! {
        done = serve(&settings, &local, functions, work) => done.map(Some),
        signalled = signalled() => signalled.map(|()| None),
        failure = cargo_lambda.ended() => Err(failure),
    };
    cargo_lambda.end().await;
    local.stop().await;
    outcome
}

async fn start_local(settings: &Settings) -> Result<Local, Failure> {
    let options = Options {
        data: settings.data.clone(),
        dynamodb_port: settings.ports.dynamodb(),
        s3_port: settings.ports.s3(),
        secret_access_key: settings.secret.clone(),
        secret: Some(Secret {
            // As `slipway` calls it.
            name: format!("{}/signing", local::TABLE),
            value: SIGNING_SECRET.to_owned(),
        }),
        sweep_every: Some(SWEEP_EVERY),
        ..Options::default()
    };
    Ok(Local::start(options).await?)
}

/// Opens the API, and does `work`. For a program every function answers by then; a person's are built and
/// started when they are first called, and only those again when a source changes.
async fn serve<Done>(
    settings: &Settings,
    local: &Local,
    functions: Arc<Functions>,
    work: impl AsyncFnOnce(Access, Operator) -> Result<Done, Failure>,
) -> Result<Done, Failure> {
    let awaited = if settings.reload { vec![FIRST.to_owned()] } else { functions::names()? };
    functions::answer(&functions, &awaited, &settings.log).await?;
    local.deliver_to(functions.url());
    if settings.data.is_some() {
        credentials::remember(local.secret_access_key())?;
    }
    let routes = functions::routes()?;
    let any_origin = vec!["*".to_owned()];
    let gateway =
        Gateway::start(settings.ports.api(), routes, functions, LIMITS, any_origin).await?;
    let operator = Operator::of(local);
    let access = open(settings, &operator, gateway.url()).await?;
    work(access, operator).await
}

/// Finds or makes a key.
async fn open(settings: &Settings, operator: &Operator, url: String) -> Result<Access, Failure> {
    if let Some(key) = settings.key.clone() {
        let access = Access { url: url.clone(), key };
        if !access.is_refused().await {
            return Ok(access);
        }
    }
    Ok(Access { url, key: operator.new_key("local").await?.text })
}

/// Waits for Ctrl-C, `kill` or the terminal's end.
async fn signalled() -> Result<(), Failure> {
    let on = |kind| signal(kind).map_err(Failure::Signals);
    let mut interrupt = on(SignalKind::interrupt())?;
    let mut terminate = on(SignalKind::terminate())?;
    let mut hangup = on(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}
