// Tables.

import { element } from "./element.js";

/** Return a table that can be scrolled where it is too wide; a row is a list of what is in its cells. */
export function table(heads, rows, kind = "") {
  const head = element("tr", {}, heads.map((words) => element("th", { scope: "col" }, words)));
  const body = rows.map((cells) => element("tr", {}, cells.map((cell) => element("td", {}, cell))));
  const made = element("table", { class: kind }, element("thead", {}, head), element("tbody", {}, body));
  return element("div", { class: "scrolled", tabindex: 0, role: "region", "aria-label": heads.join(", ") }, made);
}
