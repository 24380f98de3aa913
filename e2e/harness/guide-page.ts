import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';

const guide = path.resolve(import.meta.dirname, '../../docs/guide');

export interface EndedLine {
  readonly status: number | null;
  /** What it wrote, to whichever stream. */
  readonly output: string;
}

/** What stands for what in a page: the host of the example, the folder of a system. The first that fits is taken. */
export type Stand = readonly [from: string, to: string];

/**
 * A page of the guide whose commands are run as they stand there, in their order, by a shell. A test names each command
 * before it is run, so that page and test tell the same story; at the end nothing of the page may be left.
 */
export class GuidePage {
  /** What later commands see: `export NAME=value` in the page goes into it. */
  readonly env: Record<string, string>;
  readonly #folder: string;
  readonly #stands: Stand[] = [];
  readonly #lines: string[];
  readonly #blocks: readonly { readonly language: string; readonly text: string }[];

  constructor(name: string, folder: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.env = { ...env };
    const text = fs.readFileSync(path.join(guide, name), 'utf8');
    this.#blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
      ([, language = '', block = '']) => ({
        language,
        text: block,
      }),
    );
    this.#lines = this.#blocks
      .filter(({ language }) => language === 'sh')
      .flatMap((block) => block.text.trim().split('\n'));
  }

  stands(...stands: readonly Stand[]): void {
    this.#stands.push(...stands);
  }

  /** The only block of TypeScript, with everything in its place. */
  get config(): string {
    const [block, ...others] = this.#blocks.filter(({ language }) => language === 'ts');
    expect(others).toEqual([]);
    return this.#inPlace(block?.text ?? '');
  }

  /** Runs the page's next command, which is this one, to its end. */
  async run(line: string, folder = this.#folder): Promise<EndedLine> {
    const child = this.#start(line, folder);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    const status = await new Promise<number | null>((resolve) => {
      child.on('close', resolve);
    });
    return { status, output };
  }

  /** Runs it, and wants it to succeed. Answers what it wrote. */
  async does(line: string, folder?: string): Promise<string> {
    const { status, output } = await this.run(line, folder);
    expect(status, `${line}\n${output}`).toBe(0);
    return output;
  }

  /** Takes the page's next lines, `export NAME=value` each, into the environment. */
  exports(...names: readonly string[]): void {
    for (const name of names) {
      const [, value] = new RegExp(`^export ${name}=(.*)$`).exec(this.#lines.shift() ?? '') ?? [];
      expect(value, `export ${name}=`).toBeDefined();
      this.env[name] = this.#inPlace(value ?? '');
    }
  }

  /** The page's next command, to be started by the test: it goes on. */
  next(line: string): string {
    expect(this.#lines.shift()).toBe(line);
    return this.#inPlace(line);
  }

  /** The page has nothing more to say. */
  isThrough(): void {
    expect(this.#lines).toEqual([]);
  }

  #start(line: string, folder: string): ChildProcess {
    return spawn('sh', ['-c', this.next(line)], {
      cwd: folder,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  #inPlace(text: string): string {
    return this.#stands.reduce((now, [from, to]) => now.replaceAll(from, to), text);
  }
}
