// The page on which the holder of a link uploads files. The token stands in the fragment, which no browser
// sends to a server. It stays there, so that a reload goes on with what was interrupted.

import "./element.js";

const told = document.getElementById("told");
const token = new URLSearchParams(location.hash.slice(1)).get("token");

const units = [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]];

function size(bytes) {
  const [unit, factor] = units.find(([, factor]) => bytes >= factor) ?? ["bytes", 1];
  return `${Math.round((10 * bytes) / factor) / 10} ${unit}`;
}

function inWords({ filesLeft, maxSizeBytes, mimeTypes }, expiresAt) {
  const files = filesLeft === 1 ? "one file" : `${filesLeft} files`;
  const bounds = [
    filesLeft ? `You can upload ${files}` : "All files that this link allows have been uploaded",
    maxSizeBytes !== null && filesLeft && `of at most ${size(maxSizeBytes)} each`,
    mimeTypes && filesLeft && `of these types: ${mimeTypes.join(", ")}`,
  ];
  return `${bounds.filter(Boolean).join(" ")}. The link works until ${new Date(expiresAt).toLocaleString()}.`;
}

async function open() {
  if (!token) return "This page needs the whole link that you were sent, with what follows the #.";
  const answer = await fetch("/v1/auth/validate", { headers: { authorization: `Bearer ${token}` } });
  const { bounds, expiresAt, error } = await answer.json();
  if (answer.status === 401) return "This link does not work any more: ask whoever sent it for another one.";
  if (!answer.ok) return error?.message ?? `The service answered ${answer.status}: try again later.`;
  if (!bounds) return "This link holds a key and no upload token: ask whoever sent it for another one.";
  const upload = document.createElement("slipway-upload");
  upload.token = token;
  upload.setAttribute("multiple", "");
  if (bounds.mimeTypes) upload.setAttribute("accept", bounds.mimeTypes.join(","));
  told.after(upload);
  return inWords(bounds, expiresAt);
}

try {
  told.textContent = await open();
} catch {
  told.textContent = "The service cannot be reached: try again later.";
}
addEventListener("hashchange", () => location.reload());
