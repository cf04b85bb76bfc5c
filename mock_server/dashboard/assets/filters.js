// Which exchanges are wanted: a form that tells of each change.

import { read } from "./api.js";
import { element, fill } from "./element.js";

const STATUS = "[1-5]xx|[1-5][0-9][0-9]|none";
const METHODS = ["", "GET", "POST", "PUT", "DELETE", "HEAD"];

/** The filters; `changed` gets those that are set, by the names of the query, and `failed` what was refused. */
export class Filters {
  constructor(changed, failed) {
    const list = () => this.#listAccounts().catch(failed);
    this.account = element("select", { name: "account", onfocus: list }, element("option", { value: "" }, "any"));
    list();
    this.node = element(
      "form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault(), oninput: () => this.#tell(changed) },
      labelled("method", element("select", { name: "method" }, METHODS.map((value) => element("option", { value }, value || "any")))),
      labelled("path holds", element("input", { type: "search", name: "path", size: 12 })),
      labelled("status", element("input", { type: "search", name: "status", size: 5, pattern: STATUS, placeholder: "4xx", title: "a status such as 404, 4xx for a class, or none: no answer" })),
      labelled("account", this.account),
      labelled("text", element("input", { type: "search", name: "text", size: 12, title: "somewhere in the path, the bodies, the ids or the notes" })),
      element("label", {}, element("input", { type: "checkbox", name: "faults" }), " faults only"),
      element("label", {}, element("input", { type: "checkbox", name: "missed" }), " near misses only"),
    );
  }

  #tell(changed) {
    if (!this.node.checkValidity()) return;
    const given = [...new FormData(this.node)].map(([name, value]) => [name, value === "on" ? true : value]);
    changed(Object.fromEntries(given.filter(([, value]) => value !== "")));
  }

  async #listAccounts() {
    const { accounts } = await read("/_mock/accounts");
    const chosen = this.account.value;
    const options = [["", "any"], ...accounts.map(({ id, name }) => [id, `${name} (${id})`])];
    fill(this.account, options.map(([value, words]) => element("option", { value, selected: value === chosen }, words)));
  }
}

function labelled(words, field) {
  return element("label", {}, `${words} `, field);
}
