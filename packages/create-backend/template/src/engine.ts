import { createCpuBackend } from '@switchyard/backend-cpu';
import type {
  DeviceV1,
  HostFacts,
  ModelSourceV1,
  OptionValuesV1,
  PlacementV1,
  Tensors,
  ValueInfo,
} from '@switchyard/core';
import { predicate } from './predicate.ts';

/** What this package needs of an engine. Nothing else of the package knows the engine's own interface. */
export interface Engine {
  /** Devices as the engine lists them. */
  devices(host: HostFacts): readonly DeviceV1[];
  /** Opens a model on exactly this device, or rejects. */
  open(source: ModelSourceV1, request: EngineRequest): Promise<EngineModel>;
}

export interface EngineRequest {
  readonly device: DeviceV1;
  readonly options: OptionValuesV1;
  readonly strict: boolean;
  readonly signal?: AbortSignal;
}

export interface EngineModel {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The device as the engine tells it after opening, not the one that was asked for. */
  readonly device: DeviceV1;
  /** Names of what computes, as the engine writes them. */
  readonly executionProviders: readonly string[];
  run(feeds: Tensors, outputs: readonly string[]): Promise<Tensors>;
  placement(feeds: Tensors | undefined): Promise<PlacementV1>;
  release(): Promise<void>;
}

// fill-in: Your engine in place of the stand-in, which is ONNX Runtime on the CPU.
/** Loads the engine. Nobody calls this before a probe or an opening. */
export async function loadEngine(): Promise<Engine> {
  const standIn = createCpuBackend();
  return {
    devices: (host) => predicate(host).devices,
    async open(source, { device, options, strict, signal }) {
      const cpu: DeviceV1 = { id: 'cpu', name: device.name, kind: 'cpu', software: false };
      const session = await standIn.doOpen(source, {
        device: cpu,
        options,
        strict,
        ...(signal === undefined ? {} : { signal }),
      });
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        device,
        executionProviders: session.executionProviders,
        run: (feeds, outputs) => session.doRun(feeds, { outputs }),
        placement: (feeds) => session.doPlacement(feeds === undefined ? {} : { feeds }),
        release: () => session[Symbol.asyncDispose](),
      };
    },
  };
}
