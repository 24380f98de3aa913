import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { CannotMeasure } from './bench.ts';
import type { BenchRun } from './bench.ts';
import type { Measured } from './figure.ts';

const scripts = path.resolve(import.meta.dirname, '../peer');
/** Debian's own: its packages of Buildbot are for no other. */
const python = '/usr/bin/python3';
let found: boolean | undefined;

/** What Buildbot needs, where it is missing. */
export function peerMissing(): string | undefined {
  found ??=
    spawnSync(python, ['-c', 'import buildbot, buildbot_worker, twisted'], { stdio: 'ignore' }).status === 0;
  return found
    ? undefined
    : 'Buildbot is not installed: apt-get install --no-install-recommends buildbot buildbot-worker';
}

/** Runs one of the peer's scripts, whose last line is an object of figures by the rows' names. */
export async function peer(context: BenchRun, script: string, args: readonly string[]): Promise<Measured> {
  const missing = peerMissing();
  if (missing !== undefined) throw new CannotMeasure(missing);
  const child = spawn(python, [path.join(scripts, script), '--folder', context.folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode !== 0) throw new Error(`Buildbot: ${script} failed:\n${error}\n${out}`);
  return JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as Measured;
}
