import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';

const html = { headers: { accept: 'text/html,application/xhtml+xml' } };

let folder: string;
let scene: ApiScene;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'millrace-pages-'));
  scene = new ApiScene({ parts: { pages: path.join(folder, 'dist') } });
});
afterEach(async () => {
  await scene[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function build(): Promise<void> {
  await mkdir(path.join(folder, 'dist', 'assets'), { recursive: true });
  await writeFile(path.join(folder, 'dist', 'index.html'), '<title>millrace</title>');
  await writeFile(path.join(folder, 'dist', 'assets', 'main-abc123.js'), 'start();');
  await writeFile(path.join(folder, 'dist', 'icon.svg'), '<svg/>');
  await writeFile(path.join(folder, 'secret'), 'no');
}

describe('the pages', () => {
  test('say that they are not built, until they are', async () => {
    const before = await scene.get('//', html);
    expect(before).toMatchObject({ status: 503, text: expect.stringContaining('npm run build') });
    await build();
    expect(await scene.get('//', html)).toMatchObject({ status: 200, text: '<title>millrace</title>' });
  });

  test('are one document at every address, never cached, with a strict policy', async () => {
    await build();
    for (const url of ['//', '//builds/12?tab=log', '//builders/a.b']) {
      const page = await scene.get(url, html);
      expect(page).toMatchObject({ status: 200, text: '<title>millrace</title>' });
      expect(page.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': expect.stringContaining("script-src 'self'"),
      });
    }
  });

  test('have files that are cached as long as their names say', async () => {
    await build();
    const asset = await scene.api.inject('/assets/main-abc123.js');
    expect(asset).toMatchObject({ statusCode: 200, body: 'start();' });
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await scene.api.inject('/icon.svg')).headers['cache-control']).toBe('public, max-age=0');
  });

  test('have files that are sent in part, and not again when they have not changed', async () => {
    await build();
    const asset = async (headers: Record<string, string>) =>
      scene.api.inject({ url: '/assets/main-abc123.js', headers });
    const { etag = '' } = (await asset({})).headers;
    expect(await asset({ 'if-none-match': etag })).toMatchObject({ statusCode: 304, body: '' });
    const part = await asset({ range: 'bytes=0-4' });
    expect(part).toMatchObject({ statusCode: 206, body: 'start' });
    expect(part.headers['content-range']).toBe('bytes 0-4/8');
    expect(await asset({ range: 'bytes=90-' })).toMatchObject({ statusCode: 416 });
    expect(await asset({ 'if-match': '"another"' })).toMatchObject({ statusCode: 412 });
    expect(await scene.api.inject({ method: 'HEAD', url: '/icon.svg' })).toMatchObject({
      statusCode: 200,
      body: '',
    });
  });

  test('are nothing else of the disk, and no answer to a program', async () => {
    await build();
    for (const url of ['/../secret', '/%2e%2e/secret', '/assets/..%2f..%2fsecret', '/nothing.js', '/assets'])
      expect((await scene.api.inject(url)).statusCode, url).toBe(404);
    expect(await scene.get('//api/v1/nothing', html)).toMatchObject({
      status: 404,
      body: { code: 'unknown-call' },
    });
    expect(await scene.call('POST', '//builds')).toMatchObject({
      status: 404,
      body: { code: 'unknown-call' },
    });
  });
});
