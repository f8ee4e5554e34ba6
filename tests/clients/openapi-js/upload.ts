// Uploads one file by types that `openapi.json` alone has given: what is misspelled here does not compile.

import createClient from "openapi-fetch";
import type { components, paths } from "./slipway.d.ts";

declare const process: { env: Record<string, string> };

const client = createClient<paths>({
  baseUrl: process.env["SLIPWAY_URL"],
  headers: { authorization: `Bearer ${process.env["SLIPWAY_KEY"]}` },
});
const bytes = new TextEncoder().encode("Hello, generated types\n");

const wanted: components["schemas"]["CreateFile"] = {
  filename: "hello.txt",
  mimeType: "text/plain",
  sizeBytes: bytes.length,
  purpose: "email_attachment",
};
const { data: created, error } = await client.POST("/v1/files", { body: wanted });
if (!created?.uploadUrl || !created.uploadHeaders) throw new Error(error?.error.message);

const headers = Object.entries(created.uploadHeaders).filter(([name]) => name !== "content-length");
const put = await fetch(created.uploadUrl, { method: "PUT", headers, body: bytes });
if (!put.ok) throw new Error(`S3 answered ${put.status}`);

const params = { path: { id: created.id } };
const { data: completed } = await client.POST("/v1/files/{id}/complete", { params, body: {} });
const status: "PENDING" | "COMPLETED" | "CANCELLED" | "EXPIRED" | undefined = completed?.status;
console.log(created.id, status);
