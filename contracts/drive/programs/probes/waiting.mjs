// Waits for so many seconds in one of Node's ways, and exits with 0 if its clocks say so.
const waits = {
  sleeping: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  'waiting for threads': async (seconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000),
};

const [way, seconds] = [process.argv[2], Number(process.argv[3])];
const began = [Date.now(), performance.now()];
await waits[way](seconds);
const ended = [Date.now(), performance.now()];
process.exitCode = ended.every((after, place) => after - began[place] >= (seconds - 1) * 1000) ? 0 : 1;
