import type { Api } from './api.ts';

/**
 * JSON is the only body that is taken: a form, or text, is what another site's page can post without being
 * asked. A call without a body is one with an empty object, since every field may be left out then.
 */
export function takeJsonBodies(api: Api): void {
  const parse = api.getDefaultJsonParser('error', 'error');
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, {});
    else void parse(request, body.toString(), done);
  });
  api.addHook('preValidation', async (request) => {
    if (request.method === 'POST') request.body ??= {};
  });
}
