const assert = require('node:assert/strict');
const { test } = require('node:test');
const poster = require('@millrace/poster');
const { multipart_encode } = require('@millrace/poster/compat');

test('require gives the same package as import', async () => {
  const imported = await import('@millrace/poster');
  assert.equal(poster.upload, imported.upload);
  assert.equal(poster.PosterError, imported.PosterError);
  assert.equal(typeof multipart_encode, 'function');
});

test('a form is uploaded', async () => {
  const { countingServer } = await import('./server.mjs');
  const server = await countingServer();
  const response = await poster.upload(server.url, { a: 'b', c: Buffer.alloc(100_000) });
  assert.equal(response.text(), String(response.bytesSent));
  server.close();
});
