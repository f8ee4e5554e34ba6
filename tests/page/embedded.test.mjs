// <slipway-upload> in a page of another origin, as the client's source is, under a strict policy.

import assert from "node:assert/strict";
import test from "node:test";

import { audit, browser, complaintsOf, skip, url } from "./browser.mjs";
import { origin, tokenOf } from "./elsewhere.mjs";

const bytes = (text) => ({ mimeType: "text/plain", buffer: Buffer.from(text) });

async function embed(path, { colorScheme = "light", bounds = { maxFiles: 5 } } = {}) {
  const { token } = await tokenOf(bounds);
  const context = await browser().newContext({ colorScheme, bypassCSP: false });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(origin + path);
  await page.locator("slipway-upload .zone").waitFor();
  await page.evaluate(({ token, url }) => {
    Object.assign(document.querySelector("slipway-upload"), { token, url });
  }, { token, url });
  return { page, complaints, close: () => context.close() };
}

const focused = (page) => page.evaluate(() => {
  const inner = document.activeElement.shadowRoot?.activeElement;
  return inner?.getAttribute("aria-label") ?? inner?.textContent;
});

async function press(page, name) {
  await page.getByRole("button", { name, exact: true }).focus();
  await page.keyboard.press("Enter");
}

test("a finished file is removed by keyboard, and the keyboard stays in the element", { skip }, async () => {
  const { page, complaints, close } = await embed("/both");
  await page.locator("slipway-upload input").setInputFiles({ name: "done.txt", ...bytes("done") });
  await page.getByText("Uploaded", { exact: true }).waitFor();
  await press(page, "Remove done.txt");
  await page.getByText("done.txt", { exact: true }).waitFor({ state: "detached" });
  assert.equal(await focused(page), "Choose files");
  assert.deepEqual(complaints, [], "nothing is against the policy");
  await close();
});

test("after a cancel, the keyboard stays in the element", { skip }, async () => {
  const { page, close } = await embed("/both");
  await page.route((to) => to.searchParams.has("X-Amz-Signature"), (route) =>
    route.request().method() === "PUT" ? undefined : route.continue());
  const sending = page.waitForRequest((request) => request.method() === "PUT");
  await page.locator("slipway-upload input").setInputFiles({ name: "no.txt", ...bytes("no") });
  await sending;
  const cancelled = page.waitForResponse((answer) => answer.url().endsWith("/cancel") && answer.status() === 200);
  await press(page, "Cancel no.txt");
  await cancelled;
  await page.getByText("no.txt", { exact: true }).waitFor({ state: "detached" });
  assert.equal(await focused(page), "Choose files");
  await close();
});

for (const [path, colorScheme] of [["/both", "light"], ["/both", "dark"], ["/light", "dark"]]) {
  test(`axe finds nothing in ${path} where the system is ${colorScheme}`, { skip }, async () => {
    const { page, complaints, close } = await embed(path, { colorScheme, bounds: { maxFiles: 1 } });
    await page.locator("slipway-upload input").setInputFiles([{ name: "a.txt", ...bytes("a") }]);
    await page.getByText("Uploaded", { exact: true }).waitFor();
    await page.locator("slipway-upload input").setInputFiles([{ name: "b.txt", ...bytes("b") }]);
    await page.getByRole("button", { name: "Try again b.txt" }).waitFor();
    const { told, passes } = await audit(page);
    assert.deepEqual(told, []);
    assert.ok(passes > 10, "axe has looked");
    // axe does not always know the background of a page that sets none.
    const colour = await page.locator("slipway-upload .name").first().evaluate((name) => getComputedStyle(name).color);
    const isWhite = path === "/both" && colorScheme === "dark";
    assert.equal(colour, isWhite ? "rgb(255, 255, 255)" : "rgb(0, 0, 0)");
    assert.deepEqual(complaints.filter((text) => !text.includes("403")), []);
    await close();
  });
}
