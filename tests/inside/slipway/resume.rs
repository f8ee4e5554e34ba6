//! A process that is killed, and the one that comes after it.

use tests::id_of;

use super::tool::{Ending, IN_PARTS, PART, Tool};
use crate::hand::{Gate, When, completion, put_of_a_file, puts_part};
use crate::records::Records;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_megabytes_killed_half_way_send_no_finished_part_twice_and_fill_no_memory() {
    const PARTS: usize = 40;
    let tool = Tool::new().await;
    let bytes = tool.write(PARTS * PART - 1, 1);

    let memory = tool.killed_after(20, 8).await;
    assert!(memory < 48 * 1024, "{memory} KiB");
    assert_eq!(tool.remembered(), 1);
    let id = id_of(&tool.files().await[0]).to_owned();

    let ending = tool.upload_in_parts().await;
    assert_eq!(ending.answer(), id);
    assert!(ending.stderr.contains("S3 holds 20 of 40 parts"), "{ending:?}");
    assert_eq!((tool.count(puts_part), tool.count(put_of_a_file)), (20, 0));
    tool.holds(&id, &bytes).await;
    assert_eq!(tool.remembered(), 0);
}

#[tokio::test]
async fn a_held_part_that_is_not_the_files_is_sent_again() {
    let tool = Tool::new().await;
    let bytes = tool.write(5 * PART, 1);
    tool.killed_after(2, 2).await;
    let id = id_of(&tool.files().await[0]).to_owned();
    let records = Records::of(&tool.stack, "acme");
    records.replace_the_first_part(&id, &vec![9; PART]).await;
    tool.stack.local().forget_calls();

    tool.run(&["upload", "file.bin"]).await.answer();
    assert_eq!(tool.count(puts_part), 4);
    tool.holds(&id, &bytes).await;
}

#[tokio::test]
async fn parts_whose_etags_are_no_md5s_are_not_sent_twice_either() {
    let tool = Tool::under_kms().await;
    let bytes = tool.write(5 * PART, 1);
    tool.killed_after(2, 2).await;

    let ending = tool.run(&["upload", "file.bin"]).await;
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!(tool.count(puts_part), 3);
}

#[tokio::test]
async fn a_changed_file_and_another_name_are_sent_anew() {
    let tool = Tool::new().await;
    tool.write(3 * PART, 1);
    tool.killed_after(1, 1).await;
    let bytes = tool.write(3 * PART - 1, 2);
    let ending = tool.upload_in_parts().await;
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!(tool.files().await.len(), 2);

    tool.killed_after(1, 1).await;
    tool.run(&["upload", "file.bin", "--name", "other.bin"]).await.answer();
    assert_eq!(tool.files().await.len(), 4);
}

#[tokio::test]
async fn a_session_that_is_gone_or_over_is_begun_anew() {
    for gone in ["deleted", "cancelled"] {
        let tool = Tool::new().await;
        let bytes = tool.write(3 * PART, 1);
        tool.killed_after(1, 1).await;
        let id = id_of(&tool.files().await[0]).to_owned();
        tool.client.cancel(&id).await.ok();
        if gone == "deleted" {
            assert_eq!(tool.client.delete(&id).await.status, 204);
        }

        let ending = tool.run(&["upload", "file.bin"]).await;
        assert_ne!(ending.answer(), id, "{gone}");
        tool.holds(ending.answer(), &bytes).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_whose_answer_was_lost_is_asked_for_again_and_nothing_is_sent() {
    let tool = Tool::new().await;
    let bytes = tool.write(3 * PART, 1);
    let gate = Gate::new(completion, When::After);
    tool.stack.local().intercept(gate.clone());

    let process = tool.start(&[&["upload", "file.bin"], &IN_PARTS[..]].concat());
    gate.arrival().await;
    // The file is COMPLETED, and its function dies before it can say so.
    tool.stack.function("complete-file").kill();
    gate.open();
    let ending = Ending::from(process.wait_with_output().await.expect("the tool ends"));

    assert!(ending.stderr.contains("Slipway answered 50"), "{ending:?}");
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!((tool.count(puts_part), tool.remembered()), (3, 0));
}
