// Records sound or a video in the browser. What is recorded goes the way of every file: into the form, and from there
// bit by bit to the service. Shown where the browser can record; the microphone is asked for with the first click.

// The first that the browser can write. Every one of them is known by its content when it arrives.
const TYPES = {
  audio: ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"],
  video: ["video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm", "video/mp4"],
};
const ENDINGS = { "audio/webm": "weba", "audio/mp4": "m4a", "audio/ogg": "ogg", "video/webm": "webm", "video/mp4": "mp4" };
// Speech stays clear, and an hour of it has 30 MB; ten minutes of video have 150 MB.
const RATES = { audio: { audioBitsPerSecond: 64_000 }, video: { audioBitsPerSecond: 64_000, videoBitsPerSecond: 2_000_000 } };
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 } };

const two = (number) => String(number).padStart(2, "0");

const clock = (seconds) => `${Math.floor(seconds / 60)}:${two(Math.floor(seconds % 60))}`;

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

class Recorder {
  constructor(place) {
    this.place = place;
    this.most = Number(place.dataset.minutes) * 60;
    const find = (name) => place.querySelector(`[data-${name}]`);
    for (const name of ["idle", "live", "running", "elapsed", "heard", "seen", "said", "problem", "stop", "use", "again", "copy"]) {
      this[name] = find(name);
    }
    this.begins = [...place.querySelectorAll("[data-begin]")];
    for (const button of this.begins) button.addEventListener("click", () => this.begin(button.dataset.begin));
    this.stop.addEventListener("click", () => this.recording.stop());
    this.again.addEventListener("click", () => this.begin(this.kind));
    this.use.addEventListener("click", () => this.hand());
    addEventListener("beforeunload", (event) => {
      if (this.recording || (this.file && !this.handed)) event.preventDefault();
    });
    this.show("idle");
    place.hidden = false;
  }

  // "idle", "recording", or "heard": it can be listened to.
  show(state) {
    const recording = state === "recording";
    const heard = state === "heard";
    for (const button of this.begins) button.hidden = state !== "idle";
    this.idle.hidden = state !== "idle";
    this.running.hidden = this.stop.hidden = !recording;
    this.live.hidden = !recording || this.kind !== "video";
    this.heard.hidden = !heard || this.kind !== "audio";
    this.seen.hidden = !heard || this.kind !== "video";
    this.use.hidden = this.again.hidden = this.copy.hidden = !heard;
  }

  fail(text) {
    this.problem.hidden = !text;
    this.problem.textContent = text;
  }

  async begin(kind) {
    // Two clicks ask once.
    if (this.asking || this.recording) return;
    this.asking = true;
    this.fail("");
    try {
      const wanted = { audio: true, video: kind === "video" && CAMERA };
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      this.forget();
      this.kind = kind;
      this.start(stream);
    } catch (error) {
      this.fail(this.why(error, kind));
    } finally {
      this.asking = false;
    }
  }

  why(error, kind) {
    const what = kind === "video" ? "the microphone or the camera" : "the microphone";
    if (error.name === "NotAllowedError") {
      return `The browser does not let this page use ${what}. Allow it beside the address of this page, or record with another program and choose the file above.`;
    }
    if (error.name === "NotFoundError") return `The browser finds no ${kind === "video" ? "microphone or camera" : "microphone"}.`;
    return `Recording does not begin: another program may be using ${what}.`;
  }

  start(stream) {
    const type = TYPES[this.kind].find((type) => MediaRecorder.isTypeSupported(type));
    const recording = new MediaRecorder(stream, { mimeType: type, ...RATES[this.kind] });
    const parts = [];
    const begun = performance.now();
    const tick = setInterval(() => {
      const seconds = (performance.now() - begun) / 1000;
      this.elapsed.textContent = clock(seconds);
      if (seconds >= this.most) recording.stop();
    }, 250);
    recording.ondataavailable = ({ data }) => data.size && parts.push(data);
    recording.onerror = () => recording.state !== "inactive" && recording.stop();
    recording.onstop = () => {
      clearInterval(tick);
      // The light of the microphone goes out.
      for (const track of stream.getTracks()) track.stop();
      this.live.srcObject = null;
      this.recording = undefined;
      this.ended(parts, recording.mimeType, (performance.now() - begun) / 1000);
    };
    this.recording = recording;
    this.elapsed.textContent = clock(0);
    this.said.textContent = "";
    this.show("recording");
    if (this.kind === "video") {
      this.live.srcObject = stream;
      this.live.play().catch(() => {});
    }
    // In parts, so that what was recorded is there when the browser stops by itself.
    recording.start(1000);
    this.stop.focus();
  }

  ended(parts, mimeType, seconds) {
    const type = mimeType.split(";")[0];
    const now = new Date();
    const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    const name = `Recording ${day} ${two(now.getHours())}.${two(now.getMinutes())}.${ENDINGS[type] ?? "webm"}`;
    const file = new File(parts, name, { type });
    if (file.size === 0) {
      this.show("idle");
      return this.fail("Nothing was recorded.");
    }
    this.file = file;
    this.handed = false;
    this.address = URL.createObjectURL(file);
    (this.kind === "video" ? this.seen : this.heard).src = this.address;
    this.copy.href = this.address;
    this.copy.download = name;
    this.said.textContent = `Recorded: ${clock(seconds)}, ${megabytes(file.size)}. ${this.kind === "video" ? "Watch" : "Listen to"} it before you use it.`;
    this.show("heard");
    this.use.focus();
  }

  forget() {
    if (!this.file) return;
    this.heard.removeAttribute("src");
    this.seen.removeAttribute("src");
    URL.revokeObjectURL(this.address);
    this.file = undefined;
  }

  // Puts it where a chosen file stands, and presses the button.
  hand() {
    const form = document.querySelector("form[data-upload]");
    if (form.elements.file.disabled) return this.fail("Another file is being sent: wait for it, or cancel it.");
    const chosen = new DataTransfer();
    chosen.items.add(this.file);
    form.elements.file.files = chosen.files;
    form.elements.file.dispatchEvent(new Event("change"));
    // It stays here until the page is left: if it is refused, or cancelled, it can be used again.
    this.heard.pause();
    this.seen.pause();
    form.requestSubmit();
    this.handed = true;
  }
}

const can = "MediaRecorder" in window && navigator.mediaDevices?.getUserMedia;
const place = document.querySelector("[data-record]");
if (can && TYPES.audio.some((type) => MediaRecorder.isTypeSupported(type))) new Recorder(place);
