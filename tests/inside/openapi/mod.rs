//! `openapi.json` and `llms.txt` are what the code says and what a test receives.

mod bad_requests;
mod plain;
mod recorder;
mod scenes;

use std::fs;
use std::path::{Path, PathBuf};

use openapi::{breaking_changes, document, llms};
use serde_json::Value;
use shared::http::endpoints;

/// `make openapi` sets it, to write the files instead of comparing them.
const WRITE: &str = "WRITE_OPENAPI";

const DOCUMENT: &str = "openapi.json";
const LLMS: &str = "functions/get-docs/assets/llms.txt";

/// The largest document that is worth a page's wait, in bytes.
const LARGEST: usize = 200 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_what_the_code_says() {
    let examples = scenes::examples().await;
    let described = document(&examples).expect("operations.rs speaks of every endpoint");
    every_status_has_an_example(&described);
    let mut text = serde_json::to_string_pretty(&described).expect("JSON can be written");
    text.push('\n');
    assert!(text.len() <= LARGEST, "{} bytes", text.len());
    let committed = fs::read_to_string(at(DOCUMENT)).unwrap_or_default();
    let before: Value = serde_json::from_str(&committed).unwrap_or_default();
    let broken = match &breaking_changes(&before, &described)[..] {
        [] => String::new(),
        changes => format!("\nThis breaks clients:\n- {}", changes.join("\n- ")),
    };

    let is_to_write = std::env::var_os(WRITE).is_some();
    if is_to_write {
        tell(&broken);
    }
    for (path, made) in [(DOCUMENT, text), (LLMS, llms(&described))] {
        if is_to_write {
            fs::write(at(path), &made).expect("the file can be written");
        } else {
            let is_same = fs::read_to_string(at(path)).is_ok_and(|text| text == made);
            assert!(is_same, "{path} is not what the code says: run `make openapi`.{broken}");
        }
    }
}

/// Each status that a row of the table of endpoints can answer has been received.
fn every_status_has_an_example(described: &Value) {
    for endpoint in endpoints::ALL {
        let method = endpoint.method.as_str().to_lowercase();
        let operation = &described["paths"][endpoint.path][method];
        let responses = operation["responses"].as_object().expect("an operation has responses");
        for (status, response) in responses.iter().filter(|(status, _)| *status != "204") {
            let name = response["$ref"].as_str().and_then(|it| described.pointer(&it[1..]));
            let content = &name.unwrap_or(response)["content"]["application/json"];
            let examples = content["examples"].as_object().map_or(0, serde_json::Map::len);
            assert!(
                examples > 0,
                "no test receives {status} of {}: see scenes.rs",
                endpoint.function
            );
        }
    }
}

/// Says what breaks clients, to whoever writes the files.
#[expect(clippy::print_stdout, reason = "`make openapi` shows it")]
fn tell(broken: &str) {
    println!("{DOCUMENT} and {LLMS} are as the code says.{broken}");
}

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
