// Asks for a passkey and puts the browser's answer into the form, which the server reads as any other.
// The forms stay hidden where there is no script, or no passkeys: then a link by mail signs in.

const decoded = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const encoded = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

// What the server writes in base64url, the browser takes as bytes (Web Authentication, 5.1.9 and 5.1.10).
function read(options) {
  options.challenge = decoded(options.challenge);
  if (options.user) options.user.id = decoded(options.user.id);
  for (const credential of [...(options.excludeCredentials ?? []), ...(options.allowCredentials ?? [])]) {
    credential.id = decoded(credential.id);
  }
  return options;
}

// The other way round (Web Authentication, 5.1.8).
function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = encoded(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: encoded(credential.rawId), type: credential.type, response });
}

async function ask(form) {
  const answer = await fetch(form.dataset.begin, { method: "POST", headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error((await answer.json()).detail);
  const publicKey = read(await answer.json());
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.response.value = written(credential);
  form.submit();
}

const words = {
  NotAllowedError: "No passkey was used: it was called off, took too long, or there is none for this site.",
  InvalidStateError: "This device holds a passkey for your account already.",
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  form.hidden = false;
  for (const hint of document.querySelectorAll("[data-no-passkeys]")) hint.hidden = true;
  const problem = form.querySelector("[data-problem]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.textContent = "";
    ask(form).catch((error) => {
      problem.textContent = words[error.name] ?? error.message;
    });
  });
}
