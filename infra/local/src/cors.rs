//! Which web pages may call the API and use presigned URLs, and what they may send and read.
//!
//! The rules are those of `infra/cors.json`, which a test compares with the template's.

use hyper::Method;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use serde::Deserialize;

/// The rule of the API or of the bucket, and the origins that it is for.
#[derive(Clone)]
pub(crate) struct Cors {
    rule: Rule,
    /// Exact origins, such as `http://localhost:3000`; `*` stands for every origin.
    allowed_origins: Vec<String>,
}

#[derive(Deserialize)]
struct Rules {
    api: Rule,
    bucket: Rule,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    methods: Vec<String>,
    /// `*` stands for every header.
    headers: Vec<String>,
    exposed: Vec<String>,
    max_age_seconds: u32,
}

impl Cors {
    /// The rule of the API.
    pub(crate) fn of_api(allowed_origins: Vec<String>) -> Self {
        Self { rule: rules().api, allowed_origins }
    }

    /// The rule of the bucket.
    pub(crate) fn of_bucket(allowed_origins: Vec<String>) -> Self {
        Self { rule: rules().bucket, allowed_origins }
    }

    /// Whether the request is a browser's question rather than a call.
    pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
        method == Method::OPTIONS
            && headers.contains_key(ORIGIN)
            && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    }

    /// The headers that answer a browser's question, if the page may do what it asks for.
    pub(crate) fn preflight(&self, asked: &HeaderMap) -> Option<HeaderMap> {
        let origin = self.allowed(asked.get(ORIGIN)?)?;
        let method = asked.get(ACCESS_CONTROL_REQUEST_METHOD)?.to_str().ok()?;
        if !self.rule.methods.iter().any(|known| known == method) {
            return None;
        }
        let takes_all = self.rule.headers.iter().any(|name| name == "*");
        let headers = if takes_all {
            asked.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned()
        } else {
            Some(listed(&self.rule.headers))
        };
        let mut told = HeaderMap::new();
        told.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        told.insert(ACCESS_CONTROL_ALLOW_METHODS, listed(&self.rule.methods));
        told.extend(headers.map(|headers| (ACCESS_CONTROL_ALLOW_HEADERS, headers)));
        told.insert(ACCESS_CONTROL_MAX_AGE, self.rule.max_age_seconds.into());
        Some(told)
    }

    /// Lets the page at `origin` read the answer, if it may.
    pub(crate) fn decorate(&self, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
        let Some(origin) = origin.and_then(|origin| self.allowed(origin)) else { return };
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, listed(&self.rule.exposed));
        answer.append(VARY, HeaderValue::from_static("Origin"));
    }

    fn allowed(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        let mut allowed = self.allowed_origins.iter();
        allowed
            .any(|allowed| allowed == "*" || allowed.as_bytes() == origin.as_bytes())
            .then(|| origin.clone())
    }
}

/// The committed rules. That they can be read is tested below.
fn rules() -> Rules {
    serde_json::from_str(include_str!("../../cors.json"))
        .unwrap_or(Rules { api: Rule::NOTHING, bucket: Rule::NOTHING })
}

impl Rule {
    /// No page may do anything.
    const NOTHING: Self =
        Self { methods: Vec::new(), headers: Vec::new(), exposed: Vec::new(), max_age_seconds: 0 };
}

fn listed(names: &[String]) -> HeaderValue {
    HeaderValue::from_str(&names.join(",")).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_rules_can_be_read() {
        for rule in [rules().api, rules().bucket] {
            assert!(!rule.methods.is_empty() && !rule.exposed.is_empty());
        }
    }

    #[test]
    fn an_origin_that_is_not_allowed_is_told_nothing() {
        let cors = Cors::of_api(vec!["https://one.example".to_owned()]);
        for (origin, method, is_allowed) in [
            ("https://one.example", "PATCH", true),
            ("https://two.example", "POST", false),
            ("https://one.example", "PUT", false),
        ] {
            let asked = HeaderMap::from_iter([
                (ORIGIN, HeaderValue::from_static(origin)),
                (ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static(method)),
            ]);
            let told = cors.preflight(&asked);
            assert_eq!(told.is_some(), is_allowed, "{origin} {method}");
            if let Some(told) = told {
                assert_eq!(told[ACCESS_CONTROL_ALLOW_ORIGIN], origin);
                assert!(!told.contains_key("access-control-allow-credentials"));
            }
        }
        let mut answer = HeaderMap::new();
        cors.decorate(Some(&HeaderValue::from_static("https://two.example")), &mut answer);
        assert!(answer.is_empty());
    }
}
