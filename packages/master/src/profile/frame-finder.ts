import type { CallFrame, CpuProfile } from './cpu-profile.ts';
import { roomOf } from './rooms.ts';
import { findSources } from './source-map.ts';
import type { SourceMapText } from './source-map.ts';

/** A function, and where it stands in the sources. */
export interface FoundFrame {
  readonly function: string;
  /** Shortened to what says where in the house it is; empty where it has none. */
  readonly file: string;
  /** From 1; 0: none. */
  readonly line: number;
  readonly room: string;
}

/** Reads a bundle's map; undefined: it has none that can be read. */
export type ReadSourceMap = (url: string) => SourceMapText | undefined;

/** Functions that have been seen are remembered, up to so many: a map is read again for those that are new. */
const framesMax = 20_000;

/** Says of each function in a profile where it stands in the sources, through the maps of the bundle. */
export class FrameFinder {
  readonly #read: ReadSourceMap;
  readonly #known = new Map<string, FoundFrame>();

  constructor(read: ReadSourceMap) {
    this.#read = read;
  }

  /** Of every node of the profile, by its id. */
  find(profile: CpuProfile): ReadonlyMap<number, FoundFrame> {
    if (this.#known.size > framesMax) this.#known.clear();
    const fresh = Map.groupBy(
      profile.nodes.map(({ callFrame }) => callFrame).filter((frame) => !this.#known.has(keyOf(frame))),
      ({ url }) => url,
    );
    for (const [url, frames] of fresh) this.#learn(url, frames);
    return new Map(
      profile.nodes.flatMap(({ id, callFrame }) => {
        const found = this.#known.get(keyOf(callFrame));
        return found ? [[id, found] as const] : [];
      }),
    );
  }

  #learn(url: string, frames: readonly CallFrame[]): void {
    const map = url.endsWith('.js') && url.startsWith('file:') ? this.#read(url) : undefined;
    const sources =
      map &&
      findSources(
        map,
        frames.map(({ lineNumber: line, columnNumber: column }) => ({ line, column })),
      );
    for (const [index, frame] of frames.entries()) {
      const source = sources?.[index];
      const file = source ? source.source : url;
      const line = source ? source.line + 1 : frame.lineNumber + 1;
      this.#known.set(keyOf(frame), {
        function: frame.functionName || '(anonymous)',
        file: shortened(file),
        line: file === '' ? 0 : Math.max(0, line),
        room: roomOf(frame.functionName, file),
      });
    }
  }
}

function keyOf({ functionName, url, lineNumber, columnNumber }: CallFrame): string {
  return `${lineNumber}:${columnNumber}:${functionName}:${url}`;
}

/** `master/src/logs/follow.ts`, `fastify/lib/reply.js`, `node:fs`. */
function shortened(file: string): string {
  const library = /node_modules\/((?!.*node_modules\/).+)$/u.exec(file)?.[1];
  return library ?? /([a-z-]+\/src\/.+)$/u.exec(file)?.[1] ?? file.replace(/^file:\/\//u, '');
}
