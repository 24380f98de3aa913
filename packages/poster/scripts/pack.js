// Builds and packs; prints the tarball's path. `npm publish` takes that file.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.js';

/** Packs into a folder and returns the tarball's path. */
export function pack(folder) {
  const run = spawnSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: build(),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (run.status !== 0) throw new Error(`npm pack failed: ${run.stderr || run.stdout}`);
  return path.join(folder, JSON.parse(run.stdout)[0].filename);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(pack(process.cwd()));
