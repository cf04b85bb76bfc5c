// Time and plans: the clock, what is to go wrong, money, and the universes.

import { chosen, read, write } from "./api.js";
import { element, fill } from "./element.js";
import { Parts } from "./parts.js";
import { Reader } from "./reader.js";
import { table } from "./tables.js";
import { count, dateTime } from "./words.js";

export const name = "plans";
export const title = "Time and plans";

const STEPS = [["+1 s", "1s"], ["+10 s", "10s"], ["+1 min", "1m"], ["+1 h", "1h"], ["+1 day", "1d"]];
const RESET = "Begin this one anew";
const COLUMNS = {
  left: [["clock", "Clock"], ["plans", "Plans: what is to go wrong"], ["accounts", "Accounts"]],
  right: [["universes", "Universes"], ["scenarios", "Ready scenarios"]],
};

/** Open the view. */
export function open(main, context) {
  return new PlansView(main, context);
}

class PlansView {
  constructor(main, context) {
    this.context = context;
    this.parts = new Parts(COLUMNS);
    this.reader = new Reader(context, () => this.#read());
    this.said = element("p", { class: "soft", role: "status" });
    fill(main, this.parts.node);
    this.#keepForms();
    this.update();
    this.#listScenarios().catch(context.notice);
  }

  /** Read what has changed. */
  update() {
    return this.reader.read();
  }

  #keepForms() {
    const { parts } = this;
    const steps = STEPS.map(([words, advance]) => this.#button(words, () => this.#move({ advance })));
    parts.keep(
      "clock",
      row(this.#button("Freeze", () => this.#move({ mode: "frozen" })), this.#button("Real time", () => this.#move({ mode: "real" })),
        this.#form("Run at ×", "20", "speed", (value) => this.#move({ mode: "scaled", rate: Number(value) }))),
      row(steps, this.#form("Advance", "90s", "how far, such as 90s, 1.5h or 7d", (value) => this.#move({ advance: value })),
        this.#button("To the next event", () => this.#move({ step: 1 }), "A task starts or ends, or a callback is due")),
      this.said,
    );
    const add = (value) => write("POST", "/_mock/plans", { plans: [value] });
    parts.keep("plans", row(this.#form("Add", "answer 503 on=query times=2", "a plan in words", add, 30),
      this.#button("Forget all", () => write("DELETE", "/_mock/plans"))));
    parts.keep("universes", row(this.#form("Enter", "another", "name of a universe", (value) => this.context.enter(value)),
      this.#resetButton()));
  }

  async #read() {
    const [clock, plans, accounts, universes] = await Promise.all(
      ["clock", "plans", "accounts", "universes"].map((path) => read(`/_mock/${path}`)));
    this.parts.show("clock", clock.rate ? [clock.mode, clock.rate] : clock, () => [pace(clock)]);
    this.parts.show("plans", plans, () => showPlans(plans));
    this.parts.show("accounts", accounts, () => showAccounts(accounts, (account, amount) =>
      this.#run(() => write("POST", "/_mock/accounts", { account, credits: amount }))));
    const shown = universes.universes.map(({ universe, mode, tasks, exchanges }) => [universe, mode, tasks, exchanges]);
    this.parts.show("universes", shown, () => [
      table(["name", "clock", "tasks", "exchanges", ""], shown.map((each) => this.#universe(each))),
    ]);
  }

  async #listScenarios() {
    const { scenarios } = await read("/_mock/scenarios");
    const set = (method, scenario) => () => write(method, "/_mock/plans", { scenario });
    this.parts.show("scenarios", "listed", () => [
      element("p", { class: "soft" }, "Each is a set of plans. Add puts them behind those that there are, Only in their place."),
      table(["name", "what happens", "set its plans"], scenarios.map(({ name: scenario, description }) => [
        element("code", {}, scenario), description,
        row(this.#button("Add", set("POST", scenario), `Add ${scenario}`),
          this.#button("Only", set("PUT", scenario), `Only ${scenario}`)),
      ])),
    ]);
  }

  #universe([universe, mode, tasks, exchanges]) {
    const here = universe === chosen();
    return [element("code", {}, universe), mode, String(tasks), String(exchanges),
      here ? "shown here" : this.#button("Enter", () => this.context.enter(universe), `Enter ${universe}`)];
  }

  async #move(change) {
    const { callbacks, now } = await write("POST", "/_mock/clock", change);
    fill(this.said, `It is ${dateTime(now)} now; ${count(callbacks.length, "callback attempt")} made on the way.`);
  }

  async #run(work) {
    try {
      await work();
      this.context.notice();
      await this.update();
    } catch (error) {
      this.context.notice(error);
    }
  }

  #button(words, work, label = null) {
    return element("button", { type: "button", title: label, "aria-label": label, onclick: () => this.#run(work) }, words);
  }

  /** Return a button that does it at the second click. */
  #resetButton() {
    const button = element("button", { type: "button" }, RESET);
    button.addEventListener("blur", () => fill(button, RESET));
    button.addEventListener("click", () => {
      if (button.textContent !== RESET) this.#run(() => write("POST", "/_mock/reset"));
      fill(button, button.textContent === RESET ? "Forget its tasks, accounts, plans and journal?" : RESET);
    });
    return button;
  }

  #form(words, example, label, work, size = 9) {
    const input = element("input", { placeholder: example, "aria-label": label, size, required: true });
    const submit = (event) => {
      event.preventDefault();
      this.#run(() => work(input.value));
    };
    return element("form", { class: "pair", onsubmit: submit }, input, element("button", {}, words));
  }
}

function row(...children) {
  return element("div", { class: "actions" }, children);
}

function pace({ mode, rate, now }) {
  const running = rate === 1 ? ": a second is a second." : `: ${rate} seconds pass in each real one.`;
  const standing = ` at ${dateTime(now)}: time moves only when it is advanced.`;
  return element("p", {}, element("b", {}, mode), mode === "frozen" ? standing : running);
}

function showPlans({ plans }) {
  if (!plans.length) return [element("p", { class: "soft" }, "None: everything goes as the pages say.")];
  return [table(["plan", "matched", "struck", "what it does"], plans.map(({ name: label, plan, matched, struck }) =>
    [element("code", {}, label), String(matched), element("b", {}, String(struck)), element("code", {}, words(plan))]))];
}

/** Write the fields of a plan, and of what it matches, as name=value. */
function words({ kind, match = {}, ...fields }) {
  const write = (value) => (typeof value === "object" ? JSON.stringify(value) : value);
  return [kind, ...Object.entries({ ...fields, ...match }).map(([field, value]) => `${field}=${write(value)}`)].join(" ");
}

function showAccounts({ accounts }, fund) {
  if (!accounts.length) return [element("p", { class: "soft" }, "None yet: a key has an account from its first task on.")];
  return [table(["account", "available credits", "reserved", "charged", "make available"], accounts.map((each) => {
    const label = `credits for ${each.id}`;
    const amount = element("input", { size: 6, inputmode: "decimal", placeholder: "1000", required: true, "aria-label": label });
    const submit = (event) => {
      event.preventDefault();
      amount.blur();
      fund(each.id, Number(amount.value));
    };
    const special = [each.group === "default" ? "" : each.group, each.closed ? "closed" : ""].filter(Boolean).join(", ");
    return [
      [element("code", {}, each.id), ` ${each.name}${special ? ` (${special})` : ""}`],
      String(each.available_credits), String(each.reserved_credits), String(each.charged_credits),
      element("form", { class: "pair", onsubmit: submit }, amount, element("button", {}, "Set")),
    ];
  }))];
}
