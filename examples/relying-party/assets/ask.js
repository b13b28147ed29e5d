// Asks a person's phone or card, and brings the answer back to the house.
//
// <form data-ask="present|sign|challenge|redirect" data-request="/path/request">
// asks the house what to ask, the phone or card for an answer, and goes where the
// house says. What keeps it from that stands in the form's [data-status].
// <div data-live="/path"> shows what the house says there, as it changes.
//
// Nothing that a person typed or showed gets into a URL or the console.

const { lang, dataset } = document.documentElement;
const say = (japanese, english) => (lang === "en" ? english : japanese);
const WALLET = dataset.wallet ? new URL(dataset.wallet).origin : null;
const BROWSER = typeof DigitalCredential !== "undefined" && Boolean(navigator.credentials);
const LIVE = 700;

/** Why a person does not get on, in their language. */
class Hindrance extends Error {
  constructor(code, text, look = "undetermined") {
    super(text);
    Object.assign(this, { code, look });
  }
}

const hindrances = {
  blocked: () => new Hindrance("ask.blocked", say(
    "体験用のウォレットの画面を開けませんでした。このサイトのポップアップを許可してから、もう一度お試しください。",
    "The window of the wallet could not be opened. Allow pop-ups for this site and try again.")),
  closed: () => new Hindrance("ask.closed", say(
    "ウォレットの画面が閉じられました。何も送信されていません。もう一度お試しいただけます。",
    "The wallet was closed, and nothing was sent. You can try again.")),
  declined: () => new Hindrance("ask.declined", say(
    "提示を中止しました。何も送信されていません。もう一度お試しいただけます。",
    "You declined, and nothing was sent. You can try again.")),
  network: () => new Hindrance("ask.network", say(
    "通信できませんでした。接続を確認してから、もう一度お試しください。",
    "There is no connection. Check it and try again.")),
  unreadable: () => new Hindrance("ask.unreadable", say(
    "サーバーから予期しない応答がありました。ページを読み込み直してから、もう一度お試しください。",
    "The server gave an unexpected answer. Reload the page and try again.")),
  noWallet: () => new Hindrance("ask.no-wallet", say(
    "このブラウザーでは、スマートフォンのカードを提示できません。対応するブラウザーでお試しください。",
    "This browser cannot ask a phone for its card. Use one that can.")),
  noCard: () => new Hindrance("ask.no-card", say(
    "カードの読み取りにはアプリが必要です。アプリからお手続きください。",
    "Reading a card needs an app. Please continue there.")),
};

/** The house's answer in JSON; what else comes is a hindrance. */
async function post(path, body, mediaType) {
  let response;
  try {
    const headers = { Accept: "application/json", "Content-Type": mediaType };
    response = await fetch(path, { method: "POST", headers, body, cache: "no-store", redirect: "error" });
  } catch {
    throw hindrances.network();
  }
  const said = await response.json().catch(() => null);
  if (response.ok && said) return said;
  if (!said?.detail) throw hindrances.unreadable();
  throw new Hindrance(said.code ?? "", said.detail, response.status < 500 ? "refused" : "undetermined");
}

/** The testbed's phone and card, in a window of its own. */
class Wallet {
  /** While the click still counts: later the browser would block the window. */
  constructor() {
    this.window = window.open(`${WALLET}/present?lang=${lang}`, "_blank", "popup,width=440,height=820");
    if (!this.window) throw hindrances.blocked();
    this.answered = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
    this.answered.catch(() => {});
    this.hear = this.hear.bind(this);
    addEventListener("message", this.hear);
    // What it said last may still be on its way when it is closed.
    this.watch = setInterval(() => {
      if (this.window.closed) setTimeout(() => this.reject(hindrances.closed()), 300);
    }, 400);
  }

  hear({ source, origin, data }) {
    if (source !== this.window || origin !== WALLET) return;
    if (data?.tashika === "ready") {
      this.ready = true;
      this.put();
    }
    if (data?.tashika === "answer") this.resolve(data.answer);
    if (data?.tashika === "declined") this.reject(hindrances.declined());
  }

  /** It is ready once more when a person has loaded it again. */
  put() {
    if (this.ready && this.question) this.window.postMessage(this.question, WALLET);
  }

  ask(question) {
    this.question = { tashika: "ask", lang, ...question };
    this.put();
    return this.answered;
  }

  close() {
    clearInterval(this.watch);
    removeEventListener("message", this.hear);
    this.window.close();
  }
}

async function askBrowser({ digital }) {
  try {
    const { protocol, data } = await navigator.credentials.get({ mediation: "required", digital });
    return { protocol, data };
  } catch (error) {
    throw error?.name === "NotAllowedError" || error?.name === "AbortError" ? hindrances.declined() : hindrances.noWallet();
  }
}

function goTo(url) {
  const { protocol, href } = new URL(url, location.href);
  if (!/^https?:$/.test(protocol)) throw hindrances.unreadable();
  location.assign(href);
}

/** From the click to the page that comes next. */
async function proceed(form, submitter, report) {
  const { ask: kind, request, form: envelope = "raw" } = form.dataset;
  const byBrowser = kind === "present" && BROWSER && (submitter?.dataset.means === "browser" || !WALLET);
  if (kind !== "redirect" && !byBrowser && !WALLET) throw kind === "present" ? hindrances.noWallet() : hindrances.noCard();
  const wallet = kind === "redirect" || byBrowser ? null : new Wallet();
  try {
    const fields = new URLSearchParams(new FormData(form, submitter));
    const offered = await post(request, fields, "application/x-www-form-urlencoded;charset=UTF-8");
    if (kind === "redirect") return goTo(offered.location);
    report(say("スマートフォンまたはカードの画面で続けてください。", "Please continue on the phone or with the card."));
    const { request: asked, to_be_signed, media_type } = offered;
    const answer = wallet
      ? await wallet.ask({ kind, request: asked, to_be_signed, media_type, form: envelope })
      : await askBrowser(asked);
    wallet?.close();
    report(say("確認しています…", "Checking…"));
    const { next } = await post(offered.answer, JSON.stringify(answer), "application/json");
    goTo(next);
  } catch (error) {
    wallet?.close();
    throw error instanceof Hindrance ? error : hindrances.unreadable();
  }
}

function mark(form, busy) {
  form.toggleAttribute("data-busy", busy);
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", String(busy));
}

async function submit(form, submitter) {
  const status = form.querySelector("[data-status]");
  const report = (text, look = "", code = "") => {
    if (!status) return;
    Object.assign(status, { textContent: text, className: look });
    status.dataset.code = code;
  };
  mark(form, true);
  report(say("お待ちください…", "One moment…"));
  try {
    // It stays as it is until the next page is there: a second click does nothing.
    await proceed(form, submitter, report);
  } catch (hindrance) {
    report(hindrance.message, hindrance.look, hindrance.code);
    mark(form, false);
  }
}

addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.ask) return;
  event.preventDefault();
  if (!form.hasAttribute("data-busy")) submit(form, event.submitter);
});

// Whoever comes back to a page that the browser had kept starts again.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) for (const form of document.querySelectorAll("form[data-busy]")) mark(form, false);
});

/** Where a testbed's wallet stands in, the browser's own is a second way. */
function offerBrowser(within) {
  if (!WALLET || !BROWSER) return;
  for (const form of within.querySelectorAll('form[data-ask="present"]')) {
    const button = document.createElement("button");
    Object.assign(button, { type: "submit", className: "button secondary" });
    button.dataset.means = "browser";
    button.textContent = say("このブラウザーのウォレットを使う", "Use this browser's wallet");
    form.querySelector("button")?.after(button);
  }
}

/** Keeps a part of the page as the house says. */
function live(region) {
  const fragment = document.createElement("template");
  fragment.innerHTML = region.innerHTML;
  let [shown, failures] = [fragment.innerHTML.trim(), 0];

  const show = (html) => {
    fragment.innerHTML = html;
    const changed = fragment.innerHTML.trim();
    // Whoever is being asked is not interrupted.
    if (changed === shown || region.querySelector("form[data-busy]")) return;
    const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
    shown = changed;
    region.replaceChildren(fragment.content);
    offerBrowser(region);
    if (focused) document.getElementById(focused)?.focus();
  };

  const look = async () => {
    if (document.hidden) return;
    try {
      const response = await fetch(region.dataset.live, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (!response.ok) throw hindrances.unreadable();
      show(await response.text());
      failures = 0;
    } catch {
      failures += 1;
    }
    // What was true two seconds ago must not look as if it were true now.
    if (failures < 3) delete region.dataset.stale;
    else region.dataset.stale = say("接続が切れています。係員にお知らせください。", "No connection. Please tell our staff.");
  };

  const again = async () => {
    await look();
    setTimeout(again, LIVE);
  };
  again();
}

for (const region of document.querySelectorAll("[data-live]")) live(region);
offerBrowser(document);
