//! A deployment that holds one file: just enough of the API, and of S3.

mod api;
mod s3;
mod world;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use axum::Router;
use axum::response::Response;
use tokio::runtime::Runtime;

pub(crate) use s3::error;
pub(crate) use world::{World, answer};

/// The key that opens it.
pub(crate) const KEY: &str = "slw_acme_secret_00000000";

/// The id of its file.
pub(crate) const ID: &str = "fil_0000000060r30c1g60r30c1g";

/// The deployment, served until it is dropped.
pub(crate) struct Fake {
    address: SocketAddr,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

/// What the handlers share with the test.
pub(crate) struct Shared {
    address: SocketAddr,
    world: Mutex<World>,
    changed: Condvar,
}

impl Fake {
    /// A deployment that cuts every file into parts of this size.
    pub(crate) fn in_parts_of(part_size_bytes: usize) -> Self {
        Self::serve(World { part_size_bytes, ..World::default() })
    }

    /// A deployment that takes every file by a single PUT.
    pub(crate) fn in_one_piece() -> Self {
        Self::serve(World::default())
    }

    fn serve(world: World) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a listener of tokio's");
        let address = listener.local_addr().expect("a bound port");
        let (world, changed) = (Mutex::new(world), Condvar::new());
        let shared = Arc::new(Shared { address, world, changed });
        let router: Router = api::routes().merge(s3::routes()).with_state(Arc::clone(&shared));
        let runtime = Runtime::new().expect("a runtime");
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            axum::serve(listener, router).await
        });
        Self { address, shared, _runtime: runtime }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The state of the deployment, to be looked at or changed.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }

    /// Lets the next call of an endpoint be answered like this.
    pub(crate) fn next(&self, endpoint: &'static str, answer: Response) {
        self.world().scripted.entry(endpoint).or_default().push_back(answer);
    }

    /// Waits until the deployment is as `condition` says.
    pub(crate) fn wait_until(&self, condition: impl Fn(&World) -> bool) {
        let world = self.shared.changed.wait_while(self.world(), |world| !condition(world));
        drop(world.expect("no handler has panicked"));
    }
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no handler has panicked")
    }

    /// Changes the world, and tells the test.
    fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let changed = change(&mut self.world());
        self.changed.notify_all();
        changed
    }
}
