import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@millrace/kernel/clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../config-problem.ts';
import { ConfigThread } from './config-thread.ts';

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

function threadOf(file: string, limits: { loadMsMax?: number; planMsMax?: number } = {}): ConfigThread {
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

  it('puts a changed config in force on load, and keeps the old one when the new one is wrong', async () => {
    const file = write('millrace.config.ts', config('() => [sh("x")]'));
    const thread = threadOf(file);
    const first = await thread.load();
    write('millrace.config.ts', 'export default 3');
    await refusalOf(thread);
    expect(thread.get()).toBe(first);
    write('millrace.config.ts', config('() => [sh("y")]'));
    const second = await thread.load();
    expect(second.generation).not.toBe(first.generation);
    expect(await thread.plan(input())).toMatchObject({ plan: { steps: [{ name: 'y' }] } });
  });
});
