// Makes a video by node:https, and writes it into a file.
import { writeFile } from 'node:fs/promises';
import https from 'node:https';

const wanted = {
  model: 'wan2.6-reference-video-flash',
  prompt: 'character1 dances on a roof',
  video_urls: ['https://example.com/dancer.mp4'],
};

const read = (target, body) =>
  new Promise((resolve, reject) => {
    const request = https.request(target, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      resolve(Buffer.concat(parts));
    });
    request.on('error', reject).end(body);
  });

const ask = async (method, path, body) => {
  const headers = { authorization: `Bearer ${process.env.EVOLINK_API_KEY}`, 'content-type': 'application/json' };
  return JSON.parse(await read({ host: 'api.evolink.ai', path, method, headers }, body && JSON.stringify(body)));
};

let task = await ask('POST', '/v1/videos/generations', wanted);
while (!['completed', 'failed', 'cancelled'].includes(task.status)) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  task = await ask('GET', `/v1/tasks/${task.id}`);
}
await writeFile('video.mp4', await read(task.results[0]));
console.log(task.id, task.status);
