import type { Reason } from '../backend/v1/reason-v1.ts';
import type { ResolvedSettings } from '../settings/resolved-settings.ts';
import { describeSource } from '../settings/setting-source.ts';
import type { Candidate } from './candidate.ts';
import type { SelectionReport, SelectionWarning } from './selection-report.ts';

/** Who was chosen and why, or why nobody was. */
export interface Choice {
  readonly chosen: Candidate | null;
  readonly basis: SelectionReport['basis'];
  readonly degraded: boolean;
  readonly refusal: SelectionReport['refusal'];
  /** Why the chosen one was chosen. */
  readonly reasons: readonly Reason[];
  /** Why a candidate that no gate closed was not taken, by id. */
  readonly passedOver: ReadonlyMap<string, Reason>;
  readonly warnings: readonly SelectionWarning[];
}

/**
 * Chooses among candidates, which arrive in order of preference. This is the only place in Switchyard
 * where one backend is taken before another.
 */
export function choose(candidates: readonly Candidate[], settings: ResolvedSettings): Choice {
  const { request, client } = settings;
  if (client !== null) return chooseForClient(client.backend, candidates, settings);
  switch (request.kind) {
    case 'exact':
      return chooseExact(request.backend, describeSource(request.source), candidates);
    case 'ordered':
      return chooseOrdered(request.backends, describeSource(request.source), candidates);
    case 'auto':
      return chooseAutomatically(candidates, settings);
  }
}

function chooseExact(id: string, asked: string, candidates: readonly Candidate[]): Choice {
  const candidate = candidates.find((one) => one.id === id);
  const passedOver = othersNotInList(candidates, [id], `Only \`${id}\` may run, because ${asked} says so.`);
  if (candidate === undefined || candidate.closed !== null) {
    const why = candidate?.closed?.reasons[0];
    return {
      ...nobody,
      refusal: {
        code: why?.code ?? 'unknown-backend',
        message: `${asked} asks for \`${id}\`, and nothing else may take its place. ${why?.message ?? 'It is not known here.'}`,
        remedy: why?.remedy ?? 'To see what this machine can run: switchyard explain',
      },
      passedOver,
    };
  }
  return {
    ...nobody,
    chosen: candidate,
    basis: 'requested',
    reasons: [because('explicit-request', `${asked} asks for exactly this backend.`)],
    passedOver,
    warnings: softwareWarning(candidate),
  };
}

function chooseOrdered(ids: readonly string[], asked: string, candidates: readonly Candidate[]): Choice {
  const list = ids.map((id) => candidates.find((one) => one.id === id));
  const index = list.findIndex((candidate) => candidate?.closed === null);
  const passedOver = othersNotInList(candidates, ids, `${asked} allows ${ids.join(', ')} and nothing else.`);
  const chosen = list[index];
  if (chosen === undefined) {
    const first = list.find((candidate) => candidate?.closed != null);
    const why = first?.closed?.reasons[0];
    return {
      ...nobody,
      refusal: {
        code: why?.code ?? 'not-in-list',
        message: `${asked} allows ${ids.join(', ')}, and none of them can run. ${firstReasons(list)}`,
        remedy: why?.remedy ?? 'To see what this machine can run: switchyard explain',
      },
      passedOver,
    };
  }
  for (const later of list.slice(index + 1)) {
    if (later?.closed === null) {
      passedOver.set(later.id, because('lower-rank', `\`${chosen.id}\` stands before it in ${asked}.`));
    }
  }
  const skipped = list.slice(0, index).flatMap((candidate) => candidate?.id ?? []);
  return {
    ...nobody,
    chosen,
    basis: 'requested',
    degraded: index > 0,
    reasons: [
      because(
        'explicit-request',
        index === 0
          ? `It is the first that ${asked} names.`
          : `${asked} names it after ${skipped.join(', ')}, which cannot run.`,
      ),
    ],
    passedOver,
  };
}

function chooseAutomatically(candidates: readonly Candidate[], settings: ResolvedSettings): Choice {
  const open = candidates.filter((candidate) => candidate.closed === null);
  const [chosen, ...lower] = open;
  const failed = candidates
    .slice(0, chosen === undefined ? candidates.length : candidates.indexOf(chosen))
    .filter((candidate) => hasFailed(candidate));
  const passedOver = new Map<string, Reason>();
  const warnings = candidates.flatMap((candidate) => unknownWarning(candidate));
  if (chosen === undefined) return { ...nobody, warnings, refusal: nothingCanRun(candidates) };
  for (const candidate of lower) {
    passedOver.set(
      candidate.id,
      because(
        'lower-rank',
        `\`${chosen.id}\` stands before it in the platform preference, which is not a claim about speed.`,
      ),
    );
  }
  const demotion = failed
    .map((candidate) => `${candidate.id}: ${candidate.closed!.reasons[0]!.message}`)
    .join(' ');
  if (failed.length > 0 && settings.fallback === 'error') {
    const why = failed[0]!.closed!.reasons[0]!;
    passedOver.set(
      chosen.id,
      because('fallback-refused', `It could run, but a fallback must not happen by itself here. ${demotion}`),
    );
    return {
      ...nobody,
      degraded: true,
      passedOver,
      warnings,
      refusal: {
        code: 'fallback-refused',
        message: `Only \`${chosen.id}\` is left, and falling back to it is not allowed. ${demotion}`,
        remedy: `${why.remedy === null ? '' : `${why.remedy} `}To accept the fallback: --fallback warn. To ask for it: --backend ${chosen.id}`,
      },
    };
  }
  if (failed.length > 0 && settings.fallback === 'warn') {
    const remedy = failed[0]!.closed!.reasons[0]!.remedy;
    warnings.push({ message: `${chosen.id} is a fallback. ${demotion}`, remedy });
  }
  warnings.push(...untriedWarning(chosen));
  const alone = lower.length === 0 && failed.length === 0;
  return {
    chosen,
    basis: chosen.measured ? 'measured' : alone ? 'only-candidate' : 'platform-preference',
    degraded: failed.length > 0,
    refusal: null,
    reasons: [
      chosen.measured
        ? because(
            'measured-best',
            'Trials with this model on this machine passed, its speed against the CPU included.',
          )
        : alone
          ? because('only-candidate', 'No other backend passed the gates.')
          : because('auto-preferred', 'It stands first in the platform preference; nothing was measured.'),
      ...(failed.length > 0
        ? [because('fallback-allowed', `It takes the place of another. ${demotion}`)]
        : []),
    ],
    passedOver,
    warnings,
  };
}

/** A client chooses among what the operator allows; it can enable nothing. */
function chooseForClient(id: string, candidates: readonly Candidate[], settings: ResolvedSettings): Choice {
  const { request } = settings;
  const allowed =
    request.kind === 'auto' ||
    (request.kind === 'exact' ? request.backend === id : request.backends.includes(id));
  if (allowed) return chooseExact(id, 'the client', candidates);
  return {
    ...nobody,
    refusal: {
      code: 'not-in-list',
      message: `The client asks for \`${id}\`, but ${describeSource(request.source)} allows other backends only.`,
      remedy: 'Leave the choice to the server, or ask its operator.',
    },
    passedOver: othersNotInList(candidates, [], 'The client asked for another backend.'),
  };
}

const nobody: Choice = {
  chosen: null,
  basis: null,
  degraded: false,
  refusal: null,
  reasons: [],
  passedOver: new Map(),
  warnings: [],
};

/**
 * A choice whose trials were begun and gave no verdict stands on preference alone, and says so. What
 * nobody asked to try is in the report and no warning.
 */
function untriedWarning(chosen: Candidate): SelectionWarning[] {
  const untried = chosen.trials.filter((trial) => trial.state === 'not-run' && trial.when !== undefined);
  if (untried.length === 0) return [];
  const which = untried.map(({ trial, detail }) => `${trial}: ${detail}`).join(' ');
  return [
    {
      message: `\`${chosen.id}\` stands on platform preference, because trials gave no verdict. ${which}`,
      remedy: null,
    },
  ];
}

/** A candidate that was allowed and has the hardware, and still cannot run. */
function hasFailed(candidate: Candidate): boolean {
  return candidate.closed?.status === 'rejected' && candidate.gates.eligible === 'yes';
}

function othersNotInList(
  candidates: readonly Candidate[],
  ids: readonly string[],
  message: string,
): Map<string, Reason> {
  const others = candidates.filter((candidate) => candidate.closed === null && !ids.includes(candidate.id));
  return new Map(others.map((candidate) => [candidate.id, because('not-in-list', message)]));
}

function unknownWarning(candidate: Candidate): SelectionWarning[] {
  if (candidate.closed?.status !== 'rejected' || candidate.gates.eligible !== 'unknown') return [];
  const reason = candidate.closed.reasons[0]!;
  if (reason.code === 'plugin-bug' || reason.code === 'api-mismatch') {
    return [{ message: reason.message, remedy: reason.remedy }];
  }
  return [
    {
      message: `Whether \`${candidate.id}\` could run here is not known. ${reason.message}`,
      remedy: reason.remedy ?? `To try it: --backend ${candidate.id}`,
    },
  ];
}

function softwareWarning(candidate: Candidate): SelectionWarning[] {
  const device = candidate.devices[0];
  if (device?.software !== true) return [];
  return [{ message: `${device.name} is a software emulation; it runs on the CPU.`, remedy: null }];
}

function nothingCanRun(candidates: readonly Candidate[]): SelectionReport['refusal'] {
  const cpu = candidates.find((candidate) => candidate.id === 'cpu');
  // Where even `cpu` has no build, its reason is the one that says what this machine lacks.
  const noCpu = cpu?.closed?.status === 'rejected' && cpu.gates.eligible === 'no';
  const rejected = noCpu ? cpu : candidates.find((candidate) => candidate.closed?.status === 'rejected');
  const first = rejected ?? cpu ?? candidates[0];
  const why = first?.closed?.reasons[0];
  const allowable = noCpu ? candidates.find((candidate) => onlyLacksPermission(candidate)) : undefined;
  const permit = allowable?.closed?.reasons[0]?.remedy ?? null;
  return {
    code: why?.code ?? 'package-missing',
    message: `No backend can run on this machine. ${firstReasons(candidates) || 'None is installed.'}`,
    remedy:
      allowable !== undefined && permit !== null
        ? `\`${allowable.id}\` could run here. ${permit}`
        : (why?.remedy ?? 'Install a backend: npm install @switchyard/backend-cpu'),
  };
}

/** A backend that is installed, has its hardware, and was not enabled by anybody. */
function onlyLacksPermission({ closed, gates, devices }: Candidate): boolean {
  return (
    closed?.status === 'not-enabled' &&
    gates.eligible === 'yes' &&
    gates.working !== 'no' &&
    devices[0]?.software === false
  );
}

function firstReasons(candidates: readonly (Candidate | undefined)[]): string {
  return candidates
    .flatMap((candidate) =>
      candidate?.closed == null ? [] : [`${candidate.id}: ${candidate.closed.reasons[0]!.message}`],
    )
    .join(' ');
}

function because(code: Reason['code'], message: string): Reason {
  return { code, message, evidence: [], remedy: null };
}
