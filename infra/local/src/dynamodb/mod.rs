//! DynamoDB: the `dynoxide` engine behind a proxy of ours, and the stream of what its TTL removes.

mod due;
mod proxy;
mod signature;
mod table;
mod ttl_stream;

use std::path::PathBuf;
use std::sync::Arc;

use dynoxide::Database;
use tokio::net::TcpListener;

use crate::clock::{Clock, EngineClock};
use crate::directory::Directory;
use crate::error::Error;
use crate::http;
use crate::machine::Machine;
use crate::secrets::Secret;

use due::Due;

pub(crate) use ttl_stream::TtlStream;

/// Who may call, and what Secrets Manager, on the same port, has to tell.
pub(crate) struct Access {
    /// What every caller signs with.
    pub(crate) secret_access_key: String,
    /// The one secret.
    pub(crate) secret: Option<Secret>,
}

/// Serves DynamoDB on `listener` with the table in it; returns the stream of TTL removals, being delivered.
pub(crate) async fn start(
    machine: &mut Machine,
    listener: TcpListener,
    directory: &Directory,
    access: Access,
) -> Result<Arc<TtlStream>, Error> {
    let database = open(directory.database(), Arc::clone(&machine.clock))?;
    table::create_if_absent(&database)?;
    let position = directory.stream_position();
    let courier = Arc::clone(&machine.courier);
    let due = Arc::new(Due::of(&database)?);
    let engine = ttl_stream::Engine {
        database: database.clone(),
        due: Arc::clone(&due),
        clock: Arc::clone(&machine.clock),
    };
    let (stream, removals) = TtlStream::open(engine, position, courier);
    let stream = Arc::new(stream);
    stream.read_on()?;
    let delivering = Arc::clone(&stream);
    machine.run(async move { delivering.deliver(removals).await });
    serve(machine, database, due, listener, access).await?;
    Ok(stream)
}

/// Only the engine in memory can be given a clock; the one on disk reads the machine's.
fn open(path: Option<PathBuf>, clock: Arc<dyn Clock>) -> Result<Database, Error> {
    match path {
        None => Database::memory_with_clock(Arc::new(EngineClock(clock))),
        Some(path) => Database::new(&path.to_string_lossy()),
    }
    .map_err(failed)
}

async fn serve(
    machine: &mut Machine,
    database: Database,
    due: Arc<Due>,
    listener: TcpListener,
    access: Access,
) -> Result<(), Error> {
    let (inner, engine) = http::listen_hidden("the DynamoDB engine").await?;
    let stop = machine.stop_signal();
    machine.tasks.spawn(async move {
        // Ends by the signal only; a failure to accept shows in every call through the proxy.
        let _ = dynoxide::server::serve_with_shutdown(inner, database, stop.given()).await;
    });
    let proxy = Arc::new(proxy::Proxy::new(engine, access, due, Arc::clone(&machine.recorder)));
    let stop = machine.stop_signal();
    machine.tasks.spawn(http::serve(listener, stop, move |request| {
        let proxy = Arc::clone(&proxy);
        async move { proxy.answer(request).await }
    }));
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::DynamoDb(error.to_string())
}
