import { ApiProblem } from '../api-problem.ts';
import { unknownNameSentence } from '../unknown-name.ts';

/** The same for a wrong signature, for none, and for a hook that there is not. */
export function notSigned(): ApiProblem {
  return new ApiProblem(
    401,
    'not-signed',
    'This delivery does not carry the signature that is expected here.',
  );
}

export function unknownRepository(addresses: readonly string[], known: readonly string[]): ApiProblem {
  const told = addresses[0] ?? 'an address that it does not tell';
  return new ApiProblem(
    422,
    'unknown-repository',
    `${unknownNameSentence('repository', told, known)} Name one as \`repository\` of the hook where its address there is another.`,
  );
}
