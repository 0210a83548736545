import { InferenceClientError } from '../client/client-error.ts';
import type { ModelConfigJson, ParameterValue } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { RepositoryParameterMessage } from './generic-messages.ts';

/** Members that proto-loader adds to say which of several fields is there. */
const ADDED: ReadonlySet<string> = new Set(['policy_choice', 'scheduling_choice', 'input_data_type']);

/** A model's configuration without what proto-loader adds and what is not there. */
export function configOf(response: { readonly config: ModelConfigJson | null }): ModelConfigJson {
  return plain(response.config ?? {}) as ModelConfigJson;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, member]) => member !== null && !ADDED.has(name));
  return Object.fromEntries(entries.map(([name, member]) => [name, plain(member)]));
}

/** Parameters of load and unload as their messages. */
export function repositoryParameters(
  parameters: Readonly<Record<string, ParameterValue | Uint8Array>>,
): Readonly<Record<string, RepositoryParameterMessage>> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, repositoryParameter(name, value)]),
  );
}

function repositoryParameter(name: string, value: ParameterValue | Uint8Array): RepositoryParameterMessage {
  if (typeof value === 'string') return { string_param: value };
  if (typeof value === 'boolean') return { bool_param: value };
  if (typeof value === 'object') return { bytes_param: Buffer.from(value) };
  const number = Number(value);
  if (Number.isSafeInteger(number)) return { int64_param: number };
  throw new ProtocolError(
    'invalid-argument',
    `parameter \`${name}\` is ${value}; over gRPC a number of load and unload has to be an integer that a double holds exactly.`,
  );
}

/** Reads an answer. @throws InferenceClientError internal when it cannot be read */
export function answerOf<Answer>(read: () => Answer): Answer {
  try {
    return read();
  } catch (error) {
    if (!ProtocolError.isInstance(error)) throw error;
    const text = `the answer of the server cannot be read: ${error.message}`;
    const details = { protocol: 'grpc', status: 0, notExecuted: false, cause: error } as const;
    throw new InferenceClientError('internal', text, details);
  }
}
