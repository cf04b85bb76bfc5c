// The time line: the newest tasks as lanes, one below the other, over one scale of time.

import { read } from "./api.js";
import { element, fill, shape } from "./element.js";
import { drawMarks, glyph, Lane } from "./lane.js";
import { requestMark } from "./marks.js";
import { Reader } from "./reader.js";
import { Scale } from "./scale.js";
import { count, duration } from "./words.js";

export const name = "tasks";
export const title = "Time line";

const SIZE = 25;
const AGAIN_MS = 1000;
const HINT =
  "Point at a lane, or go to it with Tab and the arrow keys: up and down to other tasks, left and right through what " +
  "happened to one. Enter opens it.";
const MOST_LOOSE = 200;
const STATUSES = [["", "any status"], ["processing", "not ended"], ["completed"], ["failed"], ["cancelled"]];
const KEY = [
  ["create", false, false, "created"], ["poll", false, false, "polled"], ["end", false, false, "completed"],
  ["callback", false, false, "callback accepted"], ["end", true, false, "went wrong"],
  ["poll", false, true, "a fault struck"],
];

/** Open the view. */
export function open(main, context) {
  return new Timeline(main, context);
}

class Timeline {
  #wanted = { page: 1, status: "", text: "" };
  #lanes = new Map();
  #marks = new Map();
  #loose = [];
  #told = { total: 0, lanes: [], generation: null, last: 0 };
  #drawnAt = 0;
  #paged = "";
  #pointed = null;
  #written = "";

  constructor(main, context) {
    this.context = context;
    this.reader = new Reader(context, () => this.#read());
    this.list = element("ol", { class: "lanes", "aria-label": "Tasks, newest first" });
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.axis = element("div", { class: "axis", "aria-hidden": "true" });
    this.now = element("div", { class: "now" });
    this.refused = shape("svg", { class: "drawing", "aria-hidden": "true" });
    this.other = element("div", { class: "lane other", hidden: true }, element("span", {}, "without a task"), this.refused);
    this.facts = element("p", { class: "facts", "aria-live": "polite" }, HINT);
    this.pages = element("div", { class: "pages" });
    fill(main, this.#filters(), key(), this.#board(), this.pages, this.facts);
    this.update();
  }

  /** Read what has changed. */
  update() {
    return this.reader.read();
  }

  /** Let time go on. */
  tick() {
    const { clock } = this.context;
    if (!clock.rate || !this.#told.lanes.some((lane) => lane.ends_at === null || lane.ends_at > this.#drawnAt)) return;
    this.#draw();
    this.reader.readAfter(AGAIN_MS);
  }

  async #read() {
    const asked = this.#wanted;
    const { generation, last: after } = this.#told;
    const told = await read("/_mock/dashboard/lanes", { ...asked, size: SIZE, generation, after });
    if (asked !== this.#wanted) return; // who wanted another page has asked again
    if (told.generation !== generation) this.#forget();
    this.#told = told;
    this.#keep(told);
    this.#draw();
    this.#showPages(told.total);
  }

  #forget() {
    this.#marks.clear();
    this.#loose = [];
  }

  #keep({ lanes, marks }) {
    const shown = new Set(lanes.map((lane) => lane.id));
    for (const id of [...this.#marks.keys()].filter((id) => !shown.has(id))) this.#marks.delete(id);
    for (const mark of marks) {
      if (mark.task === null) this.#loose.push(mark);
      else this.#marks.set(mark.task, [...(this.#marks.get(mark.task) ?? []), mark]);
    }
    this.#loose = this.#loose.slice(-MOST_LOOSE);
  }

  #draw() {
    const now = this.context.clock.now;
    const { lanes } = this.#told;
    const first = Math.min(...lanes.map((lane) => lane.created_at));
    const loose = this.#wanted.page === 1 ? this.#loose.filter((mark) => !(mark.at < first)) : [];
    const present = this.#wanted.page === 1 ? [now] : [];
    const scale = new Scale([...instants(lanes), ...loose.map((mark) => mark.at), ...present]);
    this.#drawnAt = now;
    this.#drawAxis(scale, now);
    this.#drawLoose(loose, scale);
    const drawn = lanes.map((lane) => {
      if (!this.#lanes.has(lane.id)) this.#lanes.set(lane.id, new Lane(lane.id, (facts, whole) => this.#tell(facts, whole)));
      const own = this.#lanes.get(lane.id);
      own.show(lane, this.#marks.get(lane.id) ?? [], scale, now);
      return own.item;
    });
    this.#place(drawn);
    if (this.#pointed) this.#tell(this.#pointed.facts, this.#pointed);
  }

  /** Put the lanes into the list; those that stay where they are keep the focus. */
  #place(items) {
    const kept = new Set(items);
    for (const [id, lane] of this.#lanes) if (!kept.has(lane.item)) this.#lanes.delete(id);
    for (const item of [...this.list.children]) if (!kept.has(item)) item.remove();
    items.forEach((item, index) => {
      if (this.list.children[index] !== item) this.list.insertBefore(item, this.list.children[index] ?? null);
    });
    if (!items.length) fill(this.list, element("li", { class: "empty soft" }, this.#nothing()));
  }

  #nothing() {
    if (this.#wanted.text || this.#wanted.status) return "No task is like that.";
    return "No task yet. The line that the server printed when it started creates one; it appears here as it comes in.";
  }

  #drawAxis(scale, now) {
    const times = scale.ticks().map(({ place, after }) => {
      const time = element("span", {}, `+${duration(after)}`);
      time.style.left = `${place}%`;
      return time;
    });
    fill(this.axis, this.#told.lanes.length ? times : []);
    this.now.hidden = this.#wanted.page !== 1 || !this.#told.lanes.length;
    this.now.firstChild ?? fill(this.now, element("div", { class: "line", title: "now" }));
    this.now.firstChild.style.left = `${scale.place(now)}%`;
  }

  #drawLoose(loose, scale) {
    this.other.hidden = !loose.length;
    fill(this.refused, drawMarks(loose.map(requestMark), scale, (facts) => this.#tell(facts)));
  }

  #board() {
    return element("div", { class: "board" }, this.axis, this.other, this.list, this.now);
  }

  #filters() {
    const options = STATUSES.map(([value, words = value]) => element("option", { value }, words));
    const status = element("select", { onchange: () => this.#want({ status: status.value }) }, options);
    const text = element("input", { type: "search", size: 18, oninput: () => this.#want({ text: text.value }) });
    return element(
      "form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
      element("label", {}, "status ", status),
      element("label", {}, "id holds ", text),
    );
  }

  #want(change) {
    this.#wanted = { ...this.#wanted, page: 1, ...change };
    this.#told = { ...this.#told, generation: null };
    this.#forget();
    this.update();
  }

  #showPages(total) {
    const { page } = this.#wanted;
    const last = Math.max(1, Math.ceil(total / SIZE));
    const turn = (to, words) => element(
      "button", { type: "button", disabled: to < 1 || to > last, onclick: () => this.#want({ page: to }) }, words,
    );
    const from = Math.min(total, (page - 1) * SIZE + 1);
    const said = `${from}–${Math.min(total, page * SIZE)} of ${count(total, "task")}, newest first`;
    const all = total ? `${count(total, "task")}, newest first` : "";
    const shown = last > 1 ? [turn(page - 1, "newer"), said, turn(page + 1, "older")] : [all];
    if (JSON.stringify([page, total]) === this.#paged) return;
    this.#paged = JSON.stringify([page, total]);
    fill(this.pages, shown);
  }

  /** Tell facts; those of a whole lane are told anew as it changes. */
  #tell(facts, whole = null) {
    this.#pointed = whole;
    const written = facts.join("\n");
    if (written === this.#written) return;
    this.#written = written;
    fill(this.facts, facts.map((fact) => element("span", {}, fact)));
  }

  #key(event) {
    const lanes = [...this.#lanes.values()].filter((lane) => lane.item.isConnected).sort(byPlace);
    const index = lanes.findIndex((lane) => lane.link === document.activeElement);
    if (index < 0) return;
    const steps = { ArrowRight: 1, ArrowLeft: -1 };
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) lanes[index].step(steps[event.key]);
    else if (event.key in moves) lanes[index + moves[event.key]]?.link.focus();
    else return;
    event.preventDefault();
  }
}

function byPlace(one, other) {
  return one.item.compareDocumentPosition(other.item) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}

/** Return the instants that structure the drawing; what is planned counts as well, so that the drawing stays still. */
function instants(lanes) {
  return lanes.flatMap((lane) => [
    lane.created_at, lane.starts_at, lane.ends_at, ...lane.attempts.map((attempt) => attempt.started_at),
  ]).filter((at) => at !== null);
}

function key() {
  const sample = ([kind, bad, struck, words]) =>
    element("span", {}, shape("svg", { viewBox: "-9 -9 18 18", class: "sample" }, glyph({ kind, bad, struck })), words);
  const swatch = (kind) => {
    const bar = shape("rect", { class: kind, y: 5, width: 18, height: 8, rx: 2 });
    return element("span", {}, shape("svg", { viewBox: "0 0 18 18", class: "sample" }, bar), kind);
  };
  const said = element("span", {}, "The line is now; long waits are drawn shorter than they are.");
  return element("p", { class: "key soft" }, ["pending", "processing", "planned"].map(swatch), KEY.map(sample), said);
}
