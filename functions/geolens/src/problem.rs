//! The body of every error: problem details (RFC 9457).

use serde::Serialize;
use shared::domain::multipart::PartFlaw;
use shared::http::{HeaderValue, Reply, StatusCode, header::CONTENT_TYPE};

/// A refusal.
#[derive(Serialize)]
pub(crate) struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: Detail,
    /// Our addition: the parts that must be sent again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<FlawedPart>,
}

/// What is wrong.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Detail {
    /// In a sentence.
    Text(String),
    /// In a word that programs know.
    Code {
        /// The word.
        code: &'static str,
        /// The extension that it is about.
        extension: String,
    },
}

#[derive(Serialize)]
struct FlawedPart {
    part_number: u16,
    problem: &'static str,
}

impl Problem {
    /// The refusal with this status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<Detail>) -> Self {
        let title = status.canonical_reason().unwrap_or_default();
        let detail = detail.into();
        Self { r#type: "about:blank", title, status: status.as_u16(), detail, parts: Vec::new() }
    }

    /// The same, with what is wrong with which parts.
    pub(crate) fn with_parts(self, flaws: &[PartFlaw]) -> Self {
        let parts = flaws.iter().map(|flaw| FlawedPart {
            part_number: flaw.part.get(),
            problem: flaw.problem.as_str(),
        });
        Self { parts: parts.collect(), ..self }
    }

    /// The refusal as it is answered.
    pub(crate) fn reply(&self) -> Reply {
        let status = StatusCode::from_u16(self.status).unwrap_or_default();
        let json = HeaderValue::from_static("application/problem+json");
        let reply = Reply::json(status, self).unwrap_or_else(|_| Reply::empty(status));
        reply.with(CONTENT_TYPE, json)
    }
}

impl From<&str> for Detail {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
