// Local files: checked, uploaded under a name of one's own, and used by the link that the answer has.

import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { call } from "./calling.mjs";

const FILES = "https://files-api.evolink.ai/api/v1/files/upload";
const KINDS = { ".mp4": "video/mp4", ".mov": "video/quicktime" };
const LARGEST = 100 * 2 ** 20;

// Uploads a video as a form. The answer has its link, and until when it is kept.
export async function upload(api, path) {
  const { content, kind, name } = await checkFile(path);
  const form = new FormData();
  form.set("upload_path", "references");
  form.set("file_name", name);
  form.set("file", new Blob([content], { type: kind }), name);
  return readUpload(path, await call(api, `${FILES}/stream`, { method: "POST", body: form }));
}

// Uploads a small video as JSON.
export async function uploadAsText(api, path) {
  const { content, kind, name } = await checkFile(path);
  const data = `data:${kind};base64,${content.toString("base64")}`;
  const body = JSON.stringify({ base64_data: data, upload_path: "references", file_name: name });
  const headers = { "Content-Type": "application/json" };
  return readUpload(path, await call(api, `${FILES}/base64`, { method: "POST", headers, body }));
}

// Returns an upload, or a new one if it is not kept for another hour.
export async function renew(api, uploaded) {
  return Date.now() + 3_600_000 < Date.parse(uploaded.expiresAt) ? uploaded : upload(api, uploaded.path);
}

async function checkFile(path) {
  const kind = KINDS[extname(path).toLowerCase()];
  const content = await readFile(path);
  if (!kind || content.length > LARGEST) throw new RangeError(`${basename(path)} must be mp4 or mov, of 100 MB at most`);
  return { content, kind, name: `${randomUUID()}${extname(path)}` };
}

function readUpload(path, { body }) {
  if (body.success !== true || !Object.values(KINDS).includes(body.data.mime_type)) {
    throw new Error(`${basename(path)} was not uploaded: ${body.msg}`);
  }
  return { path, url: body.data.file_url, expiresAt: body.data.expires_at };
}
