import type { ToSlot } from './link.ts';

const types: readonly string[] = [
  'run',
  'cancel',
  'fenced',
  'watched',
  'acknowledged',
  'heard',
  'make-room',
  'tell-nothing',
];

/**
 * A line from an agent; undefined for what this slot does not know, as an agent of a later version may say it.
 * Both are the same user's on the same machine: beyond its type a message is believed.
 */
export function readToSlot(line: string | Uint8Array): ToSlot | undefined {
  if (typeof line !== 'string') return undefined;
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  return types.includes(String(message.type)) ? (message as ToSlot) : undefined;
}
