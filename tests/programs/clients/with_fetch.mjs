// Makes a video by fetch, and writes it into a file.
import { writeFile } from 'node:fs/promises';

const api = 'https://api.evolink.ai';
const headers = { authorization: `Bearer ${process.env.EVOLINK_API_KEY}`, 'content-type': 'application/json' };
const wanted = {
  model: 'wan2.6-reference-video-flash',
  prompt: 'character1 dances on a roof',
  video_urls: ['https://example.com/dancer.mp4'],
};

const created = await fetch(`${api}/v1/videos/generations`, { method: 'POST', headers, body: JSON.stringify(wanted) });
let task = await created.json();
while (!['completed', 'failed', 'cancelled'].includes(task.status)) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  task = await (await fetch(`${api}/v1/tasks/${task.id}`, { headers })).json();
}
await writeFile('video.mp4', Buffer.from(await (await fetch(task.results[0])).arrayBuffer()));
console.log(task.id, task.status);
