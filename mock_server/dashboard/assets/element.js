// How elements are made. Whatever is shown becomes a text or an attribute, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** Return an element of HTML. Attributes that are functions listen to the event of their name (onclick); children are
 *  elements, texts, or lists of them, and what is null or false is left out. */
export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** Return an element of a drawing. */
export function shape(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/** Put something into an element in place of what is there. */
export function fill(parent, ...children) {
  parent.replaceChildren(...kept(children));
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...kept(children));
  return made;
}

function kept(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}
