import type { FromSlot } from '../slot/link.ts';

/**
 * A line of a slot, or undefined where it is none that this agent knows: a slot of another release may say
 * more. Both are ours and run as one user, so that only the shape is looked at.
 */
export function readFromSlot(line: string | Uint8Array): FromSlot | undefined {
  if (typeof line !== 'string') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isFromSlot(value) ? value : undefined;
}

function isFromSlot(value: unknown): value is FromSlot {
  if (!isObject(value)) return false;
  switch (value.type) {
    case 'slot-state':
      return isCount(value.slot) && (value.build === null || isHolding(value.build));
    case 'refused':
      return isHolding(value) && typeof value.message === 'string';
    case 'grown':
      return (
        isHolding(value) &&
        isCount(value.byte) &&
        typeof value.urgent === 'boolean' &&
        (value.inWindow === undefined || typeof value.inWindow === 'boolean')
      );
    case 'ended':
      return isHolding(value) && isCount(value.byte);
    default:
      return false;
  }
}

function isHolding(value: unknown): boolean {
  return isObject(value) && isCount(value.build) && isCount(value.fence);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
