import { sleep } from '@millrace/kernel/clock';
import { corruptJournal, writeForeignRecord } from './damage.ts';
import type { Fault } from './scenario.ts';
import { intrude } from './stranger.ts';
import type { World } from './world.ts';

/** Lets one thing go wrong, now. */
export function fail(world: World, fault: Fault): void {
  if ('worker' in fault) failMachine(world, fault);
  else if (fault.kind === 'crash-at-commit') world.crashAtCommit(fault);
  else if (fault.kind === 'kill-master') world.killMaster(fault.master, fault.awayMs);
  else world.stopMaster(fault.master, fault.awayMs, fault.drains);
}

function failMachine(world: World, fault: Extract<Fault, { worker: number }>): void {
  const machine = world.machines[fault.worker % world.machines.length];
  if (machine === undefined) return;
  switch (fault.kind) {
    case 'kill-agent':
      machine.killAgent(fault.awayMs);
      return;
    case 'stop-agent':
      machine.stopAgent(fault.awayMs);
      return;
    case 'kill-slot':
      machine.killSlot(fault.slot, fault.awayMs);
      return;
    case 'crash-at-append':
      machine.crashAtAppend(fault.appends, fault.bytes);
      return;
    case 'power-off':
      machine.powerOff(fault.awayMs);
      return;
    case 'reset-lines':
      machine.resetLines();
      return;
    case 'doubtful-lines':
      machine.doubtLines(fault.forMs);
      return;
    case 'cut-off':
      machine.cutOff(fault.forMs);
      return;
    case 'disk-full':
      machine.fillDisk(fault.forMs);
      return;
    case 'low-room':
      machine.lowRoom(fault.forMs);
      return;
    case 'corrupt-journal':
      corruptJournal(world, machine);
      return;
    case 'foreign-record':
      writeForeignRecord(world, machine, fault.choice);
      return;
    case 'restore-disk': {
      const copy = machine.disk.copy('/spool/journals/');
      void sleep(world.clock, fault.agoMs).then(() => machine.restoreDisk(copy, fault.awayMs));
      return;
    }
    case 'stranger':
      intrude(world, machine, fault.manner);
  }
}
