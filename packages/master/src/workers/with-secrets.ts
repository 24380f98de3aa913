import type { FromMaster } from '@millrace/protocol/agent/messages';
import type { SecretsForOrders } from '../config/order-secrets.ts';

/** A message to an agent with the values of the secrets that its orders name: nothing else holds an order with them. */
export function withSecrets(message: FromMaster, secrets: SecretsForOrders): FromMaster {
  if (message.type === 'run') return { ...message, ...secrets.of(message) };
  if (message.type !== 'welcome') return message;
  return { ...message, run: message.run.map((order) => ({ ...order, ...secrets.of(order) })) };
}
