// One task as a lane: its name and state as a link to it, and beside that its life as a drawing.

import { element, fill, shape } from "./element.js";
import { marksOf } from "./marks.js";
import { dayTime, duration, ended, shortId } from "./words.js";

const TOPS = { create: 16, poll: 5, end: 16, callback: 31 };
const ASIDE = 9; // pixels between what happened at the same instant

/** A lane that is drawn anew only where something has changed. */
export class Lane {
  #drawn = "";
  #marks = [];
  #chosen = -1;

  /** `tell` gets the facts of what is pointed at, and the lane if that is all of it. */
  constructor(id, tell) {
    this.id = id;
    this.tell = tell;
    this.state = element("span", { class: "state" });
    this.link = element(
      "a",
      {
        href: `#/task/${encodeURIComponent(id)}`,
        title: id,
        onfocus: () => tell(this.facts, this),
        onblur: () => this.step(0),
      },
      element("code", {}, shortId(id)),
      this.state,
    );
    this.drawing = shape("svg", { class: "drawing", "aria-hidden": "true" });
    this.item = element("li", { class: "lane", onmouseenter: () => tell(this.facts, this) }, this.link, this.drawing);
  }

  /** Show a task as it is now. */
  show(lane, exchanges, scale, now) {
    this.lane = lane;
    const status = statusAt(lane, now);
    const said = lane.held ? `${status}, held` : status === "processing" ? `${status} ${lane.progress} %` : status;
    const parts = [...bars(lane, scale, now)];
    this.#marks = marksOf(lane, exchanges, now);
    const drawn = JSON.stringify([said, parts, this.#marks.map((mark) => scale.place(mark.at).toFixed(2)), this.#marks]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    fill(this.state, said);
    this.state.className = `state ${status}`;
    fill(this.drawing, parts.map(bar), drawMarks(this.#marks, scale, this.tell));
    this.step(null);
  }

  /** Go to the next mark (1) or the one before (-1), stay there (null), or leave them (0). */
  step(by) {
    const last = this.#marks.length - 1;
    if (by !== null) this.#chosen = by === 0 ? -1 : Math.min(last, Math.max(0, this.#chosen + by));
    [...this.drawing.querySelectorAll(".mark")].forEach((mark, index) => {
      mark.classList.toggle("chosen", index === this.#chosen);
    });
    if (by && this.#chosen >= 0) this.tell(this.#marks[this.#chosen].facts);
  }

  /** What there is to say of the task. */
  get facts() {
    const { lane } = this;
    const ends = lane.ends_at === null ? "no end in sight" : `planned: ${lane.outcome} at ${dayTime(lane.ends_at)}`;
    const came = ended(lane.status) ? `${lane.status} after ${duration(lane.ends_at - lane.created_at)}` : ends;
    return [lane.id, lane.model, `created at ${dayTime(lane.created_at)}`, came];
  }
}

/** Draw marks at their places; those of one kind and one instant stand beside each other. */
export function drawMarks(marks, scale, tell) {
  const taken = new Map();
  return marks.map((mark) => {
    const place = `${scale.place(mark.at).toFixed(2)}%`;
    const spot = `${TOPS[mark.kind]} ${place}`;
    const aside = taken.get(spot) ?? 0;
    taken.set(spot, aside + 1);
    return shape(
      "svg", { x: place, y: TOPS[mark.kind], class: "point", onmouseenter: () => tell(mark.facts) },
      shape("g", { transform: `translate(${aside * ASIDE} 0)` }, glyph(mark), shape("title", {}, mark.facts.join("\n"))),
    );
  });
}

/** Draw a mark around its own place: round went well, angular did not, and a ring is a fault that struck. */
export function glyph(mark) {
  const kind = `mark ${mark.kind} ${mark.bad ? "bad" : "good"}`;
  return shape("g", { class: kind }, figure(mark), mark.struck && shape("circle", { class: "ring", r: 8 }));
}

function figure(mark) {
  if (mark.kind === "poll" && !mark.bad) return shape("path", { d: "M0-4v8" });
  if (mark.kind === "callback" && !mark.bad) return shape("path", { d: "M0-5l5 9h-10z" });
  return mark.bad ? shape("path", { d: "M0-5l5 5-5 5-5-5z" }) : shape("circle", { r: 4.5 });
}

function statusAt(lane, now) {
  if (lane.ends_at !== null && lane.ends_at <= now) return lane.outcome;
  return lane.starts_at !== null && lane.starts_at <= now ? "processing" : "pending";
}

/** Yield the stretches of a task's life: what it waited, what it worked, and what is still planned. */
function* bars(lane, scale, now) {
  const end = Math.min(now, lane.ends_at ?? now);
  const start = Math.min(end, lane.starts_at ?? end);
  yield stretch("pending", lane.created_at, start, scale);
  if (start < end) yield stretch("processing", start, end, scale);
  if (lane.ends_at !== null && lane.ends_at > now) yield stretch("planned", now, lane.ends_at, scale);
}

function stretch(kind, from, to, scale) {
  const x = scale.place(from);
  return { kind, x: `${x.toFixed(2)}%`, width: `${Math.max(0, scale.place(to) - x).toFixed(2)}%` };
}

function bar({ kind, x, width }) {
  return shape("rect", { class: kind, x, width, y: 12, height: 8, rx: 2 });
}
