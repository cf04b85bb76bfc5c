// Where in the drawing an instant is: of long gaps the magnitude counts, so that a second and a day fit side by side.

const FINEST = 10; // gaps count from tenths of a second on
const TICKS = 4;

/** The places of instants, in percent of the drawing's width. */
export class Scale {
  #instants;
  #places;

  /** `instants` are those that structure the drawing; what is between two of them is placed evenly. */
  constructor(instants) {
    const sorted = [...new Set(instants)].sort((a, b) => a - b);
    const weights = sorted.slice(1).map((at, index) => Math.log2(1 + (at - sorted[index]) * FINEST));
    const whole = weights.reduce((sum, weight) => sum + weight, 0) || 1;
    let place = 0;
    this.#instants = sorted;
    this.#places = [0, ...weights.map((weight) => (place += (weight / whole) * 100))];
  }

  /** Return where an instant is. */
  place(at) {
    return between(this.#instants, this.#places, at);
  }

  /** Return times at even distances: where each is, and how long after the first instant. */
  ticks() {
    const first = this.#instants[0] ?? 0;
    return Array.from({ length: TICKS + 1 }, (_, index) => {
      const place = (index * 100) / TICKS;
      return { place, after: between(this.#places, this.#instants, place) - first };
    });
  }
}

function between(from, to, value) {
  if (!from.length || value <= from[0]) return to[0] ?? 0;
  const next = from.findIndex((each) => each >= value);
  if (next < 0) return to[from.length - 1];
  const share = (value - from[next - 1]) / (from[next] - from[next - 1]);
  return to[next - 1] + share * (to[next] - to[next - 1]);
}
