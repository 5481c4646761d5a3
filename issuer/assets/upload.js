// Sends a file bit by bit (tus 1.0), so that a lost connection, a closed lid or a reload costs nothing but time.
// Without script the form sends the file whole.

const CHUNK = 8 * 1024 * 1024;
const TUS = { "tus-resumable": "1.0.0" };
const WAITS = [1000, 3000, 5000, 10000, 30000];

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const size = (bytes) =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;

// What the service refuses stays refused; what the line lost is tried again.
class Refused extends Error {}

class Sending {
  constructor(form) {
    Object.assign(this, { form, paused: false, running: false, tries: 0, request: null });
    this.file = form.elements.file;
    this.bar = form.querySelector("progress");
    this.told = form.querySelector("[data-told]");
    this.problem = form.querySelector("[data-problem]");
    this.send = form.querySelector("button[type=submit]");
    this.pause = form.querySelector("[data-pause]");
    this.cancel = form.querySelector("[data-cancel]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.begin();
    });
    this.file.addEventListener("change", () => this.recognise());
    this.pause.addEventListener("click", () => (this.paused ? this.goOn() : this.stop()));
    this.cancel.addEventListener("click", () => this.giveUp());
    addEventListener("online", () => this.running && !this.paused && this.goOn());
    addEventListener("beforeunload", (event) => this.running && event.preventDefault());
  }

  // The same file, for the same requirement, is the same upload, also after a reload.
  get place() {
    const { name, size, lastModified } = this.chosen;
    const { submission, requirement } = this.form.dataset;
    return `upload ${submission} ${requirement} ${name} ${size} ${lastModified}`;
  }

  get chosen() {
    return this.file.files[0];
  }

  recognise() {
    const known = this.chosen && localStorage.getItem(this.place);
    this.say(known ? "This file was begun before and will go on where it stopped." : "");
    this.fail("");
  }

  say(text) {
    if (this.told.textContent !== text) this.told.textContent = text;
  }

  fail(text) {
    this.problem.hidden = !text;
    this.problem.textContent = text;
  }

  show(running) {
    this.running = running;
    this.bar.hidden = this.pause.hidden = this.cancel.hidden = !running;
    this.send.hidden = this.file.disabled = running;
  }

  async begin() {
    if (!this.chosen || this.running) return;
    this.fail("");
    this.show(true);
    this.paused = false;
    this.tries = 0;
    this.pause.focus();
    await this.run();
  }

  stop() {
    this.paused = true;
    this.request?.abort();
    this.pause.textContent = "Go on";
    this.say("Paused. It goes on where it stopped, also after this page was closed.");
  }

  goOn() {
    this.paused = false;
    this.pause.textContent = "Pause";
    this.run();
  }

  async giveUp() {
    this.paused = true;
    this.request?.abort();
    const address = localStorage.getItem(this.place);
    localStorage.removeItem(this.place);
    if (address) await fetch(address, { method: "DELETE", headers: TUS }).catch(() => {});
    this.show(false);
    this.say("Cancelled. Nothing of it was kept.");
    this.file.focus();
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    try {
      while (!this.paused) {
        try {
          if (await this.step()) return this.done();
          this.tries = 0;
        } catch (error) {
          if (this.paused) return;
          if (error instanceof Refused) return this.refused(error.message);
          const wait = WAITS[Math.min(this.tries++, WAITS.length - 1)];
          this.say(`The connection is lost. Trying again in ${wait / 1000} seconds.`);
          await new Promise((resolve) => setTimeout(resolve, wait));
        }
      }
    } finally {
      this.busy = false;
    }
  }

  done() {
    localStorage.removeItem(this.place);
    this.show(false);
    this.say("Added.");
    location.assign(`/my/submissions/${this.form.dataset.submission}?saved#for-${this.form.dataset.requirement}`);
  }

  refused(message) {
    localStorage.removeItem(this.place);
    this.show(false);
    this.say("");
    this.fail(message);
    this.file.focus();
  }

  // One request after asking where the upload goes on. True when all of it has become evidence.
  async step() {
    const address = localStorage.getItem(this.place) ?? (await this.create());
    if (this.offset === undefined) {
      const head = await fetch(address, { method: "HEAD", headers: TUS });
      if (head.status === 423) throw new Error("it is being looked at");
      if (head.status === 404 || head.status === 410) {
        localStorage.removeItem(this.place);
        return false;
      }
      if (!head.ok) throw new Error("not now");
      this.offset = Number(head.headers.get("upload-offset"));
    }
    this.progress(this.offset);
    if (this.offset >= this.chosen.size) return true;
    const from = this.offset;
    this.offset = undefined;
    this.offset = await this.patch(address, from);
    return this.offset >= this.chosen.size;
  }

  async create() {
    const { submission, requirement } = this.form.dataset;
    const told = { filename: this.chosen.name, filetype: this.chosen.type, submission, requirement };
    const metadata = Object.entries(told).map(([name, value]) => `${name} ${base64(value)}`);
    const answer = await fetch("/api/v1/uploads", {
      method: "POST",
      headers: { ...TUS, "upload-length": this.chosen.size, "upload-metadata": metadata.join(",") },
    });
    if (answer.status >= 500 || answer.status === 429) throw new Error("not now");
    if (!answer.ok) throw new Refused((await answer.json()).detail);
    const address = answer.headers.get("location");
    localStorage.setItem(this.place, address);
    this.offset = 0;
    return address;
  }

  // fetch does not tell how much of a body was sent.
  patch(address, from) {
    return new Promise((resolve, reject) => {
      const request = (this.request = new XMLHttpRequest());
      request.open("PATCH", address);
      request.setRequestHeader("tus-resumable", "1.0.0");
      request.setRequestHeader("upload-offset", from);
      request.setRequestHeader("content-type", "application/offset+octet-stream");
      request.upload.onprogress = (event) => this.progress(from + event.loaded);
      request.onerror = request.onabort = request.ontimeout = () => reject(new Error("the line is cut"));
      request.onload = () => {
        const { status } = request;
        if (status === 204) return resolve(Number(request.getResponseHeader("upload-offset")));
        // Another place, or another request of ours that has not ended: ask where it goes on.
        if (status === 409 || status === 423 || status === 404 || status === 429 || status >= 500) {
          return reject(new Error("not now"));
        }
        let detail = "This file was refused.";
        try {
          detail = JSON.parse(request.responseText).detail;
        } catch {
          // A proxy answered, in its own words.
        }
        reject(new Refused(detail));
      };
      request.send(this.chosen.slice(from, from + CHUNK));
    });
  }

  progress(bytes) {
    const part = this.chosen.size ? bytes / this.chosen.size : 1;
    this.bar.value = part;
    // Screen readers are told every tenth part, and not every packet.
    const tenth = Math.floor(part * 10) * 10;
    this.bar.textContent = `${tenth} %`;
    this.say(`${tenth} % of ${size(this.chosen.size)} sent`);
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) new Sending(form);
