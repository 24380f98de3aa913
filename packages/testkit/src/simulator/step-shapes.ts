import type { Condition } from '@millrace/protocol/condition';
import type { OnFailure } from '@millrace/protocol/plan';
import { SeededRandom } from '../seeded-random.ts';

/** What one step of a builder is told to do, beside its command. */
export type StepShape =
  /** Sets the property `flag`. */
  | { readonly kind: 'set-property'; readonly value: string }
  /** Links to a page that is named by the property `flag`. */
  | { readonly kind: 'link' }
  | {
      readonly kind: 'command';
      /** How often it runs at most. */
      readonly tries: number;
      readonly onFailure: OnFailure;
      /** These exit codes are warnings. */
      readonly warnOn: readonly number[];
      /** The value that it prints becomes the property `value-N`. */
      readonly captures: boolean;
      readonly always: boolean;
      readonly when?: Condition;
    };

/** Of one builder, from a source of chance of its own. At least `commands` of them run a command. */
export function shapesOf(seed: number, builder: number, commands: number): readonly StepShape[] {
  const random = new SeededRandom(seed * 7_919 + builder);
  const shapes: StepShape[] = [];
  for (let made = 0; made < commands; made++) {
    if (random.fraction() < 0.25)
      shapes.push({ kind: 'set-property', value: random.pick(['on', 'off', 'half/way']) });
    shapes.push(commandOf(random, shapes));
    if (random.fraction() < 0.15) shapes.push({ kind: 'link' });
  }
  return shapes;
}

function commandOf(random: SeededRandom, before: readonly StepShape[]): StepShape {
  const when = random.fraction() < 0.25 ? conditionOf(random, before) : undefined;
  return {
    kind: 'command',
    tries: random.fraction() < 0.4 ? random.between(2, 3) : 1,
    onFailure: random.pick(['stop', 'stop', 'continue', 'warn'] as const),
    warnOn: random.fraction() < 0.3 ? [3] : [],
    captures: random.fraction() < 0.3,
    always: random.fraction() < 0.2,
    ...(when !== undefined && { when }),
  };
}

/** On the property that steps set, or on how an earlier step ended. */
function conditionOf(random: SeededRandom, before: readonly StepShape[]): Condition {
  const flag: Condition = {
    kind: 'value',
    of: { kind: 'property', name: 'flag' },
    test: { kind: 'is', values: ['on'] },
  };
  if (before.length === 0) return { kind: 'not', of: flag };
  const ended: Condition = {
    kind: 'result',
    step: stepName(random.between(0, before.length - 1)),
    in: random.pick([['success'], ['skipped', 'failure'], ['success', 'warnings']] as const),
  };
  return random.pick([flag, ended, { kind: 'any', of: [flag, ended] }, { kind: 'not', of: ended }] as const);
}

/** Every step is known by its place. */
export function stepName(index: number): string {
  return `step-${index}`;
}
