import { codeOf, messageOf } from '@millrace/kernel/errors';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ConfigErrorCode, ConfigProblem } from '../config-problem.ts';
import type { ModuleSources } from './messages.ts';

type Place = Pick<ConfigProblem, 'file' | 'line' | 'column'>;

/** What a thrown value says, and where in the config's own files it comes from. */
export function locateError(
  thrown: unknown,
  sources: ModuleSources,
): { readonly code: ConfigErrorCode; readonly problem: ConfigProblem } {
  if (thrown instanceof SyntaxError) {
    const place = placeOfSyntaxError(thrown.stack ?? '') ?? firstSyntaxError(sources);
    return { code: 'config-syntax', problem: { path: '', message: thrown.message, ...place } };
  }
  const message = messageOf(thrown);
  const code = codeOf(thrown);
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') {
    const importer = / imported from (.+)$/.exec(message)?.[1];
    return {
      code: 'config-threw',
      problem: { path: '', message, ...(importer === undefined ? {} : { file: importer }) },
    };
  }
  const place = thrown instanceof Error ? placeInStack(thrown.stack ?? '', sources) : undefined;
  return {
    code: 'config-threw',
    problem: { path: '', message: message || 'threw without a message', ...place },
  };
}

/** The first frame of the stack that lies in one of the config's own files. */
function placeInStack(stack: string, sources: ModuleSources): Place | undefined {
  for (const frame of stack.matchAll(/(file:\/\/[^\s()]+):(\d+):(\d+)/g)) {
    const [, url = '', line, column] = frame;
    if (sources.has(url)) return { file: fileURLToPath(url), line: Number(line), column: Number(column) };
  }
  return undefined;
}

/** Node begins the stack with `FILE:LINE`, the line itself (and perhaps some before it) and a mark below the place. */
function placeOfSyntaxError(stack: string): Place | undefined {
  const found = /^(\S.*):(\d+)\n(?:.*\n){1,10}?( *)\^/.exec(stack);
  if (found === null) return undefined;
  const [, file = '', line, indent = ''] = found;
  return {
    file: file.startsWith('file:') ? fileURLToPath(file) : file,
    line: Number(line),
    column: indent.length + 1,
  };
}

/** For plain JavaScript Node keeps the place to itself; the parser of TypeScript reads it too, and tells. */
function firstSyntaxError(sources: ModuleSources): Place | undefined {
  for (const [url, source] of sources) {
    try {
      stripTypeScriptTypes(source.text, { sourceUrl: fileURLToPath(url) });
    } catch (thrown) {
      const place = thrown instanceof Error ? placeOfSyntaxError(thrown.stack ?? '') : undefined;
      return { ...place, file: fileURLToPath(url) };
    }
  }
  return undefined;
}
