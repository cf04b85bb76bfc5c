// How the dashboard learns that something has happened: by server-sent events, and by asking while those do not come.

import { chosen, read } from "./api.js";

const ASK_MS = 2000;

/** Tells how the universe stands whenever that has changed. */
export class Live {
  #source = null;
  #timer = null;

  /** `onMoment` gets how the universe stands, `onState` one of live, asking, lost and gone. */
  constructor(onMoment, onState) {
    this.onMoment = onMoment;
    this.onState = onState;
  }

  /** Listen to the universe that is chosen, and to no other. */
  listen() {
    this.#source?.close();
    const source = new EventSource(`/_mock/dashboard/events?universe=${encodeURIComponent(chosen())}`);
    source.addEventListener("open", () => this.#stopAsking());
    source.addEventListener("moment", (event) => this.onMoment(JSON.parse(event.data)));
    source.addEventListener("gone", () => this.#leave(source));
    source.addEventListener("error", () => this.#ask());
    this.#source = source;
  }

  #leave(source) {
    source.close();
    this.onState("gone");
  }

  #stopAsking() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.onState("live");
  }

  #ask() {
    if (this.#timer === null) this.#timer = setTimeout(() => this.#askOnce(), ASK_MS);
    if (this.#source.readyState === EventSource.CLOSED) this.onState("asking");
  }

  async #askOnce() {
    this.#timer = null;
    try {
      this.onMoment(await read("/_mock/dashboard/moment"));
      this.onState("asking");
    } catch {
      this.onState("lost");
    }
    if (this.#source.readyState !== EventSource.OPEN) this.#ask();
  }
}
