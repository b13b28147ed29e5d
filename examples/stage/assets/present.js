// The testbed's phone and card: shows who asks for what, and answers that page, and
// no other, when a person says so.

const { lang } = document.documentElement;
const say = (japanese, english) => (lang === "en" ? english : japanese);
const at = (id) => document.getElementById(id);
const form = at("consent");
const PERSON = "person";

const words = {
  present: {
    consent: say("提示する", "Show"),
    pin: say("本物では、ここで顔や指紋、または暗証番号で本人を確かめます。テスト用なので入力は要りません。",
      "A real phone would now check your face, fingerprint or PIN. This one is for tests and does not."),
  },
  sign: {
    consent: say("署名する", "Sign"),
    pin: say("本物では、署名用パスワード（英数字6〜16文字）を入力し、カードをかざします。テスト用なので入力は要りません。",
      "A real card asks for its signing password (6 to 16 letters and digits) and is held to a reader. This one is for tests and does not."),
  },
  challenge: {
    consent: say("ログインに使う", "Use it to log in"),
    pin: say("本物では、利用者証明用の暗証番号（数字4桁）を入力し、カードをかざします。テスト用なので入力は要りません。",
      "A real card asks for its four-digit PIN and is held to a reader. This one is for tests and does not."),
  },
};

/** Who asked, and what; once. */
let asked = null;

async function post(path, value) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(value) });
  return { ok: response.ok, said: await response.json().catch(() => ({})) };
}

function report(text) {
  Object.assign(at("status"), { textContent: text, className: text ? "refused" : "" });
}

function toText(base64) {
  const octets = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(octets);
}

async function showElements() {
  const { origin, question } = asked;
  const { ok, said } = await post("/api/asked", { origin, request: question.request });
  const items = (ok ? said.elements : []).map(({ ja, en, retain }) => {
    const item = document.createElement("li");
    const tag = document.createElement("span");
    item.append(say(ja, en), tag);
    Object.assign(tag, { className: "tag", textContent: retain ? say("保存", "kept") : say("保存しない", "not kept") });
    return item;
  });
  at("elements").replaceChildren(...items);
  if (!ok) report(say("この要求は読み取れません。", "This request cannot be read."));
}

function show() {
  const { kind, to_be_signed } = asked.question;
  at("origin").textContent = asked.origin;
  at("asked").hidden = kind !== "present";
  at("document").hidden = kind === "present";
  if (kind === "present") showElements();
  else at("text").textContent = toText(to_be_signed);
  at("consent-button").textContent = words[kind].consent;
  at("pin").textContent = words[kind].pin;
  for (const option of at("defect").options) {
    option.hidden = option.disabled = Boolean(option.dataset.kinds) && !option.dataset.kinds.split(" ").includes(kind);
  }
  at("waiting").hidden = true;
  form.hidden = false;
  at("origin").focus();
}

async function consent() {
  const { origin, question } = asked;
  const { kind, request, to_be_signed, form: envelope } = question;
  const fields = new FormData(form);
  const [person, defect] = [Number(fields.get("person")), fields.get("defect")];
  report("");
  const { ok, said } = await post("/api/answer", { kind, origin, person, defect, request, to_be_signed, form: envelope })
    .catch(() => ({ said: {} }));
  if (!ok) return report(said.refused ?? said.detail ?? say("テスト用ウォレットが答えません。", "The test wallet does not answer."));
  opener.postMessage({ tashika: "answer", answer: said.answer }, origin);
  close();
}

addEventListener("message", ({ source, origin, data }) => {
  if (!opener || source !== opener || asked || data?.tashika !== "ask" || !words[data.kind]) return;
  asked = { origin, question: data };
  show();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.hasAttribute("data-busy")) return;
  form.setAttribute("data-busy", "");
  await consent();
  form.removeAttribute("data-busy");
});

at("decline").addEventListener("click", () => {
  opener.postMessage({ tashika: "declined" }, asked.origin);
  close();
});

// Whoever was chosen last is chosen first the next time.
const last = form.querySelector(`[name="person"][value="${Number(localStorage.getItem(PERSON) ?? 0)}"]`);
if (last) last.checked = true;
form.addEventListener("change", ({ target }) => {
  if (target.name === "person") localStorage.setItem(PERSON, target.value);
});

if (opener) opener.postMessage({ tashika: "ready" }, "*");
else at("waiting").textContent = say(
  "この画面は、サイトが確認を求めたときに開きます。先にサイトでお手続きを始めてください。",
  "This window opens when a site asks for something. Begin at one of the sites.");
