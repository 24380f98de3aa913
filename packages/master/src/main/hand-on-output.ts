import type { FreshOutput, FreshRecords } from '../logs/fresh-output.ts';
import type { ApplyAnswer } from '../store/operations/journal.ts';
import type { AgentStore } from '../workers/agent-store.ts';

/** A store for agents that hands on to followers what it commits of their logs. */
export function handOnOutput(store: AgentStore, fresh: FreshOutput): AgentStore {
  return {
    ...store,
    async apply(input) {
      const records = fresh.onTheWay(input.build, input.byte, input.records);
      return records === undefined
        ? store.apply(input)
        : told(records, store.apply(input), (answer) => answer);
    },
    async applyAndClaim(input) {
      const { build, byte, records: bytes } = input.apply;
      const records = fresh.onTheWay(build, byte, bytes);
      return records === undefined
        ? store.applyAndClaim(input)
        : told(records, store.applyAndClaim(input), ({ applied }) => applied);
    },
  };
}

async function told<Answer>(
  records: FreshRecords,
  answered: Promise<Answer>,
  applied: (answer: Answer) => ApplyAnswer,
): Promise<Answer> {
  try {
    const answer = await answered;
    const what = applied(answer);
    if (what.kind === 'applied') records.committed(what.position.byte);
    else records.lost();
    return answer;
  } catch (error) {
    records.lost();
    throw error;
  }
}
