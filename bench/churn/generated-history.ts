import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

/** Ten years of a made-up repository: topics of three commits each, and their merges. Always the same. */
const files = 1_000;
const linesEach = 120;
const topicCommits = 3;
const firstSecond = Date.UTC(2014, 0, 1) / 1000;
const spanSeconds = 10 * 365.25 * 86_400;

/** Makes the history in a bare repository, unless it is there already; returns its path. */
export async function generatedHistory(folder: string, commits: number): Promise<string> {
  const place = path.join(folder, `generated-${commits}.git`);
  if (fs.existsSync(path.join(place, 'made'))) return place;
  fs.rmSync(place, { recursive: true, force: true });
  fs.mkdirSync(place, { recursive: true });
  await git(place, ['init', '--quiet', '--bare', '--initial-branch=main']);
  await git(place, ['fast-import', '--quiet'], stream(commits));
  await git(place, ['repack', '-adq']);
  fs.writeFileSync(path.join(place, 'made'), '');
  return place;
}

async function git(cwd: string, args: string[], input: Iterable<string> = []): Promise<void> {
  const child = spawn('git', args, { cwd, stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(child, 'close');
  for (const text of input) if (!child.stdin.write(text)) await once(child.stdin, 'drain');
  child.stdin.end();
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
}

function* stream(commits: number): Generator<string> {
  const random = mulberry32(2010);
  const contents = Array.from({ length: files }, (_unused, file) =>
    Array.from({ length: linesEach }, (_line, line) => `${file} ${line} ${Math.floor(random() * 1e9)}`),
  );
  const nameOf = (file: number) => `dir${file % 20}/file${file}.txt`;
  const text = (file: number) => {
    const body = `${contents[file]!.join('\n')}\n`;
    return `M 100644 inline ${nameOf(file)}\ndata ${body.length}\n${body}\n`;
  };
  const header = (mark: number, parents: number[]) => {
    const who = `Author ${mark % 97} <a${mark % 97}@example.org> ${Math.floor(firstSecond + (spanSeconds * mark) / commits)} +0000`;
    const [first, ...others] = parents;
    const from = first === undefined ? '' : `from :${first}\n`;
    const merges = others.map((other) => `merge :${other}\n`).join('');
    return `commit refs/heads/main\nmark :${mark}\nauthor ${who}\ncommitter ${who}\ndata 1\nc\n${from}${merges}`;
  };
  yield header(1, []) + contents.map((_lines, file) => text(file)).join('');
  let main = 1;
  for (let mark = 2; mark + topicCommits <= commits; mark += topicCommits + 1) {
    const touched = new Set<number>();
    for (let step = 0; step < topicCommits; step++) {
      const file = Math.floor(random() * files);
      const lines = contents[file]!;
      const at = Math.floor(random() * lines.length);
      const fresh = Array.from({ length: 1 + Math.floor(random() * 12) }, () => `new ${random()}`);
      lines.splice(at, Math.floor(random() * 11), ...fresh);
      touched.add(file);
      yield header(mark + step, [step === 0 ? main : mark + step - 1]) + text(file);
    }
    const merge = mark + topicCommits;
    yield header(merge, [main, merge - 1]) + [...touched].map(text).join('');
    main = merge;
  }
}

/** A small seeded generator (Tommy Ettinger's mulberry32): figures from 0 up to 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
