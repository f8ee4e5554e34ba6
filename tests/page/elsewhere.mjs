// A page of another origin than the deployment's, which holds nothing but an upload token.

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { after } from "node:test";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { browser, key, url } from "./browser.mjs";

const client = (name) => new URL(`../../clients/browser/${name}`, import.meta.url);

// `send` uploads a file, and tells what came of it and how far it was at any time.
const PAGE = `<!doctype html><title>Elsewhere</title><input type="file"><script type="module">
import { upload } from "/upload.js";
window.send = async (file, options) => {
  window.progress = [];
  window.aborter = new AbortController();
  const onProgress = (told) => window.progress.push(told);
  try {
    return { file: await upload(file, { onProgress, signal: window.aborter.signal, ...options }) };
  } catch (error) {
    return { error: { name: error.name, message: error.message, code: error.code, status: error.status } };
  }
};
</script>`;

// Pages with <slipway-upload>. Their policy allows no inline style or script, and calls to anywhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src *";
const elementPage = (scheme) => `<!doctype html><html lang="en"><title>Elsewhere</title>
<meta name="color-scheme" content="${scheme}"><script type="module" src="/element.js"></script>
<main><h1>Elsewhere</h1><slipway-upload multiple></slipway-upload></main>`;
const pages = { "/": PAGE, "/both": elementPage("light dark"), "/light": elementPage("light") };

const server = createServer((request, response) => {
  const isScript = request.url.endsWith(".js");
  const headers = { "content-type": isScript ? "text/javascript" : "text/html; charset=utf-8" };
  if (request.url === "/both" || request.url === "/light") headers["content-security-policy"] = policy;
  response.writeHead(200, headers);
  response.end(isScript ? readFileSync(client(request.url.slice(1))) : pages[request.url] ?? PAGE);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
after(() => server.close());
export const origin = `http://127.0.0.1:${server.address().port}`;

// Calls the API as the page's own server does, with the key.
export async function asServer(method, path, body) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  for (;;) {
    const answer = await fetch(`${url}${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (answer.status !== 429) return answer.status === 204 ? undefined : answer.json();
    await new Promise((passed) => setTimeout(passed, 1000 * answer.headers.get("retry-after")));
  }
}

export async function tokenOf(bounds) {
  return asServer("POST", "/v1/upload-tokens", bounds);
}

// Opens the page, and tells every PUT that it sends to S3.
export async function open() {
  const context = await browser().newContext();
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const puts = [];
  page.on("request", (request) => {
    if (request.method() === "PUT") puts.push(new URL(request.url()));
  });
  await page.goto(origin);
  return { page, puts, close: () => context.close() };
}

// Uploads a small file that the page makes of a text.
export function upload(page, { name, type, text }, options) {
  return page.evaluate(async ({ name, type, text, options }) => {
    return window.send(new File([text], name, { type, lastModified: 1 }), options);
  }, { name, type, text, options });
}

// Uploads a file of this machine, as a user who chooses it does.
export async function choose(page, path, options) {
  await page.locator("input").setInputFiles(path);
  return page.evaluate((options) => window.send(document.querySelector("input").files[0], options), options);
}

// A file of so many bytes, of which no two MiB are alike.
export function written(size) {
  const path = join(mkdtempSync(join(tmpdir(), "slipway-page-")), "film.mp4");
  const file = openSync(path, "w");
  for (let at = 0, place = 0; at < size; at += 2 ** 20, place += 1) {
    const piece = Buffer.alloc(Math.min(2 ** 20, size - at), place % 256);
    piece.writeUInt16BE(place);
    writeSync(file, piece);
  }
  closeSync(file);
  after(() => rmSync(dirname(path), { recursive: true }));
  return path;
}
