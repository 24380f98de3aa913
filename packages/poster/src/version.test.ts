import fs from 'node:fs';
import { expect, test } from 'vitest';
import { version } from './version.ts';

test('the version is the manifest’s', () => {
  const manifest = JSON.parse(fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(version).toBe(manifest.version);
});
