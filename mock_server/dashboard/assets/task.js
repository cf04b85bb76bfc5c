// One task: everything that is known of it, and what a hand can do to it.

import { actions, redeliver } from "./actions.js";
import { chosen, read } from "./api.js";
import { copyButton } from "./copying.js";
import { element, fill } from "./element.js";
import { exchangeItem } from "./exchange.js";
import { Parts } from "./parts.js";
import { Reader } from "./reader.js";
import { ended } from "./words.js";
import { callbacks, ledger, life, request, result, seen } from "./task-parts.js";

export const name = "task";
export const title = "Task";
export const within = "tasks";

const AGAIN_MS = 1000;
const MOST_EXCHANGES = 100;

/** Open the view of the task that the address names. */
export function open(main, context, [id]) {
  return new TaskView(main, context, id);
}

class TaskView {
  #ended = false;

  constructor(main, context, id) {
    this.context = context;
    this.path = encodeURIComponent(id);
    this.id = id;
    this.parts = new Parts(COLUMNS);
    this.reader = new Reader(context, () => this.#read());
    fill(
      main,
      element("p", {}, element("a", { href: "#/tasks" }, "← Time line")),
      element("h2", {}, element("code", {}, id), " ", copyButton(() => id, "Copy id")),
      this.parts.node,
    );
    this.escape = (event) => event.key === "Escape" && context.go("#/tasks");
    document.addEventListener("keydown", this.escape);
    this.update();
  }

  /** Stop listening to the keyboard. */
  close() {
    document.removeEventListener("keydown", this.escape);
  }

  /** Read what has changed. */
  update() {
    return this.reader.read();
  }

  /** Let time go on. */
  tick() {
    if (this.context.clock.rate && !this.#ended) this.reader.readAfter(AGAIN_MS);
  }

  async #read() {
    const [told, journal] = await Promise.all([
      read(`/_mock/dashboard/tasks/${this.path}`),
      read("/_mock/journal", { task: this.id, newest: MOST_EXCHANGES }),
    ]);
    this.#ended = ended(told.task.status);
    this.parts.show("life", told.task, () => life(told));
    this.parts.show("hand", [told.task.status, told.task.held], () => [
      actions(told.task, () => this.update(), this.context.notice),
    ]);
    this.parts.show("result", told.link, () => result(told, chosen()));
    this.parts.show("seen", told.seen, () => seen(told));
    this.parts.show("request", [told.task.request, told.checked], () => request(told));
    this.parts.show("ledger", told.task.ledger, () => ledger(told));
    const again = (callback) => this.#redeliver(callback);
    this.parts.show("callbacks", [told.callbacks, told.task.status], () => callbacks(told, again));
    this.parts.show("exchanges", journal.entries.map((entry) => entry.number), () => exchanges(journal.entries));
  }

  async #redeliver(callback) {
    try {
      await redeliver(callback);
      await this.update();
    } catch (error) {
      this.context.notice(error);
    }
  }
}

const COLUMNS = {
  left: [["life", "State"], ["hand", "By hand"], ["ledger", "Ledger"], ["callbacks", "Callbacks"]],
  right: [["result", "Result"], ["seen", "As a client sees it now"]],
  wide: [["request", "Request"], ["exchanges", "Exchanges"]],
};

function exchanges(entries) {
  if (!entries.length) return [element("p", { class: "soft" }, "The journal has none of this task any more.")];
  return [element("p", { class: "soft" }, "Newest first. As curl, a request needs your key in API_KEY."), entries.toReversed().map(exchangeItem)];
}
