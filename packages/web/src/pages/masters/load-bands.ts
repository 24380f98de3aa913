import type { LoadPoint } from '@millrace/protocol/api/profiles';
import { figuresOf } from './load-figures.ts';

/** So many rooms have a band of their own; what the others took together is the last one's. */
const bandsMax = 6;
export const otherRooms = 'other rooms';

/** The rooms that took most, most first, and {@link otherRooms} where there are more. */
export function bandsOf(points: readonly LoadPoint[]): readonly string[] {
  const rooms = [...figuresOf(points).rooms.keys()];
  const untold = points.some(({ busyShare, rooms: told }) => busyShare > 0.001 && told.length === 0);
  return rooms.length > bandsMax || untold ? [...rooms.slice(0, bandsMax), otherRooms] : rooms;
}

/** What each band took at a point, as shares of its time, in the order of the bands. Together they are what was busy. */
export function sharesIn({ busyShare, rooms }: LoadPoint, bands: readonly string[]): readonly number[] {
  const own = new Map(rooms.map(({ room, share }) => [room, share * busyShare]));
  const told = bands.map((band) => own.get(band) ?? 0);
  const rest = Math.max(0, busyShare - told.reduce((sum, share) => sum + share, 0));
  return told.map((share, index) => (bands[index] === otherRooms ? rest : share));
}
