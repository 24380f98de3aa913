import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Problem } from '@millrace/protocol/api/common';
import { AnswerCheck } from '@millrace/testkit/answer-check';
import type { Called } from '@millrace/testkit/api-scene';
import { settle } from '@millrace/testkit/fake-clock';
import { allCases } from './all-cases.ts';
import { ContractScene } from './contract-scene.ts';
import type { RouteCall } from './contract-scene.ts';
import { describedRoutes, urlOf } from './routes.ts';
import type { Route } from './routes.ts';
import { bearer, narrowerThan, scopeOf, tokens } from './tokens.ts';

const { document, routes } = await describedRoutes();
const described = new AnswerCheck(document);
const named = routes.map((route) => [route.name, route] as const);
/** POSTs that know their repeats otherwise: a delivery by the id that the service gave it. */
const ownKeys = ['POST /api/v1/hooks/{name}'];
const posts = named.filter(([name, { method }]) => method === 'POST' && !ownKeys.includes(name));
const ofApi = named.filter(([, { path }]) => path.startsWith('/api/v1/'));

let scene: ContractScene;
beforeEach(() => {
  scene = new ContractScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const takesKey = ({ operation }: Route): boolean =>
  (operation.parameters ?? []).some((one) => one.in === 'header' && one.name === 'idempotency-key');

/** The case of a route's success. */
const successOf = (route: Route): number => Math.min(...route.statuses.filter((status) => status < 300));

async function prepare(route: Route, status: number): Promise<RouteCall> {
  const given = allCases[route.name]?.[status];
  if (!given) throw new Error(`${route.name} has no case for ${status}: see README.md`);
  return given(scene);
}

/** A query beside what a case needs in any case. */
function besides({ query = '' }: RouteCall, more: string): string {
  return query === '' ? more : `${query}&${more}`;
}

async function send(route: Route, call: RouteCall, over: Partial<RouteCall> = {}): Promise<Called> {
  const { body, headers, query } = { ...call, ...over };
  const isPost = route.method === 'POST';
  return scene.call(route.method, urlOf(route, call, query), {
    headers: { ...call.headers, ...headers },
    ...(isPost && { body: body ?? {} }),
  });
}

test('every route has a case for each answer that it promises, and there is no case of no route', () => {
  const generic = (route: Route): readonly number[] => (takesKey(route) ? [409] : []);
  const wanted = routes.flatMap((route) =>
    route.statuses
      .filter((status) => !generic(route).includes(status) || allCases[route.name]?.[status])
      .map((status) => `${route.name} ${status}`),
  );
  const there = Object.entries(allCases).flatMap(([name, cases]) =>
    Object.keys(cases).map((status) => `${name} ${status}`),
  );
  expect(there.sort()).toEqual(wanted.sort());
});

describe('each promised answer comes as it is described', () => {
  const cases = Object.entries(allCases).flatMap(([name, statuses]) =>
    Object.keys(statuses).map((status) => [name, Number(status)] as const),
  );
  test.each(cases)('%s %i', async (name, status) => {
    const route = routes.find((one) => one.name === name);
    if (!route) throw new Error(`${name} is not described`);
    const call = await prepare(route, status);
    if (call.streams) {
      const stream = await scene.stream(urlOf(route, call).replace('//api/v1', ''), call.headers);
      await settle();
      const answer = { status: 200, type: 'text/event-stream', body: stream.text };
      described.check({ method: 'GET', url: urlOf(route, call).slice(1) }, answer);
      expect(stream.events).not.toEqual([]);
      return;
    }
    const answer = await send(route, call);
    expect(answer.status, answer.text.slice(0, 300)).toBe(status);
    for (const one of scene.payloads) described.check(one.call, one.answer);
    if (status >= 400) expect(answer.body).toMatchObject({ status, detail: expect.stringMatching(/\.$/u) });
  });
});

describe('what nobody knows is refused by name', () => {
  test.each(ofApi)('%s', async (_name, route) => {
    const call = await prepare(route, successOf(route));
    const refused = async (query: string): Promise<Problem> => {
      const answer = await send(
        route,
        { ...call, headers: { ...call.headers, accept: 'application/json' } },
        { query: besides(call, query) },
      );
      expect(answer.status, `${query}: ${answer.text.slice(0, 300)}`).toBe(400);
      return answer.body;
    };
    expect((await refused('nonsense=1')).errors).toMatchObject([{ field: 'nonsense' }]);
    for (const { name, schema } of route.query) {
      const { enum: values, 'x-words': words, type } = schema;
      const allowed = values ?? words ?? (type === 'boolean' ? ['true', 'false'] : undefined);
      if (allowed === undefined && type === 'string') continue;
      const [error] = (await refused(`${name}=nonsense`)).errors ?? [];
      expect(error?.field).toBe(name);
      if (values ?? words) for (const one of allowed ?? []) expect(error?.message).toContain(one);
    }
  });

  test.each(posts)('%s takes no other field, and nothing but JSON', async (_name, route) => {
    const call = await prepare(route, successOf(route));
    const answer = await send(route, call, { body: { ...(call.body as object | undefined), nonsense: 1 } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'nonsense' }] } });
    const form = { ...call.headers, 'content-type': 'application/x-www-form-urlencoded' };
    expect(await send(route, call, { body: 'a=1', headers: form })).toMatchObject({ status: 415 });
  });
});

describe('with tokens in the config', () => {
  const guarded = named.filter(([, route]) => scopeOf(route) !== undefined);

  test.each(guarded)(
    '%s lets nobody in without a token, or with one that may too little',
    async (_name, route) => {
      scene.config = { ...scene.config, tokens };
      const scope = scopeOf(route) ?? 'read';
      const call = { path: { id: 1, name: 'x' } };
      const answer = (headers: Readonly<Record<string, string>>) =>
        send(route, call, { headers: { accept: 'application/json', ...headers } });
      expect(await answer({})).toMatchObject({ status: 401, body: { code: 'token-missing' } });
      expect(await answer(bearer('nobody'))).toMatchObject({ status: 401, body: { code: 'token-unknown' } });
      expect(await answer(bearer(narrowerThan(scope)))).toMatchObject({
        status: 403,
        body: { code: 'scope-missing' },
      });
      expect([401, 403]).not.toContain((await answer(bearer(scope))).status);
    },
  );
});

describe('a repeat by its key gets the first answer and does nothing', () => {
  const key = { 'idempotency-key': 'a key' };
  const events = async (): Promise<unknown> =>
    (await scene.get('/events?limit=1000', { headers: { accept: 'application/json' } })).body;

  test('every POST takes a key, or is known by one of its own', () => {
    const without = routes.filter((route) => route.method === 'POST' && !takesKey(route));
    expect(without.map(({ name }) => name)).toEqual(ownKeys);
  });

  test.each(ownKeys)('%s, by its own', async (name) => {
    const route = routes.find((one) => one.name === name);
    if (!route) throw new Error(`${name} is not described`);
    const call = await prepare(route, successOf(route));
    const first = await send(route, call);
    const before = await events();
    const again = await send(route, call);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(await events()).toEqual(before);
  });

  test.each(posts)('%s', async (_name, route) => {
    const call = await prepare(route, successOf(route));
    const first = await send(route, call, { headers: key });
    expect(first.status).toBe(successOf(route));
    const before = await events();
    await scene.clock.advance(1_000);
    const again = await send(route, call, { headers: key });
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await events()).toEqual(before);
  });

  test.each(posts)('%s refuses a key of another call', async (_name, route) => {
    const other = await scene.rows.request({ builder: 'key' });
    const used = await scene.post(`/requests/${other}/cancel`, { message: 'For its key' }, { headers: key });
    expect(used.status).toBe(202);
    const call = await prepare(route, successOf(route));
    const answer = await send(route, shifted(call, other), { headers: key });
    expect(answer).toMatchObject({ status: 409, body: { code: 'idempotency-key-used' } });
  });
});

/** A case counts on the numbers of its rows from 1; here one was there before. */
function shifted(call: RouteCall, rows: number): RouteCall {
  const id = call.path?.id;
  return typeof id === 'number' ? { ...call, path: { ...call.path, id: id + rows } } : call;
}

describe('a list', () => {
  const lists = named.filter(([, { query }]) =>
    ['limit', 'cursor'].every((name) => query.some((one) => one.name === name)),
  );

  test.each(lists)('%s comes page by page, in every order', async (_name, route) => {
    const call = await prepare(route, successOf(route));
    const orders = route.query.find(({ name }) => name === 'sort')?.schema.enum ?? [''];
    for (const order of orders) {
      const sort = order === '' ? '' : `&sort=${order}`;
      const whole = (await send(route, call, { query: besides(call, `limit=1000${sort}`) })).body as List;
      expect(whole.nextCursor).toBeNull();
      expect(whole.items.length).toBeGreaterThan(1);
      const paged: unknown[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: List = (await send(route, call, { query: besides(call, `limit=1${sort}${cursor}`) }))
          .body;
        paged.push(...page.items);
        cursor = page.nextCursor === null ? null : `&cursor=${page.nextCursor}`;
      }
      expect(paged, order).toEqual(whole.items);
      if (order !== '') expectSorted(whole.items, order);
    }
  });
});

interface List {
  readonly items: readonly Readonly<Record<string, string | number | null>>[];
  readonly nextCursor: string | null;
}

function expectSorted(items: List['items'], order: string): void {
  const field = order.replace('-', '');
  const values = items.map((item) => item[field] ?? '');
  const rising = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  expect(values, order).toEqual(order.startsWith('-') ? rising.toReversed() : rising);
}
