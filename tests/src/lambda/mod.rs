//! Lambda, as far as a function can tell: one process per container, one invocation at a time.

mod container;
mod error;
mod function;
mod log;
mod runtime_api;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use error::FunctionError;
pub use function::Function;

/// How the functions are run.
#[derive(Debug, Clone)]
pub struct LambdaSettings {
    /// The folder that holds the functions' binaries.
    pub binaries: PathBuf,
    /// What every function finds in its environment, beside what Lambda itself sets. Nothing is
    /// inherited from the test's own process.
    pub environment: Vec<(String, String)>,
    /// The most containers of one function, at least 1. Further invocations wait their turn, where
    /// AWS would answer 429: a test on two cores means to race, not to be turned away.
    pub max_containers: usize,
    /// How long an invocation of a function may last, by the function's name. What lasts longer is
    /// killed, as Lambda does it; a function that is not named has 5 minutes.
    pub time_limits: BTreeMap<String, Duration>,
}

impl LambdaSettings {
    /// The binaries that cargo built beside the running test, with 8 containers of each at most.
    #[must_use]
    pub fn beside_the_test() -> Self {
        Self {
            binaries: binaries(),
            environment: Vec::new(),
            max_containers: 8,
            time_limits: BTreeMap::new(),
        }
    }
}

/// Where cargo built the binaries of the workspace: beside the running test.
#[must_use]
pub fn binaries() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let binaries = test.ancestors().nth(2).map(Path::to_path_buf);
    binaries.expect("cargo puts a test in target/PROFILE/deps")
}

/// All functions, by the names of their binaries.
#[derive(Debug)]
pub struct Functions {
    settings: LambdaSettings,
    known: Mutex<BTreeMap<String, Arc<Function>>>,
}

impl Functions {
    /// No process is started before its function is first invoked.
    #[must_use]
    pub fn new(settings: LambdaSettings) -> Self {
        Self { settings, known: Mutex::default() }
    }

    /// The function of that name; none if its binary has not been built.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Arc<Function>> {
        let program = self.settings.binaries.join(name);
        if !program.is_file() {
            return None;
        }
        let mut known = self.known.lock().expect("no holder panics");
        let function = known
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(Function::new(name, program, &self.settings)));
        Some(Arc::clone(function))
    }

    /// The function of that name.
    ///
    /// # Panics
    /// When its binary has not been built: `cargo test -p tests` alone does not build the functions.
    #[must_use]
    pub fn get(&self, name: &str) -> Arc<Function> {
        let binaries = self.settings.binaries.display();
        self.find(name).unwrap_or_else(|| {
            panic!("{binaries}/{name} is missing: run `make test`, which builds it")
        })
    }

    /// All that all functions have written so far.
    #[must_use]
    pub fn logs(&self) -> String {
        let known = self.known.lock().expect("no holder panics");
        known.values().map(|function| function.logs()).collect()
    }

    /// Ends every process, and refuses whatever comes after.
    pub fn close(&self) {
        for function in self.known.lock().expect("no holder panics").values() {
            function.close();
        }
    }
}
