import process from 'node:process';
import { humanSize } from '../client/human-size.ts';

export interface ProgressLine {
  readonly show: (done: number, of: number, bytes?: number) => void;
  end(): void;
}

/** One line on a terminal's standard error that is written anew; nothing where nobody looks. */
export function progressLine(verb: string): ProgressLine {
  const out = process.stderr;
  if (!out.isTTY) return { show() {}, end() {} };
  return {
    show(done, of, bytes) {
      const size = bytes === undefined ? '' : `, ${humanSize(BigInt(bytes))}`;
      out.write(`\r\u001B[K${verb} ${done} of ${of} files${size}`);
    },
    end: () => void out.write('\r\u001B[K'),
  };
}
