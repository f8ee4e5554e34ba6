/**
 * Uploads files from a browser to a Slipway deployment, with an upload token.
 *
 * The bytes go straight to S3. What was interrupted is taken up again, also after a reload: only what S3 does
 * not hold is sent.
 */

/**
 * A file as the API shows it.
 * @typedef {{
 *   id: string, status: "PENDING" | "COMPLETED" | "CANCELLED" | "EXPIRED", filename: string,
 *   mimeType: string, sizeBytes: number, createdAt: string, completedAt: string | null,
 *   expiresAt: string | null, md5: string | null, labels: Record<string, string>,
 * }} UploadedFile
 */

/**
 * @typedef {object} Options
 * @property {string} token An upload token, which your server gets by `POST /v1/upload-tokens`.
 * @property {string} [url] The address of the deployment; that of the page if absent.
 * @property {(progress: { sentBytes: number, totalBytes: number }) => void} [onProgress]
 * @property {AbortSignal} [signal] Interrupts the upload. Another call with the same file goes on.
 * @property {Record<string, string>} [labels] Your application's own words about the file.
 * @property {number} [concurrency] How many parts of a large file are sent at once; 4 if absent.
 */

/**
 * Where and how to PUT bytes.
 * @typedef {{ url: string, headers: Record<string, string> }} Ticket
 */

/** How often a request that fails for a passing reason is sent. */
const TRIES = 8;
/** The longest pause between two of them, in milliseconds, unless the service asks for a longer one. */
const LONGEST_PAUSE = 20_000;
/** How many parts are signed at once. */
const BATCH = 100;
/** How often what S3 refuses, or does not hold after all, is signed and sent once more. */
const REPAIRS = 3;

/** The service, or S3, refused. `code` is the API's word for the reason. */
export class UploadError extends Error {
  /** @param {string} message @param {{ code?: string, status?: number, param?: string }} [details] */
  constructor(message, { code = "", status = 0, param } = {}) {
    super(message);
    this.name = "UploadError";
    this.code = code;
    this.status = status;
    this.param = param;
    /** @type {number[]} The numbers of the parts that have to be sent again. */
    this.parts = [];
    /** Whether the same request may succeed later. */
    this.passes = false;
    /** When, in milliseconds from now, if the service said so. */
    this.retryAfter = 0;
  }
}

/**
 * Uploads a file, and resolves to it once it is COMPLETED.
 *
 * @param {File | Blob} file
 * @param {Options} options
 * @returns {Promise<UploadedFile>}
 * @throws {UploadError} The service or S3 refused; or the signal's reason.
 */
export async function upload(file, options) {
  const task = new Upload(file, options);
  task.signal.throwIfAborted();
  const identity = await identityOf(file, task.url, options.token);
  const keep = (/** @type {string} */ id) => remember(file, identity, id);
  const known = await recall(file, identity);
  const result = (known?.startsWith("fil_") ? await task.resume(known) : await task.begin(keep, known)) ||
    (await task.begin(keep)) || (await task.begin(keep));
  if (!result) throw new UploadError("The upload was given up elsewhere.");
  await forget(file, identity);
  task.tell(file.size);
  return result;
}

/**
 * Gives up an upload of this file that was interrupted: what S3 holds of it is deleted.
 *
 * @param {File | Blob} file
 * @param {Options} options
 */
export async function cancel(file, options) {
  const task = new Upload(file, options);
  const identity = await identityOf(file, task.url, options.token);
  const known = await recall(file, identity);
  if (!known?.startsWith("fil_")) return forget(file, identity);
  try {
    await task.ask("POST", `/${known}/cancel`, {});
  } catch (error) {
    // It ended meanwhile, in one way or another.
    if (![401, 404, 409].includes(statusOf(error))) throw error;
  }
  await forget(file, identity);
}

class Upload {
  /** @param {File | Blob} file @param {Options} options */
  constructor(file, { token, url = location.origin, onProgress, signal, labels, concurrency = 4 }) {
    this.file = file;
    this.token = token;
    this.labels = labels;
    this.url = url.replace(/\/+$/, "");
    this.concurrency = concurrency;
    this.signal = signal ?? new AbortController().signal;
    this.onProgress = onProgress;
    /** @type {Map<number, number>} How many bytes of each part are sent. */
    this.sent = new Map();
    this.told = 0;
  }

  /**
   * Creates the file and sends it. Nothing if the key stands for a file that can no longer be completed.
   * @param {(known: string) => Promise<void>} keep
   * @param {string} [known] The idempotency key of a create that was interrupted.
   * @returns {Promise<UploadedFile | undefined>}
   */
  async begin(keep, known) {
    const { file, labels } = this;
    const key = known ?? newKey();
    // Kept before it is used: a create that is interrupted, or whose answer is lost, makes no second file, which
    // would use up a place of the token.
    await keep(key);
    const created = await this.ask("POST", "", {
      filename: "name" in file ? file.name : "file",
      mimeType: file.type,
      sizeBytes: file.size,
      multipart: { auto: true },
      labels,
    }, key).catch((error) => {
      // The same file with other labels is another one.
      if (error instanceof UploadError && error.code === "idempotency_key_reused") return undefined;
      throw error;
    });
    if (!created) return undefined;
    await keep(created.id);
    if (known) return this.resume(created.id);
    return this.settle(created.id, created.parts
      ? this.sendParts(created.id, created.parts, [], created.parts.data)
      : this.sendWhole(created.id, { url: created.uploadUrl, headers: created.uploadHeaders }));
  }

  /**
   * Goes on with a file that was created before. Nothing if it can no longer be completed.
   * @param {string} id
   * @returns {Promise<UploadedFile | undefined>}
   */
  async resume(id) {
    try {
      const file = await this.ask("GET", `/${id}`);
      if (file.status === "COMPLETED") return file;
      if (file.status !== "PENDING") return undefined;
      if (file.verification?.state === "HASHING") return await this.complete(id);
      if (file.parts) return await this.settle(id, this.sendMissing(id, file.parts));
      // The bytes may have arrived before the interruption.
      return await this.settle(id, this.complete(id).catch((error) => {
        if (error instanceof UploadError && error.code === "upload_missing") return this.sendWhole(id);
        throw error;
      }));
    } catch (error) {
      // Over, given up, or created with another token: a new one has to be created.
      if ([401, 404, 409].includes(statusOf(error))) return undefined;
      throw error;
    }
  }

  /**
   * Waits until the file is sent. If another tab completes it first, S3 and the API refuse the rest.
   * @param {string} id
   * @param {Promise<UploadedFile>} sending
   * @returns {Promise<UploadedFile>}
   */
  async settle(id, sending) {
    try {
      return await sending;
    } catch (error) {
      if (![404, 409].includes(statusOf(error))) throw error;
      const file = await this.ask("GET", `/${id}`);
      if (file.status === "COMPLETED") return file;
      if (file.verification?.state === "HASHING") return this.complete(id);
      throw error;
    }
  }

  /** @param {string} id @param {{ partSizeBytes: number, count: number }} plan */
  async sendMissing(id, plan) {
    return this.sendParts(id, plan, await this.heldParts(id, plan), []);
  }

  /**
   * Sends a file in one PUT, and completes it.
   * @param {string} id
   * @param {Ticket} [ticket]
   */
  async sendWhole(id, ticket) {
    for (let repairs = 0; ; repairs += 1) {
      try {
        ticket ??= await this.signWhole(id);
        await this.put(1, ticket, this.file);
        return await this.complete(id);
      } catch (error) {
        const status = statusOf(error);
        const missing = error instanceof UploadError && ["upload_missing", "size_mismatch"].includes(error.code);
        if (repairs === REPAIRS || !(missing || status === 403)) throw error;
        // The URL is over, or the bytes did not arrive.
        ticket = undefined;
      }
    }
  }

  /** @param {string} id @returns {Promise<Ticket>} */
  async signWhole(id) {
    const { uploadUrl: url, uploadHeaders: headers } = await this.ask("POST", `/${id}/upload-url`, {});
    return { url, headers };
  }

  /**
   * Sends the parts that S3 does not hold, several at once, and completes the file.
   * @param {string} id
   * @param {{ partSizeBytes: number, count: number }} plan
   * @param {number[]} held
   * @param {{ partNumber: number, url: string, headers: Record<string, string> }[]} signed
   */
  async sendParts(id, plan, held, signed) {
    for (const number of held) this.sent.set(number, this.sizeOf(number, plan));
    const numbers = Array.from({ length: plan.count }, (_, index) => index + 1);
    let missing = numbers.filter((number) => !held.includes(number));
    for (let repairs = 0; ; repairs += 1) {
      await this.sendAll(id, plan.partSizeBytes, missing, signed);
      try {
        return await this.complete(id);
      } catch (error) {
        const lost = error instanceof UploadError ? error.parts : [];
        if (!lost.length || repairs === REPAIRS) throw error;
        [missing, signed] = [lost, []];
      }
    }
  }

  /**
   * @param {string} id
   * @param {number} partSize
   * @param {number[]} missing
   * @param {{ partNumber: number, url: string, headers: Record<string, string> }[]} signed
   */
  async sendAll(id, partSize, missing, signed) {
    const tickets = new Map(signed.map(({ partNumber, ...ticket }) => [partNumber, ticket]));
    const queue = [...missing];
    const unsent = new Set(missing);
    // The first failure ends the other workers, too.
    const failed = new AbortController();
    const signal = AbortSignal.any([this.signal, failed.signal]);

    /** @type {Promise<void> | undefined} One batch is signed at a time, whoever needs it first. */
    let signing;
    const sign = async (/** @type {number} */ number) => {
      // Also those that other workers are sending: their URLs are over at the same time.
      const others = [...unsent].filter((other) => other !== number && !tickets.has(other));
      const partNumbers = [number, ...others.slice(0, BATCH - 1)];
      const { data } = await this.ask("POST", `/${id}/parts`, { partNumbers });
      for (const { partNumber, ...ticket } of data) tickets.set(partNumber, ticket);
    };
    const ticketOf = async (/** @type {number} */ number) => {
      for (;;) {
        const ticket = tickets.get(number);
        if (ticket) return ticket;
        signing ??= sign(number).finally(() => {
          signing = undefined;
        });
        await signing;
      }
    };
    const send = async (/** @type {number} */ number) => {
      const start = (number - 1) * partSize;
      const bytes = this.file.slice(start, start + partSize);
      for (let repairs = 0; ; repairs += 1) {
        const ticket = await ticketOf(number);
        try {
          return await this.put(number, ticket, bytes, signal);
        } catch (error) {
          if (statusOf(error) !== 403 || repairs === REPAIRS) throw error;
          // The URL is over, and so are those that were signed with it, unless another worker has replaced them.
          if (tickets.get(number) === ticket) tickets.clear();
        }
      }
    };
    const work = async () => {
      for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
        await send(number);
        unsent.delete(number);
      }
    };
    const workers = Array.from({ length: Math.min(this.concurrency, queue.length) }, async () => {
      try {
        await work();
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    });
    await Promise.all(workers);
  }

  /** @param {number} number @param {{ partSizeBytes: number }} plan */
  sizeOf(number, { partSizeBytes }) {
    return Math.min(partSizeBytes, this.file.size - (number - 1) * partSizeBytes);
  }

  /**
   * The numbers of the parts that S3 holds whole.
   * @param {string} id
   * @param {{ partSizeBytes: number }} plan
   */
  async heldParts(id, plan) {
    /** @type {{ partNumber: number, sizeBytes: number }[]} */
    const held = [];
    for (let page; !page || page.hasMore;) {
      page = await this.ask("GET", `/${id}/parts?limit=1000&after=${held.at(-1)?.partNumber ?? 0}`);
      held.push(...page.data);
    }
    const whole = held.filter((part) => part.sizeBytes === this.sizeOf(part.partNumber, plan));
    return whole.map((part) => part.partNumber);
  }

  /**
   * Completes the file, and waits where its proof takes longer than a request.
   * @param {string} id
   * @returns {Promise<UploadedFile>}
   */
  async complete(id) {
    for (let turn = 1; ; turn += 1) {
      // Repeated, because a completion that came to nothing has to be begun again. An upload that is over is
      // refused.
      const file = await this.ask("POST", `/${id}/complete`, {});
      if (file.status === "COMPLETED") return file;
      await pause(Math.min(1000 * turn, 10_000), this.signal);
    }
  }

  /**
   * Asks the API.
   * @param {string} method
   * @param {string} path Below `/v1/files`.
   * @param {object} [body]
   * @param {string} [key] Makes its repetitions harmless.
   * @returns {Promise<any>}
   */
  ask(method, path, body, key) {
    return persist(this.signal, async () => {
      /** @type {Record<string, string>} */
      const headers = { authorization: `Bearer ${this.token}` };
      if (key) headers["idempotency-key"] = key;
      if (body) headers["content-type"] = "application/json";
      const request = { method, headers, body: body && JSON.stringify(body), signal: this.signal };
      const response = await fetch(`${this.url}/v1/files${path}`, request).catch(unreachable(this.signal));
      if (!response.ok) throw await refusalOf(response);
      return response.json().catch(unreachable(this.signal));
    });
  }

  /**
   * PUTs bytes to S3, and counts them.
   * @param {number} number
   * @param {Ticket} ticket
   * @param {Blob} bytes
   * @param {AbortSignal} [signal]
   */
  async put(number, ticket, bytes, signal = this.signal) {
    const count = (/** @type {number} */ sent) => {
      this.sent.set(number, sent);
      let sum = 0;
      for (const part of this.sent.values()) sum += part;
      this.tell(sum);
    };
    await persist(signal, () => putOnce(ticket, bytes, signal, count));
    count(bytes.size);
  }

  /** @param {number} sent */
  tell(sent) {
    // A part that is sent once more does not move the bar back.
    this.told = Math.max(this.told, sent);
    this.onProgress?.({ sentBytes: this.told, totalBytes: this.file.size });
  }
}

/**
 * One PUT. By XMLHttpRequest, because `fetch` does not tell how much was sent.
 *
 * @param {Ticket} ticket
 * @param {Blob} bytes
 * @param {AbortSignal} signal
 * @param {(sent: number) => void} count
 * @returns {Promise<void>}
 */
function putOnce(ticket, bytes, signal, count) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal.addEventListener("abort", abort, { once: true });
    request.open("PUT", ticket.url);
    for (const [name, value] of Object.entries(ticket.headers)) {
      // Scripts may not set it, and browsers do.
      if (name !== "content-length") request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => count(event.loaded);
    request.onerror = () => reject(passing(new UploadError("S3 cannot be reached.")));
    request.onabort = () => reject(signal.reason);
    request.onload = () => {
      // 412: the bytes are there, from a PUT whose answer was lost. complete looks at them.
      if (request.status === 200 || request.status === 412) resolve();
      else reject(refusalOfS3(request));
    };
    request.onloadend = () => signal.removeEventListener("abort", abort);
    request.send(bytes);
  });
}

/** @param {XMLHttpRequest} request */
function refusalOfS3({ status, responseText }) {
  const code = /<Code>(\w+)<\/Code>/.exec(responseText)?.[1] ?? "";
  const error = new UploadError(`S3 answered ${status} ${code}.`, { code, status });
  // 409: another PUT of the same bytes is under way.
  return status >= 500 || status === 409 || code === "RequestTimeout" ? passing(error) : error;
}

/** @param {Response} response */
async function refusalOf(response) {
  const { status, headers } = response;
  // The gateway's own answers have another body.
  const told = (await response.json().catch(() => ({}))).error ?? {};
  const message = told.message ?? `The service answered ${status}.`;
  const error = new UploadError(message, { code: told.code ?? told.type, status, param: told.param });
  error.parts = (told.parts ?? []).map((/** @type {{ partNumber: number }} */ part) => part.partNumber);
  error.retryAfter = 1000 * Number(headers.get("retry-after") ?? 0) || 0;
  const passes = status === 429 || status >= 500 || error.code === "idempotency_conflict";
  return passes ? passing(error) : error;
}

/** What a failed fetch says, unless it was interrupted. @param {AbortSignal} signal */
const unreachable = (signal) => () => {
  signal.throwIfAborted();
  throw passing(new UploadError("The service cannot be reached."));
};

/** @param {UploadError} error */
function passing(error) {
  error.passes = true;
  return error;
}

/** A name for a create: 32 hexadecimal digits. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {unknown} error */
const statusOf = (error) => (error instanceof UploadError ? error.status : 0);

/**
 * Repeats an attempt while its failure is one that passes, with growing pauses.
 *
 * @template T
 * @param {AbortSignal} signal
 * @param {() => Promise<T>} attempt
 * @returns {Promise<T>}
 */
async function persist(signal, attempt) {
  for (let failed = 0; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof UploadError) || !error.passes) throw error;
      // A create that is under way, or has died, which is certain after a minute.
      if (error.code !== "idempotency_conflict") failed += 1;
      if (failed === TRIES) throw error;
      // At random, so that those who were refused together do not come back together.
      const longest = Math.min(LONGEST_PAUSE, 250 * 2 ** failed);
      await pause(error.retryAfter + Math.random() * longest, signal);
    }
  }
}

/** @param {number} milliseconds @param {AbortSignal} signal @returns {Promise<void>} */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}

// Which uploads are unfinished: in this page, and over a reload in IndexedDB. A file is known by its name, size,
// type and time, and the token is kept as a hash only. Where a page may not hash or keep anything (an insecure
// origin, a private window), uploads work all the same, and are taken up again within the page.

/** @type {WeakMap<Blob, { who: string, id: string }>} */
const here = new WeakMap();
/** Longer than any token or session lasts. */
const KEPT = 8 * 24 * 3600 * 1000;

/**
 * @param {File | Blob} file
 * @param {string} url
 * @param {string} token
 */
async function identityOf(file, url, token) {
  const [name, time] = "name" in file ? [file.name, file.lastModified] : ["", 0];
  const who = JSON.stringify([url, name, file.size, file.type, time]);
  // A Blob without a name is known within the page only: others may have its size and type.
  if (!crypto.subtle || !name) return { who: `${who} ${token}`, lasts: false };
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return { who: `${who} ${Array.from(new Uint8Array(digest)).join(".")}`, lasts: true };
}

/** @typedef {Awaited<ReturnType<typeof identityOf>>} Identity */

/**
 * The id of the unfinished upload, or the idempotency key of its create.
 * @param {Blob} file
 * @param {Identity} identity
 * @returns {Promise<string | undefined>}
 */
async function recall(file, { who, lasts }) {
  const found = here.get(file);
  if (found?.who === who) return found.id;
  if (!lasts) return undefined;
  const kept = await inStore("readonly", (store) => store.get(who));
  return kept && kept.at > Date.now() - KEPT ? kept.id : undefined;
}

/** @param {Blob} file @param {Identity} identity @param {string} id */
async function remember(file, { who, lasts }, id) {
  here.set(file, { who, id });
  if (lasts) await inStore("readwrite", (store) => store.put({ id, at: Date.now() }, who));
}

/** @param {Blob} file @param {Identity} identity */
async function forget(file, { who, lasts }) {
  here.delete(file);
  if (lasts) await inStore("readwrite", (store) => store.delete(who));
}

/**
 * What a request to the store comes to; nothing where the page may keep nothing.
 *
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} ask
 * @returns {Promise<any>}
 */
async function inStore(mode, ask) {
  try {
    const opening = indexedDB.open("slipway-upload", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("uploads");
    const database = await settled(opening);
    try {
      return await settled(ask(database.transaction("uploads", mode).objectStore("uploads")));
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
