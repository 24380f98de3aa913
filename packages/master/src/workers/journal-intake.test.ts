import { describe, expect, test } from 'vitest';
import { JournalIntake } from './journal-intake.ts';

const creditBytes = 1024 ** 2;

describe('an intake of a journal', () => {
  test('goes on for ever with a store that takes the bytes away with it', async () => {
    const failures: string[] = [];
    const acknowledged: number[] = [];
    let answered: () => void = () => undefined;
    const intake = new JournalIntake(
      async ({ byte, length, frames }) => {
        // Nothing of them is left here.
        for (const { records } of frames)
          structuredClone(records, { transfer: [records.buffer as ArrayBuffer] });
        const position = { seq: 1, hash: '', byte: byte + length };
        return { kind: 'applied', position, ended: false };
      },
      {
        acknowledged: (position) => {
          acknowledged.push(position.byte);
          answered();
        },
        wanted: () => failures.push('wanted'),
        done: () => failures.push('done'),
        fenced: () => failures.push('fenced'),
        malformed: () => failures.push('malformed'),
        failed: (_code, why) => failures.push(why),
        trouble: () => failures.push('trouble'),
      },
      creditBytes,
    );
    const frameBytes = creditBytes / 4;
    for (let frame = 0; frame < 100; frame++) {
      const applied = new Promise<void>((resolve) => {
        answered = resolve;
      });
      intake.take({ build: 1, fence: 1, byte: frame * frameBytes, records: new Uint8Array(frameBytes) });
      await applied;
    }
    expect(failures).toEqual([]);
    expect(acknowledged.at(-1)).toBe(100 * frameBytes);
    expect(intake.bytes).toBe(0);
  });
});
