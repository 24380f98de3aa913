import type { FirstErrors } from '@millrace/protocol/api/build-errors';
import type { BuildDetail } from '@millrace/protocol/api/builds';
import type { ApiClient } from './api-client.ts';
import type { Paint } from './paint.ts';
import { headline, printable } from './printable.ts';

const lineColumns = 200;

/**
 * Why a build failed, for people: the lines of its log that say so, with their numbers, and the command that runs it
 * here. Empty where no step failed.
 */
export async function firstErrors(client: ApiClient, build: BuildDetail, paint: Paint): Promise<string> {
  const failed = build.steps.some(({ result }) => result === 'failure' || result === 'exception');
  if (!failed) return '';
  const found = await client.get<FirstErrors>(`/builds/${build.id}/errors`);
  const step = build.steps[found.step ?? -1]?.name ?? '';
  const heading = found.kind === 'errors' ? 'what went wrong in' : 'the last it said in';
  const lines = found.items.map(
    ({ line, text }) => `  ${paint.dim(String(line + 1).padStart(6))}  ${headline(text, lineColumns)}`,
  );
  return [
    ...(lines.length > 0 ? [`${paint.red(heading)} ${printable(step)}`, ...lines, ''] : []),
    paint.dim(`run it here: millrace reproduce ${build.id}`),
    '',
  ].join('\n');
}
