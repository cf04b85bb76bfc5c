// Logs that can be shown to anybody: no key, and of a prompt only how long it is.

export function logCreate(task, prompt) {
  console.info(`created ${task.id}, by a prompt of ${[...prompt].length} characters`);
}
