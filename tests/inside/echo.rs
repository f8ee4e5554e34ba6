//! The gateway with nothing behind it but the function `echo`, which can be made to wait.

use std::net::SocketAddr;
use std::sync::Arc;

use tests::gateway::{Gateway, Routes};
use tests::lambda::{Function, Functions, LambdaSettings};
use tests::{Answer, Client};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A gateway in front of the function `echo` alone.
pub(crate) struct Echo {
    gateway: Gateway,
    pub(crate) client: Client,
}

impl Echo {
    pub(crate) async fn start(max_containers: usize) -> Self {
        Self::start_with(LambdaSettings { max_containers, ..LambdaSettings::beside_the_test() })
            .await
    }

    pub(crate) async fn start_with(settings: LambdaSettings) -> Self {
        let routes = Routes::of_manifest(
            r#"
            [workspace.metadata.lambda.watch.router]
            "/echo" = [{ method = "GET", function = "echo" }, { method = "POST", function = "echo" }]
            "/echo/{id}" = [{ method = "POST", function = "echo" }]
            "#,
        );
        let routes = routes.expect("a table of routes");
        let gateway = Gateway::start(routes, Functions::new(settings)).await;
        let client = Client::new(gateway.url(), "some-key");
        Self { gateway, client }
    }

    pub(crate) fn function(&self) -> Arc<Function> {
        self.gateway.functions().get("echo")
    }

    /// A client of the invoke endpoint.
    pub(crate) fn invoker(&self) -> Client {
        Client::new(self.gateway.invoke_url(), "no-key")
    }

    pub(crate) async fn process_id(&self) -> u64 {
        self.client.get("/echo").await.ok()["processId"].as_u64().expect("a number")
    }

    /// A request under way that is answered once its arrival at the barrier is dropped.
    pub(crate) fn hold(&self, barrier: &Barrier) -> JoinHandle<Answer> {
        let (client, path) = (self.client.clone(), format!("/echo?hold={}", barrier.address));
        tokio::spawn(async move { client.get(&path).await })
    }
}

/// Where functions wait until they are let go.
pub(crate) struct Barrier {
    listener: TcpListener,
    address: SocketAddr,
}

impl Barrier {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        Self { listener, address }
    }

    pub(crate) async fn arrival(&self) -> TcpStream {
        self.listener.accept().await.expect("a function arrives").0
    }
}
