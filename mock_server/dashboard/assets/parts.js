// A view of several parts, each with a heading, which are made anew only where what they show has changed.

import { element, fill } from "./element.js";

/** The parts of a view in columns: {KIND: [[KEY, HEADING], ...]}. */
export class Parts {
  #drawn = new Map();
  #places = new Map();

  constructor(columns) {
    const column = ([kind, parts]) =>
      element("div", { class: `column ${kind}` }, parts.map((part) => this.#section(...part)));
    this.node = element("div", { class: "sections" }, Object.entries(columns).map(column));
  }

  /** Make a part anew if its value is another one; else it stays as it is, with what is open or plays in it. So it does
   *  while somebody fills something in there. */
  show(key, value, make) {
    const written = JSON.stringify(value);
    const place = this.#places.get(key);
    const filling = place.contains(document.activeElement) && document.activeElement.matches("input, select");
    if (filling || this.#drawn.get(key) === written) return;
    this.#drawn.set(key, written);
    fill(place, make());
  }

  /** Put something into a part that stays there, below what changes. */
  keep(key, ...children) {
    this.#places.get(key).after(...children);
  }

  #section(key, words) {
    this.#places.set(key, element("div", {}));
    return element("section", { "data-part": key, "aria-label": words }, element("h3", {}, words), this.#places.get(key));
  }
}
