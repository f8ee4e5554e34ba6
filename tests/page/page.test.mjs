// The page of a deployment in a real browser that reaches nothing but this machine.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { audit, browser, complaintsOf, key, skip, url } from "./browser.mjs";

// Opens the page as `make run` prints its address. What the browser complains of, and whom it asks, is kept.
async function open({ width = 1400, colorScheme = "light" } = {}) {
  const context = await browser().newContext({ viewport: { width, height: 900 }, colorScheme, acceptDownloads: true });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const seen = { complaints: complaintsOf(page), hosts: new Set() };
  page.on("request", (request) => seen.hosts.add(new URL(request.url()).hostname));
  await page.goto(`${url}/#key=${key}`);
  // The end of the description: operations are rendered when they come into sight.
  await page.getByRole("heading", { name: "Other APIs" }).last().waitFor();
  return { page, seen, close: () => context.close() };
}

// Scrolls down as a reader does, so that every operation is rendered.
async function readToTheEnd(page) {
  const lowest = () => page.evaluate(() => document.documentElement.scrollHeight - innerHeight - scrollY);
  for (let left = await lowest(); left > 1; left = await lowest()) {
    await page.mouse.wheel(0, Math.min(left, 600));
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  }
  await page.getByRole("heading", { name: "Validate the key" }).last().waitFor();
}

for (const width of [380, 1400]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`the page is right at ${width} px, ${colorScheme}`, { skip }, async () => {
      const { page, seen, close } = await open({ width, colorScheme });
      await page.waitForLoadState("networkidle");
      await readToTheEnd(page);
      const { told, passes } = await audit(page);
      assert.deepEqual(told, []);
      assert.ok(passes > 20, "axe has looked");
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      assert.deepEqual(seen.complaints, []);
      assert.deepEqual([...seen.hosts], ["127.0.0.1"]);
      await close();
    });
  }
}

test("what the page says first fits one screen", { skip }, async () => {
  const { page, close } = await open();
  for (const name of ["Three calls", "Upload a file now"]) {
    const { y } = await page.getByRole("heading", { name }).boundingBox();
    assert.ok(y < 500, `${name} stands at ${y}`);
  }
  assert.ok((await page.locator("#reference").boundingBox()).y < 900);
  await close();
});

test("a newcomer uploads a file, and downloads it again", { skip }, async () => {
  const { page, seen, close } = await open();
  assert.equal(page.url(), `${url}/`, "the key has left the address bar");
  const buffer = Buffer.from("It's a file\n");
  const file = { name: "it's mine.txt", mimeType: "text/plain", buffer };
  await page.getByLabel("File", { exact: true }).setInputFiles(file);
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  const link = page.getByRole("link", { name: `Download ${file.name}` });
  await link.waitFor();
  assert.match(await page.getByRole("status").textContent(), /^fil_\w{24} is COMPLETED\./);
  const shown = await page.locator("#create").textContent();
  assert.ok(shown.includes(`'{"filename":"it'\\''s mine.txt"`), shown);
  assert.ok((await page.locator("#complete").textContent()).includes("COMPLETED"));
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assert.deepEqual(readFileSync(await download.path()), buffer);
  assert.equal(download.suggestedFilename(), file.name);
  assert.deepEqual(seen.complaints, []);
  await close();
});

test("a refusal is told in the words of the API", { skip }, async () => {
  const { page, close } = await open();
  await page.getByRole("textbox", { name: "API key" }).fill("no key");
  await page.getByLabel("File", { exact: true }).setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await page.getByRole("status").filter({ hasText: "A valid API key" }).waitFor();
  await close();
});

test("an operation can be tried from the reference", { skip }, async () => {
  const { page, seen, close } = await open();
  await page.getByRole("link", { name: /Validate the key/ }).first().click();
  await page.getByRole("button", { name: /Test Request.*auth\/validate/ }).last().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Send/ }).first().click();
  await dialog.getByText("200 OK").waitFor();
  assert.deepEqual(seen.complaints, []);
  await close();
});
