// The key of this device, and codes for the till. The key is made here, stays in
// the browser's own store, and cannot be read out of it, not by this script either.

const say = (japanese, english) => (document.documentElement.lang === "en" ? english : japanese);
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const [DATABASE, STORE, KEY] = ["age-pass", "keys", "device"];

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function store(mode) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return (await settled(opening)).transaction(STORE, mode).objectStore(STORE);
}

/** The pair that was made before, or else a new one. */
async function deviceKey() {
  const known = await settled((await store("readonly")).get(KEY));
  if (known) return known;
  const made = await crypto.subtle.generateKey(ALGORITHM, false, ["sign"]);
  await settled((await store("readwrite")).put(made, KEY));
  return made;
}

const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function post(path, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), cache: "no-store" });
  const said = await response.json();
  if (!response.ok) throw Object.assign(new Error(said.detail), { code: said.code });
  return said;
}

async function freshCode() {
  const { privateKey } = await deviceKey();
  const { nonce } = await post("/pass/nonce", {});
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(nonce));
  return post("/pass/code", { nonce, signature: base64url(signature) });
}

const element = (id) => document.getElementById(id);
let counting;

function show({ code, picture, seconds }) {
  const ends = Date.now() + seconds * 1000;
  element("picture").innerHTML = picture;
  element("text").textContent = code;
  element("code").hidden = false;
  clearInterval(counting);
  const count = () => {
    const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    element("left").textContent = left;
    if (left > 0) return;
    clearInterval(counting);
    hide();
    tell(say("コードの有効期限が切れました。もう一度表示してください。", "The code is over. Show another one."));
  };
  count();
  counting = setInterval(count, 250);
}

function hide() {
  element("code").hidden = true;
  element("picture").replaceChildren();
  element("text").textContent = "";
}

function tell(text, look = "", code = "") {
  const status = document.querySelector("[data-status]");
  Object.assign(status, { textContent: text, className: look });
  status.dataset.code = code;
}

const pass = element("pass");
pass?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = element("show");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  tell("");
  try {
    show(await freshCode());
  } catch ({ message, code }) {
    hide();
    tell(code ? message : say("通信できませんでした。もう一度お試しください。", "There is no connection. Please try again."), "refused", code);
  }
  button.setAttribute("aria-disabled", "false");
});

// Whoever comes back to the page does not find a code on it.
addEventListener("pageshow", ({ persisted }) => persisted && pass && hide());

const key = element("key");
if (key) {
  try {
    const { publicKey } = await deviceKey();
    key.value = base64url(await crypto.subtle.exportKey("raw", publicKey));
    element("enrol").disabled = false;
  } catch {
    tell(say("この端末では鍵を作れないため、年齢パスを使えません。", "This device cannot make a key, so there is no age pass on it."), "refused", "device.no_key");
  }
}
