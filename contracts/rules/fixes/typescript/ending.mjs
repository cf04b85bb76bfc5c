// An end by SIGTERM: at once, and with the id of the task that goes on.

// Does some work; meanwhile SIGTERM ends the program and prints a task's id.
export async function naming(task, work) {
  const end = () => {
    console.error(`told to end: ${task} goes on, and can be asked for later`);
    process.exit(1);
  };
  process.once("SIGTERM", end);
  try {
    return await work();
  } finally {
    process.off("SIGTERM", end);
  }
}
