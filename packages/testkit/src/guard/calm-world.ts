import type { Store } from '@millrace/master/store/store';
import type { Act } from '../scripted-command.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { Scenario } from '../simulator/scenario.ts';
import type { StepShape } from '../simulator/step-shapes.ts';
import { World } from '../simulator/world.ts';

/** Always the least of what may come: lines and the store take the same short time for everything. */
class NoChance extends SeededRandom {
  constructor() {
    super(0);
  }

  override fraction(): number {
    return 0;
  }

  override bytes(length: number): Uint8Array {
    return new Uint8Array(length);
  }

  override fork(): SeededRandom {
    return new NoChance();
  }
}

/** What a step prints: as much as an ordinary command does. */
const printed = Buffer.from(
  Array.from({ length: 20 }, (_, line) => `[${line}/20] cc -O2 -c src/module-${line}.c\n`).join(''),
);

/** The simulated world on a day without trouble: one master, one worker, one builder, nothing by chance. */
export class CalmWorld extends World {
  constructor(steps: number, storeSeen: (store: Store) => Store) {
    super(scenarioOf(steps), { random: new NoChance(), storeSeen });
  }

  override actsOf(): readonly Act[] {
    return [
      { do: 'print', bytes: printed, to: 'stdout' },
      { do: 'wait', ms: 100 },
      { do: 'exit', code: 0 },
    ];
  }
}

const step: StepShape = {
  kind: 'command',
  tries: 1,
  onFailure: 'stop',
  warnOn: [],
  captures: false,
  always: false,
};

function scenarioOf(steps: number): Scenario {
  return {
    seed: 0,
    masters: 1,
    lostAfterMs: 120_000,
    workers: [{ name: 'w', slots: 1 }],
    builders: [
      {
        name: 'b',
        workers: ['w'],
        steps: Array.from({ length: steps }, () => step),
        onSilence: 'retry',
        separateStreams: false,
        logBytesMax: 1024 ** 3,
      },
    ],
    asks: [],
    faults: [],
    logsKeptMs: null,
  };
}
