// Many videos within a budget: each order keeps its own task, and the first 402 ends the batch.

import { create } from "./creating.mjs";

const SHARES = { 1: 5, 2: 2.5, 3: 1.65 }; // the seconds of each reference that are paid for, by how many there are

// Asks for videos, each by its own key and body, as far as the credits go; returns a map of tasks by their keys.
export async function createAll(api, orders, { budget }) {
  const made = new Map();
  for (const { key, body } of orders) {
    const credits = [...made.values()].map((task) => task.credits);
    const spent = credits.reduce((sum, each) => sum + each, 0);
    if (spent + Math.max(0, ...credits) > budget) break;
    try {
      made.set(key, await create(api, body, { key, known: [...made.values()].map((task) => task.id) }));
    } catch (error) {
      if (error.status === 402) break;
      throw error;
    }
  }
  return made;
}

// Returns the seconds that a video is paid for by: those of its references, as far as they count, and its own.
export function paidSeconds(lengths, duration) {
  return lengths.reduce((sum, length) => sum + Math.min(length, SHARES[lengths.length]), duration);
}

// Returns what an ended task costs: only a video is paid for.
export function charged(task) {
  return task.status === "completed" ? task.credits : 0;
}
