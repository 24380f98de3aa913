import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as poster from '../src/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const page = fs.readFileSync(new URL('../../../docs/poster/recipes.md', import.meta.url), 'utf8');
const recipes = [...page.matchAll(/^## (.+?)$[^]*?```ts\n([^]*?)```/gm)].map(([, title = '', code = '']) => ({
  title,
  code,
}));

const folder = temporaryFolder();
const printed: unknown[][] = [];
const seen: string[] = [];
let flakyFailures = 0;

/** Plays example.org, and the proxy on the way to it. */
const server = http.createServer((request, response) => {
  const path = new URL(request.url ?? '', 'http://example.org').pathname;
  seen.push(`${path} ${request.headers['proxy-authorization'] ? 'proxied' : 'direct'}`);
  if (path === '/slow') return;
  if (path === '/too-large') {
    response.writeHead(413, { 'Content-Length': 9 }).end('too large');
    return;
  }
  if (path === '/flaky' && flakyFailures < 2) {
    flakyFailures += 1;
    request.socket.resetAndDestroy();
    return;
  }
  if (path === '/private' && request.headers.authorization !== 'Bearer secret') response.statusCode = 401;
  request.resume().on('end', () => response.end());
});

let origin: string;
beforeAll(async () => {
  folder.file('build.tar.gz', new Uint8Array(200_000));
  folder.file('tests.json', '{}');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** What must have happened, beside that nothing was thrown. */
const afterwards: Record<string, () => void> = {
  'A file with progress': () => expect(printed.at(-1)?.[0]).toBe(printed.at(-1)?.[2]),
  Credentials: () => expect(printed).toEqual([[200]]),
  'Through a proxy': () => expect(seen).toEqual(['/upload proxied']),
  Abort: () => expect(printed).toEqual([['gave up']]),
  Retry: () => expect(printed).toEqual([['arrived at attempt', 3]]),
  'When the server answers early': () =>
    expect(String(printed[0])).toMatch(/^refused with 413 after \d+ bytes: too large$/),
  'In a browser': () => expect(printed.at(-1)).toEqual([200]),
};

describe('the recipe', () => {
  test('page has recipes', () => expect(recipes.length).toBe(9));

  test.each(recipes)('“$title” runs as it stands', async ({ title, code }) => {
    printed.length = 0;
    seen.length = 0;
    await run(code);
    expect(seen.length).toBeGreaterThan(0);
    afterwards[title]?.();
  });
});

/** Runs a recipe with its example's server and files put in place. */
async function run(code: string): Promise<void> {
  const script = stripTypeScriptTypes(
    code
      .replaceAll(/^import (\{.*?\}) from '@millrace\/poster';$/gm, 'const $1 = poster;')
      .replaceAll(/^import (\{.*?\}) from '(node:.*?)';$/gm, "const $1 = process.getBuiltinModule('$2');")
      .replaceAll('https://example.org', origin)
      .replaceAll('http://me:secret@proxy.example:3128', origin.replace('//', '//me:secret@'))
      .replaceAll(/'(build\.tar\.gz|tests\.json)'/g, (_match, name) =>
        JSON.stringify(`${folder.path}/${name}`),
      ),
  );
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>;
  const console = { log: (...values: unknown[]) => printed.push(values) };
  await new AsyncFunction('poster', 'console', script)(poster, console);
}
