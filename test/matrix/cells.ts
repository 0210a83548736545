import { PUBLISHED, type WorkspacePackage } from '../workspace.ts';

/** A package that somebody installs alone. */
export interface Cell {
  readonly package: WorkspacePackage;
  /** Id of the backend that it is; `null` for the others. */
  readonly backend: string | null;
  /** Packages of engines that may come along; every other engine is foreign. */
  readonly engines: readonly string[];
  /** Packages that the person installs beside it, because it names them as optional. */
  readonly beside: readonly string[];
  /** Entries that need a package which it names as optional, and which is not installed here. */
  readonly without: readonly string[];
}

/** The engines that are packages of npm. */
export const ENGINES: readonly string[] = ['onnxruntime-node', 'onnxruntime-web', 'openvino-node'];

const ORT = ['onnxruntime-node'];

/** Which engine each package may bring, written down apart from the manifests that it is compared with. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  '@switchyard/backend-conformance': [],
  '@switchyard/backend-cpu': ORT,
  '@switchyard/backend-cuda': ORT,
  '@switchyard/backend-mps-coreml': ORT,
  '@switchyard/backend-openvino': [],
  '@switchyard/backend-wasm': ['onnxruntime-web'],
  '@switchyard/backend-webgpu': ORT,
  '@switchyard/cli': ORT,
  '@switchyard/composition': [],
  '@switchyard/core': [],
  '@switchyard/create-backend': [],
  '@switchyard/onnx': [],
  '@switchyard/open-inference': [],
  '@switchyard/ort-host': ORT,
  '@switchyard/runtime': [],
  '@switchyard/server': ORT,
};

const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  '@switchyard/backend-conformance': ['@switchyard/backend-conformance/vitest'],
  '@switchyard/open-inference': ['@switchyard/open-inference/grpc'],
};

/** Every published package alone, and OpenVINO's backend with the engine that its user adds. */
export function matrixCells(): readonly Cell[] {
  return PUBLISHED.flatMap((one) => {
    const { name } = one.manifest;
    const engines = EXPECTED[name];
    if (engines === undefined) {
      throw new Error(`\`${name}\` is new: write into test/matrix/cells.ts which engine it may bring.`);
    }
    const backend = /^@switchyard\/backend-(?!conformance$)(.+)$/.exec(name)?.[1] ?? null;
    const alone = { package: one, backend, engines, beside: [], without: WITHOUT[name] ?? [] };
    if (backend !== 'openvino') return [alone];
    return [alone, { ...alone, engines: ['openvino-node'], beside: ['openvino-node'] }];
  });
}

/** How a cell is called in what is printed and written. */
export function cellName({ package: { manifest }, beside }: Cell): string {
  return [manifest.name, ...beside].join(' + ');
}
