/*
 * What a config may import: the meaning of `import ... from 'millrace'`, wherever the config lies.
 */
export { builder, defineConfig, onChange, worker } from './define.ts';
export type {
  BuilderDefinition,
  BuildInput,
  ConfigDefinition,
  OnChangeDefinition,
  SchedulerDefinition,
  StepList,
  WorkerDefinition,
} from './define.ts';
export { hook, repository } from './define-source.ts';
export type {
  CredentialsDefinition,
  HookDefinition,
  RepositoryDefinition,
  SecretSource,
} from './define-source.ts';
export { token } from './define-access.ts';
export type {
  RateLimitDefinition,
  RateLimitsDefinition,
  TlsDefinition,
  TokenDefinition,
  TokenHashDefinition,
  TokenHashesDefinition,
} from './define-access.ts';
export { all, any, buildResult, changedFiles, not, stepResult, workerFact, workerTool } from './condition.ts';
export type { ResultTestable, Testable } from './condition.ts';
export { matrix } from './matrix.ts';
export type { Axes, AxisValue, Cell, MatrixDefinition } from './matrix.ts';
export type { OutputPattern } from './output-pattern.ts';
export { secret } from './secret.ts';
export type { EnvironmentText, SecretValue } from './secret.ts';
export type { SecretDefinition } from './define-secret.ts';
export { property } from './late-value.ts';
export type { BuildProperty, LateValue, Text } from './late-value.ts';
export { checkout, link, setProperty, sh } from './step.ts';
export type {
  CheckoutOptions,
  CheckoutStep,
  CommonOptions,
  Limits,
  LinkStep,
  PropertyFromOutput,
  RetryOptions,
  SetPropertyStep,
  ShOptions,
  ShStep,
  Step,
  StepOptions,
} from './step.ts';
export type { Condition } from '@millrace/protocol/condition';

export type { Scope, Visibility } from './access-config.ts';
export type { BuilderRetention, RetentionConfig, RetentionLimit } from './retention-config.ts';
