//! S3: `s3s` checks signatures and reads requests, our store keeps the objects, our front does the rest.

mod algorithm;
mod announcer;
mod bucket;
mod content;
mod digests;
mod encryption;
mod engine;
mod front;
mod get;
mod list;
mod multipart;
mod notification;
mod object;
mod operation;
mod presigned;
mod put;
mod received;
mod refusal;
mod request_body;
mod sparse;
mod store;

use std::path::PathBuf;
use std::sync::Arc;

use s3s::auth::SimpleAuth;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::TcpListener;

use self::announcer::Announcer;
use self::engine::Engine;
use self::front::Front;
use self::store::Store;
use crate::clock::Clock;
use crate::cors::Cors;
use crate::directory::Directory;
use crate::error::Error;
use crate::events::Undelivered;
use crate::http;
use crate::machine::Machine;
use crate::{ACCESS_KEY_ID, BUCKET};

pub use encryption::Encryption;

/// What the caller decides about the bucket.
pub(crate) struct Settings {
    /// Its default encryption.
    pub(crate) encryption: Encryption,
    /// What its callers sign with.
    pub(crate) secret_access_key: String,
    /// The origins whose pages may use presigned URLs.
    pub(crate) allowed_origins: Vec<String>,
}

/// Serves S3 on `listener` with the bucket in it; returns how many new objects no function knows of yet.
pub(crate) fn start(
    machine: &mut Machine,
    listener: TcpListener,
    directory: &Directory,
    settings: Settings,
) -> Result<Arc<Undelivered>, Error> {
    let store = open_store(directory.objects(), Arc::clone(&machine.clock))?;
    let (announcer, announcements) =
        Announcer::new(Arc::clone(&store), Arc::clone(&machine.courier));
    let announcer = Arc::new(announcer);
    let undelivered = announcer.undelivered();
    let stop = machine.stop_signal();
    machine.tasks.spawn(Arc::clone(&announcer).run(announcements, stop));
    let front = Arc::new(Front {
        service: service(
            Engine { store, announcer, encryption: settings.encryption },
            &settings.secret_access_key,
        ),
        cors: Cors::of_bucket(settings.allowed_origins),
        clock: Arc::clone(&machine.clock),
        recorder: Arc::clone(&machine.recorder),
    });
    let stop = machine.stop_signal();
    machine.tasks.spawn(http::serve(listener, stop, move |request| {
        let front = Arc::clone(&front);
        async move { front.answer(request).await }
    }));
    Ok(undelivered)
}

fn open_store(root: PathBuf, clock: Arc<dyn Clock>) -> Result<Arc<Store>, Error> {
    let opened = Store::open(root.clone(), clock).and_then(|store| {
        store.create_bucket(BUCKET)?;
        Ok(Arc::new(store))
    });
    opened.map_err(|source| Error::Data { path: root, source })
}

fn service(engine: Engine, secret_access_key: &str) -> S3Service {
    let mut config = S3Config::default();
    // `s3s` reads the machine's clock. A test's clock may be hours ahead of it, and so may what is signed
    // by it; how far ahead a presigned URL may be is checked in `presigned`, by our clock. The age of
    // requests signed in their headers is thereby not checked at all.
    config.presigned_url_max_skew_time_secs = u32::MAX;
    let mut builder = S3ServiceBuilder::new(engine);
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, secret_access_key));
    builder.build()
}
