// Runs `test/nginx.test.ts` against Debian's nginx: the one on the path, or one unpacked into a temporary folder, so
// that nothing is installed. Where neither can be had it says so and ends with 0: nginx is not on every machine.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const rootFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'poster-nginx-'));
try {
  const nginx = onPath() ?? unpacked();
  if (nginx === undefined) {
    console.log('nginx: not on this machine, and apt-get cannot download it; its test was not run');
  } else {
    const vitest = path.join(rootFolder, 'node_modules', 'vitest', 'vitest.mjs');
    const run = spawnSync(
      process.execPath,
      [vitest, 'run', '--project', 'unit', 'packages/poster/test/nginx.test.ts'],
      { cwd: rootFolder, stdio: 'inherit', env: { ...process.env, POSTER_NGINX: nginx } },
    );
    process.exitCode = run.status ?? 1;
  }
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
}

function onPath() {
  return ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find((file) => fs.existsSync(file));
}

function unpacked() {
  fs.chmodSync(temporary, 0o755);
  const download = spawnSync('apt-get', ['download', 'nginx'], { cwd: temporary, stdio: 'ignore' });
  const file = fs.readdirSync(temporary).find((name) => name.endsWith('.deb'));
  if (download.status !== 0 || file === undefined) return undefined;
  spawnSync('dpkg', ['-x', file, 'root'], { cwd: temporary });
  const nginx = path.join(temporary, 'root', 'usr', 'sbin', 'nginx');
  return spawnSync(nginx, ['-v']).status === 0 ? nginx : undefined;
}
