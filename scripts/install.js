// Installs the project's dependencies when the lock file has changed since they were last installed.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { root, run } from './run.js';

const stampFile = path.join(root, 'node_modules', '.millrace-installed');

const lockHash = () =>
  createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');

/** Makes `node_modules` what the lock file says, and says what it does. Ends the process if it cannot. */
export function installMissing() {
  const wanted = lockHash();
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === wanted) return;
  console.log('millrace: installing dependencies (npm install), which takes a minute or two ...');
  // Not `npm ci`: it refuses a lock file that does not name the builds of a package for every other platform, and
  // not every registry has those. The versions are those of the lock file, which stays as it is.
  const status = run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0) {
    console.error('millrace: npm install failed; what it printed is above. Mend that and run this again.');
    process.exit(status);
  }
  fs.writeFileSync(stampFile, lockHash());
}
