/**
 * `<slipway-upload token="…">`: a place to drop files on, and a list of what becomes of them.
 *
 * Attributes: `token`, `url`, `accept`, `multiple`. Events: `slipway-complete` with `{ file, result }`,
 * `slipway-error` with `{ file, error }`.
 */

// Nothing moves here, so that there is nothing to hold still for prefers-reduced-motion. System colours and
// `inherit` follow the page's color-scheme: a page that is light only stays readable where the system is dark.

import { cancel, upload } from "./upload.js";

/** How many files are sent at the same time. */
const AT_ONCE = 3;

const STYLE = `
:host { display: block; color: var(--slipway-text, inherit); }
.zone { border: 2px dashed var(--slipway-line, GrayText); border-radius: .5rem; padding: 1.5rem; text-align: center; }
.zone.over { border-style: solid; border-color: var(--slipway-accent, Highlight); }
button { font: inherit; padding: .3rem .8rem; cursor: pointer; }
:focus-visible { outline: 2px solid var(--slipway-accent, Highlight); outline-offset: 2px; }
ul { list-style: none; margin: .8rem 0 0; padding: 0; }
li { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: center; padding: .4rem 0; }
.name { flex: 1 1 10rem; overflow-wrap: anywhere; }
progress { flex: 1 1 8rem; accent-color: var(--slipway-accent, Highlight); }
.state { flex: 0 1 auto; overflow-wrap: anywhere; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;

/** @param {string} name @param {Record<string, string>} attributes @param {(Node | string)[]} children */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export class SlipwayUpload extends HTMLElement {
  static observedAttributes = ["accept", "multiple"];

  #picker = /** @type {HTMLInputElement} */ (make("input", { type: "file", class: "hidden", tabindex: "-1" }));
  #list = make("ul", { part: "list" });
  #spoken = make("p", { class: "hidden", role: "status" });
  /** @type {Set<Row>} */
  #rows = new Set();
  #button = make("button", { type: "button", part: "button" }, "Choose files");
  /** @type {Row[]} */
  #waiting = [];
  #running = 0;

  constructor() {
    super();
    const zone = make("div", { class: "zone", part: "zone" }, "Drop files here, or ", this.#button, this.#picker);
    this.#picker.setAttribute("aria-hidden", "true");
    this.#button.addEventListener("click", () => this.#picker.click());
    this.#picker.addEventListener("change", () => {
      this.add(this.#picker.files ?? []);
      // So that the same file can be chosen again.
      this.#picker.value = "";
    });
    /** @param {DragEvent} event @param {boolean} isOver */
    const drag = (event, isOver) => {
      event.preventDefault();
      zone.classList.toggle("over", isOver);
    };
    zone.addEventListener("dragover", (event) => drag(event, true));
    zone.addEventListener("dragleave", (event) => drag(event, false));
    zone.addEventListener("drop", (event) => {
      drag(event, false);
      this.add(event.dataTransfer?.files ?? []);
    });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    root.append(zone, this.#list, this.#spoken);
  }

  /** @param {string} name @param {string | null} _ @param {string | null} value */
  attributeChangedCallback(name, _, value) {
    if (value === null) this.#picker.removeAttribute(name);
    else this.#picker.setAttribute(name, value);
  }

  /** Interrupts what is under way; it can be taken up again. */
  disconnectedCallback() {
    for (const row of this.#rows) {
      if (row.state === "running" || row.state === "waiting") row.pause();
    }
  }

  get token() {
    return this.getAttribute("token") ?? "";
  }

  set token(token) {
    this.setAttribute("token", token);
  }

  get url() {
    return this.getAttribute("url") ?? location.origin;
  }

  set url(url) {
    this.setAttribute("url", url);
  }

  get accept() {
    return this.getAttribute("accept") ?? "";
  }

  set accept(accept) {
    this.setAttribute("accept", accept);
  }

  get multiple() {
    return this.hasAttribute("multiple");
  }

  set multiple(multiple) {
    this.toggleAttribute("multiple", multiple);
  }

  /**
   * Uploads files, as if they had been dropped.
   * @param {Iterable<File>} files
   */
  add(files) {
    const taken = this.multiple ? [...files] : [...files].slice(0, 1);
    for (const file of taken) {
      const row = new Row(file, {
        enqueue: () => this.#enqueue(row),
        options: () => ({ token: this.token, url: this.url }),
        remove: () => this.#remove(row),
      });
      this.#rows.add(row);
      this.#list.append(row.element);
      this.#enqueue(row);
    }
  }

  /** @param {Row} row */
  #remove(row) {
    const hadFocus = row.element.contains(this.shadowRoot?.activeElement ?? null);
    this.#rows.delete(row);
    row.element.remove();
    // The keyboard's next stop would be the top of the page.
    if (hadFocus) this.#button.focus();
  }

  /** @param {Row} row */
  #enqueue(row) {
    row.show("waiting", "Waiting");
    this.#waiting.push(row);
    this.#next();
  }

  /** Sends what waits, as far as not enough is being sent. */
  #next() {
    while (this.#running < AT_ONCE && this.#waiting.length) {
      const row = this.#waiting.shift();
      // It may have been paused or cancelled since.
      if (row?.state === "waiting") this.#send(row);
    }
  }

  /** @param {Row} row */
  async #send(row) {
    this.#running += 1;
    try {
      const result = await row.run();
      if (result) this.#tell("slipway-complete", { file: row.file, result }, `${row.file.name} is uploaded.`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      row.show("failed", reason);
      this.#tell("slipway-error", { file: row.file, error }, `${row.file.name} failed: ${reason}`);
    }
    this.#running -= 1;
    this.#next();
  }

  /** @param {string} name @param {object} detail @param {string} spoken */
  #tell(name, detail, spoken) {
    this.#spoken.textContent = spoken;
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** A file in the list. */
class Row {
  /** @type {"waiting" | "running" | "paused" | "failed" | "done"} */
  state = "waiting";
  #abort = new AbortController();

  /**
   * @param {File} file
   * @param {{ enqueue: () => void, options: () => { token: string, url: string }, remove: () => void }} host
   */
  constructor(file, { enqueue, options, remove }) {
    this.file = file;
    this.options = options;
    this.remove = remove;
    this.bar = /** @type {HTMLProgressElement} */ (make("progress", { max: "1", value: "0", part: "progress" }));
    this.bar.setAttribute("aria-label", `Progress of ${file.name}`);
    this.text = make("span", { class: "state", part: "state" });
    /** @param {string} word @param {() => void} act */
    const button = (word, act) => {
      const made = make("button", { type: "button", part: "button", "aria-label": `${word} ${file.name}` }, word);
      made.addEventListener("click", act);
      return made;
    };
    this.buttons = {
      pause: button("Pause", () => this.pause()),
      resume: button("Resume", enqueue),
      retry: button("Try again", enqueue),
      cancel: button("Cancel", () => this.cancel()),
      remove: button("Remove", remove),
    };
    const name = make("span", { class: "name", part: "name" }, file.name);
    this.element = make("li", { part: "file" }, name, this.bar, this.text, ...Object.values(this.buttons));
  }

  /** @param {Row["state"]} state @param {string} text */
  show(state, text) {
    this.state = state;
    this.text.textContent = text;
    this.bar.hidden = state === "failed" || state === "done";
    const shown = {
      pause: state === "running" || state === "waiting",
      resume: state === "paused",
      retry: state === "failed",
      cancel: state !== "done",
      remove: state === "done",
    };
    const { buttons } = this;
    const hadFocus = Object.values(buttons).some((button) => button.matches(":focus"));
    for (const [name, isShown] of Object.entries(shown)) {
      buttons[/** @type {keyof typeof buttons} */ (name)].hidden = !isShown;
    }
    // Whoever works by keyboard stays at this file.
    if (hadFocus) Object.values(buttons).find((button) => !button.hidden)?.focus();
  }

  /** The uploaded file; nothing if the upload was interrupted. */
  async run() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.show("running", "0 %");
    /** @param {{ sentBytes: number, totalBytes: number }} progress */
    const onProgress = ({ sentBytes, totalBytes }) => {
      const share = totalBytes ? sentBytes / totalBytes : 1;
      this.bar.value = share;
      if (this.state === "running") this.text.textContent = `${Math.floor(100 * share)} %`;
    };
    try {
      const result = await upload(this.file, { ...this.options(), onProgress, signal });
      this.show("done", "Uploaded");
      return result;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  pause() {
    this.show("paused", "Paused");
    this.#abort.abort();
  }

  /** Takes the file from the list, and what S3 holds of it from S3. */
  async cancel() {
    this.show("paused", "Cancelling");
    this.#abort.abort();
    // What cannot be cancelled now expires.
    await cancel(this.file, this.options()).catch(() => {});
    this.remove();
  }
}

customElements.define("slipway-upload", SlipwayUpload);
