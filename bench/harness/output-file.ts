import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export interface OutputFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

const folders = [
  'dom',
  'layout',
  'js/src',
  'gfx/2d',
  'netwerk',
  'toolkit',
  'media/libvpx',
  'security/nss',
  'ipc',
  'xpcom',
];
const words = [
  'frame',
  'buffer',
  'parser',
  'stream',
  'thread',
  'cache',
  'index',
  'render',
  'socket',
  'value',
  'script',
  'widget',
];

/**
 * A file as a compiler prints it, the same bytes each time; made once a command. Its lines are those of the peer's
 * scripts (commands, warnings, tests that passed; some 100 bytes each, 6 or 7 to 1 by zstd).
 */
export function outputFile(folder: string, bytes: number): OutputFile {
  const file = path.join(folder, `output-${bytes}`);
  const known = `${file}.sha256`;
  if (fs.existsSync(known)) return { file, bytes, sha256: fs.readFileSync(known, 'utf8') };
  const handle = fs.openSync(file, 'w');
  const hash = createHash('sha256');
  const next = xorshift(7);
  for (let written = 0; written < bytes;) {
    let text = '';
    while (text.length < 1024 ** 2) text += line(next);
    const piece = Buffer.from(text, 'latin1').subarray(0, bytes - written);
    fs.writeSync(handle, piece);
    hash.update(piece);
    written += piece.length;
  }
  fs.closeSync(handle);
  const sha256 = hash.digest('hex');
  fs.writeFileSync(known, sha256);
  return { file, bytes, sha256 };
}

function line(next: (below: number) => number): string {
  const word = (): string => words[next(words.length)] ?? '';
  const folder = folders[next(folders.length)] ?? '';
  const file = `${word()}${word()}${next(1000)}`;
  const kind = next(100);
  if (kind < 80)
    return `[${next(9000)}/9000] c++ -c -O2 -fPIC -I../../${folder}/include -DNDEBUG -o obj/${folder}/${file}.o ../../${folder}/${file}.cpp -MD -MP -W${next(2 ** 24).toString(16)}\n`;
  if (kind < 92)
    return `../../${folder}/${file}.cpp:${next(4000)}:${next(80)}: warning: unused variable '${word()}${next(99)}' [-Wunused-variable]\n`;
  return `${next(60)}:${next(60)}.${next(100)} TEST-PASS | ${folder}/test/${file}.js | took ${next(9999)}ms (0x${next(2 ** 31).toString(16)})\n`;
}

/** Whole numbers below something, the same each time. */
function xorshift(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
