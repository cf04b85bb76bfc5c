// The verdict: what the judge says of the client whose traffic this is, rule by rule, with what shows it.

import { read } from "./api.js";
import { copyButton } from "./copying.js";
import { element, fill, shape } from "./element.js";
import { side } from "./exchange.js";
import { drawMarks } from "./lane.js";
import { requestMark } from "./marks.js";
import { Scale } from "./scale.js";
import { count, duration, target } from "./words.js";

export const name = "verdict";
export const title = "Verdict";

const MOST_FINDINGS = 3;
const BROKEN = ["fail", "error", "warn"];
const GRADES = {
  fail: "broken", error: "could not be judged", warn: "advice not followed", pass: "kept",
  untested: "not put to the test: nothing in this traffic shows whether they are kept", "not-applicable": "about what this traffic has nothing of",
};
const LEVELS = { must: "A client must", should: "A client should", may: "A client may" };
const GROUNDS = { documented: "as the API's pages say", standard: "as a standard of the web says", security: "for security", robustness: "for robustness" };

/** Open the view; that asks the judge once. */
export function open(main, context) {
  return new VerdictView(main, context);
}

class VerdictView {
  #judged = null;
  #busy = false;

  constructor(main, context) {
    this.context = context;
    this.again = element("button", { type: "button", onclick: () => this.#judge() }, "Judge again");
    this.said = element("p", { class: "soft", role: "status" });
    this.rules = element("div", { class: "rules" });
    fill(main, element("div", { class: "tools" }, this.said, this.again), this.rules);
    this.#judge();
  }

  /** Say that the traffic has gone on; the judge is asked by a hand alone. */
  update(moment) {
    if (this.#judged && !this.#busy) this.#summarize(moment);
  }

  async #judge() {
    this.#busy = true;
    this.again.disabled = true;
    fill(this.said, "The judge is looking at the traffic …");
    try {
      this.#judged = await read("/_mock/dashboard/verdict");
      this.context.notice();
      this.#summarize(this.#judged);
      fill(this.rules, this.#judged.exchanges ? statement(this.#judged.statement) : []);
    } catch (error) {
      if (error.code !== "missing_extra") this.context.notice(error);
      fill(this.said, error.code === "missing_extra" ? error.message : "");
    }
    this.#busy = false;
    this.again.disabled = false;
  }

  #summarize({ generation, last }) {
    const { exchanges, statement: { counts } } = this.#judged;
    const anew = generation !== this.#judged.generation;
    const more = anew ? "The traffic was begun anew since." : last > this.#judged.last ? `${count(last - this.#judged.last, "exchange")} came since.` : "";
    if (!exchanges) return fill(this.said, "No exchange yet, so there is nothing to judge. ", more);
    const broken = counts.fail + counts.warn;
    const result = broken ? `${count(broken, "rule")} of the client's contract not kept` : "no rule of the client's contract broken";
    const failed = counts.error ? `, ${counts.error} that could not be judged` : "";
    fill(this.said, `${count(exchanges, "exchange")} judged: `, element("b", {}, result), `, ${counts.pass} kept, ${counts.untested} not put to the test${failed}. `, more);
  }
}

function statement(told) {
  const of = (grade) => told.outcomes.filter((outcome) => outcome.grade === grade);
  const others = Object.keys(GRADES).filter((grade) => !BROKEN.includes(grade) && of(grade).length);
  return [
    BROKEN.flatMap(of).map((outcome) => rule(outcome, told)),
    others.map((grade) => element("details", {}, element("summary", {}, element("span", { class: `grade ${grade}` }, of(grade).length), count(of(grade).length, "rule").replace(/^\S+ /, ""), ` ${GRADES[grade]}`),
      element("ul", { class: "findings" }, of(grade).map(listed)))),
  ];
}

function listed({ rule: id, title: words, exposure, grade, exposures }) {
  const more = grade === "pass" ? ` (${exposures} ${exposures === 1 ? "time" : "times"})` : exposure && ` Put to the test by: ${exposure}`;
  return element("li", {}, element("code", {}, id), ` ${words}`, element("span", { class: "soft" }, more));
}

function rule(outcome, told) {
  const { findings } = outcome;
  const list = element("div", {}, findings.slice(0, MOST_FINDINGS).map((each) => finding(each, told)));
  const rest = findings.slice(MOST_FINDINGS);
  const more = rest.length > 0 && element("button", { type: "button", onclick: (event) => {
    list.append(...rest.map((each) => finding(each, told)));
    event.target.remove();
  } }, `Show ${count(rest.length, "more finding")}`);
  const heading = element("h3", {}, element("span", { class: `grade ${outcome.grade}` }, GRADES[outcome.grade]), " ", element("code", {}, outcome.rule), ` ${outcome.title}`);
  const about = { "data-rule": outcome.rule, "aria-label": `rule ${outcome.rule}` };
  if (outcome.error) return element("section", about, heading, element("p", {}, outcome.error));
  return element(
    "section", about, heading,
    element("p", { class: "soft" }, `${LEVELS[outcome.level]}, ${GROUNDS[outcome.ground]}. Found ${count(findings.length, "time")}.`),
    outcome.clauses.length > 0 && element("ul", { class: "findings" }, outcome.clauses.map(({ id, says }) => element("li", {}, element("code", {}, id), ` ${says}`))),
    element("p", { class: "advice" }, element("b", {}, "What to do: "), outcome.advice),
    list, more,
  );
}

function finding({ subject, expected, seen, exchanges }, told) {
  const shown = told.exchanges.filter((exchange) => exchanges.includes(exchange.number));
  const facts = [["about", subject], ["expected", expected], ["seen", seen]].filter(([, value]) => value);
  return element(
    "div", { class: "finding" },
    element("dl", { class: "pairs" }, facts.map(([term, value]) => element("div", {}, element("dt", {}, term), element("dd", {}, value)))),
    shown.length > 1 && excerpt(shown),
    shown.map(exchangeOf),
  );
}

/** Draw when the exchanges of a finding were, on one scale. */
function excerpt(shown) {
  const scale = new Scale(shown.map((exchange) => exchange.at));
  const marks = shown.map((exchange) => ({ ...requestMark({ ...exchange, clauses: [] }), ...(exchange.callback && { kind: "callback" }), facts: [line(exchange)] }));
  const ends = [shown[0], shown.at(-1)].map(({ at }) => element("span", {}, `+${duration(at)}`));
  return element(
    "div", { class: "excerpt" },
    shape("svg", { class: "drawing", role: "img", "aria-label": `time line of ${count(shown.length, "exchange")}` }, drawMarks(marks, scale, () => {})),
    element("div", { class: "ends" }, ends),
  );
}

function exchangeOf(exchange) {
  const bad = exchange.status === null || exchange.status >= 400;
  return element(
    "details", { class: "exchange" },
    element("summary", {}, element("span", { class: "at" }, `+${duration(exchange.at)}`), element("code", { class: "what" }, `${exchange.callback ? "callback " : ""}${exchange.method} ${target(exchange.url)}`),
      element("code", { class: `came ${bad ? "ill" : "well"}` }, exchange.status ?? "no answer"), exchange.faults.map((fault) => element("span", { class: "note" }, `fault: ${fault}`))),
    element("p", {}, copyButton(() => exchange.curl, "Copy as curl"), " ", !exchange.callback && element("a", { href: `#/traffic/${exchange.number}` }, `Exchange ${exchange.number} in the traffic`)),
    element("div", { class: "sides" }, side("Request", exchange.request), side("Answer", exchange.answer)),
  );
}

function line({ at, method, status, callback, faults }) {
  return [`+${duration(at)}`, callback && "callback", method, status === null ? "no answer" : `answered ${status}`, ...faults.map((fault) => `fault: ${fault}`)].filter(Boolean).join(" ");
}
