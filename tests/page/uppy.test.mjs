// Stock Uppy, of two versions, from a page of another origin: with the endpoint, `shouldUseMultipart` and the one
// line that tells the size.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

import { skip, url } from "./browser.mjs";
import { asServer, open, tokenOf } from "./elsewhere.mjs";

const MIB = 2 ** 20;
const options = { 5: "endpoint", 6: "companionEndpoint" };

async function bundled(version) {
  const { outputFiles } = await build({
    stdin: {
      contents: 'export { default as Uppy } from "@uppy/core"; export { default as AwsS3 } from "@uppy/aws-s3";',
      resolveDir: fileURLToPath(new URL(`uppy-${version}`, import.meta.url)),
    },
    bundle: true,
    format: "iife",
    globalName: "stock",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].text;
}

// Uploads with Uppy what the page makes: files of so many bytes, each filled with its place.
function upload(page, { endpoint, option, sizes, tellsSize = true, removesFirst = false }) {
  return page.evaluate(async ({ endpoint, option, sizes, tellsSize, removesFirst }) => {
    const { Uppy, AwsS3 } = window.stock;
    const uppy = new Uppy().use(AwsS3, { [option]: endpoint, shouldUseMultipart: true });
    if (tellsSize) uppy.on("file-added", (file) => uppy.setFileMeta(file.id, { size: file.size }));
    const ids = sizes.map((size, place) => {
      const data = new File([new Uint8Array(size).fill(place + 1)], `größe-${place}.bin`, { type: "application/x-test" });
      const meta = { relativePath: `folder/${data.name}` };
      return uppy.addFile({ name: data.name, type: data.type, data, meta });
    });
    if (removesFirst) {
      uppy.on("s3-multipart:part-uploaded", () => uppy.getFile(ids[0]) && uppy.removeFile(ids[0]));
    }
    const { successful, failed } = await uppy.upload();
    return {
      done: successful.map((file) => file.uploadURL ?? file.response.uploadURL),
      failed: failed.map((file) => String(file.error)),
    };
  }, { endpoint, option, sizes, tellsSize, removesFirst });
}

for (const version of [5, 6]) {
  const option = options[version];
  const opened = async (bounds) => {
    const made = await tokenOf(bounds);
    const elsewhere = await open();
    await elsewhere.page.addScriptTag({ content: await bundled(version) });
    return { ...elsewhere, endpoint: `${url}/uppy/${made.token}` };
  };

  test(`Uppy ${version} uploads small and large files`, { skip }, async () => {
    const { page, puts, endpoint, close } = await opened({ maxFiles: 3 });
    // Uppy 6 sends an empty file without parts, which is refused.
    const sizes = [...(version === 5 ? [0] : []), 1000, 12 * MIB + 5];
    const { done, failed } = await upload(page, { endpoint, option, sizes });
    assert.deepEqual(failed, []);
    assert.equal(puts.length, sizes.length - 1 + 3);
    const files = await Promise.all(done.map((location) => asServer("GET", new URL(location).pathname)));
    files.sort((a, b) => a.sizeBytes - b.sizeBytes);
    for (const [place, file] of files.entries()) {
      assert.deepEqual(
        [file.status, file.filename, file.mimeType, file.sizeBytes],
        ["COMPLETED", `größe-${place}.bin`, "application/x-test", sizes[place]],
      );
      const name = `größe-${place}.bin`;
      assert.deepEqual(file.labels, { name, relativePath: `folder/${name}` });
      const { url: download } = await asServer("GET", `/v1/files/${file.id}/url`);
      const hash = createHash("md5").update(Buffer.from(await (await fetch(download)).arrayBuffer()));
      assert.equal(hash.digest("hex"), createHash("md5").update(Buffer.alloc(sizes[place], place + 1)).digest("hex"));
    }
    await close();
  });

  test(`Uppy ${version} is refused more than its token allows, before a byte is sent`, { skip }, async () => {
    const { page, puts, endpoint, close } = await opened({ maxFiles: 1, maxSizeBytes: MIB });
    const large = await upload(page, { endpoint, option, sizes: [2 * MIB] });
    assert.deepEqual([large.done.length, large.failed.length, puts.length], [0, 1, 0]);
    if (version === 5) assert.match(large.failed[0], /at most 1048576 bytes/);
    const unsized = await upload(page, { endpoint, option, sizes: [10], tellsSize: false });
    assert.deepEqual([unsized.done.length, unsized.failed.length, puts.length], [0, 1, 0]);
    if (version === 5) assert.match(unsized.failed[0], /setFileMeta/);
    assert.equal((await upload(page, { endpoint, option, sizes: [10] })).done.length, 1);
    await close();
  });

  test(`Uppy ${version} gives up a file that is removed while it is sent`, { skip }, async () => {
    const { page, endpoint, close } = await opened({ maxFiles: 2 });
    const aborted = page.waitForResponse((answer) => answer.request().method() === "DELETE");
    await upload(page, { endpoint, option, sizes: [40 * MIB, 10], removesFirst: true });
    const answer = await aborted;
    assert.equal(answer.status(), 200);
    const id = new URL(answer.url()).pathname.split("/").at(-1);
    assert.equal((await asServer("GET", `/v1/files/${id}`)).status, "CANCELLED");
    await close();
  });
}
