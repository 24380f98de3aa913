import fs from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from './harness/browser.ts';

/*
 * The encoder in a real browser: it loads poster's sources, only without their types, and what it sends is read
 * back by a server's parser.
 */
const sources = path.resolve(import.meta.dirname, '../packages/poster/src');

interface Received {
  readonly contentLength: number;
  readonly parts: readonly (readonly [string, string | FileSeen])[];
}
interface FileSeen {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

let server: Server;
let browser: TestBrowser;
let page: Page;

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await TestBrowser.start();
  page = await browser.page();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = request.url ?? '/';
  if (route.startsWith('/poster/')) {
    const text = fs.readFileSync(path.join(sources, route.slice('/poster/'.length)), 'utf8');
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(stripTypeScriptTypes(text));
  } else if (request.method === 'POST') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await read(request)));
  } else {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><link rel="icon" href="data:,"><title>poster</title>');
  }
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(body, { headers }).formData();
  const parts = [...form].map(async ([name, value]) => {
    if (typeof value === 'string') return [name, value] as const;
    return [name, { name: value.name, type: value.type, text: await value.text() }] as const;
  });
  return { contentLength: body.length, parts: await Promise.all(parts) };
}

/** Runs in the page, where `poster` is the package; gives what the page gives. */
function inPage<Given>(script: string): Promise<Given> {
  return page.evaluate<Given>(
    `(async () => { const poster = await import('/poster/browser.ts'); ${script} })()`,
  );
}

const send = `
  async function send(body, type) {
    const headers = type === undefined ? {} : { 'Content-Type': type };
    return (await fetch('/', { method: 'POST', headers, body })).json();
  }`;

test('a form of texts, a file, a blob and a stream is read back as it was put in', async () => {
  const { received, contentLength, shown } = await inPage<{
    received: Received;
    contentLength: number;
    shown: [number, number];
  }>(`${send}
    let shown;
    const stream = new Blob(['streamed']).stream();
    const form = poster.multipartEncode(
      [
        ['title', 'Grüße 日本 😀'],
        ['file', new File(['content'], 'two words.txt', { type: 'text/plain' })],
        ['blob', new Blob([new Uint8Array([104, 105])])],
        new poster.MultipartParam('late', stream, { fileName: 'late.txt', lengthBytes: 8 }),
      ],
      { onProgress: ({ sentBytes, totalBytes }) => { shown = [sentBytes, totalBytes]; } },
    );
    const body = await new Response(form.toWeb()).blob();
    const received = await send(body, form.headers['Content-Type']);
    return { received, contentLength: form.contentLength, shown };`);
  expect(received.parts).toEqual([
    ['title', 'Grüße 日本 😀'],
    ['file', { name: 'two words.txt', type: 'text/plain', text: 'content' }],
    ['blob', { name: 'blob', type: 'application/octet-stream', text: 'hi' }],
    ['late', { name: 'late.txt', type: 'application/octet-stream', text: 'streamed' }],
  ]);
  expect(received.contentLength).toBe(contentLength);
  expect(shown).toEqual([contentLength, contentLength]);
});

test('hard names are sent as the browser itself sends them', async () => {
  const { ours, theirs } = await inPage<{ ours: Received; theirs: Received }>(`${send}
    const native = new FormData();
    native.append('a"b', 'one\\r\\ntwo');
    native.append('c\\r\\nd', new File(['x'], 'q"uote%22\\n.txt', { type: 'text/plain' }));
    native.append('grüße', new File(['y'], '日本 😀;=.csv', { type: 'text/csv' }));
    const form = poster.multipartEncode(native);
    const ours = await send(await new Response(form.toWeb()).blob(), form.headers['Content-Type']);
    return { ours, theirs: await send(native) };`);
  expect(ours.parts).toEqual(theirs.parts);
  expect(ours.parts).toHaveLength(3);
});

test('a large file passes in blocks, and there is no file system', async () => {
  const { received, blocks, code } = await inPage<{ received: number; blocks: number; code: string }>(`${send}
    const form = poster.multipartEncode({ file: new Blob([new Uint8Array(20_000_000)]) });
    let blocks = 0;
    for await (const block of form.toWeb()) blocks += block.length > 0;
    const body = await new Response(form.toWeb()).blob();
    const { contentLength } = await send(body, form.headers['Content-Type']);
    let code;
    try { poster.MultipartParam.fromFile('file', '/etc/hostname'); } catch (error) { code = error.code; }
    return { received: contentLength - form.contentLength, blocks, code };`);
  expect({ received, code }).toEqual({ received: 0, code: 'ERR_POSTER_NO_FILES' });
  expect(blocks).toBeGreaterThan(10);
  expect(browser.complaints).toEqual([]);
});
