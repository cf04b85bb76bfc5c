// The fixes in TypeScript, put together, as Node runs them: node shop.mjs FIXES URL KEY FOLDER
//
// Sleeps are a thousandth as long, and the file service is where the simulator is. Prints one line of JSON.

import { writeFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [fixes, url, key, folder] = process.argv.slice(2);
const sleepLong = globalThis.setTimeout;
globalThis.setTimeout = (wake, milliseconds, ...rest) => sleepLong(wake, milliseconds / 1000, ...rest);
const fetchThere = globalThis.fetch;
globalThis.fetch = (place, options) => fetchThere(String(place).replace("https://files-api.evolink.ai", url), options);

const part = (name) => import(pathToFileURL(join(fixes, `${name}.mjs`)));
const { connect } = await part("connecting");
const { writeBody } = await part("asking");
const { errorOf } = await part("errors");
const { retryAfter, sleep } = await part("waiting");
const { limit } = await part("limiting");
const { create } = await part("creating");
const { follow } = await part("following");
const { save } = await part("downloading");
const { upload, uploadAsText, renew } = await part("uploading");
const { createAll, paidSeconds, charged } = await part("spending");
const { makeReceiver } = await part("receiving");
const { Desk, settle } = await part("settling");
const { naming } = await part("ending");
const { logCreate } = await part("telling");

console.info = () => {};
const told = {};
const api = limit(connect(key, url));

// A video of one's own is uploaded in both ways, and used.
const path = join(folder, "cat.mp4");
await writeFile(path, Buffer.concat([Buffer.from("\0\0\0 ftypisom"), Buffer.alloc(200)]));
const file = await renew(api, await upload(api, path));
told.upload = file.url !== (await uploadAsText(api, path)).url;
told.renewed = (await renew(api, { ...file, expiresAt: new Date().toISOString() })).url !== file.url;

// One video: the first answer is lost, the task is found by its key, followed and saved.
const order = crypto.randomUUID();
const body = writeBody({ prompt: "A cat dances", videoUrls: ["https://example.com/a.mp4"], sound: false, shots: "multi" });
const task = await create(api, body, { key: order });
logCreate(task, body.prompt);
const ended = await naming(task.id, () => follow(api, task));
told.saved = await save(api, ended, folder);
told.charged = charged(ended);

// Several videos within a budget.
const orders = ["cat", "dog", "cow"].map((prompt) => ({
  key: crypto.randomUUID(),
  body: writeBody({ prompt, videoUrls: ["https://example.com/a.mp4"] }),
}));
const made = [...(await createAll(api, orders, { budget: 70 })).values()];
told.made = made.length;

// What a receiver answers, and what is done upon that, once for each task.
const desk = new Desk();
const receiver = makeReceiver((id) => desk.note(id), "/done");
receiver.listen(0, "127.0.0.1");
await once(receiver, "listening");
for (const each of made) desk.expect(each.id);
const post = async (content, options = {}) =>
  (
    await fetch(`http://127.0.0.1:${receiver.address().port}/done`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: content,
      ...options,
    })
  ).status;
told.answers = [
  await post(JSON.stringify({ id: made[0].id, unknown: null })),
  await post(JSON.stringify({ id: "task-of-others" })),
  await post("{"),
  await post("cat", { headers: { "Content-Type": "text/plain" } }),
  await post(undefined, { method: "GET", body: undefined }),
];
receiver.close();
told.acted = 0;
for (let way = true; desk.open().length > 0; way = !way) {
  await sleep(30);
  await settle(api, desk, () => (told.acted += 1), { told: way });
}

// Prices, errors and hints.
told.seconds = paidSeconds([9, 2, 1], 5);
const odd = await errorOf(new Response("<html>", { status: 402 }));
told.error = [odd.name, odd.status];
const date = "Wed, 21 Oct 2015 07:28:00 GMT";
const hints = ["7", "7, 9", "Wed, 21 Oct 2015 07:28:09 GMT", "soon"];
told.hints = hints.map((hint) => retryAfter(new Response("", { headers: { date, "retry-after": hint } })));
try {
  writeBody({ prompt: "a".repeat(1501), videoUrls: [] });
} catch (error) {
  told.refused = error.message;
}
console.log(JSON.stringify(told));
process.exit(0);
