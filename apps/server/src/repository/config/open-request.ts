import { ConfigProblem, type InstanceGroupConfig, type ModelConfig } from './model-config.ts';
import type { SwitchyardParameters } from './switchyard-parameters.ts';

/** How many instances, and what each of them is opened with. */
export interface InstancePlan {
  readonly instances: number;
  readonly open: SwitchyardParameters['open'];
}

interface Wish {
  readonly backend: string | null;
  readonly device: string | null;
  readonly because: string;
}

/**
 * Turns `instance_group` into a request for selection. `KIND_CPU` is exactly the backend `cpu`, `KIND_GPU`
 * exactly `cuda`, because `gpus` are numbers of CUDA devices; `KIND_AUTO` and `KIND_MODEL` leave the choice
 * to selection.
 *
 * @throws ConfigProblem for groups that want different devices, or contradict `parameters`
 */
export function instancePlan(config: ModelConfig, parameters: SwitchyardParameters): InstancePlan {
  const groups = config.instance_group ?? [];
  const wishes = groups.map((group, index) => wishOf(group, `instance_group[${index}]`));
  const wish = wishes[0] ?? { backend: null, device: null, because: 'no instance group' };
  const other = wishes.find(({ backend, device }) => backend !== wish.backend || device !== wish.device);
  if (other !== undefined) {
    throw new ConfigProblem(
      `${wish.because} and ${other.because} want different devices, but a model runs on one; make two models of it`,
    );
  }
  const instances = groups.reduce((sum, { count = 1 }) => sum + Math.max(count, 1), 0);
  return { instances: Math.max(instances, 1), open: merge(wish, parameters.open) };
}

function merge(wish: Wish, open: SwitchyardParameters['open']): SwitchyardParameters['open'] {
  if (wish.backend === null) return open;
  const named = open.backend ?? open.device?.split(':', 1)[0];
  const device = open.device !== undefined && open.device.includes(':') ? open.device : null;
  if (open.prefer !== undefined || (named !== undefined && conflicts(wish, named, device))) {
    throw new ConfigProblem(
      `${wish.because}, but \`parameters\` ask for ${JSON.stringify({ backend: open.backend, device: open.device, prefer: open.prefer })}; leave one of them out`,
    );
  }
  if (named !== undefined) return open;
  return { ...open, backend: wish.backend, ...(wish.device === null ? {} : { device: wish.device }) };
}

/** A group of GPUs without numbers is content with any backend that is not the processor's. */
function conflicts(wish: Wish, backend: string, device: string | null): boolean {
  if (wish.backend === 'cpu') return backend !== 'cpu';
  if (wish.device === null) return backend === 'cpu';
  return backend !== wish.backend || (device !== null && device !== wish.device);
}

function wishOf(group: InstanceGroupConfig, path: string): Wish {
  const { kind = 'KIND_AUTO', gpus = [], count = 1 } = group;
  if (count < 0) throw new ConfigProblem(`\`${path}.count\` is ${count}, but must be 1 or more`);
  if (kind === 'KIND_CPU' && gpus.length > 0) {
    throw new ConfigProblem(`\`${path}\` is KIND_CPU, but names gpus [${gpus.join(', ')}]`);
  }
  if (gpus.length > 1) {
    throw new ConfigProblem(
      `\`${path}.gpus\` names ${gpus.length} devices, but a model runs on one; name one of [${gpus.join(', ')}]`,
    );
  }
  if (kind === 'KIND_CPU') return { backend: 'cpu', device: null, because: `\`${path}\` is KIND_CPU` };
  const gpu = gpus[0];
  if (gpu !== undefined) {
    if (gpu < 0) throw new ConfigProblem(`\`${path}.gpus\` is [${gpu}], but devices count from 0`);
    return { backend: 'cuda', device: `cuda:${gpu}`, because: `\`${path}\` names the GPU ${gpu}` };
  }
  if (kind === 'KIND_GPU') return { backend: 'cuda', device: null, because: `\`${path}\` is KIND_GPU` };
  return { backend: null, device: null, because: `\`${path}\` is ${kind}` };
}
