//! What the commands say. A reader who went away is no failure.

use std::fmt::Display;
use std::io::Write;

/// Says a line on standard output.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Says on standard error what went wrong.
pub(crate) fn complain(failure: &dyn Display) {
    let _ = writeln!(std::io::stderr(), "local: {failure}");
}
