import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@millrace/kernel/clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../config-problem.ts';
import { ConfigThread } from './config-thread.ts';
import type { ConfigThreadOptions } from './config-thread.ts';

const revision = 'a'.repeat(40);
let folder: string;
const opened: ConfigThread[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-config-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  fs.rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
}

function threadOf(file: string, limits: Partial<ConfigThreadOptions> = {}): ConfigThread {
  const thread = new ConfigThread({ file, clock: systemClock, ...limits });
  opened.push(thread);
  return thread;
}

async function refusalOf(thread: ConfigThread): Promise<ConfigError> {
  try {
    await thread.load();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ConfigError);
    return thrown as ConfigError;
  }
  throw new Error('the config was taken');
}

const config = (steps: string, head = ''): string => `
import { builder, checkout, defineConfig, repository, sh, worker } from 'millrace';
${head}
export default defineConfig({
  repositories: [repository({ name: 'app', git: '.' })],
  workers: [worker({ name: 'local' })],
  builders: [builder({ name: 'check', repository: 'app', workers: ['local'], steps: ${steps} })],
});
`;

const input = (properties = {}) => ({
  builder: 'check',
  source: { repository: 'app', branch: 'main', revision },
  properties,
});

describe('ConfigThread', () => {
  it('loads a config wherever it lies and makes plans with its code', async () => {
    write('helper.ts', 'export const line: string = "make all";');
    const thread = threadOf(
      write(
        'millrace.config.ts',
        config(
          '(build) => [checkout(), sh(line), sh(["echo", String(build.properties.k)])]',
          "import { line } from './helper.ts';",
        ),
      ),
    );
    const loaded = await thread.load();
    expect(thread.get()).toBe(loaded);
    expect(Object.isFrozen(loaded.builders[0]?.workers)).toBe(true);
    const planned = await thread.plan(input({ k: 'v' }));
    expect(planned).toMatchObject({
      kind: 'planned',
      generation: loaded.generation,
      plan: {
        source: { url: folder },
        steps: [
          { kind: 'checkout' },
          { command: { line: 'make all' } },
          { command: { args: ['echo', 'v'] } },
        ],
      },
    });
    expect(await thread.plan(input({ k: 'v' }))).toBe(planned);
  });

  it('takes JavaScript, whatever a package.json beside it says', async () => {
    write('package.json', '{ "type": "commonjs" }');
    for (const name of ['a.js', 'a.mjs', 'a.ts']) {
      const loaded = await threadOf(write(name, config('() => [sh("x")]'))).load();
      expect(loaded.builders[0]?.name).toBe('check');
    }
  });

  it('knows another version by its generation, also where only code differs', async () => {
    const file = write('millrace.config.ts', config('() => [sh("x")]'));
    const first = (await threadOf(file).load()).generation;
    expect((await threadOf(file).load()).generation).toBe(first);
    write('millrace.config.ts', config('() => [sh("y")]'));
    expect((await threadOf(file).load()).generation).not.toBe(first);
  });

  it('tells a syntax error with its line', async () => {
    for (const name of ['bad.ts', 'bad.mjs', 'bad.js']) {
      const error = await refusalOf(
        threadOf(write(name, 'import fs from "node:fs";\n\nexport default {{;\n')),
      );
      expect(error.code).toBe('config-syntax');
      expect(error.problems).toHaveLength(1);
      expect(error.message).toContain(`${path.join(folder, name)}:3`);
    }
  });

  it('tells what is thrown while loading with its line', async () => {
    const error = await refusalOf(
      threadOf(write('c.ts', 'const x: number = 1;\nthrow new Error(`no ${x}`);\n')),
    );
    expect(error.code).toBe('config-threw');
    expect(error.message).toContain(`${path.join(folder, 'c.ts')}:2:7: no 1`);
  });

  it('tells a missing file, a missing import and a missing default export', async () => {
    expect((await refusalOf(threadOf(path.join(folder, 'none.ts')))).code).toBe('config-missing');
    expect((await refusalOf(threadOf(write('i.ts', 'import "./nothing.ts"')))).message).toContain(
      'i.ts: Cannot find module',
    );
    expect((await refusalOf(threadOf(write('e.ts', 'export const x = 1')))).message).toContain(
      'default export',
    );
  });

  it('gives up on a config that never finishes loading', async () => {
    for (const text of ['for (;;);', 'await new Promise(() => setTimeout(() => 0, 1e6));']) {
      const error = await refusalOf(threadOf(write('c.ts', text), { loadMsMax: 1000 }));
      expect(error.code).toBe('config-timeout');
    }
  });

  it('tells a config that ends its thread', async () => {
    expect((await refusalOf(threadOf(write('c.ts', 'process.exit(3);')))).message).toContain(
      'process.exit(3)',
    );
  });

  it('fails the plan alone when steps throw, give no steps or never return, and goes on with the code as it was', async () => {
    const file = write(
      'millrace.config.ts',
      config(`(build) => {
        if (build.properties.how === 'throw') throw new Error('no such platform');
        if (build.properties.how === 'wrong') return [3 as never];
        if (build.properties.how === 'loop') for (;;);
        return [sh('first')];
      }`),
    );
    const thread = threadOf(file, { planMsMax: 1500 });
    await thread.load();
    write('millrace.config.ts', config('() => [sh("second")]'));
    expect(await thread.plan(input({ how: 'throw' }))).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/builder "check" threw: .*millrace\.config\.ts:8:\d+: no such platform/),
    });
    expect(await thread.plan(input({ how: 'wrong' }))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('steps[0]: expected a step'),
    });
    const [looping, next] = await Promise.all([thread.plan(input({ how: 'loop' })), thread.plan(input())]);
    expect(looping).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('did not return within 1500 ms'),
    });
    expect(next).toMatchObject({ kind: 'planned', plan: { steps: [{ command: { line: 'first' } }] } });
  });

  it('reads the file and what it imports anew for each version, and leaves the version before it as it was', async () => {
    write('helper.ts', 'export const line = "first";');
    const file = write(
      'millrace.config.ts',
      config('() => [sh(line)]', "import { line } from './helper.ts';"),
    );
    const first = await ConfigThread.open({ file, clock: systemClock });
    opened.push(first);
    write('helper.ts', 'export const line = "second";');
    const second = await ConfigThread.open({ file, clock: systemClock });
    opened.push(second);
    expect(second.get().generation).not.toBe(first.get().generation);
    expect(await first.plan(input())).toMatchObject({ plan: { steps: [{ name: 'first' }] } });
    expect(await second.plan(input())).toMatchObject({ plan: { steps: [{ name: 'second' }] } });
    await first.close();
    expect(await first.plan(input({ other: 1 }))).toMatchObject({ kind: 'failed' });
  });

  it('bounds what the code prints and the memory that it takes', async () => {
    const printed: string[] = [];
    const loud = threadOf(
      write(
        'loud.ts',
        config('() => [sh("x")]', 'console.log("x".repeat(1000000)); console.error("and more");'),
      ),
      { print: (text) => printed.push(text) },
    );
    await loud.load();
    await loud.plan(input());
    expect(printed.join('').length).toBeLessThan(70_000);
    const greedy = write(
      'greedy.ts',
      'const all: string[][] = []; for (;;) all.push(new Array(10000).fill("x"));',
    );
    const error = await refusalOf(threadOf(greedy, { memoryMbMax: 32 }));
    expect(error.message).toContain('it used more than 32 MB of memory');
  });

  it('goes on with a new thread where the code ends its own, or throws outside of any call', async () => {
    const file = write(
      'millrace.config.ts',
      config(`(build) => {
        if (build.properties.how === 'exit') process.exit(4);
        if (build.properties.how === 'late') {
          setImmediate(() => { throw new Error('too late'); });
          return new Promise<never>(() => {});
        }
        return [sh('x')];
      }`),
    );
    const thread = threadOf(file);
    await thread.load();
    for (const [how, words] of [
      ['exit', 'process.exit(4)'],
      ['late', 'too late'],
    ] as const) {
      expect(await thread.plan(input({ how }))).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining(words),
      });
      expect(await thread.plan(input({ after: how }))).toMatchObject({ kind: 'planned' });
    }
  });
});
