import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** What the process of the listeners is told, and tells. */
export type ToListeners = { readonly kind: 'count' };
export type FromListeners =
  | { readonly kind: 'listening' }
  /** Of each listener: how many events of builds that ended it has had. */
  | { readonly kind: 'counts'; readonly counts: readonly number[] };

/** People who listen to everything that happens, in a process of their own. */
export class Listeners implements Disposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(port: number, listeners: number): Promise<Listeners> {
    const child = fork(path.join(import.meta.dirname, 'listeners-process.ts'), [
      String(port),
      String(listeners),
    ]);
    await once(child, 'message');
    return new Listeners(child);
  }

  async counts(): Promise<readonly number[]> {
    const answer = once(this.#child, 'message') as Promise<[FromListeners]>;
    this.#child.send({ kind: 'count' } satisfies ToListeners);
    const [message] = await answer;
    return message.kind === 'counts' ? message.counts : [];
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
