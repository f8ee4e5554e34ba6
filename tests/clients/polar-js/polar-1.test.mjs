// Polar's client for Node from its version 1 on, unmodified: each dated entry point, as far as files go.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

const MIB = 1024 * 1024;
const { SLIPWAY_URL, SLIPWAY_KEY } = process.env;

for (const version of ["2026-04", "2026-10", "2027-01"]) {
  const { createPolar } = await import(`polar-sdk-1/${version}`);
  const clientOf = (accessToken) => createPolar({ accessToken, baseUrl: `${SLIPWAY_URL}/polar` });
  const polar = clientOf(SLIPWAY_KEY);

  test(`${version}: a file goes up in parts, is listed, renamed and deleted`, async () => {
    const content = Buffer.alloc(6 * MIB, version);
    const created = await polar.files.create(fileOf(content));
    assert.equal(created.is_uploaded, false);
    const { id, path } = created.upload;
    const parts = await send(created, content);
    const file = await polar.files.uploaded(created.id, { id, path, parts });
    assert.deepEqual([file.id, file.is_uploaded, file.size], [created.id, true, content.length]);

    const { items } = await polar.files.list({ ids: [file.id] });
    assert.deepEqual(items, [file]);
    for await (const newest of polar.files.iterList({ limit: 1 })) {
      assert.deepEqual(newest, file);
      break;
    }
    assert.equal((await polar.files.update(file.id, { name: "renamed.txt" })).name, "renamed.txt");
    await polar.files.delete(file.id);
    assert.deepEqual((await polar.files.list({ ids: [file.id] })).items, []);
  });

  test(`${version}: refusals arrive as the errors that the client knows`, async () => {
    const wrong = { ...fileOf(Buffer.from("?")), name: "a/b" };
    for (const [name, status, call] of [
      ["HTTPValidationError", 422, () => polar.files.create(wrong)],
      ["HTTPValidationError", 422, () => polar.files.list({ ids: ["abc"] })],
      ["ResourceNotFound", 404, () => polar.files.delete("1b0ee4ce-7e0c-4b87-93c7-2d8c6d5b3b16")],
      ["PolarClientError", 401, () => clientOf("polar_oat_none").files.list()],
    ]) {
      const error = await call().then(() => assert.fail(`${name} was not thrown`), (error) => error);
      assert.deepEqual([error.constructor.name, error.statusCode], [name, status], String(error));
    }
  });
}

/** What opens an upload of these bytes, in parts of 5 MiB with their checksums. */
function fileOf(content) {
  const parts = [];
  for (let start = 0; start < content.length; start += 5 * MIB) {
    const end = Math.min(start + 5 * MIB, content.length);
    const checksum = createHash("sha256").update(content.subarray(start, end)).digest("base64");
    const number = parts.length + 1;
    parts.push({ number, chunk_start: start, chunk_end: end, checksum_sha256_base64: checksum });
  }
  const upload = { parts };
  const [service, name, mime_type] = ["downloadable", "promise.txt", "text/plain"];
  return { service, name, mime_type, size: content.length, upload };
}

/** Sends all parts with the headers that were announced, and says what S3 answered to each. */
async function send(created, content) {
  const sent = [];
  for (const { number, chunk_start, chunk_end, checksum_sha256_base64, url, headers } of created.upload.parts) {
    const body = content.subarray(chunk_start, chunk_end);
    const answer = await fetch(url, { method: "PUT", body, headers });
    assert.equal(answer.status, 200);
    sent.push({ number, checksum_etag: answer.headers.get("etag"), checksum_sha256_base64 });
  }
  return sent;
}
