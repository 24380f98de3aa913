// `npm run build`: what is not run from its source: the pages, and the slots and the command, which start several
// times as fast as plain JavaScript. A part is built only when its sources have changed since.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installMissing } from './install.js';
import { bin, root, run } from './run.js';

const parts = [
  {
    name: 'pages',
    sources: [
      'packages/web/src',
      'packages/web/index.html',
      'packages/web/vite.config.ts',
      'packages/protocol/src',
    ],
    output: 'packages/web/dist/index.html',
    command: bin('vite'),
    args: ['build', '--config', 'packages/web/vite.config.ts', '--logLevel', 'error'],
  },
  {
    name: 'slot',
    sources: [
      'packages/worker/src',
      'packages/protocol/src',
      'packages/kernel/src',
      'packages/disk-space/src',
    ],
    output: 'packages/worker/dist/slot.js',
    command: bin('node'),
    args: ['packages/worker/scripts/build-slot.js'],
  },
  {
    name: 'command',
    sources: [
      'packages/cli/src',
      'packages/cli/bin',
      'packages/cli/scripts',
      'packages/master/src',
      'packages/worker/src',
      'packages/protocol/src',
      'packages/kernel/src',
      'packages/churn/src',
      'packages/poster/src',
      'packages/disk-space/src',
      'packages/web/dist',
    ],
    output: 'packages/cli/dist/sources.json',
    command: bin('node'),
    args: ['packages/cli/scripts/bundle.js'],
  },
];

/** Builds what has changed. Ends the process if something cannot be built. */
export function build() {
  for (const part of parts) {
    const stamp = path.join(root, 'node_modules', `.millrace-built-${part.name}`);
    const wanted = hashOf([...part.sources, 'package-lock.json']);
    const isThere = fs.existsSync(path.join(root, part.output)) && fs.existsSync(stamp);
    if (isThere && fs.readFileSync(stamp, 'utf8') === wanted) continue;
    console.log(`millrace: building the ${part.name} ...`);
    const status = run(part.command, part.args);
    if (status !== 0) {
      console.error(`millrace: the ${part.name} could not be built; what went wrong is above.`);
      process.exit(status);
    }
    fs.writeFileSync(stamp, wanted);
  }
}

/** Of the names and contents of files and folders; tests do not count. */
function hashOf(names) {
  const hash = createHash('sha256');
  for (const name of names)
    for (const file of filesOf(name)) hash.update(`${file}\0`).update(fs.readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesOf(name) {
  const whole = path.join(root, name);
  if (!fs.statSync(whole).isDirectory()) return [whole];
  return fs
    .readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installMissing();
  build();
}
