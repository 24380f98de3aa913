// `npm start`: installs and builds what is missing, then starts a master, a worker and the pages, and builds this
// repository itself. It runs on Node 20: everything after the installation runs on the project's own Node.
import path from 'node:path';
import { build } from './build.js';
import { installMissing } from './install.js';
import { root } from './run.js';

installMissing();
build();

const millrace = path.join(root, 'packages/cli/bin/millrace.js');
const config = path.join(root, 'millrace.config.ts');
const data = path.join(root, '.millrace');
process.argv = [
  process.argv[0],
  millrace,
  'up',
  '--config',
  config,
  '--data',
  data,
  '--port',
  '8010',
  '--force',
  'check',
  // `npm start -- --port 9000`: the last one counts.
  ...process.argv.slice(2),
];
await import('../packages/cli/bin/millrace.js');
