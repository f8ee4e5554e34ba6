//! What the tool says: answers on standard output, words around them on standard error.

use std::error::Error;
use std::sync::LazyLock;

use indicatif::{MultiProgress, ProgressBar};

/// The bars that stand on the terminal. What is said is written above them; where standard error is no
/// terminal, there are none to see.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Says an answer, which a script may read.
#[expect(clippy::print_stdout, reason = "this is what the tool is for")]
pub(crate) fn say(line: &str) {
    BARS.suspend(|| println!("{line}"));
}

/// Says words around an answer.
#[expect(clippy::print_stderr, reason = "words around an answer that a script may read")]
pub(crate) fn note(line: &str) {
    BARS.suspend(|| eprintln!("{line}"));
}

/// Shows a bar, on a terminal, until it is finished.
pub(crate) fn show(bar: ProgressBar) -> ProgressBar {
    BARS.add(bar)
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
