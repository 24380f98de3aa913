import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Build } from '@millrace/protocol/api/builds';
import { Fleet } from './harness/fleet.ts';
import { until } from './harness/until.ts';

/*
 * The commands that ask a master, as processes of their own, while that master dies and comes back.
 */
const cli = path.resolve(import.meta.dirname, '../packages/cli/bin/millrace.js');
const steps = `checkout(), sh(['sh', 'work.sh'], { name: 'work', killGraceMs: 500 })`;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start({ steps });
});
afterAll(async () => {
  await fleet?.[Symbol.asyncDispose]();
});

/** A command that goes on while the test does other things. */
function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, MILLRACE_URL: fleet.url, NO_COLOR: '1' },
  });
  const out: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  const status = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return {
    status,
    bytes: () => Buffer.concat(out),
    text: () => Buffer.concat(out).toString(),
    stderr: () => stderr,
  };
}

async function running(): Promise<Build> {
  return until('a build runs', async () => {
    const { items } = await fleet.get<{ items: Build[] }>('/builds?state=running');
    return items[0];
  });
}

const forceWait = () => start('force', 'main', '--wait', '--branch', 'work');

describe('the commands of a client', () => {
  test('wait and follow through a master that is killed, and miss nothing', async () => {
    const gate = path.join(fleet.folder, 'gate');
    const body = `printf 'part'\nseq 1 2000\nwhile [ ! -e '${gate}' ]; do sleep 0.05; done\nprintf '\\377\\000 late\\n'\nseq 1 3000\nprintf 'no end'`;
    fleet.repository.branch('work');
    fleet.repository.commit('Print much', { 'work.sh': `${body}\n` });
    const force = forceWait();
    const build = await running();
    const log = await fleet.logId(build.id, 'output');
    const follow = start('log', String(build.id), 'work', '-f');
    const whole = start('log', String(build.id), '-f');
    await until('the first part is followed', () =>
      [follow, whole].every((one) => one.text().includes('\n2000\n')),
    );
    fleet.killMaster();
    await until('all three notice', () =>
      [force, follow, whole].every((one) => one.stderr().includes('lost the master')),
    );
    fs.writeFileSync(gate, '');
    await fleet.startMaster();
    expect(await Promise.all([force.status, follow.status, whole.status])).toEqual([0, 0, 0]);
    expect(force.text()).toMatch(/✓ success/u);
    const [work] = (await fleet.steps(build.id))
      .filter((step) => step.name === 'work')
      .flatMap((step) => step.logs);
    const stored = Buffer.from(await fleet.raw(work?.id ?? 0));
    expect(stored.includes(Buffer.from([0xff, 0x00]))).toBe(true);
    expect(follow.bytes().equals(stored)).toBe(true);
    expect(whole.bytes().equals(Buffer.concat([Buffer.from(await fleet.raw(log)), stored]))).toBe(true);
    expect((await fleet.get<{ items: Build[] }>('/builds?branch=work')).items).toHaveLength(1);
  });

  test('a range of lines is exactly those lines', async () => {
    const { items } = await fleet.get<{ items: Build[] }>('/builds?branch=work');
    const ran = await fleet.cli('log', String(items[0]?.id), 'work', '--lines', '100-102');
    expect(ran.status).toBe(0);
    expect(ran.stdout.split('\n')).toHaveLength(4);
  });

  test('a build that somebody cancels ends the waiting with 3', async () => {
    fleet.repository.commit('Wait for ever', { 'work.sh': 'sleep 600\n' });
    const force = forceWait();
    const build = await running();
    const cancelled = await fleet.cli('cancel', `main#${build.number}`, '--message', 'not now');
    expect(cancelled).toMatchObject({ status: 0 });
    expect(await force.status).toBe(3);
    expect(force.text()).toContain('not now');
  });

  test('a command at the end of whose pipe nobody reads is quiet about it', async () => {
    const { items } = await fleet.get<{ items: Build[] }>('/builds?branch=work&result=success');
    const shell = spawn(
      'sh',
      ['-c', '"$0" "$1" log "$2" | head -n 1', process.execPath, cli, String(items[0]?.id)],
      {
        env: { ...process.env, MILLRACE_URL: fleet.url },
      },
    );
    let stderr = '';
    shell.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
    await new Promise((resolve) => {
      shell.on('close', resolve);
    });
    expect(stderr).toBe('');
  });

  test('without a master it ends with 4, and says where it looked and what to do', async () => {
    fleet.killMaster();
    for (const args of [['force', 'main', '--wait'], ['builds'], ['log', '1', '-f'], ['watch']]) {
      const { status, stderr } = await fleet.cli(...args);
      expect({ args, status }).toEqual({ args, status: 4 });
      expect(stderr).toContain(fleet.url);
      expect(stderr).toContain('millrace up');
    }
  });
});
