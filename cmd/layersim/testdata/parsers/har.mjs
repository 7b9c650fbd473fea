// Reads a HAR file twice: har-validator holds it against the schema of HAR 1.2,
// and Playwright answers a browser from it, as if Plaid were there.
// har.mjs FILE CHROMIUM prints a JSON array with what the page of a browser was
// told, one for each exchange: {url, status, body}.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const [file, executablePath] = process.argv.slice(2);
const archive = JSON.parse(readFileSync(file, 'utf8'));
try {
  await require('har-validator').har(archive);
} catch (problem) {
  console.error(`not as the schema has it: ${JSON.stringify(problem.errors)}`);
  process.exit(1);
}

const browser = await chromium.launch({ executablePath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
try {
  const context = await browser.newContext();
  await context.routeFromHAR(file, { notFound: 'abort' });
  // The page is of the same origin as the API, which allows no other to call it.
  await context.route('https://sandbox.plaid.com/', (route) => route.fulfill({ contentType: 'text/html', body: '<title>a page</title>' }));
  const page = await context.newPage();
  await page.goto('https://sandbox.plaid.com/');
  const told = [];
  for (const { request } of archive.log.entries) {
    told.push(await page.evaluate(async ({ url, method, body }) => {
      const answer = await fetch(url, { method, body });
      return { url, status: answer.status, body: await answer.text() };
    }, { url: request.url, method: request.method, body: request.postData?.text }));
  }
  console.log(JSON.stringify(told));
} finally {
  await browser.close();
}
