import type * as fs from 'node:fs';
import type * as stream from 'node:stream';
import { PosterError } from '../errors.ts';

interface Builtins {
  'node:fs': typeof fs;
  'node:stream': typeof stream;
}

/**
 * A module of Node's own, asked for when it is needed. The encoder runs in browsers too: a static import of
 * `node:fs` there stops a bundler, or the page.
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  // Typed as always there, which it is not in a browser.
  const runtime: typeof process | undefined = globalThis.process;
  if (runtime?.getBuiltinModule === undefined) {
    throw new PosterError('ERR_POSTER_NO_FILES', `there is no ${name} here: hand in a Blob or a web stream`);
  }
  return runtime.getBuiltinModule(name) as unknown as Builtins[Name];
}
