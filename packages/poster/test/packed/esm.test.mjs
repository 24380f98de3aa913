import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { multipart_encode } from '@millrace/poster/compat';
import { MultipartParam, PosterError, multipartEncode, upload, version } from '@millrace/poster';
import { countingServer, refusingServer } from './server.mjs';

const manifest = JSON.parse(
  fs.readFileSync(new URL(import.meta.resolve('@millrace/poster/package.json')), 'utf8'),
);

test('the package has no dependencies, says its version, and holds only what is needed', () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.version, version);
  const folder = new URL('.', import.meta.resolve('@millrace/poster/package.json'));
  const files = fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => /\.(ts|test\.js|map)$/.test(name));
  assert.deepEqual(
    files.filter((name) => !name.endsWith('.d.ts')),
    [],
  );
  assert.deepEqual(fs.readdirSync(folder).sort(), ['LICENSE', 'README.md', 'lib', 'package.json']);
});

test('a file is uploaded with progress', async () => {
  const server = await countingServer();
  fs.writeFileSync('upload.bin', new Uint8Array(3_000_000));
  let last;
  const form = multipartEncode({ a: 'b', file: MultipartParam.fromFile('file', 'upload.bin') });
  const response = await upload(server.url, form, { onProgress: (progress) => (last = progress) });
  assert.equal(response.status, 200);
  assert.equal(response.text(), String(form.contentLength));
  assert.equal(last.sentBytes, form.contentLength);
  server.close();
});

test('a stream is uploaded, and sent only once', async () => {
  const server = await countingServer();
  const form = multipartEncode({ stream: new Blob(['abc']).stream() });
  const response = await upload(server.url, form);
  assert.equal(response.complete, true);
  await assert.rejects(upload(server.url, form), { code: 'ERR_POSTER_NOT_REPLAYABLE' });
  server.close();
});

test('twenty refusals that are followed by a reset are heard', async () => {
  const server = await refusingServer();
  for (let run = 0; run < 20; run += 1) {
    const response = await upload(server.url, { large: new Uint8Array(20_000_000) }, { expect: false });
    assert.deepEqual([response.status, response.complete, response.text()], [401, false, 'who?']);
  }
  server.close();
});

test('errors are of the exported class, with a code', async () => {
  assert.throws(() => MultipartParam.fromFile('a', 'not-there'), PosterError);
  await assert.rejects(upload('http://127.0.0.1:9/', { a: 'b' }), { code: 'ERR_POSTER_CONNECT' });
});

test('the encoded form is a web stream and a Node stream', async () => {
  const form = multipartEncode({ a: 'b' });
  const read = await new Response(form.toWeb(), { headers: form.headers }).formData();
  assert.equal(read.get('a'), 'b');
  assert.equal((await form.toNode().toArray()).join('').length, form.contentLength);
});

test('the original’s face is there', async () => {
  const [blocks, headers] = multipart_encode({ a: 'b' }, 'x');
  let bytes = 0;
  for await (const block of blocks) bytes += block.length;
  assert.equal(String(bytes), headers['Content-Length']);
});
