/** Kinds of device that a new backend can be for. */
export const DEVICE_KINDS = ['npu', 'gpu', 'cpu'] as const;
/** Programs that can install what the new package needs. */
export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn', 'bun'] as const;

export type ProjectDeviceKind = (typeof DEVICE_KINDS)[number];
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

/** Everything that a new backend package is made of. */
export interface ProjectAnswers {
  /** Id of the backend: lower-case words joined by hyphens. */
  readonly id: string;
  /** Name of the npm package. */
  readonly packageName: string;
  /** Name for people. */
  readonly title: string;
  readonly deviceKind: ProjectDeviceKind;
  readonly packageManager: PackageManager;
}

const SPELLED: Readonly<Record<string, string>> = {
  npu: 'NPU',
  gpu: 'GPU',
  cpu: 'CPU',
  tpu: 'TPU',
  ai: 'AI',
};

/** What an id alone makes likely: `my-npu` is `switchyard-backend-my-npu`, My NPU. */
export function answersFor(id: string): ProjectAnswers {
  const words = id.split('-').filter((word) => word !== '');
  return {
    id,
    packageName: `switchyard-backend-${id}`,
    title: words.map((word) => SPELLED[word] ?? word.charAt(0).toUpperCase() + word.slice(1)).join(' '),
    deviceKind: DEVICE_KINDS.find((kind) => words.includes(kind)) ?? 'npu',
    packageManager: 'npm',
  };
}
