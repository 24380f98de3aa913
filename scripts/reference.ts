import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { apiReference } from './reference/api.ts';
import { commandsReference } from './reference/commands.ts';
import { configReference } from './reference/config.ts';

/*
 * `npm run reference` writes docs/reference of what the code itself says: the API's description, the help of the
 * commands, the declarations of the config. A test tells when a page is stale.
 */

const root = path.dirname(import.meta.dirname);
export const referenceFolder = path.join(root, 'docs/reference');

const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  'api.md': apiReference,
  'commands.md': commandsReference,
  'config.md': configReference,
};

export const referencePages = Object.keys(pages);

/** The text of a page, as the formatter leaves it. */
export async function referencePage(name: string): Promise<string> {
  const text = await pages[name]?.();
  const file = path.join(referenceFolder, name);
  const oxfmt = path.join(root, 'node_modules/.bin/oxfmt');
  const ended = spawnSync(oxfmt, ['--stdin-filepath', file], {
    cwd: root,
    encoding: 'utf8',
    input: `${text}\n`,
  });
  if (ended.status !== 0) throw new Error(`oxfmt failed: ${ended.stderr}`);
  return ended.stdout;
}

if (import.meta.main) {
  fs.mkdirSync(referenceFolder, { recursive: true });
  for (const name of referencePages)
    fs.writeFileSync(path.join(referenceFolder, name), await referencePage(name));
}
