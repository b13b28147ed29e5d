// The desk behind the testbed: holds the phone to readers, and puts things out of
// order.

const { lang } = document.documentElement;
const say = (japanese, english) => (lang === "en" ? english : japanese);
const at = (id) => document.getElementById(id);
const PERSON = "person";

async function call(path, value) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const post = value && { method: "POST", headers, body: JSON.stringify(value) };
  const response = await fetch(path, post);
  return response.json().catch(() => ({ status: response.status }));
}

function report(id, text, look = "") {
  Object.assign(at(id), { textContent: text, className: `said ${look}` });
}

/** What a house said to its terminal; the rest is on the screen there. */
function told({ refused, status, detail, code }) {
  if (refused) return ["refused", refused];
  if (status === 200) return ["good", say("読み取りました。お店やゲートの画面をご覧ください。", "It was read. Look at the screen of the till or gate.")];
  const text = detail ?? say("読み取れませんでした。", "It could not be read.");
  return [status >= 500 ? "undetermined" : "refused", code ? `${text} (${code})` : text];
}

async function tap(button) {
  const fields = new FormData(at("desk"));
  report("said", say("かざしています…", "Holding it there…"));
  const said = await call("/api/tap", {
    terminal: button.dataset.terminal,
    place: button.value,
    person: Number(fields.get("person")),
    defect: fields.get("defect"),
  }).catch(() => ({}));
  const [look, text] = told(said);
  report("said", text, look);
}

let world = { days: 0 };

function show(state) {
  world = state;
  for (const name of ["lists", "responders", "provider"]) {
    const radio = at("world").querySelector(`[name="${name}"][value="${state[name]}"]`);
    if (radio) radio.checked = true;
  }
  at("days").textContent = state.days
    ? say(`${state.days}日進んでいます。`, `${state.days} days ahead.`)
    : say("今日のままです。", "It is today.");
}

async function change(what) {
  const path = what ? "/api/world" : "/api/world/reset";
  await call(path, what ?? {}).catch(() => {});
  show(await call("/api/world"));
  report("changed", say("反映しました。サイトは数秒で気づきます。", "Done. The sites notice within seconds."));
}

at("desk").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = at("desk");
  if (form.hasAttribute("data-busy")) return;
  form.setAttribute("data-busy", "");
  await tap(event.submitter);
  form.removeAttribute("data-busy");
});
at("desk").addEventListener("change", ({ target }) => {
  if (target.name === "person") localStorage.setItem(PERSON, target.value);
});
at("world").addEventListener("change", ({ target }) => change({ [target.name]: target.value }));
at("world").addEventListener("submit", (event) => event.preventDefault());
for (const button of document.querySelectorAll("[data-days]")) {
  button.addEventListener("click", () => change({ days: world.days + Number(button.dataset.days) }));
}
at("reset").addEventListener("click", () => change());

const last = at("desk").querySelector(`[name="person"][value="${Number(localStorage.getItem(PERSON) ?? 0)}"]`);
if (last) last.checked = true;
for (const option of at("defect").options) {
  option.hidden = option.disabled = Boolean(option.dataset.kinds) && !option.dataset.kinds.split(" ").includes("present");
}
call("/api/world").then(show);
