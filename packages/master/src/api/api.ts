import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Clock } from '@millrace/kernel/clock';
import type { CurrentConfig } from '../config/config.ts';
import type { ReadSecret } from '../config/read-secret.ts';
import type { ClaimsAtOnce } from '../dispatch/claim-at-once.ts';
import type { EventFeed } from '../events/event-feed.ts';
import type { ProfileAsked } from '@millrace/protocol/api/profiles';
import type { ProfileTaken } from '../profile/profile-desk.ts';
import type { ReloadAnswer, ReloadAsked } from '../reloading/reloader.ts';
import type { FreshSource } from '../logs/fresh-output.ts';
import type { LogWatch } from '../logs/log-watch.ts';
import type { StoreFiguresOfProcess } from '../store/measured-store.ts';
import type { Store } from '../store/store.ts';
import type { CertificateAndKey } from './http-server.ts';
import type { ProcessFigures } from './process-figures.ts';
import type { RevisionResolver } from './revision-resolver.ts';

/** The server as the resources see it: schemas are types. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What the API is made of. Each resource takes its own part of it. */
export interface ApiParts {
  readonly store: Store;
  readonly config: CurrentConfig;
  readonly events: EventFeed;
  readonly clock: Clock;
  readonly revisions: RevisionResolver;
  /** Who may begin at once what is asked for; absent: everything waits its turn. */
  readonly dispatch?: ClaimsAtOnce;
  /** This master's name. */
  readonly master: string;
  /** Reads the config of this master again. */
  readonly reload: (asked: ReloadAsked) => Promise<ReloadAnswer>;
  /** Looks for some seconds what this master does. */
  readonly takeProfile: (asked: Required<ProfileAsked>) => Promise<ProfileTaken>;
  /** Looks up what a hook is signed with. */
  readonly readSecret: ReadSecret;
  readonly logWatch: LogWatch;
  /** What this master commits of logs that somebody follows. */
  readonly freshOutput: FreshSource;
  readonly process: ProcessFigures;
  /** What this master asks of the store; absent where nobody measures it. */
  readonly storeLoad?: { figures(): StoreFiguresOfProcess };
  /** Null: HTTP alone. */
  readonly tls?: CertificateAndKey | null;
  /** Addresses of proxies in front of it, whose word is taken for whom they speak for. Absent: none. */
  readonly proxies?: readonly string[];
  /** The folder of the built pages; it need not be there (yet). */
  readonly pages: string;
  /** Whether this master can do its work: for `readyz`. */
  readonly ready: () => Readiness;
  /** Told of what should not have happened; the caller is answered 500. */
  readonly onTrouble: (error: unknown, call: string) => void;
}

export type Readiness = { readonly ready: true } | { readonly ready: false; readonly message: string };
