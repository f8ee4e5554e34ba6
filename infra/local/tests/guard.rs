//! What `local` starts does not outlive it, however it ends.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, Stdio};

/// A guard of `script`, in a process group of its own. A pipe is its standard input, as `local` makes it.
fn guard(script: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command.args(["guard", "--", "sh", "-c", script]).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_program_and_its_children_end_when_the_other_end_of_the_pipe_closes() {
    let mut guard = guard("sleep 1000 & echo started; wait");
    let mut output = BufReader::new(guard.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "started\n");
    // The system does the same when the process that holds it is killed.
    drop(guard.stdin.take());
    // The output ends only when the last process that could write to it is gone.
    output.read_to_string(&mut line).unwrap();
    assert_eq!(guard.wait().unwrap().signal(), Some(9));
}

#[test]
fn the_exit_code_is_the_programs() {
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)] {
        let mut guard = guard(script);
        let stdin = guard.stdin.take();
        assert_eq!(guard.wait().unwrap().code(), Some(code), "{script}");
        drop(stdin);
    }
}
