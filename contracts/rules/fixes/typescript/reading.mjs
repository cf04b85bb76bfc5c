// A task as an answer shows it: what is needed is taken as it comes, and the rest is passed over.

const ENDS = new Set(["completed", "failed", "cancelled"]);

// Returns what is known of a task. An unknown status is one that has not ended; an id is any text.
export function readTask(body) {
  return {
    id: String(body.id),
    status: String(body.status),
    ended: ENDS.has(body.status),
    progress: readNumber(body.progress),
    credits: readNumber(body.usage?.credits_reserved),
    results: body.results ?? [],
    error: [body.error?.code, body.error?.message].filter(Boolean).join(": "),
  };
}

// Reads a number, in whatever form it comes; 0 if it is none.
export function readNumber(value) {
  return Number(value ?? 0) || 0;
}
