import type { FreshOutput, FreshRecords } from '../logs/fresh-output.ts';
import { piecesOf } from '../store/operations/apply-together.ts';
import type { ApplyAnswer } from '../store/operations/journal.ts';
import type { AgentStore } from '../workers/agent-store.ts';

/** A store for agents that hands on to followers what it commits of their logs. */
export function handOnOutput(store: AgentStore, fresh: FreshOutput): AgentStore {
  return {
    ...store,
    async apply(input) {
      const records = fresh.onTheWay(input.build, input.byte, input.records);
      if (records === undefined) return store.apply(input);
      return told([records], store.apply(input), (answer) => [answer]);
    },
    async applyTogether(input) {
      const coming = piecesOf(input).map(({ build, byte, records }) => fresh.onTheWay(build, byte, records));
      return told(coming, store.applyTogether(input), (answers) => answers.map(({ applied }) => applied));
    },
  };
}

async function told<Answer>(
  coming: readonly (FreshRecords | undefined)[],
  answered: Promise<Answer>,
  applied: (answer: Answer) => readonly ApplyAnswer[],
): Promise<Answer> {
  try {
    const answer = await answered;
    for (const [index, what] of applied(answer).entries()) {
      if (what.kind === 'applied') coming[index]?.committed(what.position.byte);
      else coming[index]?.lost();
    }
    return answer;
  } catch (error) {
    for (const records of coming) records?.lost();
    throw error;
  }
}
