//! An upload that nothing disturbs.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Barrier;

use crate::fake::{Fake, ID};
use crate::tool::Tool;

#[test]
fn a_file_goes_up_in_parts_and_its_id_is_printed() {
    let fake = Fake::in_parts_of(1000);
    let tool = Tool::new(&fake);
    let bytes: Vec<u8> = (0..9500_u32).map(|number| number.to_le_bytes()[0]).collect();
    tool.write(&bytes);

    assert_eq!(tool.run(&["upload", "file.bin"]).answer(), ID);

    let world = fake.world();
    assert_eq!(world.bytes(), bytes);
    assert!(world.arrivals.values().all(|arrivals| *arrivals == 1));
    assert_eq!((world.arrivals.len(), world.status), (10, "COMPLETED"));
    assert_eq!(world.called("sign-parts"), 1, "all that the first batch lacked");
    assert_eq!(tool.remembered(), 0);
}

#[test]
fn the_service_is_told_what_the_file_is_and_chooses_its_parts() {
    let fake = Fake::in_parts_of(1000);
    let tool = Tool::new(&fake);
    tool.write(b"some text");

    tool.run(&["upload", "file.bin"]).answer();
    let file = json!({
        "filename": "file.bin", "mimeType": "application/octet-stream", "sizeBytes": 9,
        "multipart": { "auto": true },
    });
    assert_eq!(fake.world().created, Some(file));

    let options = ["--name", "notes.txt", "--type", "text/plain", "--part-size", "5242880"];
    tool.run(&[&["upload", "file.bin"], &options[..]].concat()).answer();
    let file = json!({
        "filename": "notes.txt", "mimeType": "text/plain", "sizeBytes": 9,
        "multipart": { "partSizeBytes": 5_242_880 },
    });
    assert_eq!(fake.world().created, Some(file));
}

#[test]
fn as_many_parts_are_sent_at_once_as_there_are_connections() {
    let fake = Fake::in_parts_of(10);
    fake.world().together = Some(Arc::new(Barrier::new(4)));
    let tool = Tool::new(&fake);
    tool.write(&[7; 160]);

    // The barrier lets parts through by fours only: fewer connections would never end.
    tool.run(&["upload", "file.bin", "--connections", "4"]).answer();
    let world = fake.world();
    assert_eq!((world.most_underway, world.arrivals.len()), (4, 16));
}

#[test]
fn a_small_file_is_one_put() {
    let fake = Fake::in_one_piece();
    let tool = Tool::new(&fake);
    tool.write(b"small");

    assert_eq!(tool.run(&["upload", "file.bin"]).answer(), ID);
    assert_eq!(fake.world().bytes(), b"small");
}

#[test]
fn the_whole_file_is_printed_as_json_on_demand() {
    let fake = Fake::in_one_piece();
    let tool = Tool::new(&fake);
    tool.write(b"small");

    let file = tool.run(&["upload", "file.bin", "--json"]).json();
    assert_eq!(file, fake.world().file());
}

#[test]
fn a_wrong_command_line_is_told_from_a_failure() {
    let fake = Fake::in_one_piece();
    let tool = Tool::new(&fake);
    assert_eq!(tool.run(&["upload"]).code, Some(2));
    assert_eq!(tool.run(&["upload", "file.bin", "--connections", "0"]).code, Some(2));
    assert_eq!(tool.run(&["download", "no-id"]).code, Some(2));
    assert!(tool.run(&["upload", "file.bin"]).complaint().contains("cannot read"));

    let help = tool.run(&["upload", "--help"]);
    assert!(!help.answer().contains("slw_acme"), "{help:?}");
}
