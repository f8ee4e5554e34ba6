//! What the tool says: answers on standard output, words around them on standard error.

use std::error::Error;
use std::io::{IsTerminal as _, stderr};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the line that the cursor stands on is to be rewritten.
static UNFINISHED: AtomicBool = AtomicBool::new(false);

/// Says an answer, which a script may read.
#[expect(clippy::print_stdout, reason = "this is what the tool is for")]
pub(crate) fn say(line: &str) {
    finish_line();
    println!("{line}");
}

/// Says words around an answer.
#[expect(clippy::print_stderr, reason = "words around an answer that a script may read")]
pub(crate) fn note(line: &str) {
    finish_line();
    eprintln!("{line}");
}

/// Says how far the work is: one line, rewritten, on a terminal; a line each time elsewhere.
#[expect(clippy::print_stderr, reason = "words around an answer that a script may read")]
pub(crate) fn progress(line: &str) {
    if is_terminal() {
        eprint!("\r\x1b[K{line}");
        UNFINISHED.store(true, Ordering::Relaxed);
    } else {
        eprintln!("{line}");
    }
}

/// An error and all its causes, on one line.
pub(crate) fn in_words(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words.push_str(": ");
        words.push_str(&cause.to_string());
        source = cause.source();
    }
    words
}

/// Whether someone is watching standard error.
pub(crate) fn is_terminal() -> bool {
    stderr().is_terminal()
}

#[expect(clippy::print_stderr, reason = "the end of a rewritten line")]
fn finish_line() {
    if UNFINISHED.swap(false, Ordering::Relaxed) {
        eprintln!();
    }
}
