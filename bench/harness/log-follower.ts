import http from 'node:http';
import type { LogLine } from '@millrace/protocol/api/logs';

/** Somebody who watches a log as it grows; told each line with the wall clock's time of its coming, in ms. */
export class LogFollower implements Disposable {
  readonly #request: http.ClientRequest;

  constructor(port: number, log: number, onLine?: (text: string, atMs: number) => void) {
    const path = `/api/v1/logs/${log}/follow?from=0`;
    this.#request = http.get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      if (onLine === undefined) {
        response.resume();
        return;
      }
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const now = wallMs();
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const data = /^data: (.*)$/mu.exec(block)?.[1];
          if (data !== undefined) onLine((JSON.parse(data) as LogLine).text ?? '', now);
        }
      });
    });
    // It is cut off when the bench is over.
    this.#request.on('error', () => undefined);
  }

  [Symbol.dispose](): void {
    this.#request.destroy();
  }
}

/** As the emitter has it. */
function wallMs(): number {
  return performance.timeOrigin + performance.now();
}
