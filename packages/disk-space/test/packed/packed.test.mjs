// Runs in a folder where only the packed tarball is installed, on the oldest and the newest Node.
// Plain JavaScript and node:test: nothing but Node is needed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const use = `
const space = await freeSpace('.');
if (typeof space.freeBytes !== 'bigint' || space.totalBytes < space.freeBytes) throw new Error('no figures');
await freeSpace('').then(
  () => { throw new Error('an empty path was measured'); },
  (error) => { if (!(error instanceof DiskSpaceError) || error.code !== 'invalid-path') throw error; },
);
`;

/** Writes files into a folder of their own inside the consumer's, so that the package resolves. */
function folderOf(t, files) {
  const folder = fs.mkdtempSync(path.join(process.cwd(), 'use-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  return folder;
}

function runNode(folder, file) {
  return execFileSync(process.execPath, ['--no-deprecation', file], { cwd: folder, encoding: 'utf8' });
}

test('an ES module imports it', (t) => {
  const folder = folderOf(t, {
    'use.mjs': `import { freeSpace, DiskSpaceError } from '@millrace/disk-space';\n${use}`,
  });
  runNode(folder, 'use.mjs');
});

test('a CommonJS module requires it, and shares its classes with import', (t) => {
  const folder = folderOf(t, {
    'use.cjs': `
const { freeSpace, DiskSpaceError } = require('@millrace/disk-space');
(async () => {
${use}
if ((await import('@millrace/disk-space')).DiskSpaceError !== DiskSpaceError) throw new Error('two copies');
})();
`,
  });
  runNode(folder, 'use.cjs');
});

for (const [kind, extension] of [
  ['an ES module', 'mts'],
  ['a CommonJS module', 'cts'],
]) {
  test(`TypeScript consumes it from ${kind}, strictly`, (t) => {
    const modules = process.env.MILLRACE_MODULES;
    assert.ok(modules, 'MILLRACE_MODULES names the node_modules that holds the compiler');
    const folder = folderOf(t, {
      [`use.${extension}`]: `
import { freeSpace, DiskSpaceError, type DiskSpace } from '@millrace/disk-space';
export async function main(): Promise<void> {
  const typed: DiskSpace = await freeSpace('.');
  const bytes: bigint = typed.freeBytes;
  if (bytes < 0n) throw new DiskSpaceError('unreadable', '.', 'less than nothing');
${use}
}
void main();
`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          target: 'es2022',
          strict: true,
          skipLibCheck: false,
          types: ['node'],
          typeRoots: [path.join(modules, '@types')],
        },
      }),
    });
    const tsc = path.join(modules, 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, stdio: 'pipe' });
    runNode(folder, `use.${extension.replace('t', 'j')}`);
  });
}

test('it comes with its readme, its licence and types, and without tests or TypeScript source', () => {
  const folder = path.join('node_modules', '@millrace', 'disk-space');
  const files = fs.readdirSync(folder, { recursive: true }).map(String);
  for (const name of ['README.md', 'LICENSE', path.join('lib', 'index.js'), path.join('lib', 'index.d.ts')])
    assert.ok(files.includes(name), name);
  assert.deepEqual(
    files.filter((name) => /\.test\.|[^d]\.ts$/.test(name)),
    [],
  );
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  assert.equal(manifest.private, undefined);
  assert.equal(manifest.dependencies, undefined);
});

test('nothing is left running when the figures are there', (t) => {
  const folder = folderOf(t, {
    'use.mjs': `
import { freeSpace } from '@millrace/disk-space';
await freeSpace(${JSON.stringify(os.tmpdir())}, { signal: AbortSignal.timeout(3_600_000) });
`,
  });
  runNode(folder, 'use.mjs'); // ends at once, or execFileSync would wait for an hour
});
