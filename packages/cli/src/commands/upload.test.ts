import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runCommand, type RunOptions } from '../../test/run-command.ts';
import { uploadCommand } from './upload.ts';
import { barText, UploadProgress } from './upload-progress.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cli-upload-'));
const notes = path.join(folder, 'notes.txt');
const large = path.join(folder, 'large.bin');
const interrupts = new EventEmitter();

/** Set by each test. */
let answer: Answer = accept;
let seen: IncomingMessage[] = [];
let form: FormData | undefined;

const server = createServer((request, response) => {
  seen.push(request);
  return answer(request, response);
});

let origin: string;
beforeAll(async () => {
  fs.writeFileSync(notes, 'all is well\n');
  fs.writeFileSync(large, '');
  fs.truncateSync(large, 30_000_000);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
afterEach(() => {
  // Whatever came of it, nobody listens any more.
  expect(interrupts.eventNames()).toEqual([]);
  answer = accept;
  seen = [];
  form = undefined;
});

const upload = (args: readonly string[], options: RunOptions = {}) =>
  runCommand((system) => uploadCommand(system, interrupts), args, options);

/** Reads the form with the platform's own parser. */
async function accept(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const type = request.headers['content-type'] ?? '';
  form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData();
  response.writeHead(201, { 'content-type': 'text/plain' });
  response.end('kept as 17\nthank you\n');
}

/** Refuses a form once it has all of it. */
function refuse(status: number, text: string): Answer {
  return (request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(text));
  };
}

test('files and fields arrive as one form, and the answer is told', async () => {
  const empty = path.join(folder, 'empty.csv');
  fs.writeFileSync(empty, '');
  const ran = await upload([
    `${origin}/files`,
    notes,
    empty,
    '--field',
    'a=b=c',
    '--field',
    'd=',
    '--name',
    'logs',
  ]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatch(
    /^✓ 201 Created from http:\S+\/files: sent \d+ in 0.0 s\n {2}kept as 17\n {2}thank you\n$/,
  );
  const parts = [...(form ?? [])];
  expect(parts.map(([name]) => name)).toEqual(['a', 'd', 'logs', 'logs']);
  expect(parts.slice(0, 2).map(([, value]) => value)).toEqual(['b=c', '']);
  const files = form?.getAll('logs') as File[];
  expect(files.map(({ name, type, size }) => [name, type, size])).toEqual([
    ['notes.txt', 'text/plain', 12],
    ['empty.csv', 'text/csv', 0],
  ]);
});

test('the answer is printed as JSON, whatever it is', async () => {
  const ran = await upload([origin, notes, '--json']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ran.stdout)).toMatchObject({
    url: `${origin}/`,
    status: 201,
    ok: true,
    complete: true,
    attempts: 1,
    headers: { 'content-type': 'text/plain' },
    body: 'kept as 17\nthank you\n',
    bodyComplete: true,
  });
  answer = refuse(403, 'no');
  const refused = await upload([origin, notes, '--json']);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({ status: 403, ok: false, complete: true, body: 'no' });
});

test('a refusal is told with the first lines of its body, as text', async () => {
  const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`);
  answer = refuse(422, `\u001b[2Jwrong\r\n${lines.join('\n')}`);
  const ran = await upload([origin, notes]);
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  const told = ran.stderr.split('\n');
  expect(told[0]).toBe(`millrace: not delivered: 422 Unprocessable Entity from ${origin}/`);
  expect(told.slice(1)).toEqual([
    '  \\x1b[2Jwrong',
    ...lines.slice(0, 9).map((line) => `  ${line}`),
    '  …',
    '',
  ]);
});

test('an answer that came before everything was sent is no delivery', async () => {
  for (const status of [413, 200]) {
    answer = (_request, response) => response.writeHead(status, { 'content-length': 3 }).end('too');
    const ran = await upload([origin, large, '--no-expect']);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toMatch(
      new RegExp(
        `^millrace: not delivered: ${status} .*: the server answered before everything was sent \\([\\d.]+[KM]? of 29M\\)\n {2}too\n$`,
      ),
    );
  }
});

test('credentials come from the environment, and a command line with a secret is refused', async () => {
  const env = { MILLRACE_UPLOAD_PASSWORD: 'pässword', MILLRACE_UPLOAD_TOKEN: 'secret' };
  await upload([origin, notes, '--user', 'me'], { env });
  await upload([origin, notes, '--token', '--header', 'X-Build: 17', '--method', 'put'], { env });
  const basic = `Basic ${Buffer.from('me:pässword').toString('base64')}`;
  expect(seen.map(({ headers }) => headers.authorization)).toEqual([basic, 'Bearer secret']);
  expect(seen[1]).toMatchObject({ method: 'PUT', headers: { 'x-build': '17' } });
});

test('credentials stay with the server that they were given for', async () => {
  answer = (request, response) => {
    if (request.headers.host?.startsWith('localhost') === true) return accept(request, response);
    request.resume();
    return response.writeHead(307, { location: origin.replace('127.0.0.1', 'localhost') }).end();
  };
  const ran = await upload([origin, notes, '--token'], { env: { MILLRACE_UPLOAD_TOKEN: 'secret' } });
  expect(ran.code).toBe(0);
  expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', undefined]);
});

test('a lost connection is tried again as often as asked', async () => {
  answer = (request, response) => {
    if (seen.length < 3) return request.socket.resetAndDestroy();
    return accept(request, response);
  };
  const ran = await upload([origin, notes, '--retry', '2']);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain(', in 3 requests\n');
  seen = [];
  const lost = await upload([origin, notes]);
  expect(lost.code).toBe(4);
  expect(lost.stderr).toContain('--retry sends it again');
});

test('goes through a proxy', async () => {
  const ran = await upload(['http://example.org/files', notes, '--proxy', origin]);
  expect(ran.code).toBe(0);
  expect(seen[0]?.url).toBe('http://example.org/files');
  const env = { MILLRACE_UPLOAD_PROXY: origin.replace('//', '//me:secret@') };
  await upload(['http://example.org/files', notes], { env });
  expect(seen[1]?.headers['proxy-authorization']).toBe(
    `Basic ${Buffer.from('me:secret').toString('base64')}`,
  );
});

test('an interrupt ends it, also where the server never answers', async () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    answer = () => interrupts.emit(signal);
    const ran = await upload([origin, notes]);
    expect(ran).toMatchObject({
      code: 3,
      stdout: '',
      stderr: 'millrace: interrupted before the server answered\n',
    });
  }
});

test('a certificate is trusted when its authority is named, and else told how to', async () => {
  const pem = (name: string) =>
    path.resolve(import.meta.dirname, `../../../poster/test/tls/test-only-${name}.pem`);
  const tls = { cert: fs.readFileSync(pem('cert')), key: fs.readFileSync(pem('key')) };
  const secure = createTlsServer(tls, (request, response) => void accept(request, response));
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`;
  try {
    const doubted = await upload([url, notes]);
    expect(doubted).toMatchObject({ code: 4, stdout: '' });
    expect(doubted.stderr).toMatch(/self-signed certificate. .* with --ca\.\n$/);
    expect(form).toBeUndefined();
    expect((await upload([url, notes, '--ca', pem('cert')])).code).toBe(0);
  } finally {
    secure.closeAllConnections();
    await new Promise((resolve) => secure.close(resolve));
  }
});

test('what cannot be reached is told with what to look at', async () => {
  const nobody = createServer();
  await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
  const { port } = nobody.address() as AddressInfo;
  await new Promise((resolve) => nobody.close(resolve));
  const ran = await upload([`http://127.0.0.1:${port}`, notes]);
  expect(ran).toMatchObject({ code: 4, stdout: '' });
  expect(ran.stderr).toMatch(
    /cannot connect to 127.0.0.1:\d+ \(ECONNREFUSED\). Look at the host and the port/,
  );
  const insecure = await upload([origin.replace('http', 'https'), notes]);
  expect(insecure).toMatchObject({ code: 4, stdout: '' });
  expect(insecure.stderr).toContain('no secure connection');
});

test.each([
  [['absent.txt'], 'there is no file "absent.txt". Look at its name'],
  [['/'], '"/" is a directory: pack it first'],
  [['.'], '"." is a directory: pack it first'],
  [[], "missing required argument 'file'"],
  [[notes, '--field', 'colour'], '--field wants name=value, not "colour"'],
  [[notes, '--header', 'colour'], '--header wants "Name: value", not "colour"'],
  [[notes, '--header', 'Host: other'], 'the header Host is made by upload'],
  [[notes, '--method', 'GET'], 'method must be one that carries a body'],
  [[notes, '--retry', 'often'], 'It must be a whole number'],
  [[notes, '--user', 'me'], 'MILLRACE_UPLOAD_PASSWORD from the environment, and it is not set'],
  [[notes, '--user', 'me:secret'], 'a name without a colon, and no password'],
  [[notes, '--user', 'me', '--token'], 'give one of --user and --token'],
  [[notes, '--proxy', 'http://me:secret@proxy'], 'put the whole URL into MILLRACE_UPLOAD_PROXY'],
  [[notes, '--proxy', 'socks://proxy'], 'proxy must be an http or https URL'],
  [[notes, '--ca', 'absent.pem'], '--ca: ENOENT'],
  [[notes, '--ca', notes], 'holds no certificate in PEM form'],
])('%j is wrong usage, nothing is sent, and it is told why', async (args, why) => {
  const ran = await upload([origin, ...args]);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(why);
  expect(seen).toEqual([]);
});

test('a URL with a password, or none at all, is wrong usage', async () => {
  const secret = await upload(['http://me:secret@example.org', notes]);
  expect(secret.code).toBe(2);
  expect(secret.stderr).toContain('give the name with --user');
  expect(secret.stderr).not.toContain('secret@');
  expect((await upload(['example.org', notes])).code).toBe(2);
  expect((await upload(['--help'])).stdout).toContain('Exit codes');
});

test('a device is told how to be sent', async () => {
  if (process.platform === 'win32') return;
  const ran = await upload([origin, '/dev/null']);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('copy what it gives into a file first');
});

test('draws a bar on a terminal, up to its end, and leaves the line empty', async () => {
  const ran = await upload([origin, large], { terminal: true });
  expect(ran.code).toBe(0);
  expect(ran.stderr).toMatch(/\[#{24}\] 100%, 29M of 29M.*: waiting for the answer/);
  expect(ran.stderr.endsWith('\r\u001b[K')).toBe(true);
  expect(ran.stdout).toContain('\u001b[32m✓\u001b[0m 201 Created');
  const plain = await upload([origin, notes], { terminal: true, env: { NO_COLOR: '1' } });
  expect(plain.stdout).toMatch(/^✓ 201 Created/);
  expect(await upload([origin, notes], { terminal: true, env: { TERM: 'dumb' } })).toMatchObject({
    stderr: '',
  });
});

const step = {
  sentBytes: 25 * 2 ** 20,
  totalBytes: 100 * 2 ** 20,
  bytesPerSecond: 5 * 2 ** 20,
  secondsLeft: 15,
  part: { name: 'file', fileName: 'a.bin', index: 0, sentBytes: 0, totalBytes: undefined, done: false },
};

test('the bar says how far, how fast and how long still, in as many columns as there are', () => {
  const bar = `[${'#'.repeat(6)}${' '.repeat(18)}]`;
  expect(barText(step, 120)).toBe(`${bar}  25%, 25M of 100M, 5.0M/s, 15 s left: a.bin`);
  expect(Array.from(barText(step, 40))).toHaveLength(40);
  const begun = { ...step, bytesPerSecond: 0, secondsLeft: undefined, totalBytes: undefined };
  expect(barText(begun, 120)).toBe(`[${' '.repeat(24)}] 25M: a.bin`);
});

test('where nobody watches, a line comes every few seconds', () => {
  let nowMs = 0;
  const written: string[] = [];
  const output = {
    isTerminal: false,
    columns: 80,
    write: (text: Uint8Array | string) => Promise.resolve(void written.push(String(text))),
  };
  const progress = new UploadProgress(output, { monotonicMs: () => nowMs }, { bar: false });
  for (; nowMs <= 12_000; nowMs += 500) progress.show(step);
  progress.clear();
  expect(written).toEqual(Array(2).fill('millrace: 25%, 25M of 100M, 5.0M/s, 15 s left: a.bin\n'));
});
