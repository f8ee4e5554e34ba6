// What Polar's official client for Node can do here, unmodified, and how refusals reach its users.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { Polar } from "@polar-sh/sdk";
import { HTTPValidationError } from "@polar-sh/sdk/models/errors/httpvalidationerror.js";
import { ResourceNotFound } from "@polar-sh/sdk/models/errors/resourcenotfound.js";
import { SDKError } from "@polar-sh/sdk/models/errors/sdkerror.js";

const MIB = 1024 * 1024;
const CONTENT = Buffer.from("Nothing unproven is ever COMPLETED.\n");

const { SLIPWAY_URL, SLIPWAY_KEY, SLIPWAY_OTHER_KEY } = process.env;
const polar = clientOf(SLIPWAY_KEY);

test("a file goes from create to complete", async () => {
  const created = await create(CONTENT, { version: "1.0" });
  assert.equal(created.isUploaded, false);
  const file = await complete(created, await send(created, CONTENT));
  assert.deepEqual([file.id, file.isUploaded, file.version], [created.id, true, "1.0"]);
  assert.ok(file.lastModifiedAt >= file.createdAt);
  const { result } = await polar.files.list({ limit: 1 });
  assert.deepEqual(result.items, [file]);
});

test("a file is sent in parts with their checksums", async () => {
  const content = Buffer.alloc(11 * MIB, "large");
  const created = await create(content, {}, true);
  assert.deepEqual(created.upload.parts.map((part) => part.number), [1, 2, 3]);
  const file = await complete(created, await send(created, content));
  assert.deepEqual([file.isUploaded, file.size], [true, content.length]);
});

test("every service is read as its own type", async () => {
  for (const [service, mimeType] of [
    ["product_media", "image/png"],
    ["organization_avatar", "image/webp"],
    ["support_case_attachment", "text/csv"],
  ]) {
    const created = await create(CONTENT, { service, mimeType });
    const file = await complete(created, await send(created, CONTENT));
    assert.deepEqual([file.service, file.mimeType], [service, mimeType]);
  }
});

test("a file is renamed, listed by its id and deleted", async () => {
  const created = await create(CONTENT);
  const renamed = await polar.files.update({ id: created.id, filePatch: { name: "renamed.txt" } });
  assert.equal(renamed.name, "renamed.txt");
  assert.deepEqual(await listed({ ids: [created.id] }), [created.id]);
  await polar.files.delete({ id: created.id });
  assert.deepEqual(await listed({ ids: [created.id] }), []);
});

test("every file is on exactly one page", { skip: !SLIPWAY_OTHER_KEY }, async () => {
  const other = clientOf(SLIPWAY_OTHER_KEY);
  const ids = [];
  for (let number = 0; number < 7; number += 1) {
    ids.unshift((await create(CONTENT, {}, false, other)).id);
  }
  await other.files.delete({ id: ids.splice(2, 1)[0] });
  const found = [];
  for await (const page of await other.files.list({ limit: 2 })) {
    found.push(...page.result.items.map((file) => file.id));
  }
  assert.deepEqual(found.slice(0, ids.length), ids);
  assert.equal(new Set(found).size, found.length);
});

test("a wrong request is a validation error that says where", async () => {
  for (const [fields, place] of [
    [{ name: "a/b" }, ["body", "name"]],
    [{ size: CONTENT.length + 1 }, ["body", "upload", "parts"]],
    [{ service: "product_media" }, ["body", "mime_type"]],
  ]) {
    const { detail } = await refusal(HTTPValidationError, create(CONTENT, fields));
    assert.deepEqual(detail[0].loc, place);
  }
});

test("parts that are missing and words of another upload are refused", async () => {
  const created = await create(CONTENT);
  const sent = [{ number: 1, checksumEtag: "none", checksumSha256Base64: null }];
  const missing = await refusal(HTTPValidationError, complete(created, sent));
  assert.equal(missing.detail[0].type, "missing");

  const other = await create(CONTENT);
  const words = { ...created, upload: { ...created.upload, id: other.upload.id } };
  const foreign = await refusal(HTTPValidationError, complete(words, await send(created, CONTENT)));
  assert.deepEqual(foreign.detail[0].loc, ["body", "id"]);
});

test("a file that is not there is not found", async () => {
  const id = "1b0ee4ce-7e0c-4b87-93c7-2d8c6d5b3b16";
  const created = { id, upload: { id: "1", path: "1" } };
  for (const call of [
    () => complete(created, []),
    () => polar.files.update({ id, filePatch: { name: "a.txt" } }),
    () => polar.files.delete({ id }),
  ]) {
    assert.equal((await refusal(ResourceNotFound, call())).error, "ResourceNotFound");
  }
});

test("another workspace's file is not there", { skip: !SLIPWAY_OTHER_KEY }, async () => {
  const created = await create(CONTENT);
  const other = clientOf(SLIPWAY_OTHER_KEY);
  await refusal(ResourceNotFound, complete(created, await send(created, CONTENT), other));
  await refusal(ResourceNotFound, other.files.delete({ id: created.id }));
});

test("a wrong key is unauthorized", async () => {
  const error = await refusal(SDKError, clientOf("polar_oat_none").files.list({}));
  assert.equal(error.statusCode, 401);
  assert.equal(JSON.parse(error.body).error, "Unauthorized");
});

function clientOf(accessToken) {
  return new Polar({ accessToken, serverURL: `${SLIPWAY_URL}/polar` });
}

/** Opens an upload for exactly these bytes, in parts of 5 MiB, with their checksums or without. */
async function create(content, fields = {}, signed = false, client = polar) {
  const parts = [];
  for (let chunkStart = 0; chunkStart < content.length; chunkStart += 5 * MIB) {
    const chunkEnd = Math.min(chunkStart + 5 * MIB, content.length);
    const chunk = content.subarray(chunkStart, chunkEnd);
    const checksumSha256Base64 = signed ? sha256Of(chunk) : null;
    parts.push({ number: parts.length + 1, chunkStart, chunkEnd, checksumSha256Base64 });
  }
  return client.files.create({
    service: "downloadable",
    name: "promise.txt",
    mimeType: "text/plain",
    size: content.length,
    upload: { parts },
    ...fields,
  });
}

/** Sends all parts with the headers that were announced, and says what S3 answered to each. */
async function send(created, content) {
  const sent = [];
  for (const part of created.upload.parts) {
    const body = content.subarray(part.chunkStart, part.chunkEnd);
    const answer = await fetch(part.url, { method: "PUT", body, headers: part.headers });
    assert.equal(answer.status, 200);
    sent.push({
      number: part.number,
      checksumEtag: answer.headers.get("etag"),
      checksumSha256Base64: part.checksumSha256Base64,
    });
  }
  return sent;
}

function sha256Of(bytes) {
  return createHash("sha256").update(bytes).digest("base64");
}

async function complete(created, parts, client = polar) {
  const { id, path } = created.upload;
  return client.files.uploaded({ id: created.id, fileUploadCompleted: { id, path, parts } });
}

/** The ids on the first page. */
async function listed(query) {
  const { result } = await polar.files.list(query);
  return result.items.map((file) => file.id);
}

/** The error of a call that the client must end with exactly this one. */
async function refusal(kind, call) {
  const error = await call.then(
    () => assert.fail("it was not refused"),
    (error) => error,
  );
  assert.equal(error.constructor, kind, String(error));
  return error;
}
