import {
  SettingsError,
  checkOptions,
  deepFreeze,
  type OptionSchemaV1,
  type OptionValuesV1,
} from '@switchyard/core';
import { ORT_SESSION_OPTIONS, type OrtProvider } from '@switchyard/ort-host';

const OWN: OptionSchemaV1 = {
  preferredLayout: {
    type: 'enum',
    values: ['NCHW', 'NHWC'],
    default: 'NCHW',
    description:
      'Layout of convolutions and the like. `NCHW` leaves the graph as it is; `NHWC` adds transposes around them, and with onnxruntime 1.30.0 some of its convolutions compute wrong values.',
  },
  forceCpuNodeNames: {
    type: 'string',
    description:
      'Names of nodes that must run on the CPU, separated by commas: a way around an operator that computes wrong values.',
  },
  validationMode: {
    type: 'enum',
    values: ['disabled', 'wgpuOnly', 'basic', 'full'],
    default: 'basic',
    description:
      'How much the engine checks its own commands; `full` is for debugging and costs speed. One value per process.',
  },
  storageBufferCacheMode: {
    type: 'enum',
    values: ['disabled', 'lazyRelease', 'simple', 'bucket'],
    default: 'bucket',
    description:
      'How memory of tensors on the device is kept for the next run. `simple` may need less where shapes are fixed, `disabled` keeps none. One value per process.',
  },
};

/** Options of the engine's device, of which one process has one: the first session decides. */
const PROCESS_WIDE = ['validationMode', 'storageBufferCacheMode'] as const;

/** Session options of every ONNX Runtime backend, and those of the WebGPU provider. */
export const WEBGPU_OPTIONS: OptionSchemaV1 = deepFreeze({ ...OWN, ...ORT_SESSION_OPTIONS });

/** Options checked and divided: for the provider under the binding's names, and for the session. */
export interface WebgpuOptions {
  readonly provider: NonNullable<OrtProvider['options']>;
  readonly session: OptionValuesV1;
}

/** @throws SettingsError `invalid-value` */
export function readOptions(values: OptionValuesV1): WebgpuOptions {
  const checked = checkOptions(WEBGPU_OPTIONS, values, 'backend `webgpu`');
  // Always said: the engine's own default is `NHWC`, whose convolutions are wrong for some channel counts.
  const provider: Record<string, string | readonly string[]> = { preferredLayout: 'NCHW' };
  const session: Record<string, boolean | number | string> = {};
  for (const [key, value] of Object.entries(checked)) {
    if (!Object.hasOwn(OWN, key)) session[key] = value;
    else provider[key] = key === 'forceCpuNodeNames' ? nodeNames(String(value)) : String(value);
  }
  return { provider, session };
}

function nodeNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (!names.includes('')) return names;
  throw new SettingsError('invalid-value', 'The option `forceCpuNodeNames` has an empty name in it.', {
    source: 'backend `webgpu`',
    remedy: 'Write names of nodes with commas between them, as in `/model/Resize,/model/GridSample`.',
  });
}

const STORE = Symbol.for('switchyard.webgpu.process-wide');

/**
 * Remembers the values that the first session of this process gave to its device, and refuses others:
 * the engine would take and ignore them.
 *
 * @throws SettingsError `invalid-value`
 */
export function claimProcessWide(provider: WebgpuOptions['provider'], store: object = globalThis): void {
  const kept = store as { [STORE]?: Readonly<Record<string, unknown>> };
  const wanted = Object.fromEntries(
    PROCESS_WIDE.map((key) => {
      const spec = OWN[key]!;
      return [key, provider[key] ?? (spec.type === 'enum' ? spec.default : undefined)];
    }),
  );
  const first = (kept[STORE] ??= wanted);
  const key = PROCESS_WIDE.find((each) => first[each] !== wanted[each]);
  if (key === undefined) return;
  throw new SettingsError(
    'invalid-value',
    `The option \`${key}\` cannot be \`${String(wanted[key])}\` here: the first WebGPU session of this process set it to \`${String(first[key])}\`, and the engine has one device per process.`,
    { source: 'backend `webgpu`', remedy: 'Give every session the same value, or use isolation `process`.' },
  );
}
