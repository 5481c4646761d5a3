// Lets a file, or the address of one, be dropped onto the form. Without this the form works as well.

const form = document.querySelector("form.ask");
const drop = form.querySelector("[data-drop]");
const file = form.querySelector("#file");
const text = form.querySelector("#badge");

drop.querySelector("[data-drop-hint]").hidden = false;

// A drop beside the form would otherwise leave the page and open the file.
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => event.preventDefault());
}

for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, () => drop.classList.add("over"));
}
for (const kind of ["dragleave", "drop"]) {
  drop.addEventListener(kind, () => drop.classList.remove("over"));
}

drop.addEventListener("drop", (event) => {
  if (event.dataTransfer.files.length > 0) {
    file.files = event.dataTransfer.files;
    form.requestSubmit();
    return;
  }
  const dropped = event.dataTransfer.getData("text/uri-list") || event.dataTransfer.getData("text/plain");
  if (dropped) {
    text.value = dropped;
    form.requestSubmit();
  }
});
