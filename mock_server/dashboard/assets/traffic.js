// The traffic: every exchange of the journal, newest first, and one of them whole.

import { read } from "./api.js";
import { element, fill } from "./element.js";
import { ExchangeList } from "./exchange-list.js";
import { Filters } from "./filters.js";
import { Reader } from "./reader.js";
import { copyButton, curl } from "./copying.js";
import { missed, side } from "./exchange.js";
import { count, dateTime, json, target } from "./words.js";

export const name = "traffic";
export const title = "Traffic";

/** Open the view, at an exchange if the address names one by its number. */
export function open(main, context, [number]) {
  return new Traffic(main, context, Number(number) || null);
}

class Traffic {
  #wanted = {};
  #told = { generation: null, last: 0 };
  #asked = null;

  constructor(main, context, number) {
    this.context = context;
    this.reader = new Reader(context, () => this.#read());
    this.list = new ExchangeList((chosen, clicked) => this.#choose(chosen, clicked), context.notice);
    this.filters = new Filters((wanted) => this.#want(wanted), context.notice);
    this.said = element("p", { class: "soft", role: "status" });
    this.whole = element("section", { class: "whole", "aria-label": "Exchange", tabindex: -1 }, HINT());
    this.list.node.addEventListener("keydown", (event) => event.key === "Enter" && this.whole.focus());
    fill(main, this.filters.node, element("div", { class: "tools" }, this.said, this.#harButton()), element("div", { class: "traffic" }, this.list.node, this.whole));
    if (number) this.#choose(number, true);
    this.update();
  }

  /** Read what has changed. */
  update() {
    return this.reader.read();
  }

  /** Stop looking at how large the list is. */
  close() {
    this.list.close();
  }

  async #read() {
    const wanted = this.#wanted;
    const { generation, last: after } = this.#told;
    const told = await read("/_mock/dashboard/traffic", { ...wanted, generation, after });
    if (wanted !== this.#wanted) return;
    const anew = told.generation !== generation;
    this.#told = told;
    this.list.grow(told, anew);
    fill(this.said, this.#summary());
  }

  #summary() {
    const { first, last, looked_from: from } = this.#told;
    const kept = last - first + 1;
    const { size } = this.list;
    const filtered = Object.keys(this.#wanted).length > 0;
    if (!kept) return "No exchange yet. What clients ask of the API appears here as it is answered; what the dashboard asks does not.";
    return [
      filtered ? `${size.toLocaleString("en")} of ${count(kept, "exchange")}` : count(kept, "exchange"), ", newest first.",
      first > 1 && ` The ${count(first - 1, "oldest one")} had to give way.`,
      filtered && from > first && ` Those before number ${from} were not looked through.`,
    ];
  }

  #want(wanted) {
    this.#wanted = wanted;
    this.#told = { ...this.#told, generation: null };
    this.update();
  }

  /** Show an exchange whole; where it is below the list, a click leads to it, and from the keyboard Enter. */
  async #choose(number, clicked) {
    this.#asked = number;
    history.replaceState(null, "", `#/traffic/${number}`);
    this.list.choose(number);
    try {
      const told = await read("/_mock/dashboard/exchange", { number });
      if (this.#asked !== number) return;
      this.context.notice();
      fill(this.whole, whole(told));
      if (clicked && matchMedia("(max-width: 760px)").matches) this.whole.scrollIntoView({ block: "nearest" });
    } catch (error) {
      this.context.notice(error);
    }
  }

  #harButton() {
    const button = element("button", { type: "button", title: "All of the journal as an HTTP Archive, without its secrets unless the server shows them" }, "Download HAR");
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        save(json(await read("/_mock/journal.har")), "evolink-mock.har");
        this.context.notice();
      } catch (error) {
        this.context.notice(error);
      }
      button.disabled = false;
    });
    return button;
  }
}

const HINT = () => element("p", { class: "soft" }, "Choose an exchange to see it whole: with the mouse, or with Tab and the arrow keys.");

function save(text, file) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  element("a", { href: url, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Return all of an exchange: what is to be said of it in words, and both its sides. */
function whole({ entry, broken }) {
  const task = entry.task && element("a", { href: `#/task/${encodeURIComponent(entry.task)}` }, entry.task);
  const facts = [["number", entry.number], ["at", dateTime(entry.at)], ["took", `${entry.milliseconds.toFixed(1)} ms`], ["operation", entry.operation ?? "described by no page"],
    ["account", entry.account], ["task", task], ["connection", `${entry.connection}, request ${entry.turn}`]];
  return [
    element("h3", {}, element("code", {}, `${entry.method} ${target(entry.url).split("?")[0]}`), ` answered with ${entry.status ?? "nothing: the client went away before"}`),
    said("Faults that struck", entry.faults.map((fault) => [fault])),
    said("Broken clauses", broken.map(({ clause, says }) => [element("code", {}, clause), ` ${says}`])),
    said("Near misses", entry.near_misses.map((miss) => [missed(miss)])),
    said("Fields that no page describes", entry.unknown_fields.map((field) => [element("code", {}, field)])),
    said("Notes", entry.notes.map((note) => [note])),
    element("dl", { class: "pairs" }, facts.filter(([, value]) => value).map(([term, value]) => element("div", {}, element("dt", {}, term), element("dd", {}, value)))),
    element("p", {}, copyButton(() => curl(entry), "Copy as curl"), element("span", { class: "soft" }, " It needs your key in API_KEY.")),
    side("Request", entry.request),
    side("Answer", entry.answer),
  ];
}

function said(heading, items) {
  return items.length > 0 && element("div", { class: "said" }, element("b", {}, heading), element("ul", {}, items.map((item) => element("li", {}, item))));
}
