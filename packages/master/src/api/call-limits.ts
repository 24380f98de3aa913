import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '@millrace/kernel/clock';
import { TokenBuckets } from '@millrace/kernel/token-buckets';
import type { CurrentConfig } from '../config/config.ts';
import { addressKey } from '../model/address.ts';
import { ApiProblem } from './api-problem.ts';

/** Tokens that are wrong, from one address: some are mistakes, many are guesses. */
const failures = { perSecond: 0.2, burst: 20 };

/** How often the API is called: by a token, from an address without one, and with wrong ones. */
export class CallLimits {
  readonly #callers: TokenBuckets;
  readonly #addresses: TokenBuckets;
  readonly #failures: TokenBuckets;

  constructor(config: CurrentConfig, clock: Clock) {
    this.#callers = new TokenBuckets(clock, () => config.get().rateLimits.token);
    this.#addresses = new TokenBuckets(clock, () => config.get().rateLimits.anonymous);
    this.#failures = new TokenBuckets(clock, () => failures);
  }

  /** A call with a token that is good. @throws ApiProblem `too-many-calls` 429 */
  caller(name: string, reply: FastifyReply): void {
    refuse(this.#callers.take(name), reply, `The token "${name}" was used more often`);
  }

  /** A call without one. @throws ApiProblem `too-many-calls` 429 */
  anonymous(request: FastifyRequest, reply: FastifyReply): void {
    refuse(this.#addresses.take(addressKey(request.ip)), reply, 'Calls came from your address more often');
  }

  /** A call with one that is not. @throws ApiProblem `too-many-calls` 429 */
  failure(request: FastifyRequest, reply: FastifyReply): void {
    refuse(
      this.#failures.take(addressKey(request.ip)),
      reply,
      'Wrong tokens came from your address more often',
    );
  }
}

function refuse(afterMs: number, reply: FastifyReply, who: string): void {
  if (afterMs === 0) return;
  const seconds = Math.ceil(afterMs / 1000);
  reply.header('retry-after', seconds);
  throw new ApiProblem(
    429,
    'too-many-calls',
    `${who} than this master allows (\`rateLimits\` in its config). Try again in ${seconds} s.`,
  );
}
