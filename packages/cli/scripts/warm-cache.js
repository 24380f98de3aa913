import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheFolder } from '../bin/bundle-state.js';

const msMax = 30_000;
const config = "import { defineConfig } from 'millrace';\nexport default defineConfig({});\n";

/**
 * Starts a master of the bundle and stops it again, so that the code which that compiles lies in the bundle's cache:
 * what runs leaves it there when it ends. Where no master can be started here, the first one that somebody starts does it.
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
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: msMax,
      killSignal: 'SIGKILL',
    });
    // Its first words: it is ready.
    master.stdout.once('data', () => master.kill('SIGTERM'));
    await once(master, 'exit');
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
