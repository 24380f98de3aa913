import { ChurnError } from '../churn-error.ts';

/**
 * Patterns that stand under one name. `@vendored`: others' code that is kept in the tree. `@generated`: files
 * that a program writes. Nothing is left out that was not asked for.
 */
export const patternGroups = {
  '@vendored': ['node_modules', 'vendor', 'vendored', 'third_party', 'third-party', 'external'],
  '@generated': [
    '*.min.js',
    '*.min.css',
    '*.map',
    '*.pb.go',
    '*_pb2.py',
    '*.lock',
    'package-lock.json',
    'pnpm-lock.yaml',
    'npm-shrinkwrap.json',
    'go.sum',
  ],
} as const;

/**
 * Git's pathspecs for what is left out. A pattern without a slash stands for a name at any depth, one with a
 * slash is read from the top; `*` stops at a slash, `**` does not; a directory stands for all below it.
 *
 * @throws ChurnError `invalid-pattern`
 */
export function excludedPathspecs(patterns: readonly string[]): string[] {
  return patterns.flatMap(expand).flatMap((pattern) => {
    const trimmed = pattern.replace(/^\/+/, '').replace(/\/+$/, '');
    const anywhere = !pattern.startsWith('/') && !trimmed.includes('/');
    const excluded = `:(top,exclude,glob)${anywhere ? '**/' : ''}${trimmed}`;
    return [excluded, `${excluded}/**`];
  });
}

function expand(pattern: string): readonly string[] {
  if (pattern in patternGroups) return patternGroups[pattern as keyof typeof patternGroups];
  const groups = Object.keys(patternGroups).join(', ');
  if (pattern.startsWith('@')) throw invalid(pattern, `known groups are ${groups}`);
  if (/^\/*$/.test(pattern)) throw invalid(pattern, 'it would leave out everything or nothing');
  if (pattern.includes('\0')) throw invalid(pattern, 'a path cannot hold a NUL byte');
  return [pattern];
}

function invalid(pattern: string, why: string): ChurnError {
  return new ChurnError('invalid-pattern', `exclude: ${JSON.stringify(pattern)}: ${why}`);
}
