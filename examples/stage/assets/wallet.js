// Phone and card: they answer the page that opened this window, and no other, when a
// person says so. And the desk behind them: it holds the phone to readers, and puts
// things out of order.

const { lang } = document.documentElement;
const say = (japanese, english) => (lang === "en" ? english : japanese);
const at = (id) => document.getElementById(id);
const PERSON = "person";

/** What the stage says, or why it does not, as an error. */
async function call(path, value) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const post = value && { method: "POST", headers, body: JSON.stringify(value) };
  const response = await fetch(path, post).catch(() => ({ ok: false }));
  const said = await response.json?.().catch(() => null);
  if (response.ok && said) return said;
  throw new Error(said?.refused ?? say("体験用ウォレットが答えません。", "The test wallet does not answer."));
}

function report(id, text, look = "") {
  Object.assign(at(id), { textContent: text, className: look });
}

/** One thing at a time: what is done while a form is busy is not done again. */
async function once(form, id, act) {
  if (form.hasAttribute("data-busy")) return;
  form.setAttribute("data-busy", "");
  try {
    await act();
  } catch (error) {
    report(id, error.message, "refused");
  }
  form.removeAttribute("data-busy");
}

/** Whoever was chosen last is chosen first the next time. */
function rememberPerson(form) {
  const last = Number(localStorage.getItem(PERSON) ?? 0);
  const choice = form.querySelector(`[name="person"][value="${last}"]`);
  if (choice) choice.checked = true;
  form.addEventListener("change", ({ target }) => {
    if (target.name === "person") localStorage.setItem(PERSON, target.value);
  });
}

/** Who answers, and what is wrong with it. */
function choices(form) {
  const fields = new FormData(form);
  return { person: Number(fields.get("person")), defect: fields.get("defect") };
}

/** Only what can be broken in this kind of answer. */
function offerDefects(kind) {
  for (const option of at("defect").querySelectorAll("[data-kinds]")) {
    const fits = option.dataset.kinds.split(" ").includes(kind);
    Object.assign(option, { hidden: !fits, disabled: !fits });
  }
}

const words = {
  present: {
    consent: say("提示する", "Show"),
    pin: say(
      "本物では、ここで顔や指紋、または暗証番号で本人を確かめます。体験用なので入力は要りません。",
      "A real phone would now check your face, fingerprint or PIN. This one is to try things out and does not."),
  },
  sign: {
    consent: say("署名する", "Sign"),
    pin: say(
      "本物では、署名用パスワード（英数字6〜16文字）を入力し、カードをかざします。体験用なので入力は要りません。",
      "A real card asks for its signing password (6 to 16 letters and digits) and is held to a reader. This one is to try things out and does not."),
  },
  challenge: {
    consent: say("認証する", "Confirm"),
    pin: say(
      "本物では、利用者証明用の暗証番号（数字4桁）を入力し、カードをかざします。体験用なので入力は要りません。",
      "A real card asks for its four-digit PIN and is held to a reader. This one is to try things out and does not."),
  },
};

function text(base64) {
  const octets = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(octets);
}

function elementItem({ ja, en, retain }) {
  const item = document.createElement("li");
  const tag = document.createElement("span");
  const kept = retain ? say("保存あり", "will be kept") : say("保存なし", "not kept");
  Object.assign(tag, { className: "tag", textContent: kept });
  item.append(Object.assign(document.createElement("span"), { textContent: say(ja, en) }), tag);
  return item;
}

/** The window that a page opened to ask something. */
function answerOpener(form) {
  let question = null;

  const show = async () => {
    const { kind, origin, to_be_signed } = question;
    form.dataset.kind = kind;
    at("origin").textContent = origin;
    at("asked").hidden = kind !== "present";
    at("document").hidden = kind === "present";
    at("consent-button").textContent = words[kind].consent;
    at("pin").textContent = words[kind].pin;
    offerDefects(kind);
    at("waiting").hidden = true;
    form.hidden = false;
    at("origin").focus();
    if (kind !== "present") {
      // What a person wants to read stands behind the first empty line, if anywhere.
      const [, head, body] = text(to_be_signed).match(/^([^]*?)\n\n([^]*)$/) ?? [];
      at("text").textContent = body ?? text(to_be_signed);
      at("head").textContent = head;
      at("binding").hidden = !body;
      return;
    }
    const { documents, reader_is_known } = await call("/api/asked", question);
    at("elements").replaceChildren(...documents.flatMap(({ elements }) => elements).map(elementItem));
    at("reader").hidden = !reader_is_known;
  };

  addEventListener("message", ({ source, origin, data }) => {
    if (!opener || source !== opener || question || data?.tashika !== "ask" || !words[data.kind]) return;
    question = { ...data, origin };
    show().catch((error) => report("status", error.message, "refused"));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(form, "status", async () => {
      report("status", "");
      const { answer } = await call("/api/answer", { ...question, ...choices(form) });
      opener.postMessage({ tashika: "answer", answer }, question.origin);
      close();
    });
  });
  at("decline").addEventListener("click", () => {
    opener.postMessage({ tashika: "declined" }, question.origin);
    close();
  });

  if (opener) opener.postMessage({ tashika: "ready" }, "*");
  else report("asker", say(
    "この画面は、サイトが確認を求めたときに開きます。先にサイトでお手続きを始めてください。",
    "This window opens when a site asks for something. Begin at one of the sites."));
}

/** What a house said to its terminal. What it says to people is on its screen there. */
function told({ status, code }) {
  if (status === 200) return [say("読み取りました。お店や会場の画面をご覧ください。", "It was read. Look at the screen there."), "good"];
  const [text, look] = status >= 500
    ? [say("確認できませんでした", "It could not be checked"), "undetermined"]
    : [say("受け付けられませんでした", "It was not accepted"), "refused"];
  return [code ? `${text}: ${code}` : text, look];
}

function holdToReaders(form) {
  offerDefects("tap");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { value: place, dataset } = event.submitter;
    once(form, "said", async () => {
      report("said", say("かざしています…", "Holding it there…"));
      report("said", ...told(await call("/api/tap", { terminal: dataset.terminal, place, ...choices(form) })));
    });
  });
}

/** What the sites rely on, as it is. */
function showWorld({ lists, responders, provider, days, today }) {
  for (const [name, value] of Object.entries({ lists, responders, provider })) {
    const choice = at("world").querySelector(`[name="${name}"][value="${value}"]`);
    if (choice) choice.checked = true;
  }
  at("today").textContent = days ? say(`${today}（${days}日先）`, `${today} (${days} days ahead)`) : today;
  at("today").dataset.days = days;
}

function changeWorld(form) {
  const change = (path, what) => once(form, "changed", async () => {
    report("changed", say("お待ちください…", "One moment…"));
    showWorld(await call(path, what));
    report("changed", say("変わりました。", "It is so now."), "good");
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", ({ target }) => change("/api/world", { [target.name]: target.value }));
  for (const button of form.querySelectorAll("[data-days]:is(button)")) {
    const days = () => Number(at("today").dataset.days) + Number(button.dataset.days);
    button.addEventListener("click", () => change("/api/world", { days: days() }));
  }
  at("reset").addEventListener("click", () => change("/api/world/reset", {}));
}

function liveOn(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { person } = choices(at("desk"));
    once(form, "happened", async () => {
      report("happened", say("お待ちください…", "One moment…"));
      await call("/api/life", { person, event: event.submitter.value });
      report("happened", say("届け出が済み、失効リストに載りました。", "It was reported, and the lists say so."), "good");
    });
  });
}

if (at("consent")) {
  rememberPerson(at("consent"));
  answerOpener(at("consent"));
}
if (at("desk")) {
  rememberPerson(at("desk"));
  holdToReaders(at("desk"));
  changeWorld(at("world"));
  liveOn(at("life"));
  call("/api/world").then(showWorld, (error) => report("changed", error.message, "refused"));
}
