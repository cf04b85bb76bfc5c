// Run the client of examples/clients/node several times side by side, in a time of its own that passes quickly.
//
//     node quick_node.mjs CLIENT SPEED JOBS
//
// JOBS is a list of {"args": [...], "env": {...}} as JSON. Prints what each says, as a list of texts.

import { createRequire, syncBuiltinESMExports } from "node:module";
import { pathToFileURL } from "node:url";

const [client, speed, jobs] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const timers = require("node:timers/promises");
const { performance } = require("node:perf_hooks");
const sleep = timers.setTimeout;
timers.setTimeout = (milliseconds, ...rest) => sleep(milliseconds / Number(speed), ...rest);
syncBuiltinESMExports();
const now = performance.now.bind(performance);
performance.now = () => now() * Number(speed);

const { main } = await import(pathToFileURL(client).href);
const run = async ({ args, env }) => {
  const said = [];
  const code = await main(args, { env, print: (line) => said.push(line) });
  return { code, said: said.join("\n") };
};
console.log(JSON.stringify(await Promise.all(JSON.parse(jobs).map(run))));
