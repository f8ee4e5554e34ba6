//! A process that is killed, and the one that comes after it.

use std::fs;

use serde_json::json;

use crate::fake::{Fake, ID, World, answer};
use crate::tool::Tool;

const MEBIBYTE: usize = 1 << 20;

/// Kills an upload of `file.bin` after `parts` parts, while every connection waits for an answer.
fn kill_after(parts: usize, fake: &Fake, tool: &Tool, before: impl FnOnce(u32)) {
    fake.world().silent_after = Some(parts);
    let mut process = tool.start(&["upload", "file.bin"]);
    fake.wait_until(|world| (world.arrivals.len(), world.unanswered) == (parts, 8));
    before(process.id());
    process.kill().expect("the tool can be killed");
    process.wait().expect("the tool ends");
    fake.world().silent_after = None;
}

fn arrived_once(world: &World) -> bool {
    world.arrivals.values().all(|arrivals| *arrivals == 1)
}

#[test]
fn two_hundred_mebibytes_killed_half_way_send_no_finished_part_twice_and_fill_no_memory() {
    let fake = Fake::in_parts_of(8 * MEBIBYTE);
    let tool = Tool::new(&fake);
    let mut bytes = vec![0; 200 * MEBIBYTE];
    bytes.chunks_mut(MEBIBYTE).zip(0..).for_each(|(mebibyte, number)| mebibyte.fill(number));
    tool.write(&bytes);

    kill_after(12, &fake, &tool, |process| {
        assert!(most_resident_kibibytes(process) < 48 * 1024);
    });
    assert_eq!(tool.remembered(), 1);

    let ending = tool.run(&["upload", "file.bin"]);
    assert_eq!(ending.answer(), ID);
    assert!(ending.stderr.contains("S3 holds 12 of 25 parts"), "{ending:?}");
    let world = fake.world();
    assert_eq!(world.bytes(), bytes);
    assert!(arrived_once(&world));
    assert_eq!((world.called("create"), tool.remembered()), (1, 0));
}

#[test]
fn a_held_part_that_is_not_the_files_is_sent_again() {
    let fake = Fake::in_parts_of(10);
    let tool = Tool::new(&fake);
    tool.write(&[7; 200]);
    kill_after(5, &fake, &tool, |_| ());
    let changed = *fake.world().parts.keys().next().expect("a part");
    fake.world().parts.insert(changed, vec![8; 10]);

    tool.run(&["upload", "file.bin"]).answer();
    let world = fake.world();
    assert_eq!(world.bytes(), [7; 200]);
    let twice: Vec<_> = world.arrivals.iter().filter(|(_, arrivals)| **arrivals == 2).collect();
    assert_eq!(twice, [(&changed, &2)]);
}

#[test]
fn parts_whose_etags_are_no_md5s_are_not_sent_twice_either() {
    let fake = Fake::in_parts_of(10);
    fake.world().kms = true;
    let tool = Tool::new(&fake);
    tool.write(&[7; 200]);
    kill_after(5, &fake, &tool, |_| ());

    tool.run(&["upload", "file.bin"]).answer();
    let world = fake.world();
    assert!(arrived_once(&world));
    assert_eq!(world.bytes(), [7; 200]);
}

#[test]
fn a_changed_file_and_another_name_are_sent_anew() {
    let fake = Fake::in_parts_of(10);
    let tool = Tool::new(&fake);
    tool.write(&[7; 200]);
    kill_after(5, &fake, &tool, |_| ());
    tool.write(&[8; 199]);
    tool.run(&["upload", "file.bin"]).answer();
    assert_eq!(fake.world().bytes(), [8; 199]);

    *fake.world() = World { part_size_bytes: 10, ..World::default() };
    kill_after(5, &fake, &tool, |_| ());
    tool.run(&["upload", "file.bin", "--name", "other.bin"]).answer();
    assert_eq!(fake.world().called("create"), 2);
}

#[test]
fn a_session_that_is_gone_or_over_is_begun_anew() {
    for gone in [
        answer(404, &json!({ "error": { "type": "not_found", "message": "There is none." } })),
        answer(200, &ended("EXPIRED")),
        answer(200, &ended("CANCELLED")),
    ] {
        let fake = Fake::in_parts_of(10);
        let tool = Tool::new(&fake);
        tool.write(&[7; 200]);
        kill_after(5, &fake, &tool, |_| ());
        fake.next("file", gone);

        tool.run(&["upload", "file.bin"]).answer();
        let world = fake.world();
        assert_eq!((world.called("create"), world.bytes().len()), (2, 200));
    }
}

#[test]
fn a_completion_whose_answer_was_lost_is_asked_for_again_and_nothing_is_sent() {
    let fake = Fake::in_parts_of(10);
    let tool = Tool::new(&fake);
    tool.write(&[7; 200]);
    fake.next("complete", answer(403, &json!({ "error": { "message": "Not now." } })));
    assert_eq!(tool.run(&["upload", "file.bin"]).code, Some(1));
    fake.world().status = "COMPLETED";

    assert_eq!(tool.run(&["upload", "file.bin"]).answer(), ID);
    assert!(arrived_once(&fake.world()));
    assert_eq!(tool.remembered(), 0);
}

fn ended(status: &str) -> serde_json::Value {
    json!({
        "id": ID, "status": status, "md5": null, "filename": "file.bin",
        "mimeType": "application/octet-stream", "sizeBytes": 200,
    })
}

/// The most memory that a process has ever held, as Linux tells.
fn most_resident_kibibytes(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status"));
    // Elsewhere nobody tells, and the rest of the test is what counts.
    let status = status.unwrap_or_else(|_| "VmHWM: 0 kB".to_owned());
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = most.and_then(|most| most.trim().strip_suffix(" kB"));
    kibibytes.and_then(|number| number.parse().ok()).expect("a number of KiB")
}
