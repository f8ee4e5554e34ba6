//! What is said of a request that no endpoint answers: before any key is looked at, because what there is
//! is no secret.

use super::dialect::Dialect;
use super::{Method, Request, endpoints};
use crate::Error;

/// The methods that operations of a dialect have.
const METHODS: [Method; 4] = [Method::GET, Method::POST, Method::PATCH, Method::DELETE];

/// Why no endpoint of the native API answers a request: [`Error::MethodNotAllowed`] or
/// [`Error::NoSuchPath`].
#[must_use]
pub fn no_endpoint(request: &Request) -> Error {
    let path = request.path();
    let slashed = path.strip_suffix('/').is_some_and(|path| methods_at(path).next().is_some());
    not_allowed(methods_at(path)).unwrap_or(Error::NoSuchPath { slashed })
}

/// What a dialect's [`Error::NoSuchPath`] is if the path has operations with other methods.
pub(super) fn by_this_method<D: Dialect>(dialect: &D, request: &Request, error: Error) -> Error {
    if !matches!(error, Error::NoSuchPath { .. }) {
        return error;
    }
    let has = |method: &Method| dialect.operation(&request.asking_by(method.clone())).is_ok();
    not_allowed(METHODS.into_iter().filter(has)).unwrap_or(error)
}

fn methods_at(path: &str) -> impl Iterator<Item = Method> {
    let endpoints = endpoints::ALL.into_iter().filter(move |endpoint| endpoint.is_at(path));
    endpoints.map(|endpoint| endpoint.method.clone())
}

/// The error that names the methods that are allowed, if there are any. HEAD is answered like GET.
fn not_allowed(methods: impl Iterator<Item = Method>) -> Option<Error> {
    let mut names = Vec::new();
    for method in methods {
        names.push(method.as_str().to_owned());
        if method == Method::GET {
            names.push(Method::HEAD.as_str().to_owned());
        }
    }
    (!names.is_empty()).then(|| Error::MethodNotAllowed { allow: names.join(", ") })
}
