// Asks the API for the credits by fetch or by node:https, and prints as JSON what came of it.
import https from 'node:https';

const url = 'https://api.evolink.ai/v1/credits';
const headers = { authorization: `Bearer ${process.env.EVOLINK_API_KEY}` };

const calls = {
  fetch: async () => (await fetch(url, { headers })).status,
  'node:https': () =>
    new Promise((resolve, reject) => {
      https.get(url, { headers }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode))).on('error', reject);
    }),
};

const told = { version: process.versions.node, library: '' };
try {
  told.status = await calls[process.argv[2]]();
} catch (error) {
  told.error = String(error.cause ?? error);
}
console.log(JSON.stringify(told));
