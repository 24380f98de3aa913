import { otherRooms } from './load-bands.ts';

/** The rooms that a master mostly is at, each with its colour in every chart (`variables.css`). */
const known = ['store', 'api', 'workers', 'logs', 'dispatch', 'schedulers', 'events', 'changes'];
/** What Node and libraries did for nobody of the house. */
const below = new Set(['node', 'native', 'library', 'other', 'root']);

/** A colour as CSS has it. Rooms that are not known share the known ones' colours, always the same. */
export function roomColour(room: string): string {
  if (room === 'gc') return 'var(--room-gc)';
  if (below.has(room)) return 'var(--room-node)';
  if (room === otherRooms) return 'var(--room-other)';
  const place = known.indexOf(room);
  if (place >= 0) return `var(--room-${place})`;
  const sum = Array.from(room).reduce((before, char) => before * 31 + (char.codePointAt(0) ?? 0), 7);
  return `var(--room-${Math.abs(sum) % known.length})`;
}
