// A real browser that reaches nothing but this machine, and the deployment under test.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

export const { SLIPWAY_URL: url, SLIPWAY_KEY: key } = process.env;
const browsers = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
const executablePath = browsers.find((path) => path && existsSync(path));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// A browser that is missing is no fault of the page, but nobody may think that it was tried.
const missing = "no browser: apt-get install chromium, or name one by CHROMIUM";
export const skip = !executablePath && !process.env.CI && missing;
assert.ok(executablePath || skip, missing);

let started;
before(async () => {
  if (skip) return;
  started = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
      // In a container, shared memory is too small for large files.
      "--disable-dev-shm-usage",
      // The network is cut.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
});
after(() => started?.close());

export const browser = () => started;

// What the browser complains of while a page is open.
export function complaintsOf(page) {
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return complaints;
}

// What people who do not see the page, or use no mouse, would stumble over.
export async function audit(page) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run());
  const told = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  return { told, passes: passes.length };
}
