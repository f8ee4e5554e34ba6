// The browser client as its users' compilers see it, and its size.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const client = fileURLToPath(new URL("../../clients/browser/", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

function compile(...options) {
  try {
    return execFileSync(process.execPath, [tsc, ...options], { encoding: "utf8" });
  } catch (error) {
    return error.stdout;
  }
}

test("its types are right, and those that are published fit their users", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-types-"));
  try {
    assert.equal(compile("--project", client, "--outDir", folder), "");
    const user = join(folder, "user.ts");
    writeFileSync(user, `
      import { UploadError, cancel, upload } from "./upload.js";
      import { SlipwayUpload } from "./element.js";
      export async function use(file: File, element: SlipwayUpload): Promise<string> {
        element.token = "slt_";
        [element.multiple, element.accept] = [true, "image/*"];
        element.add([file]);
        await cancel(file, { token: "slt_" });
        const { id, md5 } = await upload(file, { token: "slt_", onProgress: ({ sentBytes }) => sentBytes + 1 });
        return new UploadError(id).code + (md5 ?? "");
      }
      // @ts-expect-error: a token is needed.
      upload(new File([], ""), {});
    `);
    const options = ["--noEmit", "--strict", "--target", "ES2023", "--module", "ES2022", "--moduleResolution", "bundler"];
    assert.equal(compile(...options, user), "");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("both modules are small", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-size-"));
  try {
    // Their comments are for readers: a bundler drops them, and what it keeps is what pages load.
    const options = ["--declaration", "false", "--emitDeclarationOnly", "false", "--removeComments"];
    assert.equal(compile("--project", client, "--outDir", folder, ...options), "");
    const code = ["upload.js", "element.js"].map((name) => readFileSync(join(folder, name)));
    const size = gzipSync(Buffer.concat(code), { level: 9 }).length;
    assert.ok(size <= 8192, `${size} bytes`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
