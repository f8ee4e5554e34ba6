//! Which function answers which request: the one table, read from the workspace's `Cargo.toml`.

use std::collections::{BTreeMap, BTreeSet};

use hyper::Method;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::Error;

/// Of a route for every method, the method.
const ANY: &str = "ANY";

/// The path of requests that no other route matches, and API Gateway's name of their route.
const CATCH_ALL: &str = "/{*path}";
const DEFAULT: &str = "$default";

/// The routes of the HTTP API, in `cargo lambda watch`'s own syntax for paths.
#[derive(Debug)]
pub struct Routes {
    by_path: matchit::Router<(String, Vec<Target>)>,
    endpoints: Vec<Endpoint>,
    default: Option<String>,
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The HTTP method, or `ANY`.
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

/// What the table says of a path.
#[derive(Deserialize)]
#[serde(untagged)]
enum Targets {
    /// One function for every method.
    Any(String),
    ByMethod(Vec<Target>),
}

impl Targets {
    fn into_targets(self) -> Vec<Target> {
        match self {
            Self::Any(function) => vec![Target { method: ANY.to_owned(), function }],
            Self::ByMethod(targets) => targets,
        }
    }
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
        let endpoints: Vec<_> = endpoints.collect();
        let mut by_path = matchit::Router::new();
        for (path, targets) in table.into_iter().filter(|(path, _)| path != CATCH_ALL) {
            by_path.insert(path.clone(), (path, targets)).map_err(bad)?;
        }
        let default = endpoints.iter().find(|endpoint| endpoint.path == CATCH_ALL);
        let default = default.map(|endpoint| endpoint.function.clone());
        Ok(Self { by_path, endpoints, default })
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

    /// None for an unknown path, and for a method that the path does not have, unless there is a function
    /// for those.
    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Route> {
        self.matching(method, path).or_else(|| {
            let (function, key) = (self.default.clone()?, DEFAULT.to_owned());
            Some(Route { function, key, parameters: BTreeMap::new() })
        })
    }

    fn matching(&self, method: &Method, path: &str) -> Option<Route> {
        let found = self.by_path.at(path).ok()?;
        let (pattern, targets) = found.value;
        let fits = |target: &&Target| target.method == method.as_str() || target.method == ANY;
        let target = targets.iter().find(fits)?;
        let decoded = |value| percent_decode_str(value).decode_utf8_lossy().into_owned();
        Some(Route {
            function: target.function.clone(),
            key: format!("{} {pattern}", target.method),
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
    let table: BTreeMap<String, Targets> = table.clone().try_into().map_err(bad)?;
    Ok(table.into_iter().map(|(path, targets)| (path, targets.into_targets())).collect())
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

    #[test]
    fn a_function_alone_answers_every_method_and_the_default_what_is_left() {
        let routes = Routes::of_manifest(
            r#"
            [workspace.metadata.lambda.watch.router]
            "/" = "page"
            "/any/{*path}" = "any"
            "/things" = [{ method = "POST", function = "create-thing" }]
            "/{*path}" = "other"
            "#,
        );
        let routes = routes.unwrap();
        for (method, path, function, key) in [
            (Method::GET, "/", "page", "ANY /"),
            (Method::PUT, "/any/1/2", "any", "ANY /any/{*path}"),
            (Method::POST, "/things", "create-thing", "POST /things"),
            (Method::PUT, "/things", "other", "$default"),
            (Method::GET, "/any/", "other", "$default"),
            (Method::GET, "/things/", "other", "$default"),
            (Method::GET, "//", "other", "$default"),
        ] {
            let route = routes.find(&method, path).unwrap();
            assert_eq!((route.function.as_str(), route.key.as_str()), (function, key), "{path}");
        }
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
