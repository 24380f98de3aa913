// A browser is not at hand everywhere: what it would load is held to what a browser has.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';

const manifestUrl = import.meta.resolve('@millrace/poster/package.json');
const manifest = JSON.parse(fs.readFileSync(new URL(manifestUrl), 'utf8'));
const entry = new URL(manifest.exports['.'].browser.default, manifestUrl);

test('the browser’s entry loads nothing of Node’s', () => {
  const seen = new Set();
  const walk = (url) => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, specifier] of fs
      .readFileSync(url, 'utf8')
      .matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      assert.match(specifier, /^\.\.?\//, `${url.pathname} imports ${specifier}`);
      walk(new URL(specifier, url));
    }
  };
  walk(entry);
  assert.ok(seen.size > 10);
});

test('it encodes where there is no process and no Buffer, and says what files are there: none', () => {
  const script = `
    const { write } = process.stdout;
    const print = write.bind(process.stdout);
    delete globalThis.process;
    delete globalThis.Buffer;
    const { MultipartParam, multipartEncode } = await import(${JSON.stringify(entry.href)});
    const form = multipartEncode({ a: 'b', file: new File(['abc'], 'a.txt') });
    let text = '';
    const decoder = new TextDecoder();
    for await (const block of form.toWeb()) text += decoder.decode(block);
    let code;
    try { MultipartParam.fromFile('a', '/etc/hostname'); } catch (error) { code = error.code; }
    print([text.length === form.contentLength, text.includes('filename="a.txt"'), code].join(' '));
  `;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(run.stdout, 'true true ERR_POSTER_NO_FILES', run.stderr);
});
