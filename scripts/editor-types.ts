import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/*
 * Writes packages/cli/editor/millrace-env.d.ts: what a config may import, as one file of declarations that
 * `millrace init` lays beside a config, so that an editor completes and checks it wherever it lies.
 */

const root = path.dirname(import.meta.dirname);
const surface = path.join(root, 'packages/master/src/config/surface.ts');
export const editorTypesFile = path.join(root, 'packages/cli/editor/millrace-env.d.ts');

/** In the order in which they are read best. */
const modules = [
  'define',
  'define-source',
  'define-access',
  'define-secret',
  'step',
  'matrix',
  'output-pattern',
  'retention-config',
  'condition',
  'late-value',
  'secret',
];

/** Types of other rooms that a config sees. */
const borrowed = `export type PropertyValue = string | number | boolean;
export type OnSilence = 'retry' | 'stop' | 'wait';
export type Result = 'skipped' | 'success' | 'warnings' | 'failure' | 'exception' | 'cancelled';
export type RetriedResult = 'failure' | 'exception';
export type FactName = 'os' | 'release' | 'architecture' | 'hostname' | 'image' | 'worker';
/** Made by {@link changedFiles}, {@link stepResult}, \`property('x').is('y')\` and the like. */
export interface Condition {
  readonly kind: string;
}
export type CheckoutMode = 'clobber' | 'fresh' | 'clean' | 'incremental';
export type Scope = 'read' | 'write' | 'admin';
export type Visibility = 'public' | 'private';`;

/** The text of the file, made of the declarations that the compiler draws from the sources. */
export function editorTypes(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-editor-'));
  try {
    const what = ['--ignoreConfig', '--declaration', '--emitDeclarationOnly', '--outDir', folder];
    const dialect = [
      '--types',
      'node',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'esnext',
    ];
    runProgram('tsc', [...what, ...dialect, '--rewriteRelativeImportExtensions', surface]);
    const parts = modules.map((name) =>
      ownDeclarations(fs.readFileSync(path.join(folder, `${name}.d.ts`), 'utf8')),
    );
    const head =
      '// What a config may import from millrace, for editors. Written by `millrace init`; do not edit.';
    const text = `${head}\ndeclare module 'millrace' {\n${[borrowed, ...parts].join('\n\n')}\n}\n`;
    return runProgram('oxfmt', ['--stdin-filepath', editorTypesFile], text);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** What a module declares for configs: no imports, and nothing that only millrace itself uses. */
function ownDeclarations(text: string): string {
  return text
    .replaceAll(/^import .*;\n/gm, '')
    .replaceAll(/^export \{\};?\n/gm, '')
    .replaceAll(/^export declare /gm, 'export ')
    .replaceAll(/^declare /gm, '')
    .replace(/^export function conditionsOn\(.*\n/m, '')
    .replace(/\/\*\* As data; undefined[^\n]*\n[^\n]*patternOf\(.*\n/m, '')
    .replace(/\/\*\* What a \{@link LateValue\}(?:.|\n)*?\n\}\n/, '')
    .trim();
}

function runProgram(name: string, args: readonly string[], input = ''): string {
  const ended = spawnSync(path.join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    encoding: 'utf8',
    input,
  });
  if (ended.status !== 0) throw new Error(`${name} failed: ${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

if (import.meta.main) {
  fs.mkdirSync(path.dirname(editorTypesFile), { recursive: true });
  fs.writeFileSync(editorTypesFile, editorTypes());
}
