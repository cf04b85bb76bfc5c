// The universe's time as the dashboard has it: what the server last told, and what has passed since.

/** A clock that goes on between two things that the server tells. */
export class Clock {
  #told = { now: 0, rate: 0, mode: "frozen" };
  #at = 0;

  /** Take over what the server tells. */
  set(moment) {
    this.#told = moment;
    this.#at = performance.now();
  }

  /** The universe's time in seconds since the epoch. */
  get now() {
    return this.#told.now + ((performance.now() - this.#at) / 1000) * this.#told.rate;
  }

  /** How many of its seconds pass in a real one; 0 while it is frozen. */
  get rate() {
    return this.#told.rate;
  }

  /** How it runs, in words. */
  get pace() {
    if (this.#told.mode === "frozen") return "frozen";
    return this.#told.rate === 1 ? "real time" : `× ${this.#told.rate}`;
  }
}
