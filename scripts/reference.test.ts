import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { referenceFolder, referencePage, referencePages } from './reference.ts';

it.each(referencePages)(
  'docs/reference/%s is what the code says; `npm run reference` writes it anew',
  async (name) => {
    expect(fs.readFileSync(path.join(referenceFolder, name), 'utf8')).toBe(await referencePage(name));
  },
);
