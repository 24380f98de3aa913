import type { ClientContext } from './client-context.ts';
import { jsonLine } from './printable.ts';

/** One value as one line: what `--json` prints. */
export async function writeJson(context: ClientContext, value: unknown): Promise<void> {
  await context.stdout.write(`${jsonLine(value)}\n`);
}
