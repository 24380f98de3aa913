import type { MillraceEvent } from '@millrace/protocol/event';
import { results } from '@millrace/protocol/result';
import { mark } from './mark.ts';
import type { Paint } from './paint.ts';
import { headline, printable } from './printable.ts';

/** `12:04:31 build.finished linux build=17 ✗ failure (timed-out)` */
export function eventLine(event: MillraceEvent, paint: Paint): string {
  const parts = [paint.dim(new Date(event.at).toISOString().slice(11, 19)), printable(event.type).padEnd(18)];
  if (event.builder !== undefined) parts.push(paint.bold(printable(event.builder)));
  if (event.build !== undefined) parts.push(`build=${event.build}`);
  if (event.request !== undefined) parts.push(`request=${event.request}`);
  if (event.worker !== undefined) parts.push(`worker=${printable(event.worker)}`);
  const { result, reason, ...rest } = event.data;
  const known = results.find((candidate) => candidate === result);
  if (known !== undefined) parts.push(mark(known, paint));
  if (typeof reason === 'string' && reason !== '') parts.push(`(${headline(reason, 60)})`);
  for (const [name, value] of Object.entries(rest)) {
    if (value !== null && value !== '') parts.push(`${printable(name)}=${headline(textOf(value), 60)}`);
  }
  return parts.join(' ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
