//! Which function answers which request: the one table, read from the workspace's `Cargo.toml`.

use std::collections::{BTreeMap, BTreeSet};

use hyper::Method;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::Error;

/// The routes of the HTTP API, in `cargo lambda watch`'s own syntax for paths.
#[derive(Debug)]
pub struct Routes {
    by_path: matchit::Router<(String, Vec<Target>)>,
    endpoints: Vec<Endpoint>,
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The HTTP method.
    pub method: String,
    /// The path, with `{id}` for the parameter.
    pub path: String,
    /// The function that answers.
    pub function: String,
}

#[derive(Debug, Deserialize)]
struct Target {
    method: String,
    function: String,
}

/// A request's route.
#[derive(Debug, PartialEq)]
pub(super) struct Route {
    pub(super) function: String,
    /// API Gateway's name of the route, such as `GET /v1/files/{id}`.
    pub(super) key: String,
    /// Percent-decoded.
    pub(super) parameters: BTreeMap<String, String>,
}

impl Routes {
    /// The table `[workspace.metadata.lambda.watch.router]` of a manifest's text.
    ///
    /// # Errors
    ///
    /// [`Error::Routes`]: the text has no such table, or two of its paths overlap.
    pub fn of_manifest(manifest: &str) -> Result<Self, Error> {
        let table = table(manifest)?;
        let endpoints = table.iter().flat_map(|(path, targets)| {
            targets.iter().map(|Target { method, function }| Endpoint {
                method: method.clone(),
                path: path.clone(),
                function: function.clone(),
            })
        });
        let endpoints = endpoints.collect();
        let mut by_path = matchit::Router::new();
        for (path, targets) in table {
            by_path.insert(path.clone(), (path, targets)).map_err(bad)?;
        }
        Ok(Self { by_path, endpoints })
    }

    /// Every endpoint, by path.
    #[must_use]
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The functions that are named, each once.
    #[must_use]
    pub fn functions(&self) -> BTreeSet<&str> {
        self.endpoints.iter().map(|endpoint| endpoint.function.as_str()).collect()
    }

    /// None for an unknown path, and for a method that the path does not have.
    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Route> {
        let found = self.by_path.at(path).ok()?;
        let (pattern, targets) = found.value;
        let target = targets.iter().find(|target| target.method == method.as_str())?;
        let decoded = |value| percent_decode_str(value).decode_utf8_lossy().into_owned();
        Some(Route {
            function: target.function.clone(),
            key: format!("{method} {pattern}"),
            parameters: found.params.iter().map(|(k, v)| (k.to_owned(), decoded(v))).collect(),
        })
    }
}

fn table(manifest: &str) -> Result<BTreeMap<String, Vec<Target>>, Error> {
    let manifest: toml::Value = toml::from_str(manifest).map_err(bad)?;
    let table = ["workspace", "metadata", "lambda", "watch", "router"]
        .iter()
        .try_fold(&manifest, |value, key| value.get(key))
        .ok_or_else(|| bad("it has no [workspace.metadata.lambda.watch.router]"))?;
    table.clone().try_into().map_err(bad)
}

fn bad(problem: impl std::fmt::Display) -> Error {
    Error::Routes(problem.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_finds_its_function_and_its_decoded_parameters() {
        let route = routes().find(&Method::GET, "/things/a%2Fb%20c/parts").unwrap();
        assert_eq!(route.function, "list-parts");
        assert_eq!(route.key, "GET /things/{id}/parts");
        assert_eq!(route.parameters, BTreeMap::from([("id".to_owned(), "a/b c".to_owned())]));
    }

    #[test]
    fn an_unknown_path_a_trailing_slash_or_another_method_has_no_route() {
        for (method, path) in [
            (Method::GET, "/other"),
            (Method::POST, "/things/"),
            (Method::DELETE, "/things"),
            (Method::HEAD, "/things/1/parts"),
        ] {
            assert_eq!(routes().find(&method, path), None, "{method} {path}");
        }
    }

    #[test]
    fn a_manifest_without_routes_is_an_error() {
        assert!(Routes::of_manifest("[workspace]").is_err());
    }

    fn routes() -> Routes {
        Routes::of_manifest(
            r#"
            [workspace.metadata.lambda.watch.router]
            "/things" = [{ method = "POST", function = "create-thing" }]
            "/things/{id}/parts" = [{ method = "GET", function = "list-parts" }]
            "#,
        )
        .unwrap()
    }
}
