//! Downloads.

use std::fs;

use crate::fake::{Fake, ID, error};
use crate::tool::Tool;

/// A deployment that holds `file.bin`, and a tool that does not.
fn uploaded(bytes: &[u8]) -> (Fake, Tool) {
    let fake = Fake::in_one_piece();
    let tool = Tool::new(&fake);
    tool.write(bytes);
    tool.run(&["upload", "file.bin"]).answer();
    fs::remove_file(tool.path("file.bin")).expect("the file is there");
    (fake, tool)
}

#[test]
fn a_file_comes_down_under_its_own_name_but_replaces_none() {
    let (_fake, tool) = uploaded(b"bytes");
    assert_eq!(tool.run(&["download", ID]).answer(), "file.bin");
    assert_eq!(fs::read(tool.path("file.bin")).ok(), Some(b"bytes".to_vec()));

    assert!(tool.run(&["download", ID]).complaint().contains("file.bin exists"));
    assert_eq!(tool.run(&["download", ID, "-o", "file.bin"]).answer(), "file.bin");
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_was() {
    let bytes: Vec<u8> = (0..3 << 20_u32).map(|number: u32| number.to_le_bytes()[1]).collect();
    let (fake, tool) = uploaded(&bytes);
    fake.world().breaks = [2 << 20].into();

    tool.run(&["download", ID, "-o", "copy.bin"]).answer();
    assert_eq!(fs::read(tool.path("copy.bin")).expect("the copy"), bytes);
    let ranges = &fake.world().ranges;
    assert!(matches!(ranges[..], [0, again] if again > 0), "{ranges:?}");
}

#[test]
fn another_process_goes_on_with_what_is_there() {
    let (fake, tool) = uploaded(b"0123456789");
    fs::write(tool.path(&format!("copy.bin.{ID}.part")), b"0123").expect("a part");

    tool.run(&["download", ID, "-o", "copy.bin"]).answer();
    assert_eq!(fs::read(tool.path("copy.bin")).ok(), Some(b"0123456789".to_vec()));
    assert_eq!(fake.world().ranges, [4]);
}

#[test]
fn an_expired_url_is_asked_for_again() {
    let (fake, tool) = uploaded(b"0123456789");
    fake.next("get", error(403, "AccessDenied", "Request has expired"));
    tool.run(&["download", ID]).answer();
    assert_eq!(fake.world().called("url"), 2);
}

#[test]
fn wrong_bytes_are_not_kept() {
    let (fake, tool) = uploaded(b"0123456789");
    fs::write(tool.path(&format!("file.bin.{ID}.part")), b"abcd").expect("a part");

    let ending = tool.run(&["download", ID]);
    assert!(ending.complaint().contains("the download's MD5 is "), "{ending:?}");
    assert!(!tool.path("file.bin").exists());
    tool.run(&["download", ID]).answer();
    assert_eq!(fake.world().ranges, [4, 0]);
}
