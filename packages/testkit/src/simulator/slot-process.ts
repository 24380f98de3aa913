import { zstdCompressor } from '@millrace/worker/output/compressor';
import { Slot } from '@millrace/worker/slot/slot';
import type { Mortal } from './mortal.ts';
import type { SlotSurroundings, Surroundings } from './surroundings.ts';

/** How far a journal may be ahead of the master until its build's output waits. */
const spoolBytesMax = 200_000;

/** One life of a slot: the class of production on the machine's disk, with its commands. */
export function startSlot(
  world: Surroundings,
  machine: SlotSurroundings,
  slot: number,
  mortal: Mortal,
): void {
  const clock = mortal.clock(world.clock);
  const platform = machine.platform.lend();
  mortal.onDeath(platform.revoke);
  const locks = machine.locks.lend();
  mortal.onDeath(locks.revoke);
  const process = new Slot(
    {
      clock,
      disk: machine.lendDisk(mortal),
      platform: platform.platform,
      locks: locks.locks,
      compress: zstdCompressor,
    },
    {
      slot,
      worker: machine.name,
      spoolId: machine.spoolId,
      spool: '/spool',
      data: '/data',
      environment: {},
      spoolBytesMax,
    },
  );
  world.network.listen(`${machine.name}/slot-${slot}`, mortal, (connection) => process.accept(connection));
}
