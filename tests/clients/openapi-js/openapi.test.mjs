// What `openapi.json` is good for: it has no flaw that a linter finds, and a client whose types are generated
// from it compiles and uploads a file.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "node:test";

const here = fileURLToPath(new URL(".", import.meta.url));
const description = join(here, "../../../openapi.json");
const modules = join(here, "node_modules");

function run(tool, ...options) {
  const environment = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const { status, stdout, stderr } = spawnSync(tool, options, { encoding: "utf8", env: environment });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  return stdout + stderr;
}

test("the linter has nothing to say", () => {
  const told = run(join(modules, ".bin/redocly"), "lint", "--extends", "recommended-strict", description);
  assert.match(told, /Your API description is valid/);
});

test("a client with generated types compiles and uploads a file", () => {
  // A folder of its own: files that come and go in the workspace would restart the functions.
  const folder = mkdtempSync("/tmp/slipway-openapi-");
  symlinkSync(modules, join(folder, "node_modules"));
  for (const name of ["upload.ts", "package.json"]) copyFileSync(join(here, name), join(folder, name));
  run(join(modules, ".bin/openapi-typescript"), description, "--output", join(folder, "slipway.d.ts"));
  run(join(modules, ".bin/tsc"), "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom",
    "--skipLibCheck", join(folder, "upload.ts"));
  const told = run(process.execPath, join(folder, "upload.js"));
  assert.match(told, /^fil_\w+ COMPLETED$/m);
});
