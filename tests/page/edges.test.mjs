// What the browser client does when another call sends the same file, or URLs and parts are refused.

import assert from "node:assert/strict";
import test from "node:test";

import { skip, url } from "./browser.mjs";
import { choose, open, tokenOf, written } from "./elsewhere.mjs";

const MIB = 2 ** 20;
const cors = { "access-control-allow-origin": "*", "access-control-expose-headers": "retry-after" };

test("two calls with the same file are one upload", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 1 });
  const { page, close } = await open();
  const film = written(120 * MIB);
  const first = choose(page, film, { token, url });
  await page.waitForRequest((request) => request.method() === "PUT");
  const second = page.evaluate((options) => window.send(document.querySelector("input").files[0], options), { token, url });
  const results = await Promise.all([first, second]);
  assert.deepEqual(results.map(({ file, error }) => file?.status ?? error), ["COMPLETED", "COMPLETED"]);
  assert.equal(results[0].file.id, results[1].file.id);
  await close();
});

test("parts whose URLs are over are signed together", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 1 });
  const { page, close } = await open();
  const old = new Set();
  let fresh = false;
  await page.route((to) => to.searchParams.has("X-Amz-Signature"), (route) => {
    const number = new URL(route.request().url()).searchParams.get("partNumber");
    if (route.request().method() !== "PUT" || fresh || old.has(number)) return route.continue();
    old.add(number);
    return route.fulfill({ status: 403, headers: cors, body: "<Error><Code>AccessDenied</Code></Error>" });
  });
  let signs = 0;
  page.on("request", (request) => {
    if (request.method() !== "POST" || !request.url().endsWith("/parts")) return;
    signs += 1;
    fresh = true;
  });
  const { file } = await choose(page, written(120 * MIB), { token, url });
  assert.equal(file?.status, "COMPLETED");
  assert.ok(signs <= 2, `signed ${signs} times`);
  await close();
});

test("a part that S3 holds in another size is sent again before complete is asked", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 1 });
  const { page, puts, close } = await open();
  const film = written(120 * MIB);
  const going = choose(page, film, { token, url });
  await page.waitForEvent("requestfinished", (request) => request.method() === "PUT");
  await page.evaluate(() => window.aborter.abort());
  await going;
  let short;
  await page.route("**/parts?*", async (route) => {
    const answer = await route.fetch();
    const list = await answer.json();
    short = list.data[0].partNumber;
    list.data[0].sizeBytes -= 1;
    return route.fulfill({ response: answer, json: list });
  });
  const before = puts.length;
  const { file } = await choose(page, film, { token, url });
  assert.equal(file?.status, "COMPLETED");
  const again = puts.slice(before).map((put) => Number(put.searchParams.get("partNumber")));
  assert.ok(again.includes(short), `part ${short} among ${again}`);
  await close();
});

test("a create whose answer is lost uses one place of the token", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 1 });
  const { page, close } = await open();
  const keys = [];
  await page.route("**/v1/files", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 2) return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  const { file, error } = await choose(page, written(1000), { token, url, labels: { order: "17" } });
  assert.equal(error, undefined);
  assert.deepEqual([file.status, file.labels], ["COMPLETED", { order: "17" }]);
  assert.deepEqual([keys.length, new Set(keys).size], [3, 1]);
  assert.match(keys[0], /^[0-9a-f]{32}$/);
  await close();
});

test("a reload while a file is created uses one place of the token", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 1 });
  const { page, close } = await open();
  const film = written(1000);
  let created;
  const begun = new Promise((resolve) => {
    created = resolve;
  });
  await page.route("**/v1/files", async (route) => {
    await route.fetch();
    created();
  });
  const interrupted = choose(page, film, { token, url }).catch(() => "reloaded");
  await begun;
  await page.unroute("**/v1/files");
  await page.reload();
  assert.equal(await interrupted, "reloaded");
  const { file, error } = await choose(page, film, { token, url });
  assert.equal(error, undefined);
  assert.equal(file.status, "COMPLETED");
  await close();
});
