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
