//! The description for language models, as <https://llmstxt.org> has it: the prose, and a line for each
//! operation.

use std::fmt::Write as _;

use serde_json::Value;

/// The text of `/llms.txt`.
#[must_use]
pub fn llms(document: &Value) -> String {
    let info = &document["info"];
    let mut text = format!(
        "# {}\n\n> {}\n\n{}\n",
        plain(&info["title"]),
        plain(&info["summary"]),
        // The title above is the only heading of the first level.
        plain(&info["description"]).trim_end(),
    );
    text.push_str("\n## Operations\n\nRequests, answers and examples of each: [/openapi.json](/openapi.json)\n\n");
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Some(summary) = operation["summary"].as_str() else { continue };
            let (method, id) = (method.to_uppercase(), plain(&operation["operationId"]));
            let purpose = plain(&operation["description"]).replace("\n\n", " ");
            let _ = writeln!(text, "- `{method} {path}` ({id}): {summary}. {purpose}");
        }
    }
    text
}

fn plain(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
