//! Which functions there are, and waiting until each of them answers.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::time::Duration;

use futures_util::future::try_join_all;
use reqwest::{Client, Method, StatusCode};
use serde::Deserialize;
use tokio::time::{sleep, timeout};

use crate::failure::Failure;

/// Building anew may come first; every further attempt waits twice as long as the one before.
const PATIENCE: Duration = Duration::from_mins(3);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Waits until every function answers at `url`; `log` is where they say what is wrong with them.
pub(crate) async fn answer(url: &str, log: &Path) -> Result<(), Failure> {
    let client = Client::builder().no_proxy().build()?;
    try_join_all(probes()?.iter().map(|probe| probe.succeed(&client, url, log))).await?;
    Ok(())
}

/// A request that a function answers in one certain way, with no harm done.
struct Probe {
    function: String,
    method: Method,
    path: String,
    body: &'static str,
    expected: StatusCode,
}

impl Probe {
    /// Without a key, an endpoint refuses. A dialect finds nothing at its pattern's own path.
    fn of_endpoint(function: String, route: &Route) -> Self {
        let (method, path) = (route.method.clone(), route.path.clone());
        let is_dialect = path.contains("{*");
        let expected = if is_dialect { StatusCode::NOT_FOUND } else { StatusCode::UNAUTHORIZED };
        Self { function, method, path, body: "", expected }
    }

    /// What AWS itself calls accepts a delivery of nothing.
    fn of_trigger(function: String) -> Self {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let body = r#"{"Records":[]}"#;
        Self { function, method: Method::POST, path, body, expected: StatusCode::OK }
    }

    async fn succeed(&self, client: &Client, url: &str, log: &Path) -> Result<(), Failure> {
        let mut found = "not at all".to_owned();
        let attempts = async {
            let mut pause = FIRST_PAUSE;
            while let Err(other) = self.attempt(client, url).await {
                found = other;
                sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
        };
        let outcome = timeout(PATIENCE, attempts).await;
        outcome.map_err(|_| Failure::NoAnswer {
            function: self.function.clone(),
            found,
            log: log.to_owned(),
        })
    }

    /// Fails with what came instead of the expected answer.
    async fn attempt(&self, client: &Client, url: &str) -> Result<(), String> {
        let request = client.request(self.method.clone(), format!("{url}{}", self.path));
        match request.body(self.body).send().await {
            Ok(answer) if answer.status() == self.expected => Ok(()),
            Ok(answer) => Err(answer.status().to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// One for each folder in `functions/`.
fn probes() -> Result<Vec<Probe>, Failure> {
    let folder = Path::new("functions");
    let manifest = Path::new("Cargo.toml");
    let manifest = fs::read_to_string(manifest).map_err(Failure::file(manifest))?;
    let routes = routes(&manifest)?;
    fs::read_dir(folder)
        .map_err(Failure::file(folder))?
        .map(|entry| {
            let name = entry.map_err(Failure::file(folder))?.file_name();
            let function = name.to_string_lossy().into_owned();
            Ok(match routes.get(&function) {
                Some(route) => Probe::of_endpoint(function, route),
                None => Probe::of_trigger(function),
            })
        })
        .collect()
}

struct Route {
    method: Method,
    path: String,
}

#[derive(Deserialize)]
struct Target {
    method: String,
    function: String,
}

/// A route of each function that has one, from the table that `cargo lambda watch` reads.
fn routes(manifest: &str) -> Result<BTreeMap<String, Route>, Failure> {
    let bad = |problem: &dyn Display| Failure::Manifest(problem.to_string());
    let manifest: toml::Value = toml::from_str(manifest).map_err(|error| bad(&error))?;
    let table = ["workspace", "metadata", "lambda", "watch", "router"]
        .iter()
        .try_fold(&manifest, |value, key| value.get(key))
        .ok_or_else(|| bad(&"no [workspace.metadata.lambda.watch.router]"))?;
    let table: BTreeMap<String, Vec<Target>> =
        table.clone().try_into().map_err(|error| bad(&error))?;
    let mut routes = BTreeMap::new();
    for (path, targets) in table {
        for Target { method, function } in targets {
            let method = method.parse().map_err(|error| bad(&error))?;
            routes.insert(function, Route { method, path: path.clone() });
        }
    }
    Ok(routes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_asked_by_a_route_of_its_own() {
        let routes = routes(
            r#"
            [workspace.metadata.lambda.watch.router]
            "/things" = [{ method = "POST", function = "create-thing" }]
            "/things/{id}" = [{ method = "GET", function = "get-thing" }]
            "#,
        )
        .unwrap();
        let get = &routes["get-thing"];
        assert_eq!((&get.method, get.path.as_str()), (&Method::GET, "/things/{id}"));
        assert_eq!(routes["create-thing"].method, Method::POST);
        assert!(!routes.contains_key("verify-thing"));
    }

    #[test]
    fn a_manifest_without_routes_is_a_failure() {
        assert!(routes("[workspace]").is_err());
    }
}
