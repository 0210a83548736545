import type { PlacementV1 } from '@switchyard/core';
import type { Core, Model } from 'openvino-node';
import { saidText } from './openvino-error.ts';

const HOST_OPERATIONS =
  ' Its GPU plugin may still compute Proposal, NonMaxSuppression and DetectionOutput on the CPU without saying so.';

/**
 * Where the operations of a model are placed, from `queryModel`. Complete only when the map has as
 * many operations as the model: its keys are friendly names and `getOps()` gives unique names, so
 * the two can be counted against each other but not matched. Operations inside the bodies of If
 * and Loop belong to the operation that contains them, which one device takes as a whole.
 */
export function readPlacement(
  core: Core,
  model: Model,
  deviceName: string,
  executionDevices: readonly string[],
): PlacementV1 {
  let map: Record<string, string>;
  let operations: number;
  try {
    map = core.queryModel(model, deviceName);
    operations = model.getOps().length;
  } catch (error) {
    return {
      source: `EXECUTION_DEVICES only; queryModel failed: ${saidText(error)}.`,
      complete: false,
      providers: executionDevices.map((name) => ({ name, nodes: null, timeShare: null })),
      partitions: null,
    };
  }
  const counts = new Map<string, number>();
  for (const device of Object.values(map)) counts.set(device, (counts.get(device) ?? 0) + 1);
  const placed = Object.keys(map).length;
  const hint = deviceName.includes('GPU') ? HOST_OPERATIONS : '';
  return {
    source: `queryModel of OpenVINO placed ${placed} of ${operations} operations; EXECUTION_DEVICES is ${executionDevices.join(', ')}.${hint}`,
    complete: operations > 0 && placed >= operations,
    providers: [...counts]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, nodes]) => ({ name, nodes, timeShare: null })),
    partitions: null,
  };
}
