// Reading one thing at a time: what is asked for while something is read is read after that, once.

/** Does a piece of work whenever it is asked to. */
export class Reader {
  #work;
  #context;
  #busy = false;
  #again = false;
  #failed = false;
  #at = 0;

  /** `work` reads and shows; what it throws is told by the dashboard. */
  constructor(context, work) {
    this.#context = context;
    this.#work = work;
  }

  /** Do the work, or do it once more after the one that is under way. */
  async read() {
    this.#again = this.#busy;
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.#work();
      if (this.#failed) this.#context.notice();
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      this.#context.notice(error);
    }
    this.#at = performance.now();
    this.#busy = false;
    if (this.#again) await this.read();
  }

  /** Do it if it was not done for so many milliseconds. */
  readAfter(milliseconds) {
    if (!this.#busy && performance.now() - this.#at > milliseconds) this.read();
  }
}
