import { spawnSync } from 'node:child_process';
import { assert } from '@millrace/kernel/assert';

/**
 * Writes a program that a test runs. Another process writes it: were it this one, a process that another thread starts
 * at that moment could still hold the file open for writing, and the program could not be run (`ETXTBSY`).
 */
export function writeProgram(file: string, text: string): void {
  const { status } = spawnSync('/bin/sh', ['-c', 'cat > "$0" && chmod 755 "$0"', file], { input: text });
  assert(status === 0, `${file} could not be written`);
}
