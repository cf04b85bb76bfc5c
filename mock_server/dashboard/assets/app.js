// The dashboard: which view is open, of which universe, by which light; and what is told to the view when something happens.

import { choose, chosen, read } from "./api.js";
import { Clock } from "./clock.js";
import { element, fill } from "./element.js";
import { Live } from "./live.js";
import { startTheme } from "./theme.js";
import { VIEWS } from "./views.js";
import { dateTime } from "./words.js";

const TICK_MS = 200;
const STATES = { live: "live", asking: "asking every 2 s", lost: "no answer", gone: "this universe is gone" };

const place = (id) => document.getElementById(id);
const clock = new Clock();
let view = null;

/** What views may use beside the server: the time, a way to another view, and a place to say what went wrong. */
const context = { clock, notice, enter, go: (hash) => { location.hash = hash; } };

const live = new Live(
  (moment) => {
    clock.set(moment);
    showClock();
    view?.update?.(moment);
  },
  (state) => {
    fill(place("live"), STATES[state]);
    place("live").className = state;
  },
);

/** Say what went wrong; nothing takes it back. */
function notice(error = null) {
  place("notice").hidden = error === null;
  fill(place("notice"), error === null ? "" : (error.message ?? String(error)));
}

/** Open the view that the address names: #/NAME/what/it/shows. */
function openView() {
  const [name, ...rest] = location.hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
  const found = VIEWS.find((each) => each.name === name) ?? VIEWS[0];
  view?.close?.();
  notice();
  fill(place("main"));
  view = found.open(place("main"), context, rest);
  for (const link of place("views").children) {
    const own = link.dataset.name === (found.within ?? found.name);
    own ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  document.title = `${found.title} · EvoLink mock`;
}

function drawTabs() {
  const tabs = VIEWS.filter((each) => !each.within);
  fill(place("views"), tabs.map((each) => element("a", { href: `#/${each.name}`, "data-name": each.name }, each.title)));
}

async function listUniverses() {
  const { universes } = await read("/_mock/universes");
  const names = [...new Set(["default", chosen(), ...universes.map((each) => each.universe)])];
  fill(place("universe"), names.map((name) => element("option", { selected: name === chosen() }, name)));
}

/** Look at another universe; one that is not there yet comes into being. */
function enter(name) {
  choose(name);
  live.listen();
  openView();
  listUniverses().catch(notice);
}

function showClock() {
  fill(place("clock"), element("b", {}, dateTime(clock.now)), ` ${clock.pace}`);
}

startTheme(place("theme"));
drawTabs();
window.addEventListener("hashchange", () => {
  openView();
  place("main").focus();
});
place("universe").addEventListener("change", (event) => enter(event.target.value));
place("universe").addEventListener("focus", () => listUniverses().catch(notice));
setInterval(() => {
  if (clock.rate) showClock();
  view?.tick?.();
}, TICK_MS);
enter(new URLSearchParams(location.search).get("universe") ?? "default");
