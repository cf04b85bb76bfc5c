// A list of exchanges of any length, newest first, of which only the rows in sight exist.

import { read } from "./api.js";
import { element, fill } from "./element.js";
import { notes } from "./exchange.js";
import { dayTime, target } from "./words.js";

const BEYOND = 12; // rows that are drawn beyond either edge
const MOST_LINES = 1000;
const MOST_AT_ONCE = 100;
const KEYS = { ArrowDown: () => 1, ArrowUp: () => -1, PageDown: (page) => page, PageUp: (page) => -page, Home: () => -Infinity, End: () => Infinity };

/** The list; `choose` gets the number of an exchange that somebody chooses, and whether it was clicked, `failed` with what was refused. */
export class ExchangeList {
  #numbers = []; // oldest first, as the journal has them
  #generation = null;
  #lines = new Map();
  #rows = new Map();
  #chosen = null;
  #reading = false;

  constructor(choose, failed) {
    this.onChoose = choose;
    this.failed = failed;
    this.run = element("div", { class: "run", role: "presentation" });
    this.node = element("div", { class: "exchanges", tabindex: 0, role: "listbox", "aria-label": "Exchanges, newest first", onscroll: () => this.#draw(), onkeydown: (event) => this.#key(event) }, this.run);
    this.sized = new ResizeObserver(() => this.#draw());
    this.sized.observe(this.node);
  }

  /** How many exchanges are in it. */
  get size() {
    return this.#numbers.length;
  }

  /** Stop looking at its size. */
  close() {
    this.sized.disconnect();
  }

  /** Take in what was told of the journal: more exchanges, or all of them anew. What is in sight stays in sight. */
  grow({ generation, first, numbers }, anew) {
    if (generation !== this.#generation) this.#forget();
    this.#generation = generation;
    const kept = anew ? [] : this.#numbers.filter((number) => number >= first);
    this.#numbers = [...kept, ...numbers];
    this.#stretch();
    if (anew) this.#show();
    else if (this.node.scrollTop > 0) this.node.scrollTop += numbers.length * this.#height();
    this.#draw();
  }

  /** Mark an exchange as the one that is looked at. */
  choose(number) {
    this.#chosen = number;
    for (const [each, row] of this.#rows) row.setAttribute("aria-selected", each === number);
    this.#point();
  }

  #forget() {
    this.#lines.clear();
    this.#rows.clear();
    fill(this.run);
  }

  #height() {
    return parseFloat(getComputedStyle(this.node).getPropertyValue("--row"));
  }

  #stretch() {
    this.run.style.height = `${this.size * this.#height()}px`;
  }

  #draw() {
    const height = this.#height();
    const { size } = this;
    this.#stretch();
    const from = Math.max(0, Math.floor(this.node.scrollTop / height) - BEYOND);
    const to = Math.min(size, Math.ceil((this.node.scrollTop + this.node.clientHeight) / height) + BEYOND);
    const seen = new Set();
    for (let place = from; place < to; place += 1) seen.add(this.#place(place, height));
    for (const [number, row] of this.#rows) {
      if (seen.has(number)) continue;
      row.remove();
      this.#rows.delete(number);
    }
    this.#point();
    this.#fetch([...seen].filter((number) => !this.#lines.has(number)).slice(0, MOST_AT_ONCE));
  }

  /** Put the row of a place where it belongs, and return its number. */
  #place(place, height) {
    const number = this.#numbers[this.size - 1 - place];
    let row = this.#rows.get(number);
    if (!row) {
      row = element("div", { class: "row", role: "option", id: `exchange-${number}`, "aria-selected": String(number === this.#chosen), onclick: () => this.onChoose(number, true) });
      this.#rows.set(number, row);
      this.run.append(row);
      if (this.#lines.has(number)) fill(row, cells(this.#lines.get(number)));
    }
    row.style.transform = `translateY(${place * height}px)`;
    row.setAttribute("aria-posinset", place + 1);
    row.setAttribute("aria-setsize", this.size);
    return number;
  }

  #point() {
    if (this.#rows.has(this.#chosen)) this.node.setAttribute("aria-activedescendant", `exchange-${this.#chosen}`);
    else this.node.removeAttribute("aria-activedescendant");
  }

  /** Read the lines of rows that have none yet; those that have come into sight meanwhile are read after that. */
  async #fetch(numbers) {
    if (!numbers.length || this.#reading) return;
    this.#reading = true;
    const generation = this.#generation;
    try {
      const { lines } = await read("/_mock/dashboard/lines", { numbers: numbers.join(","), generation });
      if (generation === this.#generation) this.#keep(numbers, lines);
    } catch (error) {
      this.failed(error);
      return; // and ask no more until somebody scrolls
    } finally {
      this.#reading = false;
    }
    this.#draw();
  }

  /** Keep the lines that came; an exchange without one has given way meanwhile. */
  #keep(numbers, lines) {
    const told = new Map(lines.map((line) => [line.number, line]));
    for (const number of numbers) {
      this.#lines.set(number, told.get(number) ?? null);
      const row = this.#rows.get(number);
      if (row) fill(row, cells(this.#lines.get(number)));
    }
    for (const number of [...this.#lines.keys()].slice(0, Math.max(0, this.#lines.size - MOST_LINES))) this.#lines.delete(number);
  }

  #key(event) {
    const step = KEYS[event.key];
    if (!step || !this.size) return;
    event.preventDefault();
    const newest = this.size - 1;
    const index = this.#numbers.indexOf(this.#chosen);
    const by = step(Math.floor(this.node.clientHeight / this.#height()) - 1);
    const place = index < 0 ? 0 : Math.min(newest, Math.max(0, newest - index + by));
    this.onChoose(this.#numbers[newest - place], false);
    this.#show();
  }

  /** Bring the chosen exchange into sight; if there is none, the newest. */
  #show() {
    const height = this.#height();
    const index = this.#numbers.indexOf(this.#chosen);
    const top = index < 0 ? 0 : (this.size - 1 - index) * height;
    const lowest = top + height - this.node.clientHeight;
    this.node.scrollTop = Math.max(lowest, Math.min(top, this.node.scrollTop));
  }
}

function cells(line) {
  if (line === null) return element("span", { class: "soft" }, "gave way to newer ones");
  const bad = line.status === null || line.status >= 400;
  return [
    element("span", { class: "at" }, dayTime(line.at)),
    element("code", { class: `came ${bad ? "ill" : "well"}` }, line.status ?? "none"),
    element("code", { class: "what", title: line.url }, `${line.method} ${target(line.url)}`),
    element("span", { class: "notes" }, notes(line).map((note) => element("span", { class: "note", title: note }, note))),
  ];
}
