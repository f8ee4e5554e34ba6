// The browser client, from a page of another origin that holds only an upload token.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { skip, url } from "./browser.mjs";
import { asServer, choose, open, tokenOf, upload, written } from "./elsewhere.mjs";

const MIB = 2 ** 20;
const png = (name) => ({ name, type: "image/png", text: `PNG ${name}` });
const md5 = (bytes) => createHash("md5").update(bytes).digest("hex");

const downloadOf = async (id, query = "") => (await asServer("GET", `/v1/files/${id}/url${query}`)).url;

test("a token's files complete, and what it does not allow is refused before a byte is sent", { skip }, async () => {
  const made = await tokenOf({ maxFiles: 2, maxSizeBytes: MIB, mimeTypes: ["image/*"] });
  const { token } = made;
  const { page, puts, close } = await open();
  const refused = async (file, code) => {
    const before = puts.length;
    assert.equal((await upload(page, file, { token, url })).error?.code, code);
    assert.equal(puts.length, before, "no byte is sent");
  };
  await refused({ name: "large.png", type: "image/png", text: "x".repeat(2 * MIB) }, "token_size");
  await refused({ name: "text.pdf", type: "application/pdf", text: "%PDF" }, "token_mime_type");

  const ids = [];
  for (const name of ["one.png", "zwei größer.png"]) {
    const { file, error } = await upload(page, png(name), { token, url });
    assert.equal(error, undefined);
    assert.deepEqual([file.status, file.filename], ["COMPLETED", name]);
    assert.equal(file.md5, md5(`PNG ${name}`));
    ids.push(file.id);
  }
  await refused(png("three.png"), "token_spent");

  // The token reaches its own files, and nothing else.
  const others = await asServer("POST", "/v1/files", { filename: "b", mimeType: "a/b", sizeBytes: 1 });
  const statusOf = (path) => page.evaluate(async ([path, token]) => {
    const answer = await fetch(path, { headers: { authorization: `Bearer ${token}` } });
    return answer.status;
  }, [url + path, token]);
  assert.equal(await statusOf(`/v1/files/${ids[0]}`), 200);
  assert.equal(await statusOf(`/v1/files/${others.id}`), 404);
  assert.equal(await statusOf("/v1/files"), 403);
  assert.equal(await statusOf(`/v1/files/${ids[0]}/url`), 403);

  await asServer("DELETE", `/v1/upload-tokens/${made.id}`);
  assert.equal((await upload(page, png("four.png"), { token, url })).error?.status, 401);
  assert.equal(await statusOf(`/v1/files/${ids[0]}`), 401);
  await close();
});

test("an empty file and one without a type are files, too", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 2 });
  const { page, close } = await open();
  const empty = await upload(page, { name: "empty", type: "", text: "" }, { token, url });
  assert.deepEqual([empty.file?.sizeBytes, empty.file?.mimeType], [0, "application/octet-stream"]);
  assert.equal(empty.file.md5, md5(""));
  const spoken = { name: "a.webm", type: "video/webm;codecs=vp8,opus", text: "webm" };
  assert.equal((await upload(page, spoken, { token, url })).file?.mimeType, "video/webm;codecs=vp8,opus");
  await close();
});

test("300 MB in parts go on after a reload, and no finished part is sent twice", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 1 });
  const { page, puts, close } = await open();
  const size = 300_000_000;
  const film = written(size);
  const finished = new Set();
  page.on("requestfinished", async (request) => {
    const answer = request.method() === "PUT" && (await request.response());
    if (answer && answer.status() === 200) finished.add(new URL(request.url()).searchParams.get("partNumber"));
  });
  const halfway = new Promise((reached) => {
    page.on("requestfinished", () => finished.size >= 8 && reached());
  });
  const interrupted = choose(page, film, { token, url }).catch(() => "reloaded");
  await halfway;
  await page.reload();
  assert.equal(await interrupted, "reloaded");
  const [before, done] = [puts.length, new Set(finished)];
  const { file, error } = await choose(page, film, { token, url });
  assert.equal(error, undefined);
  assert.deepEqual([file.status, file.sizeBytes], ["COMPLETED", size]);
  const again = puts.slice(before).map((put) => put.searchParams.get("partNumber"));
  assert.ok(again.length > 0 && again.length < 18, `${again.length} of 18 parts`);
  assert.deepEqual(again.filter((number) => done.has(number)), [], "no finished part is sent twice");
  assert.equal(new Set(again).size, again.length);
  const progress = await page.evaluate(() => window.progress.map(({ sentBytes }) => sentBytes));
  assert.deepEqual(progress, [...progress].sort((a, b) => a - b), "the bar never goes back");
  assert.equal(progress.at(-1), size);
  await close();
});

test("a PUT whose answer is lost is COMPLETED", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 1 });
  const { page, puts, close } = await open();
  let lost = 0;
  await page.route((to) => to.searchParams.has("X-Amz-Signature"), async (route) => {
    if (route.request().method() !== "PUT" || lost === 1) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort("connectionreset");
  });
  const { file, error } = await upload(page, png("lost.png"), { token, url });
  assert.equal(error, undefined);
  assert.deepEqual([file.status, lost, puts.length], ["COMPLETED", 1, 2]);
  await close();
});

test("a URL that is over is signed again, and Retry-After is honoured", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 1 });
  const { page, close } = await open();
  const refusals = { put: 1, complete: 1 };
  await page.route((to) => to.searchParams.has("X-Amz-Signature"), (route) => {
    if (route.request().method() !== "PUT" || !refusals.put) return route.continue();
    refusals.put -= 1;
    const headers = { "access-control-allow-origin": "*" };
    return route.fulfill({ status: 403, headers, body: "<Error><Code>AccessDenied</Code></Error>" });
  });
  await page.route("**/complete", (route) => {
    if (route.request().method() !== "POST" || !refusals.complete) return route.continue();
    refusals.complete -= 1;
    const headers = { "access-control-allow-origin": "*", "access-control-expose-headers": "retry-after", "retry-after": "2" };
    return route.fulfill({ status: 503, headers, body: JSON.stringify({ error: { type: "service_unavailable" } }) });
  });
  const signed = page.waitForRequest("**/upload-url");
  const completes = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/complete") && request.method() === "POST") completes.push(Date.now());
  });
  const { file } = await upload(page, png("late.png"), { token, url });
  await signed;
  assert.deepEqual([file?.status, refusals], ["COMPLETED", { put: 0, complete: 0 }]);
  assert.ok(completes[1] - completes[0] >= 2000, `${completes[1] - completes[0]} ms`);
  await close();
});

test("an upload is interrupted at once, and goes on in the same page", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 1 });
  const { page, puts, close } = await open();
  const film = written(120 * MIB);
  const going = choose(page, film, { token, url });
  await page.waitForRequest((request) => request.method() === "PUT");
  await page.evaluate(() => window.aborter.abort());
  assert.equal((await going).error?.name, "AbortError");
  const { file } = await choose(page, film, { token, url });
  assert.equal(file?.status, "COMPLETED");
  assert.ok(puts.length <= 8 + 4, `${puts.length} PUTs of 8 parts, 4 at a time`);
  await close();
});

test("a Blob that was interrupted is not taken for another of its size", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 2 });
  const { page, close } = await open();
  const send = (bytes) => page.evaluate(([bytes, options]) => window.send(new Blob([bytes]), options), [bytes, { token, url }]);
  const completes = (request) => request.method() === "POST" && request.url().endsWith("/complete");
  await page.route("**/complete", (route) => completes(route.request()) || route.continue());
  const [, interrupted] = await Promise.all([
    page.waitForRequest(completes).then(() => page.evaluate(() => window.aborter.abort())),
    send("first!"),
  ]);
  assert.equal(interrupted.error?.name, "AbortError");
  await page.unroute("**/complete");
  assert.equal((await send("second")).file?.md5, md5("second"));
  await close();
});

test("a completion that came to nothing is begun again", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 1 });
  const { page, close } = await open();
  const headers = { "access-control-allow-origin": "*" };
  let completes = 0;
  await page.route("**/complete", (route) => {
    if (route.request().method() !== "POST" || (completes += 1) > 1) return route.continue();
    return route.fulfill({ status: 202, headers, json: { status: "PENDING" } });
  });
  assert.equal((await upload(page, png("undone.png"), { token, url })).file?.status, "COMPLETED");
  assert.equal(completes, 2);
  await close();
});

test("a page shows, skips through and saves files by URLs from its own server", { skip }, async () => {
  const { token } = await tokenOf({ maxFiles: 2 });
  const { page, close } = await open();
  // The smallest PNG: one transparent pixel.
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
  const name = "Größe 1 – ½.png";
  const sent = await page.evaluate(async ({ pixel, name, token, url }) => {
    const { upload } = await import("/upload.js");
    const bytes = Uint8Array.from(atob(pixel), (character) => character.charCodeAt(0));
    return upload(new File([bytes], name, { type: "image/png" }), { token, url });
  }, { pixel, name, token, url });
  const [inline, attachment] = [await downloadOf(sent.id, "?disposition=inline"), await downloadOf(sent.id)];
  const width = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    return image.naturalWidth;
  }, inline);
  assert.equal(width, 1);
  const range = await page.evaluate(async (source) => {
    const answer = await fetch(source, { headers: { range: "bytes=1-3" } });
    const read = ["content-range", "content-length", "accept-ranges", "etag", "content-disposition"];
    return { text: await answer.text(), headers: read.map((header) => answer.headers.get(header)) };
  }, attachment);
  assert.equal(range.text, "PNG");
  assert.ok(range.headers.every(Boolean), JSON.stringify(range.headers));
  assert.match(range.headers[0], /^bytes 1-3\//);
  await page.setContent(`<a href="${attachment.replaceAll("&", "&amp;")}">save</a>`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("a")]);
  assert.equal(download.suggestedFilename(), name);

  // What could run a script is saved, whatever is asked for.
  const svg = await upload(page, { name: "a.svg", type: "image/svg+xml", text: "<svg/>" }, { token, url });
  assert.equal(svg.error, undefined);
  const query = new URL(await downloadOf(svg.file.id, "?disposition=inline")).searchParams;
  assert.match(query.get("response-content-disposition"), /^attachment;/);
  await close();
});
