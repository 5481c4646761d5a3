// Sends files bit by bit (tus 1.0), so that a lost connection, a closed lid or a reload costs nothing but time.
// Without script the form sends one file whole.

const CHUNK = 8 * 1024 * 1024;
const TUS = { "tus-resumable": "1.0.0" };
const WAITS = [1000, 3000, 5000, 10000, 30000];
// A line that says nothing for so long is dead, though nobody was told.
const STALLED = 60_000;

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const size = (bytes) =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;

// What the service refuses stays refused; what the line lost is tried again.
class Refused extends Error {}
class SignedOut extends Error {}
// All of it is there, and the service looks at it.
class LookedAt extends Error {}

// Where uploads go on. Some browsers keep nothing in private windows, and then it holds until a reload.
const kept = {
  here: new Map(),
  get(place) {
    try {
      return localStorage.getItem(place) ?? this.here.get(place);
    } catch {
      return this.here.get(place);
    }
  },
  set(place, address) {
    this.here.set(place, address);
    try {
      localStorage.setItem(place, address);
    } catch {
      // It is in this page.
    }
  },
  forget(place) {
    this.here.delete(place);
    try {
      localStorage.removeItem(place);
    } catch {
      // It never was there.
    }
  },
};

// Waits, but not once the line is there again, or somebody pressed a button.
const wait = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    addEventListener("online", resolve, { once: true });
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

// What an answer means that is none of those hoped for.
function mean(status, text) {
  if (status === 401) return new SignedOut();
  let problem = {};
  try {
    problem = JSON.parse(text);
  } catch {
    // A proxy answered, in its own words.
  }
  if (status === 423 || problem.code === "upload.unchecked") return new LookedAt();
  // Another place, or another request of ours that has not ended: ask where it goes on.
  if ([404, 408, 409, 429].includes(status) || status >= 500) return new Error("not now");
  return new Refused(problem.detail ?? "This file was refused on its way, by something between here and the service.");
}

// One file on its way.
class Transfer {
  constructor(file, { submission, requirement }, tell) {
    Object.assign(this, { file, submission, requirement, tell, whole: false });
    // The same file, for the same requirement, is the same upload, also after a reload.
    this.place = `upload ${submission} ${requirement} ${file.name} ${file.size} ${file.lastModified}`;
  }

  // Sends what is missing, until all of it is evidence or the signal says stop.
  async run(signal) {
    let tries = 0;
    while (!signal.aborted) {
      try {
        if (await this.step(signal)) return kept.forget(this.place);
        tries = 0;
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof Refused) kept.forget(this.place);
        if (error instanceof Refused || error instanceof SignedOut) throw error;
        const pause = WAITS[Math.min(tries++, WAITS.length - 1)];
        if (error instanceof LookedAt) {
          this.whole = true;
          this.tell("All of it has arrived and is being looked at. You may leave this page.");
        } else {
          this.tell(`The connection is lost. Trying again in ${pause / 1000} seconds.`);
        }
        await wait(pause, signal);
      }
    }
    signal.throwIfAborted();
  }

  // Asks where it goes on, and sends from there. True when all of it has become evidence.
  async step(signal) {
    const address = kept.get(this.place) ?? (await this.create());
    signal.throwIfAborted();
    let offset = await this.offset(address, signal);
    while (offset !== undefined && offset < this.file.size) {
      this.progress(offset);
      offset = await this.patch(address, offset, signal);
      signal.throwIfAborted();
    }
    return offset !== undefined;
  }

  async create() {
    const { file, submission, requirement } = this;
    const told = { filename: file.name, filetype: file.type, submission, requirement };
    const metadata = Object.entries(told).map(([name, value]) => `${name} ${base64(value)}`);
    // Never cut short: an upload whose address nobody learned could not be cancelled.
    const answer = await fetch("/api/v1/uploads", {
      method: "POST",
      headers: { ...TUS, "upload-length": file.size, "upload-metadata": metadata.join(",") },
    });
    const address = answer.headers.get("location");
    if (answer.status === 201 && address) {
      kept.set(this.place, address);
      return address;
    }
    const text = await answer.text();
    // Nothing was begun, so there is no other place where it could go on.
    throw mean([404, 409].includes(answer.status) ? 400 : answer.status, text);
  }

  // Where it goes on; nothing if the service does not know it any more.
  async offset(address, signal) {
    const head = await fetch(address, { method: "HEAD", headers: TUS, signal });
    if (head.status === 404 || head.status === 410) {
      if (this.whole) throw new Refused("This file was looked at and not taken.");
      kept.forget(this.place);
      return undefined;
    }
    const offset = Number(head.headers.get("upload-offset") ?? NaN);
    if (!head.ok || Number.isNaN(offset)) throw mean(head.status, "");
    return offset;
  }

  // fetch does not tell how much of a body was sent.
  patch(address, from, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const cut = () => reject(new Error("the line is cut"));
      let timer;
      const alive = () => {
        clearTimeout(timer);
        timer = setTimeout(() => request.abort(), STALLED);
      };
      const abort = () => request.abort();
      signal.addEventListener("abort", abort);
      request.open("PATCH", address);
      request.setRequestHeader("tus-resumable", "1.0.0");
      request.setRequestHeader("upload-offset", from);
      request.setRequestHeader("content-type", "application/offset+octet-stream");
      request.upload.onprogress = (event) => {
        alive();
        if (!signal.aborted) this.progress(from + event.loaded);
      };
      // With the last byte the service looks at the file, which may take long.
      request.upload.onload = () => clearTimeout(timer);
      request.onerror = request.onabort = request.ontimeout = cut;
      request.onload = () => {
        const offset = Number(request.getResponseHeader("upload-offset") ?? NaN);
        if (request.status === 204 && !Number.isNaN(offset)) resolve(offset);
        else reject(mean(request.status, request.responseText));
      };
      request.onloadend = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
      };
      alive();
      request.send(this.file.slice(from, from + CHUNK));
    });
  }

  progress(bytes) {
    this.tell(undefined, this.file.size ? bytes / this.file.size : 1);
  }

  // Takes it off the service, and says what came of that.
  async remove() {
    const address = kept.get(this.place);
    kept.forget(this.place);
    if (!address) return "Cancelled. Nothing of it was kept.";
    try {
      const head = await fetch(address, { method: "HEAD", headers: TUS });
      if (head.headers.has("content-location") || head.status === 423) {
        return "All of it had arrived already: it is, or will be, among your evidence, and can be taken out there.";
      }
      const gone = await fetch(address, { method: "DELETE", headers: TUS });
      if (gone.ok || gone.status === 404) return "Cancelled. Nothing of it was kept.";
    } catch {
      // The line is cut.
    }
    return "Cancelled. What had arrived is removed by the service within two days.";
  }
}

class Sending {
  constructor(form) {
    this.form = form;
    this.file = form.elements.file;
    this.bar = form.querySelector("progress");
    this.told = form.querySelector("[data-told]");
    this.problem = form.querySelector("[data-problem]");
    this.signedOut = form.querySelector("[data-signed-out]");
    this.send = form.querySelector("button[type=submit]");
    this.pause = form.querySelector("[data-pause]");
    this.cancel = form.querySelector("[data-cancel]");
    this.state = "idle";
    this.signedOut.querySelector("a").href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
    // The form sends one; the script sends them one after another.
    this.file.multiple = true;
    this.file.disabled = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.begin();
    });
    this.file.addEventListener("change", () => this.recognise());
    this.pause.addEventListener("click", () => this.press(this.state === "sending" ? "pause" : "go on"));
    this.cancel.addEventListener("click", () => this.press("cancel"));
    addEventListener("beforeunload", (event) => this.state === "sending" && event.preventDefault());
    this.recognise();
  }

  recognise() {
    this.fail([]);
    const files = [...this.file.files];
    const begun = files.filter((file) => kept.get(new Transfer(file, this.form.dataset).place));
    this.say(begun.length ? "This file was begun before and will go on where it stopped." : "");
    this.send.textContent = files.length > 1 ? `Add ${files.length} files` : "Add the file";
  }

  say(text) {
    if (this.told.textContent !== text) this.told.textContent = text;
  }

  fail(lines) {
    this.problem.hidden = lines.length === 0;
    this.problem.replaceChildren(
      ...lines.map((text) => Object.assign(document.createElement("p"), { textContent: text })),
    );
  }

  // "idle", "sending" or "held": by the person, or because they are signed out.
  show(state) {
    this.state = state;
    const idle = state === "idle";
    this.bar.hidden = this.pause.hidden = this.cancel.hidden = idle;
    this.send.hidden = this.file.disabled = !idle;
    this.pause.textContent = state === "held" ? "Go on" : "Pause";
    if (state !== "held") this.signedOut.hidden = true;
  }

  press(what) {
    this.cancelled = what === "cancel";
    if (what === "pause") {
      this.show("held");
      this.say("Paused. It goes on where it stopped, also after this page was closed: choose the same file again.");
    }
    if (what === "go on") this.show("sending");
    else this.stop?.abort();
    this.pressed?.();
  }

  async begin() {
    const files = [...this.file.files];
    if (files.length === 0 || this.state !== "idle") return;
    this.fail([]);
    this.show("sending");
    this.pause.focus();
    this.cancelled = false;
    const added = [];
    const problems = [];
    let ending;
    for (const [at, file] of files.entries()) {
      const before = files.length > 1 ? `${file.name} (${at + 1} of ${files.length}): ` : "";
      try {
        ending = await this.one(file, before);
      } catch (error) {
        problems.push(files.length > 1 ? `${file.name}: ${error.message}` : error.message);
        continue;
      }
      if (ending) break;
      added.push(file.name);
    }
    this.show("idle");
    const { submission, requirement } = this.form.dataset;
    if (!ending && problems.length === 0) {
      this.say("Added.");
      return location.assign(`/my/submissions/${submission}?saved#for-${requirement}`);
    }
    const there = added.length ? `Added: ${added.join(", ")}. ` : "";
    this.form.reset();
    this.say(there + (ending ?? ""));
    this.fail(problems);
    this.file.focus();
  }

  // Sends one file. What it gives back is how it ended, if that was before its end.
  async one(file, before) {
    const { largest, largestSaid } = this.form.dataset;
    if (file.size > Number(largest)) {
      throw new Refused(`This file has ${size(file.size)}, and at most ${largestSaid} are taken. Shorten it, or save it smaller.`);
    }
    if (file.size === 0) throw new Refused("This file is empty.");
    const tell = (text, part) => {
      if (this.state !== "sending") return;
      if (part === undefined) return this.say(before + text);
      this.bar.value = part;
      // Screen readers are told every tenth part, and not every packet.
      const tenth = Math.floor(part * 10) * 10;
      this.bar.textContent = `${tenth} %`;
      this.say(`${before}${tenth} % of ${size(file.size)} sent`);
    };
    const transfer = new Transfer(file, this.form.dataset, tell);
    const work = () => this.toItsEnd(transfer);
    // Two windows that send one file would cut each other off.
    if (!navigator.locks) return work();
    return navigator.locks.request(transfer.place, { ifAvailable: true }, (lock) => {
      if (!lock) throw new Refused("This file is being sent in another window of this browser.");
      return work();
    });
  }

  async toItsEnd(transfer) {
    for (;;) {
      if (this.cancelled) return transfer.remove();
      this.stop = new AbortController();
      const pressed = new Promise((resolve) => (this.pressed = resolve));
      try {
        await transfer.run(this.stop.signal);
        return undefined;
      } catch (error) {
        if (error instanceof Refused) throw error;
        if (error instanceof SignedOut) {
          this.show("held");
          this.say("");
          this.signedOut.hidden = false;
          await pressed;
        } else if (!this.cancelled && this.state === "held") {
          // The button that held it is pressed already: now for the next one.
          await new Promise((resolve) => (this.pressed = resolve));
        }
      }
    }
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) new Sending(form);
