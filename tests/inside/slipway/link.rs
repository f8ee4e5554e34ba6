//! `slipway link`: a link that anyone can be sent.

use serde_json::json;

use super::tool::Tool;

#[tokio::test]
async fn a_link_holds_a_token_of_the_workspace_within_its_bounds() {
    let tool = Tool::new().await;
    let bounds =
        ["--max-files", "5", "--expires", "3d", "--max-size", "10MiB", "--type", "image/*"];
    let ending = tool.run(&[&["link"], &bounds[..]].concat()).await;
    assert_eq!(ending.code, Some(0), "{}", ending.stderr);
    let link = ending.stdout.trim();
    let page = format!("{}/upload#token=", tool.stack.url());
    let token = link.strip_prefix(&page).expect("the deployment's page");
    let told = tool.client.with_key(token).validate().await.ok();
    let bounds = json!({ "filesLeft": 5, "maxSizeBytes": 10_485_760, "mimeTypes": ["image/*"] });
    assert_eq!(told["bounds"], bounds);
    assert!(ending.stderr.contains("Works until"), "{}", ending.stderr);
}

#[tokio::test]
async fn a_link_that_the_service_refuses_is_told_with_its_reason() {
    let tool = Tool::new().await;
    for (arguments, reason) in [
        (&["link", "--expires", "30d"][..], "expiresIn"),
        (&["link", "--max-files", "0"], "max-files"),
        (&["link", "--type", "everything"], "media type"),
        (&["link", "--max-size", "much"], "max-size"),
    ] {
        let ending = tool.run(arguments).await;
        assert_ne!(ending.code, Some(0));
        assert!(ending.stderr.contains(reason), "{arguments:?}: {}", ending.stderr);
        assert_eq!(ending.stdout, "");
    }
}
