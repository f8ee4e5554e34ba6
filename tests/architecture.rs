//! The rules of ARCHITECTURE.md that a test can hold: which module a line belongs to, what a function
//! links, and that the router, the functions and README.md say the same as the table of endpoints.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use memchr::memmem;
use shared::http::{Endpoint, Method, endpoints};
use tests::gateway::routes_of_the_workspace;
use tests::lambda;

/// The functions that no route names: AWS itself calls them.
const EVENT_FUNCTIONS: [&str; 2] = ["expire-file", "verify-upload"];

/// The functions that answer everybody.
const OPEN_FUNCTIONS: [&str; 2] = ["get-docs", "no-route"];

/// What only some binaries may hold, as the names of its symbols begin, and which those are. Where all is
/// built together features unify, so that only the binary itself tells what it holds.
const HELD_BY_SOME: [(&str, Holds); 5] = [
    // Who answers everybody has nothing to give away.
    ("aws_sdk_dynamodb9operation", |binary| !OPEN_FUNCTIONS.contains(&binary)),
    ("aws_sdk_s39operation", |binary| {
        let without_bucket = [
            "create-upload-token",
            "get-docs",
            "get-file",
            "get-usage",
            "list-files",
            "no-route",
            "revoke-upload-token",
            "slipway",
            "update-file",
            "validate-key",
        ];
        !without_bucket.contains(&binary)
    }),
    ("aws_sdk_secretsmanager9operation", |binary| ["metastudio", "slipway"].contains(&binary)),
    ("5lofty3id3", |binary| binary == "verify-upload"),
    ("14lambda_runtime7runtime", |binary| binary != "slipway"),
];

/// Whether a binary, told by its name, may hold the symbols.
type Holds = fn(&str) -> bool;

#[test]
fn only_storage_names_the_aws_sdk() {
    nowhere(&["aws_sdk_"], |path| {
        path.starts_with("shared/src/storage") || path.starts_with("shared/src/context/")
    });
}

#[test]
fn only_http_dialects_and_docs_name_a_status_code_or_a_header() {
    let dialects = dialects();
    nowhere(&["StatusCode", "HeaderName", "HeaderMap", "http::header"], |path| {
        path.starts_with("shared/src/http")
            || dialects.iter().any(|dialect| path.starts_with(&format!("functions/{dialect}/")))
            || path.starts_with("functions/get-docs/")
    });
}

#[test]
fn only_one_place_reads_clock_environment_and_randomness() {
    nowhere(&["SystemTime::now"], |path| path == "shared/src/context/mod.rs");
    nowhere(&["getrandom::"], |path| path == "shared/src/context/mod.rs");
    nowhere(&["env::var"], |path| path == "shared/src/config.rs");
}

/// What decides: no async, AWS, HTTP, clock or randomness.
const PURE: [&str; 9] = [
    "shared/src/domain/",
    "shared/src/media/",
    "shared/src/listing/mod.rs",
    "shared/src/listing/counter.rs",
    "shared/src/listing/holes.rs",
    "shared/src/listing/page.rs",
    "shared/src/uploads/decide/",
    "shared/src/uploads/evidence.rs",
    "shared/src/uploads/state.rs",
];

#[test]
fn what_decides_is_pure() {
    for place in PURE.into_iter().chain(["shared/src/uploads/file.rs"]) {
        names_nothing_of(place, &["async ", ".await", "crate::storage", "crate::http", "Context"]);
    }
}

#[test]
fn layers_know_only_what_is_beneath_them() {
    names_nothing_of("shared/src/domain/", &["crate::{", "crate::Error", "crate::Result"]);
    names_nothing_of("shared/src/domain/", &["crate::uploads", "crate::listing"]);
    names_nothing_of("shared/src/storage/", &["crate::http", "&Context", "lambda_runtime"]);
    names_nothing_of("shared/src/uploads/", &["crate::http", "lambda_runtime"]);
    names_nothing_of("shared/src/listing/", &["crate::http", "lambda_runtime"]);
    names_nothing_of("shared/src/http/", &["crate::storage", "aws_sdk_"]);
    // What is pure of the uploads is beneath storage, the use cases are above it.
    let pure = ["File", "file", "state", "evidence", "decide"];
    for (path, text) in sources().into_iter().filter(|(path, _)| path.contains("src/storage/")) {
        for used in text.split("crate::uploads::").skip(1) {
            let name = used.split(|letter: char| !letter.is_alphanumeric()).next();
            assert!(name.is_some_and(|name| pure.contains(&name)), "{path} names uploads::{used}");
        }
    }
}

/// `Context` lends storage to the crate alone, so the compiler holds most of this.
#[test]
fn functions_call_use_cases_and_nothing_below_them() {
    names_nothing_of("functions/", &["shared::storage", "storage::", "aws_sdk_"]);
}

#[test]
fn every_function_has_a_route_or_an_event_and_says_so_first() {
    let called = routes_of_the_workspace();
    let called = called.endpoints().iter().map(|route| route.function.clone());
    let called: BTreeSet<_> = called.chain(EVENT_FUNCTIONS.map(str::to_owned)).collect();
    assert_eq!(functions(), called);
    for dialect in dialects() {
        let main = read(&format!("functions/{dialect}/src/main.rs"));
        assert!(main.starts_with(&format!("//! `/{dialect}`: ")), "{dialect} says what it is");
    }
    for endpoint in endpoints::ALL {
        let (function, method, path) = (endpoint.function, &endpoint.method, endpoint.path);
        let main = read(&format!("functions/{function}/src/main.rs"));
        let contract = format!("//! `{method} {path}`: ");
        assert!(main.starts_with(&contract), "{function} must begin with {contract}");
        let handler = function.replace('-', "_");
        let serves =
            format!("http::serve(&endpoints::{}, {handler}).await", handler.to_uppercase());
        assert!(main.contains(&serves), "{function} must say {serves}");
    }
}

#[test]
fn the_router_has_the_routes_of_the_table_of_endpoints() {
    let routes = routes_of_the_workspace();
    let native = routes.endpoints().iter().filter(|route| route.method != "ANY");
    let native: BTreeSet<_> =
        native.map(|it| (it.method.clone(), it.path.clone(), it.function.clone())).collect();
    let row = |method: &Method, endpoint: &Endpoint| {
        (method.to_string(), endpoint.path.to_owned(), endpoint.function.to_owned())
    };
    let mut table: BTreeSet<_> = endpoints::ALL.map(|it| row(&it.method, it)).into();
    // HEAD is answered like GET.
    let gets = endpoints::ALL.into_iter().filter(|it| it.method == Method::GET);
    table.extend(gets.map(|it| row(&Method::HEAD, it)));
    assert_eq!(native, table);
}

#[test]
fn the_readme_has_the_rows_of_the_table_of_endpoints() {
    let readme = read("README.md");
    for dialect in dialects() {
        assert!(readme.contains(&format!("| `/{dialect}` |")), "README.md lacks {dialect}");
    }
    for endpoint in endpoints::ALL {
        let row = format!("| `{} {}` |", endpoint.method, endpoint.path);
        assert!(readme.contains(&row), "README.md lacks the row {row}");
    }
}

#[test]
fn no_function_depends_on_what_would_slow_its_start() {
    for function in functions() {
        let dependencies = dependencies(&function);
        for heavy in ["aws-lc-rs", "aws-lc-sys", "rustls-native-certs", "aws-config", "openssl-sys"]
        {
            let mut names = dependencies.keys().filter_map(|name| name.split(' ').next());
            assert!(!names.any(|name| name == heavy), "{function} depends on {heavy}");
        }
    }
}

/// So that `sam build`, which builds one function after another, compiles each crate once.
#[test]
fn all_functions_build_a_crate_with_the_same_features() {
    let mut seen: BTreeMap<String, (String, String)> = BTreeMap::new();
    for function in functions() {
        for (name, features) in dependencies(&function) {
            let (first, known) =
                seen.entry(name.clone()).or_insert_with(|| (function.clone(), features.clone()));
            assert_eq!(&features, known, "{name} for {function} and for {first}");
        }
    }
    assert!(seen.len() > 100, "the crates were found");
}

#[test]
fn no_binary_holds_what_only_others_need() {
    for name in functions().into_iter().chain(["slipway".to_owned()]) {
        let binary = std::fs::read(lambda::binaries().join(&name)).expect("it has been built");
        for (symbols, holds) in HELD_BY_SOME {
            let found = memmem::find(&binary, symbols.as_bytes()).is_some();
            assert_eq!(found, holds(&name), "{name} holds {symbols}");
        }
    }
}

#[test]
fn no_source_file_is_too_long_to_read() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 300, "{path} has {lines} lines");
    }
}

/// Asserts that no source below `place` contains any of the words, but for tests.
fn names_nothing_of(place: &str, words: &[&str]) {
    let below: Vec<_> = sources().into_iter().filter(|(path, _)| path.starts_with(place)).collect();
    assert!(!below.is_empty(), "there is {place}");
    for (path, text) in below {
        for word in words {
            assert!(!text.contains(word), "{path} names {word}");
        }
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
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !["build.rs", "tests.rs"].contains(&name)
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
    let prefixes = prefixes.filter(|route| !OPEN_FUNCTIONS.contains(&route.function.as_str()));
    prefixes.map(|route| route.function.clone()).collect()
}

fn functions() -> BTreeSet<String> {
    let folders = std::fs::read_dir(root().join("functions")).expect("the folder can be read");
    folders
        .map(|entry| entry.expect("the entry can be read").file_name())
        .map(|name| name.into_string().expect("a name in UTF-8"))
        .collect()
}

/// The crates that end up in a function's binary, each with the features it is built with.
fn dependencies(function: &str) -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal,no-proc-macro", "--prefix", "none"])
        .args(["--format", "{p}:{f}", "--package", function])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("crates are named in UTF-8");
    let crates = tree.lines().filter_map(|line| line.split_once(':'));
    crates.map(|(name, features)| (name.to_owned(), features.replace(" (*)", ""))).collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("the file can be read")
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the crate lies in the workspace").to_path_buf()
}
