// Covering parts of a picture by drawing on it. The numbers of the form are what is saved; what is drawn is written
// there, so that both always say the same.

const form = document.querySelector("[data-covering]");
const tools = form.querySelector("[data-tools]");
const picture = form.querySelector("[data-picture]");
const list = form.querySelector("[data-areas]");
const told = form.querySelector("[data-told]");
const SIDES = ["left", "top", "width", "height"];
const LEAST = 0.5;

const within = (value, least, most) => Math.min(Math.max(value, least), most);
const written = (value) => String(Math.round(value * 100) / 100);
const fieldsets = () => [...list.querySelectorAll("[data-area]")];
const fields = (area) => SIDES.map((side) => area.querySelector(`[name^=${side}]`));
const numbers = (area) => fields(area).map((field) => Number.parseFloat(field.value.replace(",", ".")));
const isWhole = (numbers) => numbers.every(Number.isFinite) && numbers[2] > 0 && numbers[3] > 0;
const isEmpty = (area) => fields(area).every((field) => field.value.trim() === "");

// Draws a box for each line of numbers that makes one.
const draw = () => {
  for (const [place, area] of fieldsets().entries()) {
    const box = area.box ?? (area.box = boxOf(area));
    const found = numbers(area);
    box.hidden = !isWhole(found);
    SIDES.forEach((side, at) => (box.style[side] = `${found[at]}%`));
    box.setAttribute("aria-label", `Area ${place + 1}`);
  }
};

const write = (area, values) => {
  let [left, top, width, height] = values;
  width = within(width, LEAST, 100);
  height = within(height, LEAST, 100);
  left = within(left, 0, 100 - width);
  top = within(top, 0, 100 - height);
  fields(area).forEach((field, at) => (field.value = written([left, top, width, height][at])));
  draw();
};

const clear = (area) => {
  fields(area).forEach((field) => (field.value = ""));
  draw();
};

const boxOf = (area) => {
  const box = document.createElement("button");
  box.type = "button";
  box.className = "covering-box";
  box.addEventListener("keydown", (event) => move(area, event));
  box.addEventListener("focus", () => area.classList.add("current"));
  box.addEventListener("blur", () => area.classList.remove("current"));
  picture.append(box);
  return box;
};

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Arrow keys move an area, with Shift they change its size, Delete takes it away.
const move = (area, event) => {
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    clear(area);
    told.textContent = "The area is taken away.";
    add.focus();
    return;
  }
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const [left, top, width, height] = numbers(area);
  const [across, down] = step;
  write(area, event.shiftKey ? [left, top, width + across, height + down] : [left + across, top + down, width, height]);
  const [x, y, wide, high] = numbers(area);
  told.textContent = `${x}% from the left, ${y}% from the top, ${wide}% wide, ${high}% high`;
};

// A line of the form that is empty, or a new one.
const free = () => {
  const known = fieldsets();
  const empty = known.find(isEmpty);
  if (empty || known.length >= 60) return empty;
  const made = known[0].cloneNode(true);
  made.querySelector("legend").textContent = `Area ${known.length + 1}`;
  for (const field of fields(made)) {
    field.value = "";
    field.name = field.name.replace(/\d+$/, known.length);
  }
  list.append(made);
  return made;
};

// Where on the picture somebody points, in percent.
const pointed = (event) => {
  const frame = picture.getBoundingClientRect();
  return [
    within(((event.clientX - frame.left) / frame.width) * 100, 0, 100),
    within(((event.clientY - frame.top) / frame.height) * 100, 0, 100),
  ];
};

// Mouse, pen and finger are the same: from an empty place a new area, on an area it is moved.
picture.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  const box = event.target.closest(".covering-box");
  const held = fieldsets().find((area) => area.box === box);
  const area = held ?? free();
  if (!area) return;
  event.preventDefault();
  const begun = pointed(event);
  const before = held ? numbers(held) : null;
  const follow = (moved) => {
    const [x, y] = pointed(moved);
    if (before) {
      write(area, [before[0] + x - begun[0], before[1] + y - begun[1], before[2], before[3]]);
      return;
    }
    const [wide, high] = [Math.abs(x - begun[0]), Math.abs(y - begun[1])];
    if (wide < LEAST || high < LEAST) return;
    write(area, [Math.min(x, begun[0]), Math.min(y, begun[1]), wide, high]);
  };
  const end = () => {
    picture.removeEventListener("pointermove", follow);
    if (area.box && !area.box.hidden) area.box.focus();
  };
  picture.setPointerCapture(event.pointerId);
  picture.addEventListener("pointermove", follow);
  picture.addEventListener("pointerup", end, { once: true });
  picture.addEventListener("pointercancel", end, { once: true });
});

const add = form.querySelector("[data-add]");
add.addEventListener("click", () => {
  const area = free();
  if (!area) return;
  write(area, [40, 40, 20, 20]);
  area.box.focus();
  told.textContent = "An area is added in the middle.";
});

list.addEventListener("input", draw);
tools.hidden = false;
draw();
