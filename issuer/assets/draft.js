// Keeps what is typed into a draft as it is typed, over the same interface that programs use. The Save button does
// the same where there is no script. What could not be sent stays in this browser until it could.

const work = document.querySelector(".work");
const base = `/api/v1/submissions/${work.dataset.submission}`;
const PAUSE = 1500;

// Some browsers keep nothing in private windows.
const stored = (work) => {
  try {
    return work(localStorage);
  } catch {
    return null;
  }
};

const said = (name, text) => {
  const place = document.querySelector(`[data-kept="${name}"]`);
  if (place && place.textContent !== text) place.textContent = text;
};

async function put(path, body, keepalive) {
  const answer = await fetch(base + path, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    keepalive,
  });
  if (!answer.ok) throw Object.assign(new Error((await answer.json()).detail), { refused: answer.status < 500 });
  return answer.json();
}

// One thing that is kept: a text, or all that is told beside the evidence.
class Kept {
  constructor(name, fields, read, send) {
    Object.assign(this, { name, fields, read, send, timer: 0, busy: false });
    this.place = `draft ${base} ${name}`;
    this.sent = JSON.stringify(read());
    const left = stored((store) => store.getItem(this.place));
    if (left && left !== this.sent) this.write(JSON.parse(left));
    for (const field of fields) field.addEventListener("input", () => this.typed());
    if (left) this.typed();
  }

  write(values) {
    this.fields.forEach((field, at) => (field.value = values[at] ?? field.value));
  }

  typed() {
    stored((store) => store.setItem(this.place, JSON.stringify(this.read())));
    said(this.name, this.words());
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(false), PAUSE);
  }

  words() {
    const most = Number(this.fields[0].dataset.words);
    if (!most) return "";
    const count = this.fields[0].value.split(/\s+/).filter(Boolean).length;
    return `${count} of at most ${most} words`;
  }

  async keep(leaving) {
    const now = JSON.stringify(this.read());
    if (now === this.sent || (this.busy && !leaving)) return;
    this.busy = true;
    try {
      await this.send(leaving);
      this.sent = now;
      if (JSON.stringify(this.read()) === now) stored((store) => store.removeItem(this.place));
      said(this.name, [this.words(), "Saved"].filter(Boolean).join(" · "));
    } catch (error) {
      said(this.name, error.refused ? `Not saved: ${error.message}` : "Not saved yet: no connection. It stays in this browser.");
      if (!error.refused) this.timer = setTimeout(() => this.keep(false), 4 * PAUSE);
    } finally {
      this.busy = false;
    }
    if (JSON.stringify(this.read()) !== now) this.typed();
  }
}

const kept = [];

for (const field of document.querySelectorAll("textarea[data-requirement]")) {
  const requirement = field.dataset.requirement;
  const seen = document.querySelector(`[name="seen-${requirement}"]`);
  const send = async (leaving) => {
    const text = field.value.trim() ? field.value : null;
    const answer = await put(`/writings/${requirement}`, { text, seen: Number(seen.value) }, leaving);
    seen.value = answer.saves;
  };
  kept.push(new Kept(requirement, [field], () => [field.value], send));
}

const told = [...document.querySelectorAll("[data-prepared], #note")];
if (told.length > 0) {
  const read = () => told.map((field) => field.value);
  const send = (leaving) => {
    const body = { context: {} };
    for (const { name, value } of told) {
      if (!value.trim()) continue;
      if (name.startsWith("context-")) body.context[name.slice("context-".length)] = value;
      else body[name] = value;
    }
    return put("/preparation", body, leaving);
  };
  kept.push(new Kept("preparation", told, read, send));
}

// The form sends all of it anyway.
document.getElementById("draft").addEventListener("submit", () => {
  for (const one of kept) {
    clearTimeout(one.timer);
    stored((store) => store.removeItem(one.place));
    one.sent = JSON.stringify(one.read());
  }
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") for (const one of kept) one.keep(true);
});
