// The page of a deployment: three calls, shown and made, and the reference below.
"use strict";

const at = (id) => document.getElementById(id);
const origin = location.origin;

// `make run` prints a link with its key. A fragment is never sent to a server; it is gone from the address
// bar before the reference reads it.
const given = new URLSearchParams(location.hash.slice(1)).get("key");
if (given) {
  at("key").value = given;
  history.replaceState(null, "", location.pathname);
}

// What the three calls look like for a file: before there is one, for a text of 15 bytes.
const example = {
  request: { filename: "hello.txt", mimeType: "text/plain", sizeBytes: 15 },
  id: "fil_0000000060r30c1g60r30c1g",
  headers: { "content-type": "text/plain", "if-none-match": "*" },
  url: "$UPLOAD_URL",
  claim: { md5: "d4837a783684fc6ab42bf9c3c46cea47" },
};

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function show(id, command, answer) {
  const parts = [document.createTextNode(command)];
  if (answer) {
    const told = document.createElement("span");
    told.className = "answer";
    told.textContent = `\n\n${JSON.stringify(answer, null, 1).replace(/\n */g, " ")}`;
    parts.push(told);
  }
  at(id).replaceChildren(...parts);
}

function post(path, body) {
  return `curl ${origin}${path} \\\n  -H "Authorization: Bearer $SLIPWAY_KEY" -H 'Content-Type: application/json' \\\n` +
    `  -d ${quoted(JSON.stringify(body))}`;
}

function showCreate({ request, created }) {
  show("create", post("/v1/files", request), created);
}

function showPut({ request, headers, url }) {
  const sent = Object.entries(headers).filter(([name]) => name !== "content-length");
  const options = sent.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`).join(" ");
  show("put", `curl -T ${quoted(request.filename)} ${options} \\\n  "${url}"`);
}

function showComplete({ id, claim, completed }) {
  show("complete", post(`/v1/files/${id}/complete`, claim), completed);
}

showCreate(example);
showPut(example);
showComplete(example);

async function call(method, path, body) {
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${at("key").value.trim()}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error?.message ?? told.message ?? `The answer was ${answer.status}.`);
  return told;
}

// fetch() tells nothing of bytes under way. 412 and 409 mean that the bytes may be there already, and complete
// finds out.
function put(url, headers, file) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      if (name !== "content-length") request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded, total }) => { at("progress").value = loaded / total; };
    request.onload = () => {
      if (request.status < 300 || [409, 412].includes(request.status)) resolve();
      else reject(new Error(`S3 answered ${request.status}.`));
    };
    request.onerror = () => reject(new Error("The bytes did not reach S3."));
    request.send(file);
  });
}

async function upload(file) {
  // A recording's type comes with its codecs, which the API does not take, and a strange file's is empty.
  const mimeType = file.type.split(";")[0] || "application/octet-stream";
  const request = { filename: file.name, mimeType, sizeBytes: file.size };
  const created = await call("POST", "/v1/files", request);
  showCreate({ request, created });
  showPut({ request, headers: created.uploadHeaders, url: created.uploadUrl });
  at("status").textContent = "The bytes are on their way.";
  await put(created.uploadUrl, created.uploadHeaders, file);
  const completed = await call("POST", `/v1/files/${created.id}/complete`, {});
  showComplete({ id: created.id, claim: {}, completed });
  return completed;
}

function tell(text, link) {
  at("status").replaceChildren(text, ...(link ? [" ", link] : []));
}

at("upload").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [button, progress] = [event.target.querySelector("button"), at("progress")];
  button.disabled = true;
  progress.hidden = false;
  progress.value = 0;
  try {
    const { id, status, filename } = await upload(at("file").files[0]);
    const { url } = await call("GET", `/v1/files/${id}/url`);
    const link = Object.assign(document.createElement("a"), { href: url, textContent: `Download ${filename}` });
    tell(`${id} is ${status}.`, link);
  } catch (error) {
    tell(error.message);
  } finally {
    button.disabled = false;
    progress.hidden = true;
  }
});

// The reference, which talks to nobody but this deployment.
const dark = matchMedia("(prefers-color-scheme: dark)");

function reference() {
  return {
    url: "/openapi.json",
    servers: [{ url: origin, description: "This deployment" }],
    authentication: { preferredSecurityScheme: "key", securitySchemes: { key: { token: at("key").value.trim() } } },
    persistAuth: false,
    proxyUrl: "",
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    withDefaultFonts: false,
    hideClientButton: true,
    showDeveloperTools: "never",
    documentDownloadType: "none",
    defaultOpenAllTags: true,
    hideDarkModeToggle: true,
    forceDarkModeState: dark.matches ? "dark" : "light",
    defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  };
}

const shown = Scalar.createApiReference("#reference", reference());
const refresh = () => shown.updateConfiguration(reference());
dark.addEventListener("change", refresh);
at("key").addEventListener("change", refresh);

// What the reference leaves out for those who hear the page: names of its copy buttons, and regions that differ.
new MutationObserver(() => {
  for (const button of document.querySelectorAll("#reference .group\\/copy-button:not([aria-label])")) {
    button.setAttribute("aria-label", "Copy");
  }
  for (const region of document.querySelectorAll('#reference [role="region"]')) region.setAttribute("role", "group");
}).observe(at("reference"), { childList: true, subtree: true });
