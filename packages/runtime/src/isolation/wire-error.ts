import {
  EngineError,
  ExecutionError,
  errorText,
  ModelError,
  pluginBug,
  SettingsError,
  SwitchyardError,
  TensorError,
  type Reason,
} from '@switchyard/core';

/** An error as it crosses a border: plain data that survives JSON. */
export interface WireError {
  readonly type: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly subject: string | null;
  readonly reason: Reason | null;
  readonly cause: string | null;
}

const NOT_OURS = 'Error';

/** What of an error has to arrive on the other side. */
export function toWireError(error: unknown): WireError {
  if (!SwitchyardError.isInstance(error)) {
    return {
      type: NOT_OURS,
      code: '',
      message: errorText(error),
      remedy: null,
      subject: null,
      reason: null,
      cause: error instanceof Error ? (error.stack ?? null) : null,
    };
  }
  const { code, remedy } = error;
  const tail = remedy === null ? '' : ` ${remedy}`;
  const message = error.message.endsWith(tail)
    ? error.message.slice(0, error.message.length - tail.length)
    : error.message;
  const cause = error.cause === undefined ? null : errorText(error.cause);
  const common = { code, message, remedy, reason: null, cause };
  if (ModelError.isInstance(error)) return { ...common, type: 'ModelError', subject: error.model };
  if (TensorError.isInstance(error)) return { ...common, type: 'TensorError', subject: error.tensor };
  if (SettingsError.isInstance(error)) return { ...common, type: 'SettingsError', subject: error.source };
  if (ExecutionError.isInstance(error)) return { ...common, type: 'ExecutionError', subject: error.backend };
  if (EngineError.isInstance(error)) {
    return { ...common, type: 'EngineError', subject: error.backend, reason: error.reason };
  }
  return { ...common, type: 'SwitchyardError', subject: null };
}

/**
 * The error that was thrown on the other side, of the same class and with the same fields. What no
 * backend may throw becomes an `EngineError` with `plugin-bug`.
 *
 * @param member what the runtime called: `doRun`
 */
export function fromWireError(
  wire: WireError,
  backend: { readonly id: string; readonly package: string },
  member: string,
): SwitchyardError {
  const { message, remedy } = wire;
  const details = { remedy, ...(wire.cause === null ? {} : { cause: new Error(wire.cause) }) };
  switch (wire.type) {
    case 'ModelError':
      return new ModelError(wire.code as never, message, {
        ...details,
        model: wire.subject ?? '',
      });
    case 'TensorError':
      return new TensorError(wire.code as never, message, { ...details, tensor: wire.subject });
    case 'SettingsError':
      return new SettingsError(wire.code as never, message, { ...details, source: wire.subject ?? '' });
    case 'ExecutionError':
      return new ExecutionError(wire.code as never, message, {
        ...details,
        backend: wire.subject ?? backend.id,
      });
    case 'EngineError':
      if (wire.reason !== null) {
        return new EngineError({
          backend: wire.subject ?? backend.id,
          reason: wire.reason,
          ...causeOf(wire),
        });
      }
      break;
    case 'SwitchyardError':
      return new SwitchyardError(wire.code as never, message, details);
    default:
  }
  const reason = pluginBug(backend.package, `its \`${member}\` threw: ${message}`);
  return new EngineError({ backend: backend.id, reason, ...causeOf(wire) });
}

function causeOf(wire: WireError): { readonly cause?: Error } {
  return wire.cause === null ? {} : { cause: new Error(wire.cause) };
}
