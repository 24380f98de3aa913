import type { Readiness } from '@millrace/master/api/api';
import { ApiScene } from '@millrace/testkit/api-scene';

/** The scene of the API's other tests, with a master that can be not ready. */
export class ContractScene extends ApiScene {
  readonly state: { readiness: Readiness };
  /** What the handlers handed over, before it was written down by the schema, which drops what it does not know. */
  readonly payloads: {
    readonly call: { readonly method: string; readonly url: string };
    readonly answer: { readonly status: number; readonly type: string; readonly body: string };
  }[] = [];

  constructor() {
    const state: { readiness: Readiness } = { readiness: { ready: true } };
    super({
      parts: {
        ready: () => state.readiness,
        readSecret: (source) => {
          if (!('env' in source)) return 'whsec_c2VjcmV0';
          if (source.env !== missingSecret) return `secret of ${source.env}`;
          throw new Error('There is no such secret.');
        },
        // A secret that is missing is the master's trouble; anything else fails the test.
        onTrouble: (error) => {
          if (!String(error).includes('no such secret')) this.troubles.push(error);
        },
      },
    });
    this.state = state;
    this.api.addHook('preSerialization', (request, reply, payload) => {
      const type = String(reply.getHeader('content-type') ?? 'application/json');
      const answer = { status: reply.statusCode, type, body: JSON.stringify(payload) };
      this.payloads.push({ call: { method: request.method, url: request.url }, answer });
      return Promise.resolve(payload);
    });
  }
}

/** What a case sends, besides method and route. */
export interface RouteCall {
  /** For the `{...}` of the route. */
  readonly path?: Readonly<Record<string, string | number>>;
  /** Without the question mark. */
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer is an event stream: its first messages are looked at. */
  readonly streams?: true;
}

/** Makes what has to be there, and says what to send. */
export type RouteCase = (scene: ContractScene) => RouteCall | Promise<RouteCall>;

/** By `METHOD /path/{of}/the/description`, then by status. */
export type RouteCases = Readonly<Record<string, Readonly<Record<number, RouteCase>>>>;

/** The name of a secret that the master cannot read. */
export const missingSecret = 'missing';

/** A number that no row has. */
export const none = 999_999;

/** A case about something that is not there. */
export const unknownId: RouteCase = () => ({ path: { id: none } });
export const unknownName: RouteCase = () => ({ path: { name: 'no-such-name' } });

/** A list whose `nextCursor` is of another store. */
export const otherStore =
  (list: RouteCase, url: string): RouteCase =>
  async (scene) => {
    const call = await list(scene);
    const page: { nextCursor: string } = (await scene.get(`//${url.replace(/^\//u, '')}?limit=1`)).body;
    const [, ...place] = JSON.parse(Buffer.from(page.nextCursor, 'base64url').toString()) as unknown[];
    const cursor = Buffer.from(JSON.stringify(['another', ...place])).toString('base64url');
    return { ...call, query: `cursor=${cursor}` };
  };
