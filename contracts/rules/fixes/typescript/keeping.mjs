// What must outlive a crash: the key of an order from before it is asked for, and its task from the answer on.

import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";

// An order that is under way, in a file that is there until the order is done. Whoever starts with a file that is there
// goes on with its order.
export class Ticket {
  constructor(path) {
    this.path = path;
    const kept = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
    this.key = kept.key ?? randomUUID();
    this.task = kept.task ?? null;
    if (kept.key === undefined) this.write();
  }

  // Writes the task's id down, before anything else is done with it.
  keep(task) {
    this.task = task;
    this.write();
  }

  // Forgets the order: the video is there, or there will be none.
  done() {
    unlinkSync(this.path);
  }

  write() {
    writeFileSync(`${this.path}.new`, JSON.stringify({ key: this.key, task: this.task }));
    renameSync(`${this.path}.new`, this.path);
  }
}
