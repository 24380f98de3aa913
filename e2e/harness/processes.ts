import fs from 'node:fs';

/** A process of this machine, as `/proc` shows it. */
export interface SeenProcess {
  readonly pid: number;
  readonly args: readonly string[];
}

/** Processes that are alive (a zombie is not) and have `text` in their arguments or their environment. */
export function processesWith(text: string): SeenProcess[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => seen(Number(name), text) ?? []);
}

function seen(pid: number, text: string): SeenProcess | undefined {
  if (pid === process.pid) return undefined;
  try {
    const args = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    const environment = fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
    const state = /\) (\S)/.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    if (state === 'Z' || (!args.includes(text) && !environment.includes(text))) return undefined;
    return { pid, args: args.split('\0') };
  } catch {
    // It ended while we looked.
    return undefined;
  }
}

/** As `kill -9`. False where it was gone already. */
export function kill9(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
