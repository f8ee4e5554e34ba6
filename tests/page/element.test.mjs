// <slipway-upload>, and the page that a link leads to.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { audit, browser, complaintsOf, skip, url } from "./browser.mjs";
import { asServer, tokenOf } from "./elsewhere.mjs";

const bytes = (text) => ({ mimeType: "text/plain", buffer: Buffer.from(text) });

// Opens the page of a link, as whoever was sent it does.
async function follow(link, { width = 800, colorScheme = "light" } = {}) {
  const context = await browser().newContext({ viewport: { width, height: 900 }, colorScheme });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(link);
  return { page, complaints, close: () => context.close() };
}

const rows = (page) => page.locator("slipway-upload li");

test("who was sent a link uploads files into the workspace", { skip }, async () => {
  const made = await tokenOf({ maxFiles: 3, maxSizeBytes: 2048, mimeTypes: ["text/*"] });
  assert.equal(made.uploadPageUrl, `${url}/upload#token=${made.token}`);
  const { page, complaints, close } = await follow(made.uploadPageUrl);
  await page.getByText("You can upload 3 files of at most 2 KiB each of these types: text/*").waitFor();
  await page.evaluate(() => {
    window.told = [];
    for (const name of ["slipway-complete", "slipway-error"]) {
      addEventListener(name, ({ detail }) => window.told.push([name, detail.file.name, detail.result?.id ?? detail.error.code]));
    }
  });
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose files" }).click()]);
  assert.equal(chooser.isMultiple(), true);
  await chooser.setFiles([
    { name: "größe <b>.txt", ...bytes("hello") },
    { name: "large.txt", ...bytes("x".repeat(3000)) },
  ]);
  await page.getByText("Uploaded", { exact: true }).waitFor();
  await page.getByText("This upload token admits at most 2048 bytes.").first().waitFor();
  const told = await page.evaluate(() => window.told);
  const [done] = told.filter(([name]) => name === "slipway-complete");
  assert.deepEqual(told.find(([name]) => name === "slipway-error"), ["slipway-error", "large.txt", "token_size"]);
  const file = await asServer("GET", `/v1/files/${done[2]}`);
  const md5 = createHash("md5").update("hello").digest("hex");
  assert.deepEqual([file.status, file.filename, file.md5], ["COMPLETED", "größe <b>.txt", md5]);
  assert.equal(await page.locator("slipway-upload b").count(), 0, "a name is no HTML");
  // What is refused is a failed request to the browser, too.
  assert.deepEqual(complaints.filter((told) => !told.includes("422")), []);
  await close();
});

test("files that are dropped are uploaded, by keyboard they are paused, resumed and cancelled", { skip }, async () => {
  const { uploadPageUrl } = await tokenOf({ maxFiles: 2 });
  const { page, close } = await follow(uploadPageUrl);
  await page.locator("slipway-upload .zone").waitFor();
  // Nothing is sent until the test lets it.
  let release;
  const held = new Promise((free) => (release = free));
  await page.route((to) => to.searchParams.has("X-Amz-Signature"), async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  const drop = (name, size) => page.evaluate(([name, size]) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([new Uint8Array(size)], name, { type: "text/plain", lastModified: 1 }));
    const zone = document.querySelector("slipway-upload").shadowRoot.querySelector(".zone");
    zone.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
  }, [name, size]);
  const sending = page.waitForRequest((request) => request.method() === "PUT");
  await drop("kept.txt", 1000);
  await sending;
  await drop("unwanted.txt", 1000);

  const press = async (name) => {
    const button = page.getByRole("button", { name, exact: true });
    await button.focus();
    await page.keyboard.press("Enter");
  };
  await press("Pause kept.txt");
  await rows(page).first().getByText("Paused").waitFor();
  const focused = () => page.evaluate(() => document.activeElement.shadowRoot.activeElement?.getAttribute("aria-label"));
  assert.equal(await focused(), "Resume kept.txt", "the keyboard stays at the file");
  await press("Cancel unwanted.txt");
  await page.getByText("unwanted.txt").waitFor({ state: "detached" });
  release();
  await page.keyboard.press("Tab");
  await press("Resume kept.txt");
  await page.getByText("Uploaded", { exact: true }).waitFor();
  assert.equal(await page.getByRole("status").last().textContent(), "kept.txt is uploaded.");
  await close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`the page of a link is right, ${colorScheme}`, { skip }, async () => {
    const { uploadPageUrl } = await tokenOf({ maxFiles: 1, mimeTypes: ["text/*"] });
    const { page, complaints, close } = await follow(uploadPageUrl, { width: 380, colorScheme });
    await page.locator("slipway-upload input").setInputFiles({ name: "a.txt", ...bytes("hello") });
    await page.getByText("Uploaded", { exact: true }).waitFor();
    await page.locator("slipway-upload input").setInputFiles({ name: "b.txt", ...bytes("hello") });
    await page.getByRole("button", { name: "Try again b.txt" }).waitFor();
    const { told, passes } = await audit(page);
    assert.deepEqual(told, []);
    assert.ok(passes > 10, "axe has looked");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 380);
    assert.deepEqual(complaints.filter((told) => !told.includes("403")), []);
    await close();
  });
}

test("a link that is no good says so", { skip }, async () => {
  const made = await tokenOf({});
  await asServer("DELETE", `/v1/upload-tokens/${made.id}`);
  for (const [link, told] of [
    [made.uploadPageUrl, "does not work any more"],
    [`${url}/upload`, "needs the whole link"],
    [`${url}/upload#token=${process.env.SLIPWAY_KEY}`, "holds a key"],
  ]) {
    const { page, close } = await follow(link);
    await page.getByText(told).waitFor();
    assert.equal(await page.locator("slipway-upload").count(), 0);
    await close();
  }
});
