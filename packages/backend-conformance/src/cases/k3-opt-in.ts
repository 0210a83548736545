import {
  checkBackend,
  createRegistry,
  select,
  type BackendV1,
  type DeviceV1,
  type SelectionReport,
  type SettingStatement,
} from '@switchyard/core';
import { mockBackend } from '@switchyard/core/testing';
import type { CaseContext, ConformanceCase } from '../conformance-case.ts';
import { expectThat, shown } from '../conformance-failure.ts';

const source = { layer: 'api', detail: 'the conformance kit' } as const;
/** Ids that stand for backends of other packages. */
const OTHERS = ['cpu', 'cuda', 'mps-coreml', 'openvino', 'wasm', 'webgpu'];

/** The backend as it is, on a machine that has what it needs: whoever decides, it is not the hardware. */
function willing(backend: BackendV1): BackendV1 {
  const { manifest } = checkBackend(backend);
  const kind = manifest.deviceKinds[0]!;
  const device: DeviceV1 = { id: `${manifest.id}:kit`, name: 'A device of the kit', kind, software: false };
  return {
    ...backend,
    manifest: backend.manifest,
    predicate: () => ({ eligible: 'yes', reasons: [], devices: [device] }),
  };
}

function decide(context: CaseContext, settings: readonly SettingStatement[]): SelectionReport {
  const { backend, host } = context;
  const other = mockBackend({
    manifest: { id: 'kit-other', deviceKinds: ['cpu'], rank: -100 },
    predicate: () => ({
      eligible: 'yes',
      reasons: [],
      devices: [{ id: 'kit-other', name: 'Another', kind: 'cpu', software: false }],
    }),
  });
  return select({ known: createRegistry([willing(backend), other]).known(), host, settings });
}

/** K3: who may turn it on. */
export const OPT_IN_CASES: readonly ConformanceCase[] = [
  {
    id: 'K3.1',
    title: 'it is selected exactly when its own `optIn` and the request allow it',
    change: 'Correct `optIn`, `aliases` and `rank` of the manifest; selection does what they say.',
    needs: 'nothing',
    place: 'caller',
    async run(context) {
      const { id, optIn, aliases = [] } = context.backend.manifest;
      const named = { kind: 'backend', backend: id, source } as const;
      const enabled = { kind: 'enable', backend: id, source } as const;
      const disabled = { kind: 'disable', backend: id, source } as const;
      const first = { kind: 'prefer', backends: [id, 'kit-other'], source } as const;
      const last = { kind: 'prefer', backends: ['kit-other'], source } as const;
      const rows: readonly (readonly [string, readonly SettingStatement[], boolean])[] = [
        ['automatic, nothing said', [], !optIn],
        ['automatic, enabled', [enabled], true],
        ['automatic, disabled', [disabled], false],
        [
          'automatic, enabled and disabled in a stronger place',
          [{ ...enabled, source: { layer: 'env' } }, disabled],
          false,
        ],
        ['exact, named', [named], true],
        ['exact, named and disabled in the same place', [named, disabled], false],
        ['exact, another named', [{ ...named, backend: 'kit-other' }], false],
        ['ordered, first', [first], true],
        ['ordered, first and disabled', [first, disabled], false],
        ['ordered, not named', [last], false],
        ...aliases.map(
          (alias) => [`exact, named \`${alias}\``, [{ ...named, backend: alias }], true] as const,
        ),
      ];
      for (const [what, settings, expected] of rows) {
        const report = decide(context, settings);
        const mine = report.candidates.find((candidate) => candidate.backend === id);
        const chosen = report.selected?.backend === id;
        // Beside another that stands first, an automatic choice may pass it over; that is rank, not opt-in.
        const may = chosen || (expected && settings.length < 2 && mine?.status === 'passed-over');
        expectThat(
          expected ? may : !chosen,
          () =>
            `${what}: it was ${chosen ? '' : 'not '}selected, with \`optIn: ${String(optIn)}\`: ${shown(mine?.reasons[0]?.message ?? report.refusal?.message)}.`,
        );
        expectThat(
          chosen || mine === undefined || mine.reasons.length > 0,
          `${what}: the report says nothing about it.`,
        );
      }
      return { requests: rows.length };
    },
  },
  {
    id: 'K3.2',
    title: 'no name of another backend names it',
    change: 'Take the id or alias out that the message names; it belongs to another backend.',
    needs: 'nothing',
    place: 'caller',
    async run(context) {
      const { manifest } = checkBackend(context.backend);
      const taken = OTHERS.filter((other) => other !== manifest.id);
      for (const alias of manifest.aliases ?? []) {
        expectThat(!taken.includes(alias), `The alias \`${alias}\` is the id of another backend.`);
        expectThat(alias !== manifest.id, `The alias \`${alias}\` is the id itself.`);
      }
      createRegistry([
        context.backend,
        ...taken.map((id) =>
          mockBackend({ manifest: { id, package: { name: `@kit/${id}`, version: '1.0.0' } } }),
        ),
      ]);
      return { names: 1 + (manifest.aliases?.length ?? 0) };
    },
  },
];
