// What a hand can do to a task: buttons for what its state allows.

import { read, write } from "./api.js";
import { element } from "./element.js";
import { ended } from "./words.js";

const CODES = "/_mock/openapi.json";
let codes = null;

/** Return the actions on a task. `done` is called after one; `failed` gets what was refused, and nothing after what was
 *  not. */
export function actions(task, done, failed) {
  const path = `/_mock/tasks/${encodeURIComponent(task.id)}`;
  const run = async (work) => {
    try {
      await work();
      failed();
      await done();
    } catch (error) {
      failed(error);
    }
  };
  const button = (words, name, title) =>
    element("button", { type: "button", title, onclick: () => run(() => write("POST", `${path}/${name}`)) }, words);
  if (ended(task.status)) {
    return element("p", { class: "soft" }, `The task has ended: it is ${task.status}, and stays so.`);
  }
  const code = element("select", { "aria-label": "error code" });
  const fail = () => run(() => write("POST", `${path}/fail`, { code: code.value }));
  fillCodes(code).catch(failed);
  return element(
    "div", { class: "actions" },
    button("Finish now", "finish", "End it as completed, now"),
    button("Cancel", "cancel", "End it as cancelled, now"),
    task.held ? button("Release", "release", "Let it go on") : button("Hold", "hold", "Let it stand still"),
    element("span", { class: "pair" },
      element("button", { type: "button", title: "End it as failed, now, with this code", onclick: fail }, "Fail with"),
      code),
  );
}

/** Send a callback anew, now and with all its retries. */
export function redeliver(callback) {
  return write("POST", `/_mock/callbacks/${callback.id}/redeliver`);
}

async function fillCodes(select) {
  codes ??= (await read(CODES)).components.schemas.Failure.properties.code;
  select.append(...codes.enum.map((code) => element("option", { selected: code === codes.default }, code)));
}
