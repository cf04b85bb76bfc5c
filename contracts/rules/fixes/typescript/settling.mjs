// What is done upon callbacks, and without them: whoever finds the end first acts, and nobody after that.

import { look } from "./following.mjs";

// The tasks that are under way. Keep them in a database with a unique id, so that they outlive the process.
export class Desk {
  #tasks = new Map();

  expect(id) {
    if (!this.#tasks.has(id)) this.#tasks.set(id, { told: false, done: false });
  }

  // Keeps that a callback came; false if the task is none of ours, or not yet: then the callback comes again.
  note(id) {
    const task = this.#tasks.get(id);
    if (task) task.told = true;
    return task !== undefined;
  }

  // Marks a task as done; true for just one of those who do.
  finish(id) {
    const task = this.#tasks.get(id);
    return task !== undefined && !task.done && (task.done = true);
  }

  // Returns the tasks that are not done: those of which a callback told, or all.
  open({ told = false } = {}) {
    return [...this.#tasks].filter(([, task]) => !task.done && (task.told || !told)).map(([id]) => id);
  }
}

// Asks the API about open tasks, and acts on what it says, and not on what a callback said. Run it with `told` after
// callbacks, and without it every few minutes: not every callback comes.
export async function settle(api, desk, act, { told }) {
  for (const id of desk.open({ told })) {
    const { task } = await look(api, id);
    if (task.ended && desk.finish(id)) await act(task);
  }
}
