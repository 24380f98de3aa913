import Type from 'typebox';
import { nameSchema as name, refined } from './refined-schema.ts';
import { hookKinds } from './source-config.ts';

/*
 * What the definitions of repositories and hooks must look like. What no single option tells is looked at by
 * `source-problems.ts`.
 */

const strict = { additionalProperties: false };

/** A pattern of branches: `*` stands for any part. */
export const branchPatternSchema = refined(
  'the name of a branch, without "refs/heads/" and spaces',
  (value) => typeof value === 'string' && /^(?!refs\/|-)[^\s~^:?[\\]{1,250}$/.test(value),
);
/** One branch. */
export const branchSchema = refined(
  'the name of one branch, without "*", "refs/heads/" and spaces',
  (value) => typeof value === 'string' && /^(?!refs\/|-)[^\s~^:?*[\\]{1,250}$/.test(value),
);
/** A pattern of tags. */
export const tagPatternSchema = refined(
  'the name of a tag, "*" for any part of it, without "refs/tags/" and spaces',
  (value) => typeof value === 'string' && /^(?!refs\/|-)[^\s~^:?[\\]{1,250}$/.test(value),
);

const milliseconds = (minimum: number) => Type.Integer({ minimum, maximum: 365 * 24 * 3_600_000 });
const address = refined(
  'a folder or an address, of at most 2,000 characters, without control characters, not beginning with "-"',
  (value) => typeof value === 'string' && value.length <= 2_000 && /^(?!-)\P{Cc}+$/u.test(value),
);
const file = refined(
  'the path of a file, without control characters and quotes',
  (value) => typeof value === 'string' && value.length <= 1_000 && /^[^\p{Cc}"]+$/u.test(value),
);
const secret = refined(
  "where the secret is, { env: 'VARIABLE' } or { file: '/path' }; the secret itself does not stand in a config",
  (value) => {
    if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false;
    const [[kind, place]] = Object.entries(value) as [[string, unknown]];
    if (typeof place !== 'string') return false;
    if (kind === 'env') return /^[A-Za-z_][A-Za-z0-9_]*$/.test(place);
    return kind === 'file' && /^\P{Cc}+$/u.test(place);
  },
);
const username = refined(
  'a name for https, without ":" and spaces',
  (value) => typeof value === 'string' && /^[^\s:\p{Cc}]{1,200}$/u.test(value),
);
const commitLink = refined(
  'the address of a commit\'s page, with "{revision}" in it: "https://.../commit/{revision}"',
  (value) =>
    typeof value === 'string' &&
    value.length <= 1_000 &&
    /^https?:\/\/\P{Cc}+$/u.test(value) &&
    value.includes('{revision}'),
);

/** A `RepositoryDefinition`. */
export const repositorySchema = Type.Object(
  {
    name,
    git: Type.Optional(address),
    hg: Type.Optional(address),
    branches: Type.Optional(Type.Array(branchPatternSchema)),
    tags: Type.Optional(Type.Array(tagPatternSchema)),
    credentials: Type.Optional(
      Type.Object(
        {
          sshKeyFile: Type.Optional(file),
          knownHostsFile: Type.Optional(file),
          username: Type.Optional(username),
          password: Type.Optional(secret),
        },
        strict,
      ),
    ),
    pollEveryMs: Type.Optional(milliseconds(100)),
    fetchMsMax: Type.Optional(milliseconds(1_000)),
    defaultBranch: Type.Optional(branchSchema),
    commitLink: Type.Optional(commitLink),
  },
  strict,
);

/** A `HookDefinition`. */
export const hookSchema = Type.Object(
  { name, kind: Type.Enum([...hookKinds]), secret, repository: Type.Optional(Type.String()) },
  strict,
);
