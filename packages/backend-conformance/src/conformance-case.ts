import type { BackendSessionV1, BackendV1, DeviceV1, HostFacts, OptionValuesV1 } from '@switchyard/core';
import type { ProbeRecord } from '@switchyard/runtime';
import type { ChildAnswer, ChildMode } from './child/child-protocol.ts';
import type { GoldenModel } from './goldens/golden-model.ts';

/** Figures that a case reports beside its verdict: counts, milliseconds, bytes, names. */
export type CaseFigures = Readonly<Record<string, number | string>>;

/** What an author may tell the kit about a backend; it survives JSON, because other processes read it. */
export interface ConformanceSettings {
  /**
   * (optional) Values that `doOpen` must accept, by option: sets of option values that are opened one by one.
   * Default: the values of an enum, both booleans, the bounds' lower end and the default of a number; a text
   * without a default is not opened.
   */
  readonly optionSets?: Readonly<Record<string, readonly OptionValuesV1[]>>;
  /**
   * (optional) Variables of its own process that the engine sets when it is loaded. Default: none.
   */
  readonly environment?: readonly string[];
  /** (optional) Id of the device to use. Default: the first that the probe lists. */
  readonly device?: string;
}

/** What a case gets to work with. */
export interface CaseContext {
  readonly backend: BackendV1;
  readonly host: HostFacts;
  readonly settings: ConformanceSettings;
  /** Makes another object of the backend. */
  readonly create: () => BackendV1;
  /** The device that the machine has, for cases that need it. */
  readonly device: DeviceV1;
  /** What the kit's own probe of the backend showed; `null` where it was not probed. */
  readonly probe: ProbeRecord | null;
  /** Opens a model of the kit on the device. */
  open(
    model: GoldenModel,
    context?: { readonly options?: OptionValuesV1; readonly strict?: boolean },
  ): Promise<BackendSessionV1>;
  /** Starts a process of its own that makes the backend again and does one thing with it. */
  readonly child: (mode: ChildMode, more?: Readonly<Record<string, unknown>>) => Promise<ChildAnswer>;
}

/** What has to be there for a case to run. */
export type CaseNeed = 'nothing' | 'origin' | 'device' | 'origin-and-device';

/** One thing that every backend has to fulfil. */
export interface ConformanceCase {
  /** `K5.2`: the group of the kit and a number. */
  readonly id: string;
  /** What holds for a backend that passes, as a clause. */
  readonly title: string;
  /** What an author has to change when it fails, in a sentence. */
  readonly change: string;
  readonly needs: CaseNeed;
  /**
   * `session`: it opens sessions, so that it runs in a process where the backend is made again; a crash ends
   * that process only. `caller`: it runs in the process of the kit.
   */
  readonly place: 'caller' | 'session';
  /** @throws ConformanceFailure when the backend is at fault */
  run(context: CaseContext): Promise<CaseFigures | undefined>;
}
