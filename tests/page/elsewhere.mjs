// A page of another origin than the deployment's, which holds nothing but an upload token.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after } from "node:test";

import { browser, key, url } from "./browser.mjs";

const client = (name) => new URL(`../../clients/browser/${name}`, import.meta.url);

const server = createServer((request, response) => {
  const isScript = request.url.endsWith(".js");
  const type = isScript ? "text/javascript" : "text/html; charset=utf-8";
  response.writeHead(200, { "content-type": type });
  response.end(isScript ? readFileSync(client(request.url)) : "<!doctype html><title>Elsewhere</title>");
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

// Uploads a file that the page makes: of a text, or of so many bytes of which no two MiB are alike.
export function upload(page, file, options) {
  return page.evaluate(async ({ file, options }) => {
    const { upload } = await import("/upload.js");
    const { name, type, text, size, lastModified = 1 } = file;
    const pieces = text === undefined ? Array.from({ length: Math.ceil(size / 2 ** 20) }, (_, index) => {
      const piece = new Uint8Array(Math.min(2 ** 20, size - index * 2 ** 20)).fill(index);
      piece.set([index >> 8], 0);
      return piece;
    }) : [text];
    window.progress = [];
    window.aborter = new AbortController();
    const onProgress = (told) => window.progress.push(told);
    try {
      const made = new File(pieces, name, { type, lastModified });
      return { file: await upload(made, { onProgress, signal: window.aborter.signal, ...options }) };
    } catch (error) {
      return { error: { name: error.name, message: error.message, code: error.code, status: error.status } };
    }
  }, { file, options });
}
