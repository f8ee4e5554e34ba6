//! The rules of ARCHITECTURE.md that a test can hold: which room a line belongs to, what a function
//! links, and that folders, routes and documents name the same endpoints.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use tests::gateway::{Endpoint, Routes, routes_of_the_workspace};

/// The functions that no route names: AWS itself calls them.
const EVENT_FUNCTIONS: [&str; 2] = ["expire-file", "verify-upload"];

/// The functions that never touch S3.
const WITHOUT_S3: [&str; 3] = ["get-file", "list-files", "validate-key"];

#[test]
fn only_storage_names_the_aws_sdk() {
    nowhere(&["aws_sdk_"], |path| {
        path.starts_with("shared/src/storage") || path == "shared/src/context.rs"
    });
}

#[test]
fn only_http_and_dialects_name_a_status_code_or_a_header() {
    let dialects = dialects();
    nowhere(&["StatusCode", "HeaderName", "HeaderMap", "http::header"], |path| {
        path.starts_with("shared/src/http")
            || dialects.iter().any(|dialect| path.starts_with(&format!("functions/{dialect}/")))
    });
}

#[test]
fn only_functions_that_aws_calls_act_in_its_name() {
    nowhere(&["Authority::of_event"], |path| {
        EVENT_FUNCTIONS.iter().any(|function| path.starts_with(&format!("functions/{function}/")))
    });
}

#[test]
fn only_one_place_reads_clock_environment_and_randomness() {
    nowhere(&["SystemTime::now"], |path| path == "shared/src/context.rs");
    nowhere(&["getrandom::"], |path| path == "shared/src/context.rs");
    nowhere(&["env::var"], |path| path == "shared/src/config.rs");
}

#[test]
fn the_domain_is_pure_and_its_neighbours_do_not_know_each_other() {
    let rooms = [
        (
            "shared/src/domain",
            &["async ", ".await", "crate::storage", "crate::http", "crate::Context"][..],
        ),
        ("shared/src/storage", &["crate::http", "crate::Context", "lambda_runtime"]),
        ("shared/src/http", &["crate::storage", "aws_sdk_"]),
    ];
    for (room, forbidden) in rooms {
        for (path, text) in sources().into_iter().filter(|(path, _)| path.starts_with(room)) {
            for word in forbidden {
                assert!(!text.contains(word), "{path} names {word}");
            }
        }
    }
}

#[test]
fn every_function_has_a_route_or_an_event_and_says_so_first() {
    let routes = routes_of_the_workspace();
    let called = routes.endpoints().iter().map(|route| route.function.clone());
    let called: BTreeSet<_> = called.chain(EVENT_FUNCTIONS.map(str::to_owned)).collect();
    assert_eq!(functions(), called);

    for dialect in dialects() {
        let main = read(&format!("functions/{dialect}/src/main.rs"));
        assert!(main.starts_with(&format!("//! `/{dialect}`: ")), "{dialect} says what it is");
    }
    for route in native(&routes) {
        let main = read(&format!("functions/{}/src/main.rs", route.function));
        let contract = format!("//! `{} {}`: ", route.method, route.path);
        assert!(main.starts_with(&contract), "{} must begin with {contract}", route.function);
        let handler = format!("async fn {}(", route.function.replace('-', "_"));
        assert!(main.contains(&handler), "{} has no {handler}", route.function);
    }
}

#[test]
fn every_endpoint_stands_in_the_readme_and_in_the_test_without_a_key() {
    let (readme, access) = (read("README.md"), read("tests/api/access.rs"));
    for dialect in dialects() {
        assert!(readme.contains(&format!("| `/{dialect}` |")), "README.md lacks {dialect}");
    }
    for route in native(&routes_of_the_workspace()) {
        let row = format!("| `{} {}` | {} |", route.method, route.path, route.function);
        assert!(readme.contains(&row), "README.md lacks the row {row}");
        let path = route.path.replace("{id}", "fil_000000000000000000000000");
        let line = format!("(Method::{}, \"{path}\")", route.method);
        assert!(access.contains(&line), "tests/api/access.rs lacks {line}");
    }
}

#[test]
fn no_function_links_what_would_slow_its_start() {
    for function in functions() {
        let tree = dependencies(&function);
        for heavy in ["aws-lc-rs", "aws-lc-sys", "rustls-native-certs", "aws-config", "openssl-sys"]
        {
            assert!(!tree.contains(heavy), "{function} depends on {heavy}");
        }
        let links_s3 = tree.contains("aws-sdk-s3");
        assert_eq!(links_s3, !WITHOUT_S3.contains(&function.as_str()), "{function} and S3");
    }
}

#[test]
fn no_source_file_is_too_long_to_read() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 300, "{path} has {lines} lines");
    }
}

/// Asserts that no source of the functions and their crate contains any of the words, but for tests
/// and where `allowed` says so.
fn nowhere(words: &[&str], allowed: impl Fn(&str) -> bool) {
    for (path, text) in sources() {
        for word in words.iter().filter(|_| !allowed(&path)) {
            assert!(!text.contains(word), "{path} names {word}");
        }
    }
}

/// The sources of the functions and of the crate they share, without tests: path and text.
fn sources() -> Vec<(String, String)> {
    let mut sources = Vec::new();
    for folder in ["functions", "shared/src"] {
        collect(&root().join(folder), &mut sources);
    }
    assert!(sources.len() > 40, "the sources were found");
    sources
}

fn collect(folder: &Path, sources: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
        if path.is_dir() && name != "testing" {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs"
        {
            let relative = path.strip_prefix(root()).expect("below the root");
            let text = std::fs::read_to_string(&path).expect("a source is text");
            let (code, _tests) =
                text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&text, ""));
            // Comments may speak of what code may not name.
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            sources.push((relative.display().to_string(), code.collect::<Vec<_>>().join("\n")));
        }
    }
}

/// The functions that answer to everything below a prefix.
fn dialects() -> BTreeSet<String> {
    let routes = routes_of_the_workspace();
    let prefixes = routes.endpoints().iter().filter(|route| route.path.ends_with("/{*path}"));
    prefixes.map(|route| route.function.clone()).collect()
}

/// The endpoints of the native API.
fn native(routes: &Routes) -> impl Iterator<Item = &Endpoint> {
    let dialects = dialects();
    routes.endpoints().iter().filter(move |route| !dialects.contains(&route.function))
}

fn functions() -> BTreeSet<String> {
    let folders = std::fs::read_dir(root().join("functions")).expect("the folder can be read");
    folders
        .map(|entry| entry.expect("the entry can be read").file_name())
        .map(|name| name.into_string().expect("a name in UTF-8"))
        .collect()
}

/// The crates that end up in a function's binary.
fn dependencies(function: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal,no-proc-macro", "--prefix", "none"])
        .args(["--format", "{p}", "--package", function])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("crates are named in UTF-8");
    tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("the file can be read")
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the crate lies in the workspace").to_path_buf()
}
