// Plain JavaScript: it is used by the script that bundles.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheFolder } from '../bin/bundle-state.js';

const msMax = 30_000;
const config = `
import { builder, defineConfig, sh, worker } from 'millrace';

export default defineConfig({
  workers: [worker({ name: 'local' })],
  builders: [builder({ name: 'check', workers: ['local'], steps: () => [sh(['true'])] })],
});
`;

/**
 * Starts a master of the bundle and stops it again once it is ready, so that the code which a start compiles lies in
 * the bundle's cache: what runs leaves it there when it ends, and adds nothing to what lies there. Where no master can
 * be started here, that is told, and what it compiled until then is kept.
 */
export async function warmCache(cli) {
  fs.mkdirSync(path.join(cli, 'dist', cacheFolder));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-warm-'));
  try {
    const file = path.join(folder, 'millrace.config.mjs');
    fs.writeFileSync(file, config);
    const program = path.join(cli, 'bin', 'millrace.js');
    const args = ['master', '--config', file, '--data', path.join(folder, 'data'), '--port', '0'];
    const master = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: msMax,
      killSignal: 'SIGKILL',
    });
    // Its first words: it is ready, and where.
    master.stdout.once('data', (words) => void asked(words.toString()).finally(() => master.kill('SIGTERM')));
    const [code] = await once(master, 'exit');
    if (code !== 0) console.error('millrace: the bundle is made, and its master does not start: see above.');
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Whoever starts a master asks it this, too. */
async function asked(words) {
  const [url] = /http:\S+/.exec(words) ?? [];
  if (url !== undefined) await fetch(`${url}/readyz`).catch(() => undefined);
}
